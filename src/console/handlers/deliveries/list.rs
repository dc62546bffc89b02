//! The list of deliveries.

use std::hash::{DefaultHasher, Hash, Hasher};

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::query::ListQuery;
use super::{chart, fields, live, narrow, rows, views};
use crate::console::deliveries::list::{Action, Further, ListPage};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::parts::Link;
use crate::console::parts::list::{ActiveFilter, Empty, Pager};
use crate::console::shell::{Nav, Shell};
use crate::domain::access::{Permission, Scope};
use crate::domain::delivery::State;
use crate::domain::ids::{CompanyId, UserId};
use crate::domain::page::{Cursor, KeysetPage};
use crate::domain::saved_view::SavedView;
use crate::domain::time::Timestamp;
use crate::domain::webhook::label::Label;
use crate::store::deliveries::count::{self, ByState, Counted};
use crate::store::deliveries::{Browsed, browse};
use crate::store::{Db, StoreError, saved_views, webhooks};
use crate::web::{page as answer, text};

/// Rows of a page …
const PAGE_SIZE: i64 = 20;
/// … and of one with a chart, or of chosen deliveries, whose numbers are in each of its links: a page has its bytes.
const PAGE_SIZE_SMALL: i64 = 12;
/// Webhooks to choose from at most.
pub(super) const WEBHOOKS_MAX: i64 = 500;
/// Filters without which is counted what would match, when nothing does …
const WITHOUT_MAX: usize = 4;
/// … among so many rows for each.
const WITHOUT_LOOK_MAX: usize = 2_500;

/// What is read for the page.
struct Seen {
    found: Browsed,
    counts: ByState,
    total: Counted,
    /// The names of filters, and what would match without each; for a page without rows.
    without: Vec<(&'static str, Counted)>,
    webhooks: Vec<Label>,
    views: Vec<SavedView>,
    /// For a chart, when there is one.
    hours: Option<chart::Hours>,
}

/// `GET …/deliveries`
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let query = ListQuery::parse(request.query_string(), page.times());
    let is_fragment = request.headers().contains_key("hx-request");
    if query.has_empty_fields() && query.problems.is_empty() && !is_fragment {
        return Ok(answer::see_other(&query.url(page.urls())));
    }
    if !query.problems.is_empty() {
        return problems(&page, &query).await;
    }
    let mut answer = answer::ok(&page_of(&page, &query).await?);
    if let Ok(url) = HeaderValue::from_str(&query.url(page.urls()))
        && is_fragment
    {
        // What the form sent names every field; the address names those that say something.
        answer.headers_mut().insert(HeaderName::from_static("hx-push-url"), url);
    }
    Ok(answer)
}

/// The page with what is wrong with its address: also for those of its addresses that are no pages.
pub(super) async fn problems(page: &CompanyPage, query: &ListQuery) -> Result<HttpResponse, PageError> {
    Ok(answer::unprocessable(&page_of(page, query).await?))
}

async fn page_of(page: &CompanyPage, query: &ListQuery) -> Result<ListPage, PageError> {
    let (scope, asked, user) = (page.scope(), query.clone(), page.user().user.id);
    let company = page.company().map(|company| company.id);
    let now = page.now();
    let seen = page.store().read(move |db| read(db, &scope, &asked, company, user, now)).await?;
    Ok(filled(page, query, &seen))
}

fn read(
    db: &mut Db<'_>,
    scope: &Scope,
    query: &ListQuery,
    company: Option<CompanyId>,
    user: UserId,
    now: Timestamp,
) -> Result<Seen, StoreError> {
    let webhooks = webhooks::labels(db, scope, WEBHOOKS_MAX)?;
    let views = match company {
        Some(company) => saved_views::list(db, scope, company, user)?,
        None => Vec::new(),
    };
    if !query.problems.is_empty() {
        let page = KeysetPage { items: Vec::new(), has_older: false, has_newer: false };
        let found = Browsed { page, reach: None, is_cut: false };
        let (counts, total) = (ByState::default(), Counted::default());
        return Ok(Seen { found, counts, total, without: Vec::new(), webhooks, views, hours: None });
    }
    let filter = &query.filter;
    let is_small = query.is_charted || !filter.only.is_empty();
    let size = if is_small { PAGE_SIZE_SMALL } else { PAGE_SIZE };
    let found = browse(db, scope, filter, query.cursor, size)?;
    let is_known = filter.webhook.is_none_or(|id| webhooks.iter().any(|webhook| webhook.id == id));
    let hours = if query.is_charted && is_known && chart::is_applicable(filter) {
        Some(chart::read(db, scope, filter, now)?)
    } else {
        None
    };
    // With a status and something that rows are asked for, counting by status would be looking a second time.
    let counts = if filter.states.is_empty() || !filter.has_more_than_indexes_know() {
        count::by_state(db, scope, filter)?
    } else {
        ByState::default()
    };
    let total = match filter.states.as_slice() {
        [] => counts.all,
        [only] if counts.of(*only).is_some() => counts.of(*only).unwrap_or_default(),
        _ => count::count(db, scope, filter)?,
    };
    let mut without = Vec::new();
    if found.page.items.is_empty() && found.reach.is_none() && query.cursor == Cursor::Newest {
        let names = fields::pairs(filter);
        if names.len() > 1 {
            for (name, _) in names.into_iter().take(WITHOUT_MAX) {
                let less = fields::without(filter, name);
                without.push((name, count::among_newest(db, scope, &less, WITHOUT_LOOK_MAX)?));
            }
        }
    }
    Ok(Seen { found, counts, total, without, webhooks, views, hours })
}

fn filled(page: &CompanyPage, query: &ListQuery, seen: &Seen) -> ListPage {
    let shell = page.shell("Deliveries", Nav::Deliveries);
    let active = narrow::active(page, query, &seen.webhooks);
    let found = &seen.found.page;
    let is_judged = query.problems.is_empty();
    let is_empty = found.items.is_empty() && is_judged && seen.found.reach.is_none();
    ListPage {
        summary: summary(page, query, seen),
        errors: narrow::errors(query),
        views: views::chips(page, query, &seen.views),
        actions: actions(page, query, seen),
        live: is_live(query).then(|| {
            let newest = found.items.first().map_or(0, |row| row.id.0);
            live::line(page, query, newest, 0, false)
        }),
        chips: narrow::chips(page, query, &seen.counts),
        form: narrow::form(page, query, &seen.webhooks),
        windows: narrow::windows(page, query),
        empty: is_empty.then(|| empty(page, &shell, query, &active, seen)),
        further: further(page, query, seen),
        active,
        mark: mark(query),
        chart: seen.hours.as_ref().map(|hours| chart::bars(page, query, hours)),
        chart_note: (query.is_charted && is_judged && seen.hours.is_none())
            .then_some("The chart knows webhooks and time alone. Drop the other filters to see it."),
        rows: rows::rows(page, &found.items, &rows::destinations(&seen.webhooks)),
        pager: pager(page, query, &seen.found),
        choosing: may_redeliver(page),
        shell,
    }
}

/// A short name of the filter.
fn mark(query: &ListQuery) -> String {
    let mut hasher = DefaultHasher::new();
    query.url_at("").hash(&mut hasher);
    format!("f{:x}", hasher.finish() >> 32)
}

/// "684 matching · from 14:00:00 on · kept for 90 days".
fn summary(page: &CompanyPage, query: &ListQuery, seen: &Seen) -> String {
    let mut words = Vec::new();
    if query.problems.is_empty() {
        let number = match narrow::counted(seen.total) {
            none if none.is_empty() => "Newest first".to_owned(),
            number if fields::pairs(&query.filter).is_empty() => format!("{number} in all"),
            number => format!("{number} matching"),
        };
        words.push(number);
        let sentence = |at| page.times().sentence(at);
        match (query.filter.from.map(sentence), query.filter.to.map(sentence)) {
            (Some(from), Some(to)) => words.push(format!("made from {from} until before {to}")),
            (Some(from), None) => words.push(format!("made from {from} on")),
            (None, Some(to)) => words.push(format!("made before {to}")),
            (None, None) => {}
        }
    }
    words.push(format!("kept for {}", page.retention()));
    words.join(" · ")
}

/// Whether the page says when there is something new: older pages have nothing new.
fn is_live(query: &ListQuery) -> bool {
    query.is_live && query.problems.is_empty() && query.cursor == Cursor::Newest
}

/// What can be done with what is shown.
fn actions(page: &CompanyPage, query: &ListQuery, seen: &Seen) -> Vec<Action> {
    let urls = page.urls();
    let mut actions = Vec::new();
    if query.problems.is_empty() {
        let newest = query.at(Cursor::Newest);
        if query.cursor == Cursor::Newest {
            let (word, is_live) =
                if query.is_live { ("Live: on – stop", false) } else { ("Live: off", true) };
            let toggled = newest.clone().live(is_live);
            actions.push(Action { id: "live", link: Link::new(word, toggled.url(urls)) });
        }
        let (word, is_charted) = if query.is_charted { ("Chart: on", false) } else { ("Chart: off", true) };
        let link = Link::new(word, newest.clone().charted(is_charted).url(urls));
        actions.push(Action { id: "toggle-chart", link });
        let view = views::action(page, query, &seen.views);
        actions.extend(view.map(|link| Action { id: "view", link }));
        let still = newest.live(false).charted(false);
        let csv = Link::new("Export CSV", still.url_at(&urls.deliveries_csv()));
        actions.push(Action { id: "csv", link: csv });
        let ndjson = Link::new("NDJSON", still.url_at(&urls.deliveries_ndjson()));
        actions.push(Action { id: "ndjson", link: ndjson });
    }
    actions.push(Action { id: "replays", link: Link::new("Redeliveries", urls.replays()) });
    let again = redeliver(page, query, seen);
    actions.extend(again.map(|link| Action { id: "redeliver-many", link }));
    actions
}

/// Whether somebody may redeliver what is listed: in one company, with those below it.
fn may_redeliver(page: &CompanyPage) -> bool {
    page.may(Permission::Redeliver) && page.company().is_some()
}

/// Where the shown deliveries are sent again, and how many; not for all companies together. Without a status it is those
/// that failed, unless somebody has chosen them.
fn redeliver(page: &CompanyPage, query: &ListQuery, seen: &Seen) -> Option<Link> {
    let may = may_redeliver(page) && query.problems.is_empty();
    let (of, what) = match query.filter.states.as_slice() {
        [] if query.filter.only.is_empty() => (seen.counts.of(State::Failed).unwrap_or_default(), " failed"),
        [State::Failed] => (seen.total, " failed"),
        _ => (seen.total, ""),
    };
    let is_some = of.count > 0 || of.or_more;
    (may && is_some).then(|| {
        let words = match narrow::counted(of) {
            none if none.is_empty() => format!("Redeliver{what}…"),
            number => format!("Redeliver {number}{what}…"),
        };
        let filter = ListQuery::of(query.filter.clone());
        Link::new(words, filter.url_at(&page.urls().new_replay()))
    })
}

/// What is said when looking ended before the page was full.
fn further(page: &CompanyPage, query: &ListQuery, seen: &Seen) -> Option<Further> {
    if seen.found.is_cut {
        let words =
            "Only the newest events of this vehicle were looked at. Choose an earlier end to see older ones.";
        return Some(Further { words: words.to_owned(), url: None });
    }
    let reach = seen.found.reach?;
    let number = text::count(u64::try_from(reach.looked_at).unwrap_or_default());
    let (way, cursor) = match query.cursor {
        Cursor::After(_) => ("up to", Cursor::After(reach.id)),
        Cursor::Newest | Cursor::Before(_) => ("back to", Cursor::Before(reach.id)),
    };
    let at = page.times().sentence(reach.at);
    let words = format!("Looked through {number} deliveries, {way} {at}.");
    Some(Further { words, url: Some(query.at(cursor).url(page.urls())) })
}

fn empty(
    page: &CompanyPage,
    shell: &Shell,
    query: &ListQuery,
    active: &[ActiveFilter],
    seen: &Seen,
) -> Empty {
    if query.cursor != Cursor::Newest {
        ListPage::not_kept(shell, &page.retention())
    } else if active.is_empty() {
        ListPage::nothing_yet(shell)
    } else {
        let said: Vec<Link> =
            seen.without.iter().filter_map(|one| without(page, query, one, active)).collect();
        ListPage::nothing_matches(shell, active, said)
    }
}

/// "12 deliveries match without Vehicle TRK-118", leading there.
fn without(
    page: &CompanyPage,
    query: &ListQuery,
    (name, counted): &(&'static str, Counted),
    active: &[ActiveFilter],
) -> Option<Link> {
    let dropped = active.iter().find(|one| one.name == fields::label(name))?;
    let number = narrow::counted(*counted);
    if number.is_empty() || counted.count == 0 {
        return None;
    }
    let (what, match_) = if counted.count == 1 && !counted.or_more {
        ("delivery", "matches")
    } else {
        ("deliveries", "match")
    };
    let words = format!("{number} {what} {match_} without {} {}", dropped.name, dropped.value);
    Some(Link::new(words, ListQuery::of(fields::without(&query.filter, name)).url(page.urls())))
}

fn pager(page: &CompanyPage, query: &ListQuery, found: &Browsed) -> Pager {
    let Browsed { page: rows, reach, .. } = found;
    let count = rows.items.len();
    let url = |cursor| query.at(cursor).url(page.urls());
    let is_newest = query.cursor == Cursor::Newest;
    let (older, newer) = match (reach, query.cursor) {
        (Some(reach), Cursor::After(_)) => (rows.items.last().map(|row| row.id.0), Some(reach.id)),
        (Some(reach), _) => (Some(reach.id), rows.items.first().map(|row| row.id.0)),
        (None, _) => (rows.items.last().map(|row| row.id.0), rows.items.first().map(|row| row.id.0)),
    };
    Pager {
        words: Pager::BY_TIME,
        range: match (is_newest, rows.has_older) {
            (true, true) => format!("The newest {count}"),
            (true, false) => format!("{count} in all"),
            (false, true) => format!("{count} deliveries"),
            (false, false) => format!("The oldest {count}"),
        },
        newest: (!is_newest).then(|| url(Cursor::Newest)),
        newer: newer.filter(|_| rows.has_newer).map(|id| url(Cursor::After(id))),
        older: older.filter(|_| rows.has_older).map(|id| url(Cursor::Before(id))),
    }
}
