//! Single keys: what they do, and switching them off, which is a cookie.

use actix_web::HttpResponse;

use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::keyboard::KeyboardPage;
use crate::console::parts::flash::Flash;
use crate::console::preferences;
use crate::console::shell::Nav;
use crate::web::page as answer;

/// `GET …/keyboard`
pub async fn show(page: CompanyPage) -> HttpResponse {
    answer::ok(&KeyboardPage::new(page.shell("Keyboard", Nav::None)))
}

/// `POST …/keyboard`
pub async fn send(page: CompanyPage, form: CsrfForm) -> Result<HttpResponse, PageError> {
    let (value, said) = match form.0.get(preferences::KEYS) {
        Some(preferences::KEYS_OFF) => (preferences::KEYS_OFF, "Single keys are off."),
        _ => ("on", "Single keys are on."),
    };
    page.say(&Flash::ok(said));
    let mut to = answer::see_other(&page.urls().keyboard());
    preferences::remember(&mut to, page.state(), preferences::KEYS, value);
    Ok(to)
}
