//! Events as stories: a head, and a line for each webhook.

use std::ops::Range;

use super::query::Query;
use super::seen::Seen;
use crate::console::extract::CompanyPage;
use crate::console::find::{Line, Story, Unlinked};
use crate::console::handlers::deliveries::rows;
use crate::console::handlers::numbered::Numbered;
use crate::console::parts::{Link, Tone};
use crate::console::payloads::Payloads;
use crate::domain::access::Permission;
use crate::domain::delivery::{State, Trigger};
use crate::domain::event::Event;
use crate::domain::history::Delivery;
use crate::domain::search::story::{self, LineFacts};
use crate::domain::search::unlinked;
use crate::domain::time::MINUTE_US;
use crate::domain::verdict::VerdictFacts;
use crate::store::search::alerts;
use crate::web::text;

/// Lines of one page, and those that each event may have in any case; an event's own pages have all of them.
const LINES_MAX: usize = 60;
const LINES_MIN: usize = 6;

/// The sentence above the stories; empty when there are none.
pub(super) fn summary(page: &CompanyPage, query: &Query, seen: &Seen) -> String {
    let count = u64::try_from(seen.stories.len()).unwrap_or_default();
    if count == 0 || !query.event.is_empty() {
        return String::new();
    }
    let counted = text::counted(count, "event", "events");
    let (count, order) = match (query.before.is_none(), seen.older.is_some()) {
        (true, true) => (format!("The newest {counted}"), ""),
        _ => (counted, ", newest first"),
    };
    let whose =
        seen.asked.vehicle.as_ref().map_or_else(String::new, |vehicle| format!(" of {}", vehicle.name));
    let when = match query.window {
        Some(window) => {
            let (from, to) = page.times().ends(window);
            format!(" between {from} and {to}")
        }
        None => String::new(),
    };
    format!("{count}{whose}{when}{order}. One line for each webhook that could have got it.")
}

/// The lines of the only event by page.
pub(super) fn lines_of(seen: &Seen, pages_before: usize) -> Option<Numbered> {
    let (_, deliveries) = seen.stories.first()?;
    Some(Numbered::new(pages_before, LINES_MAX, deliveries.len()))
}

/// The stories; `is_alone` for one event with everything.
pub(super) fn stories(
    page: &CompanyPage,
    seen: &Seen,
    payloads: &Payloads,
    is_alone: bool,
    pages_before: usize,
) -> Vec<Story> {
    let count = seen.stories.len().max(1);
    let lines = if is_alone { LINES_MAX } else { LINES_MIN.max(LINES_MAX / count) };
    let first = lines_of(seen, pages_before).filter(|_| is_alone).map_or(0, |at| at.first());
    let mut stories: Vec<Story> = seen
        .stories
        .iter()
        .map(|told| {
            let left = if is_alone { 0 } else { told.1.len().saturating_sub(lines) };
            story(page, seen, payloads, told, first..first + lines, left)
        })
        .collect();
    let is_trouble = |line: &&mut Line| matches!(line.state.tone, Tone::Warn | Tone::Bad);
    if let Some(line) = stories.iter_mut().flat_map(|story| &mut story.lines).find(is_trouble) {
        line.is_first_trouble = true;
    }
    stories
}

fn story(
    page: &CompanyPage,
    seen: &Seen,
    payloads: &Payloads,
    (event, deliveries): &(Event, Vec<Delivery>),
    lines: Range<usize>,
    left: usize,
) -> Story {
    let mut title = story::title(event);
    if payloads.hides(event.id) {
        // What happened and to whom is what is asked for; where and how much is the payload's.
        title.detail.clear();
    }
    let mut subject = vec![event.payload.vehicle_name.clone(), title.detail];
    // Below a company's own address its name says nothing.
    if page.company().is_none_or(|company| company.id != event.company_id) {
        subject.extend(seen.companies.get(&event.company_id).map(|company| company.name.clone()));
    }
    subject.retain(|part| !part.is_empty());
    let mut shown: Vec<&Delivery> = deliveries.iter().collect();
    if shown.len() > lines.len() {
        // What somebody has to look at must not be among what is left out.
        shown.sort_by_key(|delivery| delivery.state == State::Delivered);
    }
    let left = u64::try_from(left).unwrap_or_default();
    let lag = event.received_at.since(event.payload.timestamp);
    Story {
        id: event.id.0,
        url: page.urls().find_event(event.id.0),
        at: page.short(event.payload.timestamp),
        what: title.what,
        subject: text::visible(&subject.join(" · ")).into_owned(),
        alert: if event.is_test {
            "Test".to_owned()
        } else {
            format!("{} · alert {}", event.alert_name, event.alert_id)
        },
        late: if lag > MINUTE_US { format!("received {} later", rows::duration(lag)) } else { String::new() },
        lines: shown
            .into_iter()
            .skip(lines.start)
            .take(lines.len())
            .map(|delivery| line(page, seen, &payloads.delivery(delivery.clone())))
            .collect(),
        more: if left == 0 {
            String::new()
        } else {
            format!("{} more", text::counted(left, "delivery", "deliveries"))
        },
        unlinked: seen.links.get(&event.alert_id).filter(|_| deliveries.is_empty()).map(|links| Unlinked {
            words: unlinked_words(page, event, links),
            actions: unlinked_actions(page, event),
        }),
    }
}

fn line(page: &CompanyPage, seen: &Seen, delivery: &Delivery) -> Line {
    let sentence = |at| page.times().short(at);
    let facts = LineFacts {
        verdict: VerdictFacts {
            state: delivery.state,
            trigger: delivery.trigger,
            not_sent: delivery.not_sent.clone(),
            last_outcome: delivery.last_outcome,
            last_status: delivery.last_status,
            host: seen.hosts.get(&delivery.webhook_id).cloned().unwrap_or_default(),
            attempts_made: rows::count(delivery.attempts),
            attempts_max: rows::attempts_max(page, delivery.trigger),
            next_at: delivery
                .next_at
                .map(|at| if at <= page.now() { "now".to_owned() } else { sentence(at) }),
            last_success_at: None,
            ended_at: delivery.finished_at.map(sentence),
            // It stands in the attempts, which a list does not read.
            certificate_ended_at: None,
        },
        took: delivery.duration_us.map(rows::duration),
    };
    Line {
        state: rows::badge(page, delivery),
        trigger: match delivery.trigger {
            Trigger::Automatic => "",
            Trigger::Manual => "again",
            Trigger::Test => "test",
        },
        webhook: delivery.webhook_name.clone(),
        url: page.urls().delivery(delivery.id.0).show().to_owned(),
        words: text::visible(&story::line(&facts)).into_owned(),
        is_first_trouble: false,
    }
}

fn unlinked_words(page: &CompanyPage, event: &Event, links: &[alerts::Link]) -> String {
    let sentence = |at| page.times().sentence(at);
    let links = links.iter().filter_map(|link| match &link.unlinked {
        Some((at, by)) if *at <= event.received_at => {
            Some(unlinked::Link::Ended(link.name.clone(), sentence(*at), by.clone()))
        }
        None if link.linked_at > event.received_at => {
            Some(unlinked::Link::Later(link.name.clone(), sentence(link.linked_at)))
        }
        _ => None,
    });
    unlinked::words(&unlinked::Facts {
        alert: event.alert_id.0,
        alert_type: event.alert_type,
        links: links.collect(),
    })
}

fn unlinked_actions(page: &CompanyPage, event: &Event) -> Vec<Link> {
    let can_link = page.may(Permission::ManageWebhooks) && event.alert_type.is_linkable();
    let link = can_link.then(|| Link::new("Link one…", page.urls().webhooks()));
    let simulate = Link::new("Simulate", page.urls().simulate_event(event.id.0));
    link.into_iter().chain([simulate]).collect()
}
