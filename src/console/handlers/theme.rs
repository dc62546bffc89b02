//! Light or dark: a cookie, and back to where the choice was made.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use url::Url;

use crate::console::extract::CsrfForm;
use crate::console::preferences;
use crate::console::shell::Theme;
use crate::web::state::AppState;
use crate::web::{next, page, urls};

/// `POST /console/theme`
pub async fn send(state: Data<AppState>, request: HttpRequest, form: CsrfForm) -> HttpResponse {
    let theme = Theme::from_cookie(form.0.get("theme"));
    let mut answer = page::see_other(&back(&request));
    preferences::remember(&mut answer, &state, Theme::COOKIE, theme.name());
    answer
}

/// The page that the form was on, as far as the browser tells.
fn back(request: &HttpRequest) -> String {
    let referrer = request.headers().get(header::REFERER).and_then(|text| text.to_str().ok());
    let url = referrer.and_then(|text| Url::parse(text).ok());
    let path = url.map(|url| match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    });
    path.as_deref().and_then(next::checked).unwrap_or(urls::HOME).to_owned()
}
