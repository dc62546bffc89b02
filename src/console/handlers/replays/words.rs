//! A replay in a few words.

use crate::console::handlers::deliveries::fields;
use crate::console::parts::Tone;
use crate::console::parts::badge::Badge;
use crate::domain::replay::{COUNT_MAX, Expected, Filter, Replay, Skips, Status};
use crate::domain::webhook::label::Label;
use crate::web::icon::Icon;
use crate::web::text;
use crate::web::time_text::Times;

/// Where it stands.
pub fn badge(status: Status) -> Badge {
    let (tone, icon) = match status {
        Status::Running => (Tone::Info, Icon::Retry),
        Status::Paused => (Tone::Mute, Icon::Pause),
        Status::Cancelled => (Tone::Mute, Icon::Stop),
        Status::Finished => (Tone::Ok, Icon::Check),
    };
    Badge::new(tone, icon, status.word())
}

/// Which deliveries: "Failed · Dispatch hub · Geofence · made from 14:00:00".
pub fn filter(filter: &Filter, webhooks: &[Label], times: &Times) -> String {
    let mut words = vec![if filter.states.is_empty() {
        "Any status".to_owned()
    } else {
        filter.states.iter().map(|state| state.word()).collect::<Vec<_>>().join(", ")
    }];
    words.extend(filter.webhook.map(|id| {
        let known = webhooks.iter().find(|webhook| webhook.id == id);
        known.map_or_else(|| format!("webhook {id}"), |webhook| webhook.name.clone())
    }));
    words.extend(filter.alert_type.map(|kind| kind.list_label().to_owned()));
    let said = ["status", "webhook", "type", "from", "to"];
    let more = fields::words(filter, webhooks, times).into_iter().filter(|(name, _)| !said.contains(name));
    words.extend(more.map(|(name, value)| lower(&fields::phrase((name, value)))));
    match (filter.from.map(|at| times.sentence(at)), filter.to.map(|at| times.sentence(at))) {
        (Some(from), Some(to)) => words.push(format!("made from {from} until before {to}")),
        (Some(from), None) => words.push(format!("made from {from} on")),
        (None, Some(to)) => words.push(format!("made before {to}")),
        (None, None) => {}
    }
    words.join(" · ")
}

/// With a small letter at the beginning.
fn lower(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A number that is never negative.
pub fn natural(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// "127 deliveries", "5,000 deliveries or more". With an alert type it is those among the first 5,000.
pub fn expected(expected: Expected) -> String {
    match expected {
        Expected { count, or_more: true } if count < COUNT_MAX => format!(
            "{} among the first {}; there may be more",
            text::counted(natural(count), "delivery", "deliveries"),
            text::count(natural(COUNT_MAX)),
        ),
        Expected { count, or_more } => {
            let words = text::counted(natural(count), "delivery", "deliveries");
            if or_more { format!("{words} or more") } else { words }
        }
    }
}

/// What is left out, one line for each reason: "7: the webhook is switched off".
pub fn skips(skips: &Skips) -> Vec<String> {
    skips.iter().map(|(why, count)| format!("{}: {}", text::count(natural(count)), why.words())).collect()
}

/// "95 of 300 made, 7 left out".
pub fn progress(replay: &Replay) -> String {
    let (made, left_out) = (text::count(natural(replay.made)), replay.skips.total());
    let mut words = if replay.expected.or_more {
        format!("{made} made")
    } else {
        format!("{made} of {} made", text::count(natural(replay.expected.count)))
    };
    if left_out > 0 {
        words.push_str(&format!(", {} left out", text::count(natural(left_out))));
    }
    words
}
