//! Which deliveries somebody means, as an address or a form says it. What cannot be read is a problem and not left out:
//! half a filter would mean more deliveries than somebody chose.

use crate::console::handlers::deliveries::fields;
use crate::domain::delivery::State;
use crate::domain::problem::{Problems, Rule};
use crate::domain::replay::Filter;
use crate::domain::time::Timestamp;
use crate::web::time_text::Times;

/// The field that says that deliveries were to be chosen: a form without a ticked box sends no more than this.
pub const CHOSEN: &str = "chosen";

/// What was asked for: the filter as far as it could be read, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Asked {
    /// The filter; complete when there are no problems.
    pub filter: Filter,
    /// As typed.
    pub from: String,
    /// As typed.
    pub to: String,
    /// What cannot be read.
    pub problems: Problems,
    /// Whether it is about deliveries that somebody chose, however many of them.
    is_choice: bool,
}

impl Asked {
    /// Reads `status=failed,cancelled&webhook=41&type=5&from=2026-09-22T14:00&to=…`, in any order; a status may come
    /// more than once. Without any status it means what failed. With `delivery=7,9` it means those, whatever their
    /// status; and `chosen=1` without any of them is somebody who chose nothing, which must not come to mean all.
    pub fn of<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>, times: &Times) -> Self {
        let mut asked = Self::default();
        for (name, value) in pairs {
            asked.read(name, value, times);
        }
        let is_any_chosen = !asked.filter.only.is_empty();
        if asked.is_choice && !is_any_chosen && asked.problems.is_empty() {
            let words = "None is chosen. Go back to the list and choose at least one.";
            asked.problems.add("delivery", Rule::Required, words);
        }
        if asked.filter.states.is_empty() && !is_any_chosen && !asked.is_choice {
            asked.filter.states.push(State::Failed);
        }
        fields::judge(&asked.filter, &mut asked.problems);
        asked
    }

    fn read(&mut self, name: &str, value: &str, times: &Times) {
        match name {
            "from" => (self.from, self.filter.from) = self.moment("from", value, times),
            "to" => (self.to, self.filter.to) = self.moment("to", value, times),
            CHOSEN => self.is_choice |= value == "1",
            _ => fields::read(&mut self.filter, &mut self.problems, name, value, times),
        }
    }

    /// A time as the form's field has it, and what it means. The list of deliveries links here with RFC 3339.
    fn moment(&mut self, field: &'static str, value: &str, times: &Times) -> (String, Option<Timestamp>) {
        if let Some(at) = Timestamp::parse(value) {
            return (times.local(at), Some(at));
        }
        let read = times.parse_local(value);
        if read.is_none() && !value.is_empty() {
            self.problems.add(field, Rule::Invalid, "Choose a day and a time.");
        }
        (value.to_owned(), read)
    }

    /// The filter as a form's hidden fields, which read the same again.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let typed = |(name, value)| match name {
            "from" => (name, self.from.clone()),
            "to" => (name, self.to.clone()),
            _ => (name, value),
        };
        let choice = self.is_choice.then(|| (CHOSEN, "1".to_owned()));
        choice.into_iter().chain(fields::pairs(&self.filter).into_iter().map(typed)).collect()
    }

    /// "3 chosen deliveries", also for none of them.
    pub fn choice(&self) -> Option<String> {
        let count = self.filter.only.len();
        (self.is_choice || count > 0).then(|| fields::chosen(count))
    }

    /// Those of them that the form which narrows has no field for.
    pub fn kept(&self) -> Vec<(&'static str, String)> {
        const SHOWN: [&str; 5] = ["status", "webhook", "type", "from", "to"];
        self.fields().into_iter().filter(|(name, _)| !SHOWN.contains(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::DeliveryId;

    fn asked(pairs: &[(&str, &str)]) -> Asked {
        let now = Timestamp::parse("2026-09-22T12:12:36Z").unwrap();
        Asked::of(pairs.iter().copied(), &Times::new("Europe/Berlin", now))
    }

    #[test]
    fn the_fields_say_the_same_again() {
        let first = asked(&[
            ("status", "failed,not_sent"),
            ("status", "cancelled"),
            ("webhook", "41"),
            ("type", "5"),
            ("from", "2026-09-22T12:00"),
            ("to", "2026-09-22T14:00:01"),
            ("before", "12"),
        ]);
        assert!(first.problems.is_empty());
        assert_eq!(first.filter.states, [State::Failed, State::Cancelled, State::NotSent]);
        assert_eq!(first.filter.from, Timestamp::parse("2026-09-22T10:00:00Z"));
        let fields = first.fields();
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(asked(&pairs).filter, first.filter);
    }

    #[test]
    fn times_of_the_list_are_shown_in_the_zone() {
        let asked = asked(&[("from", "2026-09-22T10:00:00Z"), ("to", "2026-09-22T13:00:00+00:00")]);
        assert_eq!((asked.from.as_str(), asked.to.as_str()), ("2026-09-22T12:00:00", "2026-09-22T15:00:00"));
        assert_eq!(asked.filter.to, Timestamp::parse("2026-09-22T13:00:00Z"));
    }

    #[test]
    fn nothing_asked_means_what_failed() {
        for pairs in [&[][..], &[("status", ""), ("webhook", ""), ("type", ""), ("from", ""), ("to", "")]] {
            let asked = asked(pairs);
            assert!(asked.problems.is_empty());
            assert_eq!(asked.filter, Filter { states: vec![State::Failed], ..Filter::default() });
        }
    }

    #[test]
    fn what_cannot_be_read_is_a_problem() {
        for (name, value) in [
            ("status", "lost"),
            ("webhook", "x"),
            ("webhook", "-1"),
            ("type", "99"),
            ("from", "noon"),
            ("to", "1"),
        ] {
            assert!(asked(&[(name, value)]).problems.at(name).is_some(), "{name}={value}");
        }
        let backwards = asked(&[("from", "2026-09-22T14:00"), ("to", "2026-09-22T14:00")]);
        assert!(backwards.problems.at("to").is_some());
    }
    #[test]
    fn chosen_ones_are_meant_whatever_their_status_and_none_is_not_all() {
        let chosen = asked(&[("chosen", "1"), ("delivery", "9"), ("delivery", "7")]);
        assert!(chosen.problems.is_empty());
        assert_eq!(chosen.filter.only, [7, 9].map(DeliveryId));
        assert!(chosen.filter.states.is_empty(), "{:?}", chosen.filter.states);
        assert_eq!(chosen.choice().as_deref(), Some("2\u{a0}chosen deliveries"));
        assert_eq!(asked(&[("delivery", "7")]).choice().as_deref(), Some("1\u{a0}chosen delivery"));

        let none = asked(&[("chosen", "1"), ("status", "failed")]);
        assert!(none.problems.at("delivery").is_some());
        assert_eq!(none.choice().as_deref(), Some("0\u{a0}chosen deliveries"));
        // What the forms of the page send again means the same again.
        for first in [chosen, none] {
            let fields = first.kept();
            let again: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let again = asked(&again);
            assert_eq!((again.filter.only, again.problems), (first.filter.only, first.problems));
        }
        assert_eq!(asked(&[]).choice(), None);
    }
}
