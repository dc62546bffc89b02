//! A person in a browser without JavaScript: follows no redirect by itself, keeps cookies, sends forms with
//! the token of the page that they came from.

use std::sync::{Arc, Mutex};

use belfry::domain::ids::CompanyId;
use reqwest::Method;
use reqwest::cookie::{CookieStore, Jar};
use scraper::{Html, Selector};

use super::api::Answer;

pub struct Person {
    pub email: String,
    pub company: Option<CompanyId>,
    base: String,
    http: reqwest::Client,
    csrf: Mutex<String>,
    cookies: Arc<Jar>,
}

/// A page as it came.
pub struct Page {
    pub answer: Answer,
}

impl Page {
    pub fn status(&self) -> u16 {
        self.answer.status
    }

    pub fn location(&self) -> Option<&str> {
        self.answer.header("location")
    }

    pub fn html(&self) -> Html {
        Html::parse_document(&self.answer.text)
    }

    /// The text of every element that `css` finds, with runs of space made one.
    pub fn texts(&self, css: &str) -> Vec<String> {
        let selector = Selector::parse(css).expect("a selector");
        let squeeze = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.html().select(&selector).map(|element| squeeze(element.text().collect())).collect()
    }

    /// An attribute of every element that `css` finds and that has it.
    pub fn attributes(&self, css: &str, name: &str) -> Vec<String> {
        let selector = Selector::parse(css).expect("a selector");
        self.html().select(&selector).filter_map(|element| element.attr(name).map(str::to_owned)).collect()
    }

    /// The page's text without markup.
    pub fn text(&self) -> String {
        self.texts("body").join(" ")
    }
}

impl Person {
    pub fn new(base: &str, email: &str, company: Option<CompanyId>) -> Self {
        let cookies = Arc::new(Jar::default());
        let http = reqwest::Client::builder()
            .cookie_provider(Arc::clone(&cookies))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        let csrf = Mutex::default();
        Self { email: email.to_owned(), company, base: base.to_owned(), http, csrf, cookies }
    }

    /// `/console/c/{company}` and `path`; staff stand in `all`.
    pub fn path(&self, path: &str) -> String {
        match self.company {
            Some(company) => format!("/console/c/{company}{path}"),
            None => format!("/console/c/all{path}"),
        }
    }

    pub async fn signs_in(&self, password: &str) -> Page {
        self.get("/console/login").await;
        let page = self.post("/console/login", &[("email", &self.email), ("password", password)]).await;
        if page.status() == 303 {
            let next = page.location().expect("where to go").to_owned();
            self.get(&next).await;
        }
        page
    }

    pub async fn get(&self, path: &str) -> Page {
        let request = self.http.request(Method::GET, format!("{}{path}", self.base));
        let page = Page { answer: Answer::read(request.send().await.expect("an answer")).await };
        if let Some(token) = page.attributes("input[name=csrf_token]", "value").first() {
            self.csrf.lock().expect("not poisoned").clone_from(token);
        }
        page
    }

    /// The session cookie as a header, for requests that a browser would not make.
    pub fn cookie(&self) -> String {
        let url = self.base.parse().expect("a URL");
        let cookies = self.cookies.cookies(&url).expect("cookies");
        let all = cookies.to_str().expect("text").to_owned();
        all.split("; ").find(|pair| pair.starts_with("belfry=")).expect("a session").to_owned()
    }

    /// Follows redirects by hand until a page comes.
    pub async fn opens(&self, path: &str) -> Page {
        let mut page = self.get(path).await;
        for _ in 0..5 {
            let Some(next) = page.location().map(str::to_owned) else { return page };
            page = self.get(&next).await;
        }
        page
    }

    /// Sends a form with the token of the last page.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.csrf.lock().expect("not poisoned").clone();
        let mut fields: Vec<(&str, &str)> = fields.to_vec();
        fields.push(("csrf_token", &token));
        self.post_as_is(path, &fields).await
    }

    /// Sends a form with these fields and no token.
    pub async fn post_as_is(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self
            .http
            .request(Method::POST, format!("{}{path}", self.base))
            .header("origin", &self.base)
            .form(fields);
        Page { answer: Answer::read(request.send().await.expect("an answer")).await }
    }
}
