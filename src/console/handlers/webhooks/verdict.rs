//! How a webhook is, in one sentence with what it means and what comes next.

use super::super::deliveries::verdict_turn;
use super::pulse::natural;
use super::show::Found;
use super::{certificate, words};
use crate::console::extract::CompanyPage;
use crate::console::parts::Link;
use crate::console::parts::badge::Badge;
use crate::console::parts::verdict::Verdict;
use crate::domain::access::Permission;
use crate::domain::attempt::{FailureClass, Outcome, Turn};
use crate::domain::health::Health;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::pause::Paused;
use crate::store::holds::Held;
use crate::web::text;

/// How `webhook` is, whose turn it is, and what comes next.
pub fn verdict(page: &CompanyPage, webhook: &Webhook, found: &Found) -> Verdict {
    let (health, counters) = (found.pulse.health, &found.counters);
    let cause = found.last_failure.as_ref().and_then(|attempt| match attempt.outcome? {
        Outcome::Failure(class) => Some((class, attempt.status, attempt.cert_until)),
        Outcome::Success | Outcome::Interrupted => None,
    });
    let is_in_trouble = matches!(health, Health::Failing | Health::Degraded | Health::AutoDisabled);
    let mut turn = cause.filter(|_| is_in_trouble).map(|(class, ..)| class.whose_turn());
    let mut detail = Vec::new();
    let sentence = match (health, webhook.disabled) {
        (Health::AutoDisabled, Some((reason, at))) => {
            turn = Some(Turn::You);
            detail.push(format!(
                "Switched off at {}. Enable it once the receiver works.",
                page.times().sentence(at)
            ));
            reason.sentence().to_owned()
        }
        (Health::Failing, _) => {
            let count = text::count(natural(counters.failures_since_success));
            match counters.failing_since {
                Some(at) => format!("The last {count} attempts failed, since {}.", page.times().sentence(at)),
                None => format!("The last {count} attempts failed."),
            }
        }
        (Health::Paused, _) => {
            turn = Some(Turn::You);
            webhook.paused.as_ref().map_or_else(String::new, |paused| paused_words(page, paused))
        }
        _ => health.sentence().to_owned(),
    };
    detail.extend(words::holding(webhook.paused.as_ref(), &found.held));
    if let Some((class, status, until)) = cause.filter(|_| is_in_trouble) {
        let answered = status.map_or_else(String::new, |status| format!("Answered {status}. "));
        detail.push(format!("{answered}{}", certificate::cause(page.times(), class, until)));
    }
    let is_told = is_in_trouble && cause.is_some_and(|(class, ..)| class == FailureClass::TlsExpired);
    if health.takes_deliveries() && !is_told {
        detail.extend(found.certificate.as_ref().and_then(|seen| certificate::warning(page.times(), seen)));
    }
    if webhook.unreadable {
        detail.push(
            "Its stored secrets cannot be decrypted: nothing is sent until they are entered again."
                .to_owned(),
        );
    }
    if health == Health::NeverUsed {
        detail.push("Send a test to see whether the receiver answers.".to_owned());
    }
    let waiting = format!("{}?status=retrying&webhook={}", page.urls().deliveries(), webhook.id);
    Verdict {
        badge: Badge::health(health),
        turn: turn.map(verdict_turn).unwrap_or_default().to_owned(),
        sentence,
        detail: detail.join(" "),
        links: match health {
            Health::Failing => vec![Link::new("Deliveries that wait for a retry", waiting)],
            Health::Paused => paused_links(page, webhook, &found.held),
            _ => Vec::new(),
        },
        summary: None,
    }
}

/// "Paused by Ola Kranz since 09:12:04: new certificate."
pub fn paused_words(page: &CompanyPage, paused: &Paused) -> String {
    let since = page.times().sentence(paused.since);
    match &paused.reason {
        None => format!("Paused by {} since {since}.", paused.by),
        Some(reason) => {
            let end = if reason.ends_with(['.', '!', '?']) { "" } else { "." };
            format!("Paused by {} since {since}: {reason}{end}", paused.by)
        }
    }
}

fn paused_links(page: &CompanyPage, webhook: &Webhook, held: &Held) -> Vec<Link> {
    let urls = page.urls().webhook(webhook.id.0);
    let mut links = Vec::new();
    if page.may(Permission::ManageWebhooks) {
        links.push(Link::new("Resume…", urls.resume()));
        links.push(Link::new("Change the pause", urls.pause()));
    }
    if held.deliveries > 0 {
        let url = format!("{}?status=not_sent&webhook={}", page.urls().deliveries(), webhook.id);
        links.push(Link::new("Held events", url));
    }
    links
}
