//! Signing out: the session ends on the server.

use actix_session::Session;
use actix_web::HttpResponse;

use crate::console::extract::CsrfForm;
use crate::web::{page, urls};

/// `POST /console/logout`
pub async fn send(_: CsrfForm, session: Session) -> HttpResponse {
    session.purge();
    page::see_other(&format!("{}?done=out", urls::LOGIN))
}
