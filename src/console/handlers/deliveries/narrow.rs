//! What narrows the list: chips with counts, times up to now, the form, and the filters in force.

use super::fields;
use super::query::ListQuery;
use crate::console::deliveries::list::FilterForm;
use crate::console::extract::CompanyPage;
use crate::console::handlers::choices;
use crate::console::parts::badge::Badge;
use crate::console::parts::field::{Choice, Field, FormError};
use crate::console::parts::list::{ActiveFilter, Chip};
use crate::domain::alert_type::AlertType;
use crate::domain::delivery::{State, Trigger};
use crate::domain::delivery_result::ResultKind;
use crate::domain::time::{DAY_US, HOUR_US, MINUTE_US, Timestamp};
use crate::domain::webhook::label::Label;
use crate::store::deliveries::count::{ByState, Counted};
use crate::web::text;

/// A count as chips have it: "12", "10,000+"; nothing for a lower bound of nothing.
pub fn counted(counted: Counted) -> String {
    let number = text::count(u64::try_from(counted.count).unwrap_or_default());
    match (counted.count, counted.or_more) {
        (0, true) => String::new(),
        (_, true) => format!("{number}+"),
        (_, false) => number,
    }
}

/// The statuses, with counts where they are known.
pub fn chips(page: &CompanyPage, query: &ListQuery, counts: &ByState) -> Vec<Chip> {
    const OFFERED: [State; 6] =
        [State::Failed, State::Retrying, State::Queued, State::NotSent, State::Delivered, State::Cancelled];
    let chip = |states: Vec<State>, badge: Option<Badge>, count: Option<Counted>| Chip {
        word: badge.as_ref().map_or_else(|| "All".to_owned(), |badge| badge.word.clone()),
        count: count.map(counted).unwrap_or_default(),
        icon: badge.map(|badge| badge.icon),
        current: query.filter.states == states,
        url: query.with(|filter| filter.states = states).url(page.urls()),
    };
    let all = (!counts.states.is_empty()).then_some(counts.all);
    let all = std::iter::once(chip(Vec::new(), None, all));
    let of = |state| chip(vec![state], Some(Badge::state(state)), counts.of(state));
    all.chain(OFFERED.map(of)).collect()
}

/// The time up to now, as links.
pub fn windows(page: &CompanyPage, query: &ListQuery) -> Vec<Chip> {
    const OFFERED: [(&str, i64); 5] = [
        ("15 min", 15 * MINUTE_US),
        ("1 hour", HOUR_US),
        ("24 hours", DAY_US),
        ("7 days", 7 * DAY_US),
        ("30 days", 30 * DAY_US),
    ];
    let chip = |word: &str, from: Option<Timestamp>, current| Chip {
        word: word.to_owned(),
        count: String::new(),
        icon: None,
        current,
        url: query.with(|filter| (filter.from, filter.to) = (from, None)).url(page.urls()),
    };
    // To the minute, so that the address is the same when it is asked for again at once.
    let now = page.now().micros() / MINUTE_US * MINUTE_US;
    let any = chip("Any time", None, query.filter.from.is_none() && query.filter.to.is_none());
    std::iter::once(any)
        .chain(OFFERED.map(|(word, us)| {
            let from = Timestamp::from_micros(now - us);
            chip(word, Some(from), query.filter.to.is_none() && query.filter.from == Some(from))
        }))
        .collect()
}

/// The form, as it was typed.
pub fn form(page: &CompanyPage, query: &ListQuery, webhooks: &[Label]) -> FilterForm {
    let filter = &query.filter;
    let field = |name, placed: String| {
        let value = if query.problems.at(name).is_some() { query.typed(name).to_owned() } else { placed };
        Field::new(name, fields::label(name)).value(value).judged(&query.problems, name)
    };
    let text = |name, read: Option<String>| field(name, read.unwrap_or_default());
    let moment = |name, at: Option<Timestamp>| field(name, at.map(|at| typed(page, at)).unwrap_or_default());
    FilterForm {
        kept: fields::pairs(filter)
            .into_iter()
            .filter(|(name, _)| matches!(*name, "delivery" | "status" | "replay"))
            .collect(),
        alert_type: field("type", String::new()),
        types: types(filter.alert_type),
        alert: text("alert", filter.alert.map(|id| id.to_string())),
        webhook: field("webhook", String::new()),
        webhooks: choices::webhooks("Any webhook", query.filter.webhook, webhooks),
        vehicle: text("vehicle", filter.vehicle.clone()),
        result: field("result", String::new()),
        results: results(filter.result),
        attempts: text("attempts", filter.attempts_min.map(|least| least.to_string())),
        duration: text("duration", filter.duration_min_ms.map(|least| least.to_string())),
        trigger: field("trigger", String::new()),
        triggers: triggers(filter.trigger),
        from: moment("from", filter.from),
        to: moment("to", filter.to),
    }
}

/// As people type it: `2026-09-21 14:00`, with seconds when there are any.
fn typed(page: &CompanyPage, at: Timestamp) -> String {
    let local = page.times().local(at).replace('T', " ");
    local.strip_suffix(":00").map_or(local.clone(), str::to_owned)
}

fn types(chosen: Option<AlertType>) -> Vec<Choice> {
    let mut kinds = AlertType::ALL;
    kinds.sort_unstable_by_key(|kind| kind.list_label());
    let one = |kind: AlertType| Choice::new(kind.id().to_string(), kind.list_label(), chosen == Some(kind));
    std::iter::once(Choice::new("", "Any type", chosen.is_none())).chain(kinds.map(one)).collect()
}

fn results(chosen: Option<ResultKind>) -> Vec<Choice> {
    let one = |kind: ResultKind| Choice::new(kind.slug(), kind.words(), chosen == Some(kind));
    std::iter::once(Choice::new("", "Any result", chosen.is_none()))
        .chain(ResultKind::all().map(one))
        .collect()
}

fn triggers(chosen: Option<Trigger>) -> Vec<Choice> {
    let one = |trigger: Trigger| Choice::new(trigger.slug(), trigger.word(), chosen == Some(trigger));
    std::iter::once(Choice::new("", "Any trigger", chosen.is_none())).chain(Trigger::ALL.map(one)).collect()
}

/// The filters in force, each with the list without it.
pub fn active(page: &CompanyPage, query: &ListQuery, webhooks: &[Label]) -> Vec<ActiveFilter> {
    let one = |(name, value)| ActiveFilter {
        name: fields::label(name).to_owned(),
        value,
        drop_url: ListQuery::of(fields::without(&query.filter, name)).url(page.urls()),
    };
    fields::words(&query.filter, webhooks, page.times()).into_iter().map(one).collect()
}

/// The problems, for the top of the page.
pub fn errors(query: &ListQuery) -> Vec<FormError> {
    let line = |problem: &crate::domain::problem::Problem| {
        let label = fields::label_of_problem(&problem.field);
        // Deliveries are not chosen in the form: what can be done is to drop them.
        let anchor = if problem.field == "delivery" { "active-filters" } else { problem.field.as_ref() };
        FormError::new(anchor, format!("{label}: {}", problem.message))
    };
    query.problems.0.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_say_when_they_are_bounds() {
        let of = |count, or_more| counted(Counted { count, or_more });
        assert_eq!((of(0, false).as_str(), of(684, false).as_str()), ("0", "684"));
        assert_eq!((of(10_000, true).as_str(), of(0, true).as_str()), ("10,000+", ""));
    }
}
