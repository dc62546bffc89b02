//! The answer in words: who gets it, who does not and why, and the requests.

use super::found::{Found, NO_ID};
use super::query::Asked;
use crate::console::extract::CompanyPage;
use crate::console::handlers::deliveries::{attempt, body};
use crate::console::parts::badge::Badge;
use crate::console::parts::code::Code;
use crate::console::parts::list::Pager;
use crate::console::parts::{Link, Tone};
use crate::console::payloads::Payloads;
use crate::console::simulate::{Line, Request, Simulated};
use crate::domain::access::Permission;
use crate::domain::delivery::NotSent;
use crate::domain::ids::EventId;
use crate::domain::matching::{self, Decision, Matcher};
use crate::domain::payload_mask;
use crate::domain::search::story;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::format::Rendered;
use crate::web::icon::Icon;
use crate::web::text;

/// Webhooks in the list; what would be sent is never left out before what would not.
pub(super) const LINES_MAX: usize = 20;
/// Requests in full.
const REQUESTS_MAX: usize = 5;
/// Bytes of HTML that a body may take when it is the only one, and when there are several: each line leads to its own.
const BODY_HTML_MAX: [usize; 2] = [10_000, 1_600];

/// What would happen.
pub(super) fn simulated(page: &CompanyPage, asked: &Asked, found: &Found, payloads: &Payloads) -> Simulated {
    let event = &found.event;
    // What is made up, or was pasted, is nobody's secret.
    let is_masked = found.is_real && payloads.hides(event.id);
    let matcher = Matcher::new(event);
    let mut decided: Vec<(&Webhook, Option<bool>, Decision)> = found
        .webhooks
        .iter()
        .map(|(webhook, linked)| (&**webhook, *linked, matcher.explain(webhook, *linked)))
        .collect();
    decided.sort_by_key(|(_, linked, decision)| (*decision != Decision::Send, linked.is_none()));
    let yes = decided.iter().filter(|(_, _, decision)| *decision == Decision::Send).count();
    let rendered = Rendered::new(event.clone());
    let wanted = decided.iter().filter(|(webhook, _, decision)| match asked.webhook {
        Some(id) => webhook.id == id,
        None => *decision == Decision::Send,
    });
    let wanted = wanted.take(REQUESTS_MAX).collect::<Vec<_>>();
    let html_max = BODY_HTML_MAX[usize::from(wanted.len() > 1)];
    let requests: Vec<Request> = wanted
        .iter()
        .enumerate()
        .map(|(place, (webhook, ..))| request(page, webhook, &rendered, place == 0, is_masked, html_max))
        .collect();
    // Beyond the end is the end.
    let first = asked.lines_before.min(decided.len().saturating_sub(1) / LINES_MAX * LINES_MAX);
    let shown = decided.iter().skip(first).take(LINES_MAX);
    let mut title = story::title(event);
    if is_masked {
        title.detail.clear();
    }
    let mut subject = vec![title.what, event.payload.vehicle_name.clone(), title.detail];
    subject.push(format!("{}, alert {}", event.alert_name, event.alert_id));
    subject.retain(|part| !part.is_empty());
    let all = text::counted(count(decided.len()), "webhook", "webhooks");
    Simulated {
        headline: format!("{yes} of {all} would get it"),
        subject: text::visible(&subject.join(" · ")).into_owned(),
        at: page.long(event.payload.timestamp),
        event: found
            .is_real
            .then(|| Link::new(format!("Event {}", event.id), page.urls().find_event(event.id.0))),
        remarks: remarks(page, asked, found, is_masked),
        lines: shown
            .map(|(webhook, linked, decision)| {
                let seen = seen(decision, event.id, payloads, is_masked);
                line(page, asked, webhook, *linked, &seen, event.alert_id.0)
            })
            .collect(),
        pager: pager(page, asked, first, decided.len()),
        requests,
    }
}

/// A decision as somebody sees it who may not see what the event has.
fn seen(decision: &Decision, event: EventId, payloads: &Payloads, is_masked: bool) -> Decision {
    match decision {
        Decision::NotSent(reason, Some(detail)) if is_masked => {
            Decision::NotSent(*reason, Some(payloads.detail(event, *reason, detail.clone())))
        }
        decision => decision.clone(),
    }
}

/// The way through the lines. An event that was pasted stands in no address: its other lines are only counted.
fn pager(page: &CompanyPage, asked: &Asked, first: usize, all: usize) -> Option<Pager> {
    let last = (first + LINES_MAX).min(all);
    let shown = format!("{} to {last} of {}", first + 1, text::counted(count(all), "webhook", "webhooks"));
    (all > LINES_MAX).then(|| Pager {
        words: ["First", "Previous", "Next"],
        range: format!("{shown}, those that get it first"),
        newest: None,
        newer: (first > 0).then(|| asked.url_at(page.urls(), first - LINES_MAX)).flatten(),
        older: (last < all).then(|| asked.url_at(page.urls(), last)).flatten(),
    })
}

fn remarks(page: &CompanyPage, asked: &Asked, found: &Found, is_masked: bool) -> Vec<String> {
    let mut remarks = Vec::new();
    if is_masked {
        remarks.push("Its values are masked: reveal them on the page of one of its deliveries.".to_owned());
    }
    if found.is_real {
        remarks.push("As the webhooks are set up now, which may differ from then.".to_owned());
    } else {
        let what = if found.is_sample { "Position, address and data are samples; the" } else { "The" };
        remarks.push(format!("{what} ids of the event and its deliveries are zeros."));
    }
    if found.watches_others > 0 {
        let vehicles = text::counted(count(found.watches_others), "vehicle", "vehicles");
        remarks.push(format!(
            "The alert watches {vehicles}, and this is none of them: it would not fire for it. If it did, this would follow."
        ));
    }
    if asked.is_too_long {
        remarks.push("The event is too long to be filled into the form above.".to_owned());
    }
    if !page.may(Permission::ManageWebhooks) {
        remarks.push("Signatures are cut down to their last four characters.".to_owned());
    }
    remarks
}

fn line(
    page: &CompanyPage,
    asked: &Asked,
    webhook: &Webhook,
    linked: Option<bool>,
    decision: &Decision,
    alert: i64,
) -> Line {
    let (badge, reason, rule) = match decision {
        Decision::Send => (
            Badge::new(Tone::Ok, Icon::Check, "Sent"),
            None,
            matching::grounds(webhook, linked.unwrap_or_default(), alert),
        ),
        Decision::NotSent(reason, detail) => {
            let badge = if *reason == NotSent::PausedHeld {
                Badge::new(Tone::Held, Icon::Pause, "Held")
            } else {
                Badge::new(Tone::Held, Icon::Ban, "Not sent")
            };
            let detail = detail.as_deref().filter(|detail| !detail.is_empty());
            let rule = [Some(matching::rule(*reason)), detail].into_iter().flatten();
            (badge, Some(reason.word()), rule.collect::<Vec<_>>().join(" "))
        }
    };
    Line {
        decision: badge,
        webhook: webhook.settings.name.clone(),
        url: page.urls().webhook(webhook.id.0).show().to_owned(),
        reason,
        rule: text::visible(&rule).into_owned(),
        request: linked
            .and_then(|_| asked.url_for(page.urls(), webhook.id))
            .filter(|_| asked.webhook != Some(webhook.id)),
    }
}

fn request(
    page: &CompanyPage,
    webhook: &Webhook,
    event: &Rendered,
    is_open: bool,
    is_masked: bool,
    html_max: usize,
) -> Request {
    let name = webhook.settings.name.clone();
    let label = |what: &str| format!("{what} for {name}");
    let format = webhook.settings.format;
    match page.state().services.engine.preview(webhook, event, NO_ID, event.event.received_at) {
        Ok(preview) => {
            let headers = attempt::shown_headers(page, format, preview.headers);
            let start = format!("POST {} HTTP/1.1", attempt::target(&preview.url));
            let size = text::bytes(count(preview.body.len()));
            let body =
                if is_masked { payload_mask::body(&preview.body).into_bytes() } else { preview.body.clone() };
            Request {
                note: format!("{}, {size}", format.label()),
                head: Code::head(
                    label("Request headers"),
                    &start,
                    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())),
                ),
                body: body::within(&label("Request body"), &body, true, html_max, "the receiver gets them"),
                webhook: name,
                is_open,
            }
        }
        Err(why) => Request {
            note: "No request can be made".to_owned(),
            head: Code::plain(label("Why no request can be made"), &why),
            body: Code::plain(label("Request body"), ""),
            webhook: name,
            is_open,
        },
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
