//! Signing in. Whatever is wrong, the answer and the time it takes are the same.

use std::net::IpAddr;

use actix_session::{Session, SessionStatus};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};

use super::home::first_page;
use crate::actions::{ActionError, sessions};
use crate::console::extract::{ConsoleUser, CsrfForm};
use crate::console::failure::PageError;
use crate::console::login::LoginPage;
use crate::console::preferences;
use crate::domain::secret::Secret;
use crate::domain::time::SECOND_US;
use crate::domain::user::User;
use crate::security::csrf;
use crate::security::sessions::USER;
use crate::web::state::AppState;
use crate::web::{next, page, text, urls};

const WRONG: &str = "E-mail or password is wrong.";

/// `?next=…&done=…`
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Arrival {
    next: String,
    done: String,
}

/// `GET /console/login`
pub async fn show(
    state: Data<AppState>,
    session: Session,
    user: Option<ConsoleUser>,
    arrival: Option<Query<Arrival>>,
    request: HttpRequest,
) -> HttpResponse {
    if let Some(user) = user {
        return page::see_other(&first_page(&user.user));
    }
    if session.status() == SessionStatus::Purged {
        // The session of somebody who was disabled has just ended; the next one can hold a token.
        return page::see_other(urls::LOGIN);
    }
    let Arrival { next, done } = arrival.map(Query::into_inner).unwrap_or_default();
    let mut shown = form(&state, &session, &request, next::checked(&next).unwrap_or_default());
    shown.notice = match done.as_str() {
        "out" => "You have been signed out.".to_owned(),
        "invited" => "Your password is set. Sign in with it.".to_owned(),
        _ => String::new(),
    };
    page::ok(&shown)
}

/// `POST /console/login`
pub async fn send(
    state: Data<AppState>,
    session: Session,
    request: HttpRequest,
    form_sent: CsrfForm,
) -> Result<HttpResponse, PageError> {
    let CsrfForm(sent) = form_sent;
    let (email, password, next) = (sent.text("email"), Secret::new(sent.text("password")), sent.text("next"));
    let next = next::checked(&next);
    let again = || form(&state, &session, &request, next.unwrap_or_default());
    if password.reveal().is_empty() {
        return Ok(page::unprocessable(&again().refused(email, WRONG)));
    }
    let (peer, now) = (peer(&request), state.services.clock.now());
    if state.rate_limits
        && let Err(wait_us) = state.login_guard.begin(&email, peer, now)
    {
        return Ok(too_many(again(), email, wait_us));
    }
    match sessions::sign_in(&state.services, &email, password).await {
        Ok(user) => {
            state.login_guard.succeeded(&email, peer, now);
            begin(&state, &session, &user)?;
            let to = next.filter(|path| path.trim_end_matches('/') != urls::HOME);
            Ok(page::see_other(&to.map_or_else(|| first_page(&user), str::to_owned)))
        }
        Err(ActionError::NotFound(_)) => Ok(page::unprocessable(&again().refused(email, WRONG))),
        Err(error) => Err(PageError::of_action(error, "Signing in", urls::LOGIN)),
    }
}

/// Nothing of the session before is kept, not even its id: who planted it in this browser gains nothing.
fn begin(state: &AppState, session: &Session, user: &User) -> Result<(), PageError> {
    session.clear();
    session.renew();
    session.insert(USER, user.id).map_err(|_| PageError::Broken)?;
    csrf::token(session, &*state.services.random);
    tracing::info!(user.id = user.id.0, "signed in");
    Ok(())
}

fn form(state: &AppState, session: &Session, request: &HttpRequest, next: &str) -> LoginPage {
    let token = csrf::token(session, &*state.services.random);
    LoginPage::new(preferences::theme(request), token, next)
}

fn too_many(shown: LoginPage, email: String, wait_us: i64) -> HttpResponse {
    let seconds = u64::try_from(wait_us.div_euclid(SECOND_US) + 1).unwrap_or(1);
    let words =
        format!("Too many tries. Wait {} and try again.", text::counted(seconds, "second", "seconds"));
    let mut answer = page::html(StatusCode::TOO_MANY_REQUESTS, &shown.refused(email, words));
    answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    answer
}

/// The other end of the connection. What a proxy writes into headers is not believed.
fn peer(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|address| address.ip())
}
