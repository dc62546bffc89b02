//! Named filters of the list: those that everybody has, one's own, and those that a company shares.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::query::ListQuery;
use super::{fields, list};
use crate::actions::ActionError;
use crate::actions::saved_views::{self as acts, NewView};
use crate::console::deliveries::save_view::SaveViewPage;
use crate::console::deliveries::view::ViewPage;
use crate::console::deliveries::views::{Row, ViewsPage};
use crate::console::extract::company::number;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::handlers::numbered::{self, Numbered};
use crate::console::parts::Link;
use crate::console::parts::field::{Field, FormError};
use crate::console::parts::flash::Flash;
use crate::console::parts::list::Chip;
use crate::console::shell::Nav;
use crate::domain::access::Permission;
use crate::domain::company::Company;
use crate::domain::delivery::{State, Trigger};
use crate::domain::delivery_filter::Filter;
use crate::domain::ids::SavedViewId;
use crate::domain::problem::Problems;
use crate::domain::saved_view::SavedView;
use crate::domain::webhook::label::Label;
use crate::store::{StoreError, saved_views, webhooks};
use crate::web::{page as answer, text};

/// Saved views that stand above the list; a page of their own has all of them.
const CHIPS_MAX: usize = 6;
/// Views on that page.
const PAGE_SIZE: usize = 40;
/// Longer than this is slow, milliseconds.
const SLOW_MS: i64 = 3_000;

/// The views that everybody has.
fn built_in(page: &CompanyPage) -> [(&'static str, Filter); 5] {
    let any = Filter::default;
    let today = page.times().typed("0:00").map(|time| time.first);
    [
        ("Failed today", Filter { states: vec![State::Failed], from: today, ..any() }),
        ("Waiting to retry", Filter { states: vec![State::Retrying], ..any() }),
        ("Not sent", Filter { states: vec![State::NotSent], ..any() }),
        ("Slow (> 3 s)", Filter { duration_min_ms: Some(SLOW_MS), ..any() }),
        ("Tests", Filter { trigger: Some(Trigger::Test), ..any() }),
    ]
}

/// All views as links.
pub fn chips(page: &CompanyPage, query: &ListQuery, saved: &[SavedView]) -> Vec<Chip> {
    let chip = |word: &str, filter: &Filter| Chip {
        word: word.to_owned(),
        count: String::new(),
        icon: None,
        current: query.filter == *filter,
        url: ListQuery::of(filter.clone()).url(page.urls()),
    };
    let own = page.user().user.id;
    let mut saved: Vec<&SavedView> = saved.iter().collect();
    let left = saved.len().saturating_sub(CHIPS_MAX);
    if left > 0 {
        // The shown one is always there, then one's own, then what others share.
        saved.sort_by_key(|view| (filter(page, view) != query.filter, view.owner != own));
    }
    let more = (left > 0).then(|| Chip {
        word: "More views".to_owned(),
        count: text::count(left as u64),
        icon: None,
        current: false,
        url: page.urls().views(),
    });
    let saved = saved.into_iter().take(CHIPS_MAX).map(|view| chip(&view.name, &filter(page, view)));
    built_in(page).iter().map(|(word, filter)| chip(word, filter)).chain(saved).chain(more).collect()
}

/// `GET …/deliveries/views`: all that somebody saved and this person has.
pub async fn all(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let (company, user) = (company(&page)?.id, page.user().user.id);
    let scope = page.scope();
    let views = page.store().read(move |db| saved_views::list(db, &scope, company, user)).await;
    let views: Vec<SavedView> = views.map_err(|error: StoreError| error)?;
    let at = Numbered::new(numbered::asked(request.query_string()), PAGE_SIZE, views.len());
    let row = |view: &SavedView| Row {
        view: Link::new(&view.name, ListQuery::of(filter(&page, view)).url(page.urls())),
        whose: whose(view),
        delete: may_delete(&page, view).then(|| page.urls().view(view.id.0)),
    };
    Ok(answer::ok(&ViewsPage {
        rows: at.of(&views).iter().map(row).collect(),
        pager: at.plain_pager(&page.urls().views()),
        shell: page.shell("Saved views", Nav::Deliveries),
    }))
}

const fn whose(view: &SavedView) -> &'static str {
    if view.is_shared { "Everybody who sees the company has it." } else { "You alone have it." }
}

/// What can be done about the shown filter: give it a name, or take the name away from it.
pub fn action(page: &CompanyPage, query: &ListQuery, saved: &[SavedView]) -> Option<Link> {
    page.company()?;
    if let Some(view) = saved.iter().find(|view| filter(page, view) == query.filter) {
        return may_delete(page, view).then(|| Link::new("Delete view…", page.urls().view(view.id.0)));
    }
    let is_known = built_in(page).iter().any(|(_, known)| *known == query.filter);
    let is_new = query.problems.is_empty() && query.filter != Filter::default() && !is_known;
    let url = fields::address(&page.urls().new_view(), &fields::pairs(&query.filter));
    is_new.then(|| Link::new("Save view…", url))
}

/// What a stored view means; what this version cannot read of it does not narrow.
fn filter(page: &CompanyPage, view: &SavedView) -> Filter {
    ListQuery::parse(&view.query, page.times()).filter
}

fn may_delete(page: &CompanyPage, view: &SavedView) -> bool {
    view.may_be_deleted_by(page.user().user.id, page.may(Permission::ManageWebhooks))
}

/// `GET …/deliveries/views/new?status=failed…`
pub async fn new(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    company(&page)?;
    let query = ListQuery::parse(request.query_string(), page.times());
    if !query.problems.is_empty() {
        return list::problems(&page, &query).await;
    }
    let form = form(&page, &query.filter, "", false, &Problems::default()).await?;
    Ok(answer::ok(&form))
}

/// `POST …/deliveries/views/new`
pub async fn save(page: CompanyPage, sent: CsrfForm) -> Result<HttpResponse, PageError> {
    let company = company(&page)?.id;
    let query = ListQuery::parse(&sent.0.text("query"), page.times());
    let (name, is_shared) = (sent.0.text("name"), sent.0.is_on("shared"));
    let list = query.url(page.urls());
    let new = NewView { company, name: name.clone(), query: query_of(&query.filter), is_shared };
    match acts::save(&page.context(), new).await {
        Ok(_) => {
            page.say(&Flash::ok(format!("The view {} was saved.", name.trim())));
            Ok(answer::see_other(&list))
        }
        Err(ActionError::Invalid(problems)) => {
            Ok(answer::unprocessable(&form(&page, &query.filter, &name, is_shared, &problems).await?))
        }
        Err(error) => Err(PageError::of_action(error, "This company", &list)),
    }
}

/// `GET …/deliveries/views/{id}`: asks before the view is deleted.
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let view = named(&page, &path.1).await?;
    let filter = filter(&page, &view);
    let webhooks = webhooks_of(&page).await?;
    Ok(answer::ok(&ViewPage {
        shell: page.shell(format!("View {}", view.name), Nav::Deliveries),
        list_url: ListQuery::of(filter.clone()).url(page.urls()),
        words: words(&page, &filter, &webhooks),
        whose: whose(&view),
        action: may_delete(&page, &view).then(|| page.urls().view(view.id.0)),
        name: view.name,
    }))
}

/// `POST …/deliveries/views/{id}`: deletes it.
pub async fn delete(
    page: CompanyPage,
    path: Path<(String, String)>,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    let view = named(&page, &path.1).await?;
    let list = page.urls().deliveries();
    acts::delete(&page.context(), view.id)
        .await
        .map_err(|error| PageError::of_action(error, &format!("View {}", view.id), &list))?;
    page.say(&Flash::ok(format!("The view {} was deleted.", view.name)));
    Ok(answer::see_other(&list))
}

/// The view that the path names, when it is this very company's and this person has it.
async fn named(page: &CompanyPage, text: &str) -> Result<SavedView, PageError> {
    let missing = || PageError::NotFound("This view".to_owned());
    let id = number(text).map(SavedViewId).ok_or_else(missing)?;
    let (scope, user) = (page.scope(), page.user().user.id);
    let found: Result<SavedView, StoreError> =
        page.store().read(move |db| saved_views::get(db, &scope, user, id)).await;
    match found {
        Ok(view) if page.company().is_some_and(|company| company.id == view.company) => Ok(view),
        Ok(_) | Err(StoreError::NotFound) => Err(missing()),
        Err(error) => Err(error.into()),
    }
}

fn company(page: &CompanyPage) -> Result<&Company, PageError> {
    page.company().ok_or_else(|| {
        let words = "Choose a company first: a view belongs to one.";
        PageError::Conflict(words.to_owned(), Link::new("To the deliveries", page.urls().deliveries()))
    })
}

fn query_of(filter: &Filter) -> String {
    fields::address("", &fields::pairs(filter)).trim_start_matches('?').to_owned()
}

fn words(page: &CompanyPage, filter: &Filter, webhooks: &[Label]) -> String {
    let words = fields::words(filter, webhooks, page.times());
    words.into_iter().map(fields::phrase).collect::<Vec<_>>().join(" · ")
}

async fn webhooks_of(page: &CompanyPage) -> Result<Vec<Label>, PageError> {
    let scope = page.scope();
    let found = page.store().read(move |db| webhooks::labels(db, &scope, list::WEBHOOKS_MAX));
    Ok(found.await.map_err(|error: StoreError| error)?)
}

async fn form(
    page: &CompanyPage,
    filter: &Filter,
    name: &str,
    is_shared: bool,
    problems: &Problems,
) -> Result<SaveViewPage, PageError> {
    let webhooks = webhooks_of(page).await?;
    let line = |problem: &crate::domain::problem::Problem| {
        FormError::new("name", format!("Name: {}", problem.message))
    };
    Ok(SaveViewPage {
        shell: page.shell("Save view", Nav::Deliveries),
        list_url: ListQuery::of(filter.clone()).url(page.urls()),
        words: words(page, filter, &webhooks),
        query: query_of(filter),
        name: Field::new("name", "Name").value(name).judged(problems, "name"),
        may_share: page.may(Permission::ManageWebhooks),
        is_shared,
        errors: problems.0.iter().map(line).collect(),
    })
}
