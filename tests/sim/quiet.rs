//! What the product says while it runs: warnings go into the trace, and an error or a panic that nobody expects is a
//! broken promise.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Once};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::world::World;

thread_local! {
    /// The simulation that this thread runs.
    static WORLD: RefCell<Option<Arc<World>>> = const { RefCell::new(None) };
}

/// The only error that a simulated disk causes.
const EXPECTED: &str = "a commit failed; its requests are refused";
/// The engine begins to follow the clock, however long after somebody set it: the disk may have been away.
const FOLLOWS: &str = "the clock was set back";
/// One process alone holds all leases, so nobody can have taken one over.
const NEVER: &str = "a result came after its lease had been taken over";

/// Listens to this thread for as long as it lives.
pub struct Listening(Option<tracing::subscriber::DefaultGuard>);

impl Listening {
    pub fn to(world: &Arc<World>) -> Self {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let default = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| match WORLD.with_borrow(Clone::clone) {
                Some(world) => world.violated("QUIET", format!("a panic: {info}")),
                None => default(info),
            }));
        });
        WORLD.set(Some(Arc::clone(world)));
        Self(Some(tracing::subscriber::set_default(tracing_subscriber::registry().with(Ear))))
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.take();
        WORLD.set(None);
    }
}

struct Ear;

impl<S: Subscriber> Layer<S> for Ear {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        if level > Level::INFO || !event.metadata().target().starts_with("belfry") {
            return;
        }
        let Some(world) = WORLD.with_borrow(Clone::clone).filter(|world| !world.life.is_dead()) else {
            return;
        };
        let mut line = Line::default();
        event.record(&mut line);
        let Line { message, rest } = line;
        world.note(format_args!("  {level}: {message}{rest}"));
        if message.starts_with(FOLLOWS) {
            world.ledger().stepped_ms = Some(world.ms());
        }
        if (level == Level::ERROR && message != EXPECTED) || message == NEVER {
            world.violated("QUIET", message);
        }
    }
}

#[derive(Default)]
struct Line {
    message: String,
    rest: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            let _ = write!(self.rest, " {}={value:?}", field.name());
        }
    }
}
