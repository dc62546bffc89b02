//! Puts the overview together.

use actix_web::HttpResponse;

use super::figures::{self, Attempts, Waiting};
use super::problems;
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::handlers::webhooks::known::Known;
use crate::console::overview::{Change, OverviewPage, Step};
use crate::console::shell::Nav;
use crate::domain::access::Permission;
use crate::domain::audit::line::Line;
use crate::domain::audit::words;
use crate::domain::health::Health;
use crate::domain::ids::WebhookId;
use crate::domain::page::Cursor;
use crate::domain::time::DAY_US;
use crate::domain::webhook::Receives;
use crate::store::deliveries::Filter;
use crate::store::events::Unheard;
use crate::store::{StoreError, audit, deliveries, events};
use crate::web::{page as answer, text};

/// Problems on the page at most.
const PROBLEMS_MAX: usize = 8;
/// Changes on the page.
const CHANGES: i64 = 5;

/// What is read beside the webhooks.
struct Found {
    attempts: Attempts,
    waiting: Waiting,
    unheard: Vec<Unheard>,
    changes: Vec<Line>,
    has_delivery: bool,
}

/// `GET …/`
pub async fn show(page: CompanyPage) -> Result<HttpResponse, PageError> {
    let mut known = Known::all(&page).await?;
    known.sort_by_key(|one| (one.urgency(), one.webhook.settings.name.to_lowercase(), one.webhook.id));
    let failing = known.iter().filter(|one| one.pulse.health == Health::Failing);
    let found = read(&page, failing.take(PROBLEMS_MAX).map(|one| one.webhook.id).collect()).await?;
    let mut problems = problems::of_webhooks(&page, &known, &found.waiting);
    problems.extend(problems::of_alerts(&page, &found.unheard));
    let total = problems.len();
    problems.truncate(PROBLEMS_MAX);
    Ok(answer::ok(&OverviewPage {
        summary: format!(
            "{} · last 24 hours, as of {}",
            capital(&page.company_phrase()),
            page.times().sentence(page.now())
        ),
        steps: steps(&page, &known, &found),
        count: match total {
            0 => String::new(),
            1 => "1 problem".to_owned(),
            total if total > PROBLEMS_MAX => format!("{total} problems · the {PROBLEMS_MAX} most urgent"),
            total => format!("{total} problems · most urgent first"),
        },
        quiet: quiet(&page, &known),
        figures: if known.is_empty() {
            Vec::new()
        } else {
            figures::figures(&page, &found.attempts, &found.waiting)
        },
        chart: figures::chart(&page, &found.attempts),
        changes: found.changes.iter().map(|line| change(&page, line)).collect(),
        empty: None,
        problems,
        shell: page.shell("Overview", Nav::Overview),
    }))
}

/// `failing` are the webhooks whose waiting deliveries are told.
async fn read(page: &CompanyPage, failing: Vec<WebhookId>) -> Result<Found, PageError> {
    let (scope, now) = (page.scope(), page.now());
    let found = page.store().read(move |db| {
        let newest = deliveries::page(db, &scope, &Filter::default(), Cursor::Newest, 1)?;
        Ok::<_, StoreError>(Found {
            attempts: Attempts::read(db, &scope, now)?,
            waiting: Waiting::read(db, &scope, &failing)?,
            unheard: events::unheard(db, &scope, now.plus_micros(-DAY_US))?,
            changes: audit::page(db, &scope, &audit::Filter::default(), Cursor::Newest, CHANGES)?.items,
            has_delivery: !newest.items.is_empty(),
        })
    });
    Ok(found.await?)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn change(page: &CompanyPage, line: &Line) -> Change {
    Change {
        at: page.short(line.at),
        who: line.author.name.clone(),
        verb: words::verb(&line.action).to_owned(),
        what: line.object.name.clone(),
    }
}

fn quiet(page: &CompanyPage, known: &[Known]) -> String {
    let newest = known.iter().filter_map(|one| Some((one.stats.counters.last_success_at?, one)));
    match newest.max_by_key(|(at, _)| *at) {
        Some((at, one)) => format!(
            "All quiet. The last delivery went to {} at {}.",
            text::visible(&one.webhook.settings.name),
            page.times().sentence(at)
        ),
        None => "Nothing was sent yet.".to_owned(),
    }
}

/// What to do on the first day; nothing once all of it was done, and nothing for those who may not.
fn steps(page: &CompanyPage, known: &[Known], found: &Found) -> Vec<Step> {
    let urls = page.urls();
    let first = known.iter().map(|one| one.webhook.id.0).min();
    let of_first = |show: fn(&crate::web::urls::Webhook) -> String| match first {
        Some(id) => show(&urls.webhook(id)),
        None => urls.new_webhook(),
    };
    let takes = |one: &Known| one.linked > 0 || one.webhook.settings.receives == Receives::All;
    let steps = vec![
        Step { words: "Make a webhook", url: urls.new_webhook(), done: first.is_some() },
        Step {
            words: "Link an alert to it",
            url: of_first(crate::web::urls::Webhook::links),
            done: known.iter().any(takes),
        },
        Step {
            words: "Send a test",
            url: of_first(crate::web::urls::Webhook::test),
            done: found.has_delivery,
        },
        Step {
            words: "See the first real delivery arrive",
            url: urls.deliveries(),
            done: known.iter().any(|one| one.stats.counters.total > 0),
        },
    ];
    let may = page.may(Permission::ManageWebhooks) && page.company().is_some();
    if !may || steps.iter().all(|step| step.done) { Vec::new() } else { steps }
}
