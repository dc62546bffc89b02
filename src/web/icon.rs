//! The console's icons: one path each on a 16 × 16 grid, drawn inline by the `icon` macro.
//!
//! Inline rather than from a sprite: a path is shorter than a reference to one, needs no request, and a
//! fragment that htmx swaps in brings its icons along.

/// A picture beside a word. It never stands alone without a text for those who cannot see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Icon {
    /// A tick: delivered, healthy.
    Check,
    /// Failed, remove.
    Cross,
    /// Retrying, again.
    Retry,
    /// Queued.
    Clock,
    /// Not sent.
    Ban,
    /// Sending.
    Send,
    /// Cancelled.
    Stop,
    /// Paused.
    Pause,
    /// Degraded, attention.
    Warning,
    /// Switched off by itself.
    Power,
    /// Inactive.
    Minus,
    /// Never used.
    Circle,
    /// A remark.
    Info,
    /// New.
    Plus,
    /// Search.
    Search,
    /// Opens the navigation.
    Menu,
    /// Between breadcrumbs.
    Chevron,
    /// Opens a choice.
    UpDown,
    /// The first page.
    Home,
    /// Deliveries.
    List,
    /// Webhooks.
    Plug,
    /// Alert links.
    Link,
    /// Credentials.
    Key,
    /// Statistics.
    Chart,
    /// Copies.
    Copy,
    /// Downloads.
    Download,
    /// Shows a password.
    Eye,
    /// Simulate.
    Play,
    /// The signature lab.
    Shield,
    /// Kinds of alert.
    Bell,
    /// People.
    User,
    /// A written page: the audit trail.
    Page,
}

impl Icon {
    /// The `d` attribute of the icon's path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Check => "M3 8.5l3.2 3L13 4.5",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Retry => "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3",
            Self::Clock => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 5v3.2l2.2 1.3",
            Self::Ban => "M8 2.3a5.7 5.7 0 1 0 0 11.4A5.7 5.7 0 0 0 8 2.3zM4.2 4.2l7.6 7.6",
            Self::Send => "M2.5 8h10M8.5 4l4 4-4 4",
            Self::Stop => "M4 4h8v8H4z",
            Self::Pause => "M5.5 4v8M10.5 4v8",
            Self::Warning => "M8 2.5 14.3 13.5H1.7zM8 6.7v3M8 11.6v.1",
            Self::Power => "M8 2v5.5M4.6 4.4a5 5 0 1 0 6.8 0",
            Self::Minus => "M3.5 8h9",
            Self::Circle => "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z",
            Self::Info => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 7.4v3.4M8 5.1v.1",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Search => "M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4zM10.2 10.2l3.3 3.3",
            Self::Menu => "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
            Self::Chevron => "M6 4l4 4-4 4",
            Self::UpDown => "M5 6.2 8 3.2l3 3M5 9.8l3 3 3-3",
            Self::Home => "M2.5 7 8 2.8 13.5 7v6.2h-4V9.6h-3v3.6h-4z",
            Self::List => "M6 4h7.5M6 8h7.5M6 12h7.5M2.6 4h.01M2.6 8h.01M2.6 12h.01",
            Self::Plug => "M6 2v3M10 2v3M4.2 5h7.6v2.7a3.8 3.8 0 0 1-7.6 0zM8 11.5V14",
            Self::Link => {
                "M6.3 9.7l3.4-3.4M7 4.6l1.3-1.3a3 3 0 0 1 4.3 4.3L11.3 9M9 11.4l-1.3 1.3a3 3 0 0 1-4.3-4.3L4.7 7"
            }
            Self::Key => "M5.3 7.8a2.9 2.9 0 1 0 0 5.8 2.9 2.9 0 0 0 0-5.8zM7.5 8.6 13 3M10.6 5.4l2 2",
            Self::Chart => "M3 13V8.5M8 13V3M13 13V6",
            Self::Copy => "M5.5 5.5h7v8h-7zM3.5 10.5v-8h7",
            Self::Download => "M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10",
            Self::Eye => {
                "M1.6 8C3 5.2 5.3 3.8 8 3.8S13 5.2 14.4 8c-1.4 2.8-3.7 4.2-6.4 4.2S3 10.8 1.6 8zM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z"
            }
            Self::Play => "M4.5 3l8 5-8 5z",
            Self::Shield => "M8 2l5 1.8v4c0 3-2 5-5 6.2-3-1.2-5-3.2-5-6.2v-4zM5.8 8l1.6 1.6 2.8-3",
            Self::Bell => {
                "M8 2.5a3.6 3.6 0 0 0-3.6 3.6c0 3-1.4 3.9-1.4 5h10c0-1.1-1.4-2-1.4-5A3.6 3.6 0 0 0 8 2.5zM6.8 13.6h2.4"
            }
            Self::Page => "M3.7 2h6l2.6 2.6V14H3.7zM6.2 7.2h3.8M6.2 10.2h3.8",
            Self::User => {
                "M6 3a2.4 2.4 0 1 0 0 4.8A2.4 2.4 0 0 0 6 3zM1.6 13.2c.4-2.4 2.1-3.7 4.4-3.7s4 1.3 4.4 3.7M10.6 3.2a2.4 2.4 0 0 1 0 4.4M12.2 9.8c1.2.5 2 1.7 2.2 3.4"
            }
        }
    }
}
