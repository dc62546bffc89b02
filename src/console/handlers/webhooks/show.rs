//! One webhook: how it is, its statistics, its last calls.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::super::deliveries::rows::{self, result_word};
use super::pulse::{HOURS, Pulse, Rules, natural};
use super::verdict::verdict;
use super::{HELD_COUNT_MAX, certificate, days, head, named, words};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::parts::code::Code;
use crate::console::parts::facts::{Fact, Figure};
use crate::console::parts::list::Notice;
use crate::console::parts::{Link, Tone};
use crate::console::payloads::Payloads;
use crate::console::shell::Nav;
use crate::console::webhooks::head::Tab;
use crate::console::webhooks::show::{Call, MadeCall, ShowPage};
use crate::domain::attempt::Outcome;
use crate::domain::certificate::Seen;
use crate::domain::history::{Attempt, Delivery};
use crate::domain::ids::AttemptId;
use crate::domain::page::Cursor;
use crate::domain::stats::{Counters, Hour};
use crate::domain::time::Timestamp;
use crate::domain::webhook::label::Label;
use crate::domain::webhook::{Receives, Webhook};
use crate::store::deliveries::Filter;
use crate::store::holds::{self, Held};
use crate::store::{Db, StoreError, attempts, deliveries, links, stats};
use crate::web::icon::Icon;
use crate::web::{page as answer, text};

/// Deliveries at the foot of the page.
const RECENT: i64 = 10;
/// Characters of an answer that a card shows.
const EXCERPT_CHARS: usize = 300;

/// What is read for the page.
pub struct Found {
    /// The numbers of the API.
    pub counters: Counters,
    /// The receiver's certificate, if it is still this host's.
    pub certificate: Option<Seen>,
    /// How it is.
    pub pulse: Pulse,
    days: Vec<(Timestamp, Hour)>,
    last_success: Option<Attempt>,
    /// The last attempt that failed, while it is kept.
    pub last_failure: Option<Attempt>,
    last_call: Option<Attempt>,
    linked: usize,
    /// What a pause holds.
    pub held: Held,
    recent: Vec<Delivery>,
}

/// `GET …/webhooks/{id}`
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let webhook = named(&page, &path.1).await?;
    let found = find(&page, &webhook).await?;
    let name = &webhook.settings.name;
    let timeout_us = page.state().services.engine.timeout_us();
    let destinations = rows::destinations(&[Label::of(&webhook)]);
    let payloads = Payloads::of(&page).await?;
    let last = |title, attempt: Option<&Attempt>, at| {
        let seen = attempt.map(|attempt| payloads.other_attempt(attempt));
        Call { title, made: call(&page, title, seen.as_deref(), at) }
    };
    let shown = ShowPage {
        head: head::of(&page, &webhook, found.linked, found.pulse.health, Tab::Overview),
        warning: found.pulse.warning.map(|warning| Notice {
            tone: Tone::Warn,
            icon: Icon::Warning,
            text: words::warning(page.times(), &warning),
        }),
        verdict: verdict(&page, &webhook, &found),
        figures: figures(&page, &webhook, &found.counters),
        calls: vec![
            last("Last success", found.last_success.as_ref(), found.counters.last_success_at),
            last("Last failure", found.last_failure.as_ref(), found.counters.last_failure_at),
            last("Last call", found.last_call.as_ref(), found.counters.last_call_at),
        ],
        chart: days::chart(&page, webhook.id, &found.days),
        speed: days::speed(&found.days, timeout_us),
        settings: settings(&page, &webhook, &found),
        deliveries: rows::rows(&page, &found.recent, &destinations),
        shell: page.shell(format!("{name}: {}", found.pulse.health.word()), Nav::Webhooks),
    };
    Ok(answer::ok(&shown))
}

async fn find(page: &CompanyPage, webhook: &Webhook) -> Result<Found, PageError> {
    let (scope, now, webhook) = (page.scope(), page.now(), webhook.clone());
    let rules = Rules::of(&page.state().services.engine);
    let begins = page.times().days(days::DAYS);
    let found = page.store().read(move |db| {
        let id = webhook.id;
        let known = stats::of_webhook(db, id)?;
        // A day of the reader's may begin within an hour, so that hour belongs to the day before.
        let first = begins.first().map_or(now.hour(), |begin| begin.hour()).min(now.hour() - HOURS + 1);
        let recorded = stats::hours(db, &[id], first)?.remove(&id).unwrap_or_default();
        let filter = Filter { webhook: Some(id), ..Filter::default() };
        let recent = deliveries::page(db, &scope, &filter, Cursor::Newest, RECENT)?;
        Ok::<_, StoreError>(Found {
            pulse: Pulse::of(&webhook, &known.counters, &recorded, now, rules),
            certificate: known.certificate.filter(|seen| seen.is_of(&webhook.settings.endpoint)),
            counters: known.counters,
            days: days::by_day(&begins, &recorded),
            last_success: attempt(db, known.last_success)?,
            last_failure: attempt(db, known.last_failure)?,
            last_call: attempt(db, known.last_call)?,
            linked: links::of_webhook(db, id)?.len(),
            held: holds::count(db, id, HELD_COUNT_MAX)?,
            recent: recent.items,
        })
    });
    Ok(found.await?)
}

fn attempt(db: &mut Db<'_>, id: Option<AttemptId>) -> Result<Option<Attempt>, StoreError> {
    match id {
        Some(id) => attempts::get(db, id),
        None => Ok(None),
    }
}

/// The four numbers of the API, in its words.
fn figures(page: &CompanyPage, webhook: &Webhook, counters: &Counters) -> Vec<Figure> {
    let [total, good, bad] = [counters.total, counters.successes, counters.failures].map(natural);
    let share = |part| text::percent(part, total).unwrap_or_default();
    let since = match counters.failing_for(page.now()) {
        Some(us) => format!("in {}", rows::duration(us)),
        None => String::new(),
    };
    vec![
        Figure::new(
            "Total attempts",
            text::count(total),
            format!("since {}", page.times().day(webhook.created_at)),
        ),
        Figure::new("Successes", text::count(good), share(good)),
        Figure::new("Failures", text::count(bad), share(bad)),
        Figure::new(
            "Failures since last success",
            text::count(natural(counters.failures_since_success)),
            since,
        ),
    ]
}

/// A call; without its attempt, which is not kept for ever, at least when it was.
fn call(
    page: &CompanyPage,
    title: &str,
    attempt: Option<&Attempt>,
    at: Option<Timestamp>,
) -> Option<MadeCall> {
    let at = at?;
    let Some(attempt) = attempt else {
        return Some(MadeCall {
            result: "–".to_owned(),
            at: page.long(at),
            took: "–".to_owned(),
            reason: format!("Details are kept for {}.", page.retention()),
            excerpt: None,
            delivery_url: String::new(),
        });
    };
    let outcome = attempt.outcome?;
    let body = String::from_utf8_lossy(attempt.response_body.as_deref().unwrap_or_default());
    let excerpt: String = body.chars().take(EXCERPT_CHARS).collect();
    Some(MadeCall {
        result: result_word(outcome, attempt.status),
        at: page.long(attempt.finished_at.unwrap_or(at)),
        took: rows::duration(attempt.timing.total_us),
        reason: match (&attempt.reason, outcome) {
            (Some(reason), _) if !reason.is_empty() => text::visible(reason).into_owned(),
            (_, Outcome::Failure(class)) => certificate::cause(page.times(), class, attempt.cert_until),
            _ => "–".to_owned(),
        },
        excerpt: (!excerpt.is_empty()).then(|| Code::body(format!("{title}: response"), &excerpt)),
        delivery_url: page.urls().delivery(attempt.delivery_id.0).show().to_owned(),
    })
}

fn settings(page: &CompanyPage, webhook: &Webhook, found: &Found) -> Vec<Fact> {
    let (settings, urls) = (&webhook.settings, page.urls().webhook(webhook.id.0));
    let schedule = page.state().services.engine.schedule();
    let certificate = certificate::now(page.times(), &settings.endpoint, found.certificate.as_ref());
    let mut facts =
        vec![Fact::new("URL", "").code(settings.endpoint.display()), Fact::new("Certificate", certificate)];
    if let Some(description) = &settings.description {
        facts.push(Fact::new("Description", description));
    }
    let receives = Fact::new("Receives", words::receives(settings.receives, found.linked));
    facts.push(match settings.receives {
        Receives::Linked => receives.link(Link::new("Alert links", urls.links())),
        Receives::All | Receives::TestsOnly => receives,
    });
    for (key, value) in settings.criteria.iter() {
        facts.push(Fact::new("Criterion", "").code(format!("{key} = {value}")));
    }
    facts.push(Fact::new("Format", settings.format.label()));
    let auth = Fact::new("Auth type", words::auth(settings.auth.auth_type()));
    facts.push(match (settings.auth.user_name(), settings.auth.secret()) {
        (Some(name), _) => auth.code(name),
        (None, Some(_)) => auth.code(format!("••••{}", settings.auth.hint().unwrap_or_default())),
        (None, None) => auth,
    });
    let signing = if settings.signing { settings.format.scheme() } else { "off" };
    facts.push(Fact::new("Signing", signing));
    let attempts = u64::from(schedule.attempts_max());
    let span = rows::duration(schedule.span_us());
    facts.push(Fact::new(
        "Retries",
        format!("{} over {span}", text::counted(attempts, "attempt", "attempts")),
    ));
    let changed = format!("by {} on {}", webhook.updated_by, page.times().day(webhook.updated_at));
    facts.push(Fact::new("Version", format!("{}, {changed}", webhook.version)));
    facts
}
