//! The company in the path, for somebody who sees it.

use std::fmt::Display;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::web::Query;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::future::{FutureExt, LocalBoxFuture};
use url::form_urlencoded;

use super::elsewhere;
use super::user::ConsoleUser;
use crate::actions::Context;
use crate::console::failure::PageError;
use crate::console::messages;
use crate::console::nav;
use crate::console::parts::Moment;
use crate::console::parts::flash::Flash;
use crate::console::preferences::{self, ZoneChoice};
use crate::console::shell::{self, CompanyLink, Nav, Shell, Theme, Zone};
use crate::domain::access::{Permission, Role, Scope};
use crate::domain::company::Company;
use crate::domain::ids::CompanyId;
use crate::domain::time::Timestamp;
use crate::store::{Db, Store, StoreError, companies};
use crate::web::state::AppState;
use crate::web::time_text::Times;
use crate::web::{text, urls};

/// Companies in the switcher at most: it stands on every page. A page of its own has all of them.
const SWITCHER_MAX: u8 = 20;
/// Bytes of a list's query that its rows lead back to, at most.
const LIST_BYTES_MAX: usize = 200;
/// The key of all companies together, for staff.
const ALL: &str = "all";

/// A page below `/console/c/{company}`. Who does not see the company gets the same 404 as for one that does not
/// exist; who sees no company's data at all gets 403.
#[derive(Clone)]
pub struct CompanyPage {
    inner: Rc<Inner>,
}

struct Inner {
    user: ConsoleUser,
    scope: Scope,
    /// `None`: all companies.
    company: Option<Company>,
    below: i64,
    companies: Vec<Company>,
    has_more_companies: bool,
    times: Times,
    zone: Zone,
    theme: Theme,
    single_keys: bool,
    urls: urls::Company,
    /// Below another company: this page, or the list that it belongs to.
    elsewhere: String,
    /// What the address of the list of deliveries says, on that list.
    list: String,
}

impl Inner {
    fn elsewhere_in(&self, key: impl Display) -> String {
        format!("{}{}", urls::Company::new(key).prefix(), self.elsewhere)
    }
}

/// What is read for the frame.
struct Found {
    company: Option<Company>,
    below: i64,
    companies: Vec<Company>,
    /// Whether there are more of them than these.
    has_more: bool,
}

impl CompanyPage {
    async fn of(request: HttpRequest) -> Result<Self, PageError> {
        let user = ConsoleUser::of(request.clone()).await?;
        if let Err(refused) = user.caller.may(Permission::Read) {
            // They still get a frame around the refusal, to sign out from.
            let nothing = Found { company: None, below: 0, companies: Vec::new(), has_more: false };
            Self::new(&request, user, nothing).remember(&request);
            return Err(refused.into());
        }
        let key = request.match_info().get("company").unwrap_or_default();
        let missing = || PageError::NotFound("This company".to_owned());
        let wanted = match key {
            ALL if user.caller.company().is_none() => None,
            key => Some(number(key).map(CompanyId).ok_or_else(missing)?),
        };
        let scope = user.caller.scope();
        let found = user.state.services.store.read(move |db| find(db, &scope, wanted)).await;
        let found = found.map_err(|error| match error {
            StoreError::NotFound => missing(),
            other => other.into(),
        })?;
        let page = Self::new(&request, user, found);
        page.clone().remember(&request);
        Ok(page)
    }

    fn new(request: &HttpRequest, user: ConsoleUser, found: Found) -> Self {
        let Found { company, below, companies, has_more: has_more_companies } = found;
        let (scope, urls) = match &company {
            Some(company) => (user.caller.scope_of(company.id), urls::Company::new(company.id)),
            None => (user.caller.scope(), urls::Company::new(ALL)),
        };
        let own_zone = company.as_ref().map_or("UTC", |company| company.timezone.as_str());
        let own = Times::new(own_zone, user.state.services.clock.now());
        let times = match preferences::zone(request) {
            ZoneChoice::Utc => own.utc(),
            ZoneChoice::Company => own.clone(),
        };
        let (other, choice) = if times.zone_name() == own.zone_name() && own.zone_name() != "UTC" {
            ("UTC".to_owned(), ZoneChoice::Utc)
        } else {
            (own.zone_name().to_owned(), ZoneChoice::Company)
        };
        let zone = Zone { name: times.zone_name().to_owned(), other, other_url: with_zone(request, choice) };
        let inner = Inner {
            user,
            scope,
            company,
            below,
            companies,
            has_more_companies,
            times,
            zone,
            theme: preferences::theme(request),
            single_keys: preferences::single_keys(request),
            list: list(request, &urls),
            elsewhere: elsewhere::below_another(request.path(), urls.prefix(), request.query_string()),
            urls,
        };
        Self { inner: Rc::new(inner) }
    }

    /// What the address of the list of deliveries says, on that list: its rows take it along. Empty elsewhere.
    pub fn list(&self) -> &str {
        &self.inner.list
    }

    /// For the page of an error that may follow.
    fn remember(self, request: &HttpRequest) {
        request.extensions_mut().insert(self);
    }

    /// The application.
    pub fn state(&self) -> &AppState {
        &self.inner.user.state
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.state().services.store
    }

    /// Who asks.
    pub fn user(&self) -> &ConsoleUser {
        &self.inner.user
    }

    /// Whether the person may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.inner.user.caller.holds(permission)
    }

    /// Refuses who may not.
    pub fn require(&self, permission: Permission) -> Result<(), PageError> {
        Ok(self.inner.user.caller.may(permission)?)
    }

    /// The surroundings of an action. An action's scope is the person's own, which is wider than the page's:
    /// look the object up in [`Self::scope`] before.
    pub fn context(&self) -> Context {
        self.inner.user.context()
    }

    /// Whose data the page shows.
    pub fn scope(&self) -> Scope {
        self.inner.scope
    }

    /// The company; `None` for all of them.
    pub fn company(&self) -> Option<&Company> {
        self.inner.company.as_ref()
    }

    /// "Northline Logistics and 3 sub-companies".
    pub fn company_phrase(&self) -> String {
        let name = self.company().map_or("all companies", |company| company.name.as_str());
        if self.inner.below == 0 { name.to_owned() } else { format!("{name} and {}", self.below()) }
    }

    fn below(&self) -> String {
        match u64::try_from(self.inner.below) {
            Ok(count @ 1..) => text::counted(count, "sub-company", "sub-companies"),
            _ => String::new(),
        }
    }

    /// Addresses below the company.
    pub fn urls(&self) -> &urls::Company {
        &self.inner.urls
    }

    /// Writes times.
    pub fn times(&self) -> &Times {
        &self.inner.times
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.inner.times.now()
    }

    /// A time for tables.
    pub fn short(&self, at: Timestamp) -> Moment {
        Moment::new(self.times().short(at), self.times().full(at))
    }

    /// A time to the millisecond.
    pub fn millis(&self, at: Timestamp) -> Moment {
        Moment::new(self.times().millis(at), self.times().full(at))
    }

    /// A time with its day.
    pub fn long(&self, at: Timestamp) -> Moment {
        Moment::new(self.times().long(at), self.times().full(at))
    }

    /// How long history is kept: "90 days".
    pub fn retention(&self) -> String {
        preferences::retention(self.state())
    }

    /// Leaves a message for the next page.
    pub fn say(&self, flash: &Flash) {
        messages::push(&self.inner.user.session, flash);
    }

    /// The frame of the page; it takes the waiting messages.
    pub fn shell(&self, title: impl Into<String>, nav: Nav) -> Shell {
        let inner = &self.inner;
        let shown = inner.company.as_ref().map(|company| company.id);
        let is_staff = inner.user.caller.company().is_none();
        let all = is_staff.then(|| CompanyLink {
            name: "All companies".to_owned(),
            url: inner.elsewhere_in(ALL),
            current: shown.is_none(),
        });
        let one = |company: &Company| CompanyLink {
            name: company.name.clone(),
            url: inner.elsewhere_in(company.id),
            current: shown == Some(company.id),
        };
        let name = inner.company.as_ref().map_or("All companies", |company| company.name.as_str());
        Shell {
            title: title.into(),
            nav: nav::links(nav, &inner.urls, |permission| self.may(permission)),
            company: shell::Company { name: name.to_owned(), below: self.below() },
            urls: inner.urls.clone(),
            companies: if inner.companies.is_empty() {
                Vec::new()
            } else {
                all.into_iter().chain(inner.companies.iter().map(one)).collect()
            },
            all_companies: inner.has_more_companies.then(|| inner.urls.companies()),
            search: self.may(Permission::Read).then(String::new),
            user_name: inner.user.user.name.clone(),
            role: role_word(inner.user.user.role).to_owned(),
            csrf: inner.user.csrf(),
            zone: inner.zone.clone(),
            theme: inner.theme,
            single_keys: inner.single_keys,
            flash: messages::take(&inner.user.session),
        }
    }
}

impl FromRequest for CompanyPage {
    type Error = PageError;
    type Future = LocalBoxFuture<'static, Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Self::of(request.clone()).boxed_local()
    }
}

fn find(db: &mut Db<'_>, scope: &Scope, wanted: Option<CompanyId>) -> Result<Found, StoreError> {
    let company = wanted.map(|id| companies::get(db, scope, id)).transpose()?;
    let below = match wanted {
        Some(id) => companies::count_below(db, id)?,
        None => 0,
    };
    // One more tells whether there are any.
    let mut companies = companies::list(db, scope, i64::from(SWITCHER_MAX) + 1)?;
    let has_more = companies.len() > usize::from(SWITCHER_MAX);
    companies.truncate(SWITCHER_MAX.into());
    if let Some(company) = &company
        && !companies.iter().any(|known| known.id == company.id)
    {
        companies.insert(0, company.clone());
    }
    Ok(Found { company, below, companies, has_more })
}

/// The query of the list of deliveries without empty fields, which forms send, and without the choice of a zone. A long
/// one is left out: it would come with each row.
fn list(request: &HttpRequest, urls: &urls::Company) -> String {
    if request.path() != urls.deliveries() {
        return String::new();
    }
    let pairs = form_urlencoded::parse(request.query_string().as_bytes());
    let kept = pairs.filter(|(name, value)| !value.is_empty() && name != preferences::ZONE);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    if query.len() > LIST_BYTES_MAX { String::new() } else { query }
}

/// A number as addresses spell it: no sign, no leading zero.
pub fn number(text: &str) -> Option<i64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if is_plain { text.parse().ok() } else { None }
}

/// A role as people read it.
pub const fn role_word(role: Role) -> &'static str {
    match role {
        Role::Admin => "Company admin",
        Role::Editor => "Editor",
        Role::Viewer => "Viewer",
        Role::Support => "Support",
        Role::Operator => "Operator",
    }
}

/// This page in the other zone.
fn with_zone(request: &HttpRequest, choice: ZoneChoice) -> String {
    let pairs = Query::<Vec<(String, String)>>::from_query(request.query_string());
    let pairs = pairs.map(Query::into_inner).unwrap_or_default();
    let kept = pairs.iter().filter(|(name, _)| name != preferences::ZONE);
    let query: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair(preferences::ZONE, choice.name())
        .finish();
    format!("?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_has_one_spelling() {
        assert_eq!(number("12"), Some(12));
        for other in ["", "0", "012", "+12", "-1", "1.0", "all", "١", "99999999999999999999"] {
            assert_eq!(number(other), None, "{other}");
        }
    }
}
