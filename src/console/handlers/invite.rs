//! Accepting an invitation: whoever has the link chooses the password, once.

use actix_session::Session;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use crate::actions::{ActionError, api_keys, users as user_actions};
use crate::console::extract::CsrfForm;
use crate::console::failure::PageError;
use crate::console::invite::InvitePage;
use crate::console::preferences;
use crate::domain::access::Caller;
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::security::csrf;
use crate::store::{StoreError, users};
use crate::web::state::AppState;
use crate::web::{page, urls};

/// `GET /console/invite/{token}`
pub async fn show(
    state: Data<AppState>,
    session: Session,
    token: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let invited = invited(&state, &token).await?;
    Ok(page::ok(&form(&state, &session, &request, &token, &invited)))
}

/// `POST /console/invite/{token}`
pub async fn send(
    state: Data<AppState>,
    session: Session,
    token: Path<String>,
    request: HttpRequest,
    sent: CsrfForm,
) -> Result<HttpResponse, PageError> {
    // Asked before the password is hashed: strangers without an invitation shall not make us work.
    let invited = invited(&state, &token).await?;
    let context = state.context(Caller::system("invitation"));
    match user_actions::accept_invite(&context, &token, Secret::new(sent.0.text("password"))).await {
        Ok(_) => {
            session.purge();
            Ok(page::see_other(&format!("{}?done=invited", urls::LOGIN)))
        }
        Err(ActionError::Invalid(problems)) => {
            let mut shown = form(&state, &session, &request, &token, &invited);
            shown.password = shown.password.judged(&problems, "password");
            Ok(page::unprocessable(&shown))
        }
        Err(error) => Err(PageError::of_action(error, "This invitation", urls::LOGIN)),
    }
}

async fn invited(state: &AppState, token: &str) -> Result<User, PageError> {
    let (hash, now) = (api_keys::hash(token), state.services.clock.now());
    let found: Result<Option<User>, StoreError> =
        state.services.store.read(move |db| users::by_invite(db, &hash, now)).await;
    found?.ok_or_else(|| PageError::NotFound("This invitation".to_owned()))
}

fn form(
    state: &AppState,
    session: &Session,
    request: &HttpRequest,
    token: &str,
    invited: &User,
) -> InvitePage {
    let csrf = csrf::token(session, &*state.services.random);
    InvitePage::new(preferences::theme(request), csrf, urls::invite(token), &invited.email)
}
