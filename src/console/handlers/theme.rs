//! Light or dark: a cookie, and back to where the choice was made.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::console::extract::CsrfForm;
use crate::console::preferences;
use crate::console::shell::Theme;
use crate::web::state::AppState;
use crate::web::{next, page, urls};

/// `POST /console/theme`
pub async fn send(state: Data<AppState>, request: HttpRequest, form: CsrfForm) -> HttpResponse {
    let theme = Theme::from_cookie(form.0.get("theme"));
    let back = next::referrer(request.headers());
    let mut answer = page::see_other(back.as_deref().unwrap_or(urls::HOME));
    preferences::remember(&mut answer, &state, Theme::COOKIE, theme.name());
    answer
}
