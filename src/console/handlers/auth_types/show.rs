//! One auth type: its webhooks, and how often they rejected what we sent.

use std::cmp::Reverse;
use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::WEBHOOKS_MAX;
use crate::console::auth_types::show::{Row, ShowPage};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::handlers::deliveries::query::ListQuery;
use crate::console::handlers::deliveries::rows::{destination, result_word};
use crate::console::handlers::webhooks::pulse::natural;
use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::console::parts::list::{Empty, Notice};
use crate::console::parts::{Link, Tone};
use crate::console::shell::Nav;
use crate::domain::attempt::{FailureClass, Outcome};
use crate::domain::delivery_filter::Filter;
use crate::domain::delivery_result::ResultKind;
use crate::domain::history::Attempt;
use crate::domain::ids::{AttemptId, WebhookId};
use crate::domain::tally::Kind;
use crate::domain::time::{HOUR_US, Timestamp};
use crate::domain::webhook::Webhook;
use crate::domain::webhook::auth::AuthType;
use crate::domain::webhook::auth_facts;
use crate::store::stats::{self, WebhookStats};
use crate::store::{Db, StoreError, attempts, tallies, webhooks};
use crate::web::icon::Icon;
use crate::web::{page as answer, text};

/// Hours in which rejections are counted.
const HOURS: i64 = 7 * 24;
/// Webhooks in the table.
const ROWS: usize = 25;

/// What the page is made of.
struct Users {
    webhooks: Vec<Webhook>,
    stats: HashMap<WebhookId, WebhookStats>,
    failures: HashMap<AttemptId, Attempt>,
    rejected: HashMap<i64, i64>,
    counted_to: Option<Timestamp>,
}

/// `GET …/auth-types/{type}`
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let missing = || PageError::NotFound("This auth type".to_owned());
    let kind = AuthType::ALL.into_iter().find(|kind| kind.name() == path.1).ok_or_else(missing)?;
    let (scope, hour) = (page.scope(), page.now().hour());
    let (users, all) = page
        .store()
        .read(move |db| {
            let mut webhooks = webhooks::list(db, &scope, WEBHOOKS_MAX)?;
            webhooks.retain(|webhook| webhook.settings.auth.auth_type() == kind);
            let counts = tallies::by_subject(db, &scope, Kind::Result, &(hour - HOURS + 1..hour + 1))?;
            let code = i64::from(Outcome::Failure(FailureClass::HttpAuth).code());
            let rejected = counts.into_iter().filter(|count| count.1 == code);
            let rejected: HashMap<i64, i64> = rejected.map(|(webhook, _, count)| (webhook, count)).collect();
            let all = webhooks.len();
            webhooks.sort_by_key(|webhook| Reverse(rejected.get(&webhook.id.0).copied()));
            webhooks.truncate(ROWS);
            Ok::<_, StoreError>((read(db, webhooks, rejected)?, all))
        })
        .await?;
    let wire = auth_facts::example(kind);
    let counted = match users.counted_to {
        Some(at) => format!("counted up to {}", page.times().sentence(at)),
        None => "not counted yet".to_owned(),
    };
    Ok(answer::ok(&ShowPage {
        crumbs: vec![Link::new("Auth types", page.urls().auth_types())],
        label: kind.label(),
        about: vec![
            Fact::new("In the APIs", "").code(kind.name()),
            Fact::new("Formats", auth_facts::formats(kind)),
            Fact::new("Good to know", auth_facts::advice(kind)),
        ],
        warning: auth_facts::is_weak(kind).then(|| Notice {
            tone: Tone::Warn,
            icon: Icon::Warning,
            text: "A token in the address is written to access logs wherever the request passes.".to_owned(),
        }),
        wire: Code::head(
            "On the wire",
            &wire.start_line,
            wire.headers.iter().map(|(name, value)| (*name, value.as_str())),
        ),
        count: text::counted(all as u64, "webhook", "webhooks"),
        rows: users.webhooks.iter().map(|webhook| row(&page, &users, webhook)).collect(),
        more: (all > ROWS).then(|| {
            let list = format!("{}?auth={}", page.urls().webhooks(), kind.name());
            Link::new(format!("{ROWS} of {all}, the most rejected first: show all"), list)
        }),
        note: format!("Rejected: answers 401 and 403 in the last 7 days, {counted}."),
        empty: users.webhooks.is_empty().then(|| Empty {
            title: "No webhook uses it".to_owned(),
            paragraphs: vec!["It is chosen in the form of a webhook.".to_owned()],
            actions: vec![Link::new("To the webhooks", page.urls().webhooks())],
        }),
        shell: page.shell(kind.label(), Nav::AuthTypes),
    }))
}

fn read(db: &mut Db<'_>, webhooks: Vec<Webhook>, rejected: HashMap<i64, i64>) -> Result<Users, StoreError> {
    let ids: Vec<WebhookId> = webhooks.iter().map(|webhook| webhook.id).collect();
    let stats = stats::of_webhooks(db, &ids)?;
    let last: Vec<AttemptId> = stats.values().filter_map(|stats| stats.last_failure).collect();
    let failures = attempts::of_ids(db, &last)?;
    Ok(Users { failures, stats, rejected, counted_to: tallies::complete_to(db)?, webhooks })
}

fn row(page: &CompanyPage, users: &Users, webhook: &Webhook) -> Row {
    let stats = users.stats.get(&webhook.id);
    let at = |time: Option<Timestamp>| time.map(|at| page.short(at));
    let failure = stats.and_then(|stats| users.failures.get(&stats.last_failure?));
    let rejected = users.rejected.get(&webhook.id.0).copied().unwrap_or_default();
    Row {
        id: webhook.id.0,
        name: Link::new(&webhook.settings.name, page.urls().webhook(webhook.id.0).show()),
        destination: destination(&webhook.settings.endpoint),
        format: webhook.settings.format.label(),
        last_success: at(stats.and_then(|stats| stats.counters.last_success_at)),
        last_failure: at(stats.and_then(|stats| stats.counters.last_failure_at)),
        last_failure_result: failure
            .and_then(|attempt| Some(result_word(attempt.outcome?, attempt.status)))
            .unwrap_or_default(),
        rejected: (rejected > 0).then(|| {
            let from = Timestamp::from_micros((page.now().hour() - HOURS + 1) * HOUR_US);
            let filter = Filter {
                webhook: Some(webhook.id),
                result: Some(ResultKind::HttpAuth),
                from: Some(from),
                ..Filter::default()
            };
            Link::new(text::count(natural(rejected)), ListQuery::of(filter).url(page.urls()))
        }),
    }
}
