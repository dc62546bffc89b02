//! Which deliveries somebody means, as an address or a form says it. What cannot be read is a problem and not left out:
//! half a filter would mean more deliveries than somebody chose.

use crate::console::handlers::deliveries::fields;
use crate::domain::delivery::State;
use crate::domain::problem::{Problems, Rule};
use crate::domain::replay::Filter;
use crate::domain::time::Timestamp;
use crate::web::time_text::Times;

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
}

impl Asked {
    /// Reads `status=failed,cancelled&webhook=41&type=5&from=2026-09-22T14:00&to=…`, in any order; a status may come
    /// more than once. Without any status it means what failed.
    pub fn of<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>, times: &Times) -> Self {
        let mut asked = Self::default();
        for (name, value) in pairs {
            asked.read(name, value, times);
        }
        if asked.filter.states.is_empty() {
            asked.filter.states.push(State::Failed);
        }
        fields::judge(&asked.filter, &mut asked.problems);
        asked
    }

    fn read(&mut self, name: &str, value: &str, times: &Times) {
        match name {
            "from" => (self.from, self.filter.from) = self.moment("from", value, times),
            "to" => (self.to, self.filter.to) = self.moment("to", value, times),
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
        fields::pairs(&self.filter).into_iter().map(typed).collect()
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
}
