//! The one place that is armed, from the environment.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// `NAME:K`, K from 1.
const VARIABLE: &str = "BELFRY_FAILPOINT";

struct Armed {
    name: String,
    /// Hits that are still survived, and the last one.
    left: AtomicU64,
}

static ARMED: OnceLock<Option<Armed>> = OnceLock::new();

/// Aborts when `name` is the armed place and this is the hit that was asked for.
pub fn hit(name: &str) {
    let armed = ARMED.get_or_init(|| std::env::var(VARIABLE).ok().map(|text| parse(&text)));
    let Some(armed) = armed.as_ref().filter(|armed| armed.name == name) else { return };
    if armed.left.fetch_sub(1, Ordering::SeqCst) == 1 {
        std::process::abort();
    }
}

fn parse(text: &str) -> Armed {
    let parsed = text.rsplit_once(':').and_then(|(name, hits)| Some((name, hits.parse::<u64>().ok()?)));
    let Some((name, hits @ 1..)) = parsed else {
        // A test that means to kill must not pass because it mistyped.
        eprintln!("{VARIABLE} is `{text}`: use NAME:K, K from 1");
        std::process::abort();
    };
    Armed { name: name.to_owned(), left: AtomicU64::new(hits) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_and_the_hit_that_ends_the_process() {
        let armed = parse("record.mid:3");
        assert_eq!((armed.name.as_str(), armed.left.into_inner()), ("record.mid", 3));
    }

    #[test]
    fn other_places_are_survived() {
        for _ in 0..3 {
            hit("nowhere");
        }
    }
}
