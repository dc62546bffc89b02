//! Who is signed in.

use actix_session::{Session, SessionExt};
use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::{FutureExt, LocalBoxFuture};
use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::actions::Context;
use crate::console::failure::PageError;
use crate::domain::access::Caller;
use crate::domain::ids::UserId;
use crate::domain::user::User;
use crate::security::csrf;
use crate::security::sessions::USER;
use crate::store::{StoreError, users};
use crate::web::state::AppState;
use crate::web::{next, urls};

/// A signed-in person. Their row is read for every request, so a changed role counts at once and a disabled
/// person is out at once.
#[derive(Clone)]
pub struct ConsoleUser {
    /// The application.
    pub state: Data<AppState>,
    /// Their session.
    pub session: Session,
    /// Who they are.
    pub user: User,
    /// What they may do.
    pub caller: Caller,
}

impl ConsoleUser {
    /// The surroundings of an action.
    pub fn context(&self) -> Context {
        self.state.context(self.caller.clone())
    }

    /// The token for forms.
    pub fn csrf(&self) -> String {
        csrf::token(&self.session, &*self.state.services.random)
    }

    /// The person behind `request`.
    pub(super) async fn of(request: HttpRequest) -> Result<Self, PageError> {
        let state = app_state(&request)?;
        let session = request.get_session();
        let Some(id) = session.get::<i64>(USER).ok().flatten() else {
            return Err(sign_in(&request));
        };
        let found: Result<User, StoreError> =
            state.services.store.read(move |db| users::get(db, UserId(id))).await;
        match found {
            Ok(user) if user.disabled_at.is_none() => {
                let caller = user.caller();
                Ok(Self { state, session, user, caller })
            }
            Ok(_) | Err(StoreError::NotFound) => {
                session.purge();
                Err(sign_in(&request))
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl FromRequest for ConsoleUser {
    type Error = PageError;
    type Future = LocalBoxFuture<'static, Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Self::of(request.clone()).boxed_local()
    }
}

/// The application behind `request`.
pub fn app_state(request: &HttpRequest) -> Result<Data<AppState>, PageError> {
    request.app_data::<Data<AppState>>().cloned().ok_or(PageError::Broken)
}

/// Sends an anonymous visitor to the sign-in page, and from there back to the page that was asked for. What was
/// posted is not repeated.
fn sign_in(request: &HttpRequest) -> PageError {
    let is_htmx = request.headers().contains_key("hx-request");
    let wanted = if is_htmx {
        let shown = request.headers().get("hx-current-url").and_then(|url| url.to_str().ok());
        shown.and_then(|url| Url::parse(url).ok()).map(|url| match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        })
    } else {
        let is_page = request.method() == Method::GET;
        is_page.then(|| request.uri().path_and_query().map(ToString::to_string)).flatten()
    };
    let wanted =
        wanted.as_deref().and_then(next::checked).filter(|path| path.trim_end_matches('/') != urls::HOME);
    let location = match wanted {
        Some(path) => {
            let path: String = byte_serialize(path.as_bytes()).collect();
            format!("{}?next={path}", urls::LOGIN)
        }
        None => urls::LOGIN.to_owned(),
    };
    PageError::SignIn { location, is_htmx }
}
