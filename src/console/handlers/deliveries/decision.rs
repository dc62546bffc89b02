//! Why nothing was sent: the reason, since when, who caused it, and the request that there would have been.

use super::show::Found;
use super::{attempt, body};
use crate::console::deliveries::show::{Decision, Request};
use crate::console::extract::CompanyPage;
use crate::console::parts::Link;
use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::domain::access::Permission;
use crate::domain::delivery::NotSent;
use crate::domain::not_sent_cause::{Mend, caused_by, mend};
use crate::domain::webhook::Webhook;
use crate::domain::webhook::format::Rendered;
use crate::web::text;

/// The decision.
pub fn decision(page: &CompanyPage, found: &Found) -> Decision {
    let delivery = &found.delivery;
    let mut facts = Vec::new();
    if let Some((reason, detail)) = &delivery.not_sent {
        facts.push(Fact::new("Reason", reason.sentence()).result(reason.word()));
        if let Some(detail) = detail.as_deref().filter(|detail| !detail.is_empty()) {
            facts.push(Fact::new("Detail", text::visible(detail)));
        }
        if let Some(line) = caused_by(*reason, &found.trail, delivery.created_at) {
            facts.push(Fact::new("Since", "").moment(page.long(line.at)));
            let by = Fact::new("Caused by", text::visible(&line.author.name));
            facts.push(match &found.webhook {
                Some(webhook) => by.link(Link::new("History", page.urls().webhook(webhook.id.0).history())),
                None => by,
            });
        }
        let paused = found.webhook.as_ref().and_then(|webhook| webhook.paused.as_ref());
        if let (NotSent::PausedHeld, Some(why)) = (reason, paused.and_then(|paused| paused.reason.as_deref()))
        {
            facts.push(Fact::new("Pause", format!("“{}”", text::visible(why))));
        }
    }
    facts.push(Fact::new("Decided", "").moment(page.long(delivery.created_at)));
    facts.push(Fact::new("Attempts", "none"));
    Decision {
        facts,
        request: found.webhook.as_ref().and_then(|webhook| request(page, found, webhook)),
        simulate: found
            .event
            .as_ref()
            .filter(|event| !event.is_test)
            .map(|event| page.urls().simulate_event(event.id.0)),
    }
}

/// What would be sent now.
fn request(page: &CompanyPage, found: &Found, webhook: &Webhook) -> Option<Request> {
    let event = found.event.as_ref()?;
    let rendered = Rendered::new(event.clone());
    let id = &found.delivery.public_id;
    let preview = page.state().services.engine.preview(webhook, &rendered, id, page.now()).ok()?;
    let headers = attempt::shown_headers(page, webhook.settings.format, preview.headers);
    let start = format!("POST {} HTTP/1.1", attempt::target(&preview.url));
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let (payloads, id) = (&found.payloads, event.id);
    let seen = payloads.body(id, &preview.body);
    let shown = body::shown("Request body", &seen, found.place.view, attempt::rest(payloads.hides(id)));
    Some(Request {
        head: Code::head("Request headers", &start, pairs),
        note: attempt::body_note(preview.body.len()),
        body: shown.id("request-body"),
        curl: String::new(),
        check: None,
        download: None,
    })
}

/// The button that mends the reason, as far as it still stands: a page to go to, or a form to send.
pub fn remedy(page: &CompanyPage, found: &Found) -> (Option<Link>, Option<Link>) {
    let reason = found.delivery.not_sent.as_ref().map(|(reason, _)| *reason);
    let (Some(webhook), Some(mend)) = (&found.webhook, reason.and_then(mend)) else {
        return (None, None);
    };
    if !page.may(Permission::ManageWebhooks) {
        return (None, None);
    }
    let urls = page.urls().webhook(webhook.id.0);
    match mend {
        Mend::LinkAlert => (Some(Link::new("Link alerts", urls.links())), None),
        Mend::EditWebhook => (Some(Link::new("Edit webhook", urls.edit())), None),
        Mend::Resume if webhook.paused.is_some() => (Some(Link::new("Resume webhook…", urls.resume())), None),
        Mend::Enable if !webhook.is_live() => (None, Some(Link::new("Enable webhook", urls.enable()))),
        Mend::Resume | Mend::Enable => (None, None),
    }
}
