//! A filter of deliveries as addresses and forms spell it: read from names and values, and written again. The list, its
//! exports and redeliveries of many all read it here.

use url::form_urlencoded;

use crate::console::extract::company::number;
use crate::domain::alert_type::AlertType;
use crate::domain::delivery::{State, Trigger};
use crate::domain::delivery_filter::{CHOSEN_MAX, Filter};
use crate::domain::delivery_result::ResultKind;
use crate::domain::ids::{AlertId, DeliveryId, ReplayId, WebhookId};
use crate::domain::problem::{Problems, Rule};
use crate::domain::search::recognise::cleaned;
use crate::domain::text::has_ink;
use crate::domain::time::Timestamp;
use crate::domain::webhook::label::Label;
use crate::web::text;
use crate::web::time_text::Times;

/// The names, as people read them.
pub const LABELS: [(&str, &str); 13] = [
    ("alert", "Alert"),
    ("attempts", "Attempts"),
    ("delivery", "Only"),
    ("duration", "Duration"),
    ("from", "From"),
    ("replay", "Redelivery"),
    ("result", "Result"),
    ("status", "Status"),
    ("to", "Before"),
    ("trigger", "Trigger"),
    ("type", "Alert type"),
    ("vehicle", "Vehicle"),
    ("webhook", "Webhook"),
];

/// Attempts that can be asked for at most.
const ATTEMPTS_MAX: i32 = 1_000;
/// The longest duration that can be asked for, milliseconds: an hour.
const DURATION_MS_MAX: i64 = 3_600_000;

/// The label of a name.
pub fn label(name: &str) -> &'static str {
    LABELS.iter().find(|(known, _)| *known == name).map_or("", |(_, label)| label)
}

/// Reads one field into `filter`; what cannot be read is a problem at its name. Empty values say nothing. A status and
/// a delivery may come more than once.
pub fn read(filter: &mut Filter, problems: &mut Problems, name: &str, value: &str, times: &Times) {
    if !has_ink(value) {
        return;
    }
    let value = value.trim();
    let read = match name {
        "status" => {
            let mut is_known = true;
            for slug in value.split(',').filter(|slug| !slug.is_empty()) {
                match State::from_slug(slug) {
                    Some(state) if filter.states.contains(&state) => {}
                    Some(state) => filter.states.push(state),
                    None => is_known = false,
                }
            }
            filter.states.sort_unstable();
            is_known.then_some(()).ok_or("There is no such status.")
        }
        "delivery" => choose(&mut filter.only, value),
        "webhook" => put(&mut filter.webhook, number(value).map(WebhookId), "There is no such webhook."),
        "replay" => put(&mut filter.replay, number(value).map(ReplayId), "There is no such redelivery."),
        "type" => {
            let kind = number(value).and_then(AlertType::from_id);
            put(&mut filter.alert_type, kind, "There is no such type of alert.")
        }
        "alert" => {
            put(&mut filter.alert, number(value).map(AlertId), "Type the alert's number, such as 103.")
        }
        "vehicle" => put(&mut filter.vehicle, cleaned(value), "No vehicle has a name like this."),
        "result" => put(&mut filter.result, ResultKind::from_slug(value), "There is no such result."),
        "attempts" => {
            let least = value.parse().ok().filter(|least| (1..=ATTEMPTS_MAX).contains(least));
            put(&mut filter.attempts_min, least, "Type a whole number from 1 to 1,000.")
        }
        "duration" => {
            let least = value.parse().ok().filter(|least| (1..=DURATION_MS_MAX).contains(least));
            put(&mut filter.duration_min_ms, least, "Type milliseconds, a whole number from 1 to 3,600,000.")
        }
        "trigger" => put(&mut filter.trigger, Trigger::from_slug(value), "There is no such trigger."),
        "from" => put(&mut filter.from, times.typed(value).map(|time| time.first), TIME_RULE),
        "to" => put(&mut filter.to, times.typed(value).map(|time| time.last), TIME_RULE),
        _ => Ok(()),
    };
    if let Err(rule) = read
        && problems.at(name).is_none()
    {
        problems.add(name.to_owned(), Rule::Invalid, rule);
    }
}

const TIME_RULE: &str = "Type a day and a time, such as 2026-09-21 14:00, or a time of today.";

/// Adds the numbers in `value`. One beyond the bound is kept, and no more: it is what makes too many of them.
fn choose(only: &mut Vec<DeliveryId>, value: &str) -> Result<(), &'static str> {
    let mut is_known = true;
    for text in value.split(',').filter(|text| !text.is_empty()) {
        match number(text).map(DeliveryId) {
            Some(id) if only.contains(&id) || only.len() > CHOSEN_MAX => {}
            Some(id) => only.push(id),
            None => is_known = false,
        }
    }
    only.sort_unstable();
    match (is_known, only.len() > CHOSEN_MAX) {
        (false, _) => Err("There is no such delivery."),
        (true, true) => Err(TOO_MANY),
        (true, false) => Ok(()),
    }
}

/// [`CHOSEN_MAX`] in words.
const TOO_MANY: &str =
    "Choose 50 deliveries at most. For more, narrow the list and redeliver all that match.";

fn put<T>(slot: &mut Option<T>, read: Option<T>, rule: &'static str) -> Result<(), &'static str> {
    match read {
        Some(read) => {
            *slot = Some(read);
            Ok(())
        }
        None => Err(rule),
    }
}

/// What is wrong with the fields together.
pub fn judge(filter: &Filter, problems: &mut Problems) {
    if filter.from.zip(filter.to).is_some_and(|(from, to)| from >= to) {
        problems.add("to", Rule::Invalid, "The end is not after the beginning.");
    }
}

/// The fields that say the same again, sorted by name.
pub fn pairs(filter: &Filter) -> Vec<(&'static str, String)> {
    let slugs: Vec<&str> = filter.states.iter().map(|state| state.slug()).collect();
    let all = [
        ("alert", filter.alert.map(|id| id.to_string())),
        ("attempts", filter.attempts_min.map(|least| least.to_string())),
        ("delivery", (!filter.only.is_empty()).then(|| joined(&filter.only))),
        ("duration", filter.duration_min_ms.map(|least| least.to_string())),
        ("from", filter.from.map(Timestamp::rfc3339)),
        ("replay", filter.replay.map(|id| id.to_string())),
        ("result", filter.result.map(|kind| kind.slug().to_owned())),
        ("status", (!slugs.is_empty()).then(|| slugs.join(","))),
        ("to", filter.to.map(Timestamp::rfc3339)),
        ("trigger", filter.trigger.map(|trigger| trigger.slug().to_owned())),
        ("type", filter.alert_type.map(|kind| kind.id().to_string())),
        ("vehicle", filter.vehicle.clone()),
        ("webhook", filter.webhook.map(|id| id.to_string())),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn joined(ids: &[DeliveryId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// `base` with these fields, commas and colons as they are.
pub fn address(base: &str, pairs: &[(&'static str, String)]) -> String {
    let pair = |(name, value): &(&str, String)| {
        let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        format!("{name}={}", value.replace("%2C", ",").replace("%3A", ":"))
    };
    let query: Vec<String> = pairs.iter().map(pair).collect();
    if query.is_empty() { base.to_owned() } else { format!("{base}?{}", query.join("&")) }
}

/// The same filter without one of its fields.
pub fn without(filter: &Filter, name: &str) -> Filter {
    let mut less = filter.clone();
    match name {
        "alert" => less.alert = None,
        "attempts" => less.attempts_min = None,
        "delivery" => less.only.clear(),
        "duration" => less.duration_min_ms = None,
        "from" => less.from = None,
        "replay" => less.replay = None,
        "result" => less.result = None,
        "status" => less.states.clear(),
        "to" => less.to = None,
        "trigger" => less.trigger = None,
        "type" => less.alert_type = None,
        "vehicle" => less.vehicle = None,
        "webhook" => less.webhook = None,
        _ => {}
    }
    less
}

/// Each field of a filter and its value in words: "Webhook", "Dispatch hub".
pub fn words(filter: &Filter, webhooks: &[Label], times: &Times) -> Vec<(&'static str, String)> {
    let word = |(name, value): (&'static str, String)| {
        let words = match name {
            "status" => filter.states.iter().map(|state| state.word()).collect::<Vec<_>>().join(", "),
            "delivery" => chosen(filter.only.len()),
            "webhook" => filter.webhook.map_or(value, |id| name_of(id, webhooks)),
            "type" => filter.alert_type.map_or(value, |kind| kind.list_label().to_owned()),
            "result" => filter.result.map_or(value, ResultKind::words),
            "trigger" => filter.trigger.map_or(value, |trigger| trigger.word().to_owned()),
            "vehicle" => text::visible(&value).into_owned(),
            "attempts" => format!("{value} or more"),
            "duration" => {
                let millis = filter.duration_min_ms.and_then(|millis| u64::try_from(millis).ok());
                format!("{} or more", text::duration(millis.unwrap_or_default()))
            }
            "from" => filter.from.map_or(value, |at| times.sentence(at)),
            "to" => filter.to.map_or(value, |at| times.sentence(at)),
            _ => value,
        };
        (name, words)
    };
    pairs(filter).into_iter().map(word).collect()
}

/// "3 chosen deliveries".
pub fn chosen(count: usize) -> String {
    text::counted(count.try_into().unwrap_or(u64::MAX), "chosen delivery", "chosen deliveries")
}

/// A field and its value in a sentence: "Vehicle TRK-118", "3 chosen deliveries".
pub fn phrase((name, value): (&'static str, String)) -> String {
    if name == "delivery" { value } else { format!("{} {value}", label(name)) }
}

/// The label of a name where something is wrong with it.
pub fn label_of_problem(name: &str) -> &'static str {
    if name == "delivery" { "Deliveries" } else { label(name) }
}

/// A webhook's name; a deleted one's number.
pub fn name_of(id: WebhookId, webhooks: &[Label]) -> String {
    let known = webhooks.iter().find(|webhook| webhook.id == id);
    known.map_or_else(|| id.to_string(), |webhook| webhook.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn of(pairs: &[(&str, &str)]) -> (Filter, Problems) {
        let times = Times::new("Europe/Berlin", Timestamp::parse("2026-09-22T12:12:36Z").unwrap());
        let (mut filter, mut problems) = (Filter::default(), Problems::default());
        for (name, value) in pairs {
            read(&mut filter, &mut problems, name, value, &times);
        }
        judge(&filter, &mut problems);
        (filter, problems)
    }

    const FULL: [(&str, &str); 13] = [
        ("alert", "103"),
        ("attempts", "2"),
        ("delivery", "9064,9061"),
        ("duration", "3000"),
        ("from", "2026-09-22 12:00"),
        ("replay", "7"),
        ("result", "5xx"),
        ("status", "retrying,failed"),
        ("to", "14:00"),
        ("trigger", "manual"),
        ("type", "5"),
        ("vehicle", " TRK-118 "),
        ("webhook", "41"),
    ];

    #[test]
    fn every_field_is_read_written_named_and_dropped() {
        let (filter, problems) = of(&FULL);
        assert!(problems.is_empty(), "{problems:?}");
        let written = pairs(&filter);
        let names: Vec<&str> = written.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, LABELS.map(|(name, _)| name));
        let again: Vec<(&str, &str)> = written.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(of(&again).0, filter);
        for name in names {
            let less = pairs(&without(&filter, name));
            assert!(less.len() == 12 && less.iter().all(|(kept, _)| *kept != name), "{name}");
        }
        let url = address("/d", &written);
        assert!(url.contains("&delivery=9061,9064&"), "{url}");
        assert!(url.contains("status=retrying,failed&to=2026-09-22T12:00:00Z&"), "{url}");
        let times = Times::new("Europe/Berlin", Timestamp::parse("2026-09-22T12:12:36Z").unwrap());
        let words = words(&filter, &[], &times);
        assert!(words.contains(&("duration", "3\u{a0}s or more".to_owned())), "{words:?}");
        assert!(words.contains(&("from", "12:00:00".to_owned())), "{words:?}");
    }

    #[test]
    fn what_cannot_be_read_is_a_problem_at_its_name() {
        let long = "v".repeat(5_000);
        for (name, value) in [
            ("alert", "x"),
            ("alert", "-1"),
            ("attempts", "0"),
            ("attempts", "1001"),
            ("attempts", "many"),
            ("delivery", "9061,last"),
            ("delivery", "0"),
            ("delivery", "-1"),
            ("duration", "3.5"),
            ("duration", "3600001"),
            ("from", "noon"),
            ("replay", "0"),
            ("result", "6xx"),
            ("status", "failed,lost"),
            ("to", "2026-02-30 10:00"),
            ("trigger", "moon"),
            ("type", "99"),
            ("vehicle", &long),
            ("webhook", "0041"),
        ] {
            assert!(of(&[(name, value)]).1.at(name).is_some(), "{name}={value}");
            assert!(!label(name).is_empty());
        }
        assert!(of(&[("from", "14:00"), ("to", "14:00")]).1.at("to").is_some());
        let nothing = of(&[("alert", ""), ("vehicle", "  "), ("color", "red"), ("status", "")]);
        assert_eq!(nothing, (Filter::default(), Problems::default()));
    }
    #[test]
    fn deliveries_are_chosen_once_each_in_lists_or_one_by_one_and_not_too_many() {
        let (filter, problems) = of(&[("delivery", "7"), ("delivery", "9,7,"), ("delivery", "3")]);
        assert_eq!((filter.only, problems), ([3, 7, 9].map(DeliveryId).to_vec(), Problems::default()));

        let numbers: Vec<String> = (1..=5_000).map(|number| number.to_string()).collect();
        let most = numbers[..CHOSEN_MAX].join(",");
        assert!(of(&[("delivery", &most)]).1.is_empty());
        assert!(of(&[("delivery", &most), ("delivery", &most)]).1.is_empty(), "the same ones");
        let one_by_one: Vec<(&str, &str)> = numbers.iter().map(|n| ("delivery", n.as_str())).collect();
        for many in [&[("delivery", &*numbers.join(","))][..], &one_by_one] {
            let (filter, problems) = of(many);
            assert_eq!((filter.only.len(), problems.0.len()), (CHOSEN_MAX + 1, 1), "said once");
            assert_eq!(problems.at("delivery").unwrap().message, TOO_MANY);
        }
        assert!(TOO_MANY.contains(&format!(" {CHOSEN_MAX} ")));
    }

    #[test]
    fn chosen_deliveries_are_a_number_of_them() {
        let times = Times::new("Europe/Berlin", Timestamp::parse("2026-09-22T12:12:36Z").unwrap());
        for (value, expected) in [("7", "1\u{a0}chosen delivery"), ("7,8,9", "3\u{a0}chosen deliveries")] {
            let words = words(&of(&[("delivery", value)]).0, &[], &times);
            assert_eq!(words, [("delivery", expected.to_owned())]);
            assert_eq!(phrase(words[0].clone()), expected);
        }
        assert_eq!(phrase(("vehicle", "TRK-118".to_owned())), "Vehicle TRK-118");
    }
}
