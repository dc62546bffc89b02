//! The list of webhooks, those that need somebody first.

use actix_web::{HttpRequest, HttpResponse};

use super::super::deliveries::rows::{destination, result_word};
use super::known::Known;
use super::pulse::natural;
use super::query::{Chosen, ListQuery, needs_attention};
use super::words;
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::handlers::numbered::Numbered;
use crate::console::parts::Link;
use crate::console::parts::badge::Badge;
use crate::console::parts::facts::Figure;
use crate::console::parts::field::Choice;
use crate::console::parts::list::{Chip, Empty};
use crate::console::shell::Nav;
use crate::console::webhooks::list::{ListPage, Row, Warning};
use crate::domain::access::Permission;
use crate::domain::health::Health;
use crate::domain::stats::Hour;
use crate::domain::webhook::Receives;
use crate::domain::webhook::auth::AuthType;
use crate::domain::webhook::format::Format;
use crate::web::{page as answer, text};

/// Webhooks on a page.
const PAGE_SIZE: usize = 15;

/// `GET …/webhooks`
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let query = ListQuery::parse(request.query_string());
    let all = Known::all(&page).await?;
    let total = all.len();
    let fitting: Vec<Known> = all.into_iter().filter(|known| query.fits(&known.webhook)).collect();
    let chips = chips(&page, &query, &fitting);
    let attention = fitting.iter().filter(|known| needs_attention(known.pulse.health)).count();
    let mut shown: Vec<Known> =
        fitting.into_iter().filter(|known| query.health.takes(known.pulse.health)).collect();
    shown
        .sort_by_key(|known| (known.urgency(), known.webhook.settings.name.to_lowercase(), known.webhook.id));
    let at = Numbered::new(query.pages_before, PAGE_SIZE, shown.len());
    let may_create = page.may(Permission::ManageWebhooks) && page.company().is_some();
    let shell = page.shell("Webhooks", Nav::Webhooks);
    let empty = match (total, shown.is_empty()) {
        (0, _) => Some(ListPage::nothing_yet(&shell, may_create)),
        (_, true) => Some(nothing_matches(&page)),
        _ => None,
    };
    let list = ListPage {
        summary: summary(total, attention),
        may_create,
        figures: if shown.is_empty() { Vec::new() } else { figures(&shown) },
        chips: if total == 0 { Vec::new() } else { chips },
        health: query.health.slug().to_owned(),
        text: query.text.clone(),
        formats: formats(&query),
        is_narrow: query.is_narrow(),
        auth_types: auth_types(&query),
        pager: at.pager(|at| query.page(at).url(page.urls())),
        rows: at.of(&shown).iter().map(|known| row(&page, known)).collect(),
        empty,
        shell,
    };
    Ok(answer::ok(&list))
}

fn row(page: &CompanyPage, known: &Known) -> Row {
    let (settings, counters) = (&known.webhook.settings, &known.stats.counters);
    let last = known.last_failure.as_ref();
    Row {
        id: known.webhook.id.0,
        url: page.urls().webhook(known.webhook.id.0).show().to_owned(),
        health: Badge::health(known.pulse.health),
        warning: known.pulse.warning.map(|warning| Warning {
            words: words::warning(page.times(), &warning),
            off_at: page.short(warning.off_at),
        }),
        name: settings.name.clone(),
        destination: destination(&settings.endpoint),
        receives: words::receives(settings.receives, known.linked),
        receives_all: settings.receives == Receives::All,
        criteria: words::criteria(settings.criteria.len()),
        auth: words::auth(settings.auth.auth_type()).to_owned(),
        format: settings.format.label().to_owned(),
        spark: known.pulse.spark(&settings.name),
        delivered: known.pulse.delivered(),
        last_success: counters.last_success_at.map(|at| page.short(at)),
        last_failure: counters.last_failure_at.map(|at| page.short(at)),
        last_failure_result: last
            .and_then(|attempt| Some(result_word(attempt.outcome?, attempt.status)))
            .unwrap_or_default(),
        since: text::count(natural(counters.failures_since_success)),
    }
}

fn summary(total: usize, attention: usize) -> String {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    match (total, attention) {
        (0, _) => "None yet".to_owned(),
        (_, 0) => text::counted(count(total), "webhook", "webhooks"),
        (_, 1) => format!("{} · 1 needs attention", text::counted(count(total), "webhook", "webhooks")),
        _ => format!("{} · {attention} need attention", text::counted(count(total), "webhook", "webhooks")),
    }
}

fn figures(shown: &[Known]) -> Vec<Figure> {
    let day = shown.iter().fold(Hour::default(), |sum, known| sum.plus(&known.pulse.day));
    let (good, bad) = (natural(day.successes), natural(day.failures));
    let percentile = |percent| match day.percentile_ms(percent) {
        Some(ms) => format!("≤ {}", text::duration(natural(ms))),
        None if good + bad > 0 => "> 5\u{a0}s".to_owned(),
        None => "–".to_owned(),
    };
    let share = text::percent(good, good + bad).unwrap_or_else(|| "–".to_owned());
    vec![
        Figure::new(
            "Attempts delivered",
            share,
            format!("{} of {}", text::count(good), text::count(good + bad)),
        ),
        Figure::new("Attempts failed", text::count(bad), "in 24 hours"),
        Figure::new("Not sent", text::count(natural(day.not_sent)), "in 24 hours"),
        Figure::new("Median duration", percentile(50), format!("p95 {}", percentile(95))),
    ]
}

fn chips(page: &CompanyPage, query: &ListQuery, fitting: &[Known]) -> Vec<Chip> {
    let chip = |health: Chosen, word: &str, badge: Option<Badge>| Chip {
        word: word.to_owned(),
        count: fitting.iter().filter(|known| health.takes(known.pulse.health)).count().to_string(),
        icon: badge.map(|badge| badge.icon),
        url: ListQuery { health, ..query.page(0) }.url(page.urls()),
        current: query.health == health,
    };
    let mut chips = vec![chip(Chosen::All, "All", None), chip(Chosen::Attention, "Needs attention", None)];
    for health in Health::ALL {
        let one = chip(Chosen::One(health), health.word(), Some(Badge::health(health)));
        if one.count != "0" || one.current {
            chips.push(one);
        }
    }
    chips
}

fn formats(query: &ListQuery) -> Vec<Choice> {
    let any = Choice::new("", "Any format", query.format.is_none());
    let one = |format: Format| Choice::new(format.name(), format.label(), query.format == Some(format));
    std::iter::once(any).chain(Format::ALL.map(one)).collect()
}

fn auth_types(query: &ListQuery) -> Vec<Choice> {
    let any = Choice::new("", "Any auth type", query.auth.is_none());
    let one = |auth: AuthType| Choice::new(auth.name(), words::auth(auth), query.auth == Some(auth));
    std::iter::once(any).chain(AuthType::ALL.map(one)).collect()
}

fn nothing_matches(page: &CompanyPage) -> Empty {
    Empty {
        title: "No webhook matches these filters".to_owned(),
        paragraphs: vec![
            "There are webhooks, but none that fits the text, the auth type, the format and the health at once.".to_owned(),
        ],
        actions: vec![Link::new("Clear all filters", page.urls().webhooks())],
    }
}
