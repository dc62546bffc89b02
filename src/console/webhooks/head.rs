//! What stands at the top of every page of one webhook: crumbs, name, tabs.

use crate::web::urls;

/// The head of a webhook's pages.
#[derive(Debug, Clone)]
pub struct Head {
    /// Its name.
    pub name: String,
    /// All spellings of its number: "41 · wh-041 · WBH-0000-0041".
    pub numbers: String,
    /// The line below the name: "hooks.acme-dispatch.example/v1 · Telemax · Bearer · signed · 18 alerts".
    pub summary: String,
    /// Its addresses.
    pub urls: urls::Webhook,
    /// Which page it is.
    pub tab: Tab,
    /// Whether its links are chosen one by one; otherwise the tab is left out.
    pub has_links: bool,
    /// Whether the person may send tests.
    pub may_test: bool,
}

/// The pages of one webhook that have a tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// How it is.
    Overview,
    /// Which alerts it receives.
    Links,
    /// Try it.
    Test,
    /// A page without a tab.
    Other,
}

#[cfg(any(test, debug_assertions))]
impl Head {
    /// Dispatch hub.
    pub fn example(tab: Tab) -> Self {
        Self {
            name: "Dispatch hub".into(),
            numbers: "41 · wh-041 · WBH-0000-0041".into(),
            summary: "hooks.acme-dispatch.example/v1/fleet/alerts · Telemax · Bearer · signed · 18 alerts"
                .into(),
            urls: urls::Company::new(12).webhook(41),
            tab,
            has_links: true,
            may_test: true,
        }
    }
}
