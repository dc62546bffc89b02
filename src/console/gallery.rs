//! Test support: reads rendered pages, checks what every page must keep, and writes all examples as files.

use std::fs;
use std::path::Path;

use askama::Template;
use scraper::{ElementRef, Selector};

use super::errors::{ErrorPage, FramedError};
use super::login::LoginPage;
use super::shell::{Nav, Shell, Theme};
use super::{api_keys, audit, deliveries, replays, users, webhooks};
use crate::domain::access::{Permission, Refused};
use crate::web::assets;

/// A parsed page that passed the checks every page has to pass.
pub struct Html(scraper::Html);

impl Html {
    /// Parses a whole page and checks it.
    pub fn check(text: &str) -> Self {
        let html = Self(scraper::Html::parse_document(text));
        assert!(text.len() <= 60_000, "{} bytes are too many", text.len());
        assert_eq!(html.count("h1"), 1, "one heading");
        assert_eq!(html.count("main#main"), 1, "one main");
        assert_eq!(html.count("html[lang=en]"), 1);
        assert!(html.text("head > title").ends_with(" · Belfry") && html.text("head > title").len() > 11);
        assert_eq!(html.attribute("body > a:first-child", "href"), "#main", "skip link first");
        assert_eq!(html.count("[style], style"), 0, "no inline style");
        for script in html.all("script") {
            assert!(script.attr("src").is_some() && script.text().next().is_none(), "no inline script");
        }
        let mut ids = std::collections::HashSet::new();
        for element in html.all("*") {
            for (name, value) in element.value().attrs() {
                assert!(!name.starts_with("on"), "event handler {name}");
                assert!(!(matches!(name, "href" | "action") && value.starts_with("javascript:")));
                if name == "id" {
                    assert!(ids.insert(value.to_owned()), "id `{value}` twice");
                }
                let is_evaluated =
                    name.starts_with("hx-on") || (name == "hx-vals" && value.starts_with("js"));
                assert!(!is_evaluated, "{name} needs evaluation");
            }
        }
        for element in
            html.all("[for], [aria-describedby], [aria-labelledby], [data-copy-from], [data-reveal]")
        {
            for name in ["for", "aria-describedby", "aria-labelledby", "data-copy-from", "data-reveal"] {
                for id in element.attr(name).unwrap_or_default().split_whitespace() {
                    assert!(ids.contains(id), "{name} names `{id}`, which is not there");
                }
            }
        }
        for control in html.all("input:not([type=hidden]), select, textarea") {
            let id = control.attr("id").unwrap_or_default();
            let labelled = control.attr("aria-label").is_some()
                || control.ancestors().filter_map(ElementRef::wrap).any(|up| up.value().name() == "label")
                || (!id.is_empty() && html.count(&format!("label[for=\"{id}\"]")) == 1);
            assert!(labelled, "no label: {}", control.html());
        }
        for button in html.all("button, a") {
            let named =
                button.attr("aria-label").is_some() || button.text().any(|text| !text.trim().is_empty());
            assert!(named, "no name: {}", button.html());
        }
        for form in html.all("form[method=post]") {
            let token = Selector::parse("input[name=csrf_token]").unwrap();
            assert_eq!(form.select(&token).count(), 1, "a form without its token: {}", form.html());
            let leak = Selector::parse("[formmethod=get]").unwrap();
            assert_eq!(
                form.select(&leak).count(),
                0,
                "the token would end up in an address: {}",
                form.html()
            );
        }
        for cell in html.all("thead th, tbody th") {
            assert!(cell.attr("scope").is_some(), "no scope: {}", cell.html());
        }
        assert_eq!(html.count("table"), html.count("table > caption"), "tables have captions");
        html
    }

    /// All elements that match.
    pub fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        self.0.select(&Selector::parse(selector).unwrap()).collect()
    }

    /// How many elements match.
    pub fn count(&self, selector: &str) -> usize {
        self.all(selector).len()
    }

    /// The text of the one element that matches.
    pub fn text(&self, selector: &str) -> String {
        self.one(selector).text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// An attribute of the one element that matches.
    pub fn attribute(&self, selector: &str, name: &str) -> String {
        self.one(selector).attr(name).unwrap_or_else(|| panic!("`{selector}` has no {name}")).to_owned()
    }

    fn one(&self, selector: &str) -> ElementRef<'_> {
        let all = self.all(selector);
        assert_eq!(all.len(), 1, "`{selector}`");
        all[0]
    }
}

/// Every page's example, by file name.
fn examples() -> Vec<(&'static str, String)> {
    let frame = |page| FramedError { shell: Shell::example(Nav::None, "Error"), page };
    let missing = ErrorPage::not_found("Delivery 4410", "90 days").request_id("0HNLTALNU4DCO:00000004");
    let forbidden =
        ErrorPage::forbidden(Refused(Permission::ManageWebhooks)).request_id("0HNLTALNU4DCO:00000004");
    vec![
        ("login", LoginPage::example().render().unwrap()),
        ("invite", super::invite::InvitePage::example().render().unwrap()),
        ("error-404", frame(missing).render().unwrap()),
        ("error-403", frame(forbidden).render().unwrap()),
        ("error-500", ErrorPage::broken().request_id("0HNLTALNU4DCO:00000004").render().unwrap()),
        ("api-keys", api_keys::list::ListPage::example().render().unwrap()),
        ("api-keys-empty", api_keys::list::ListPage::empty_example().render().unwrap()),
        ("api-key-new", api_keys::new::NewPage::example().render().unwrap()),
        ("api-key-new-error", api_keys::new::NewPage::error_example().render().unwrap()),
        ("api-key-revoke", api_keys::revoke::RevokePage::example().render().unwrap()),
        ("users", users::list::ListPage::example().render().unwrap()),
        ("user-new-error", users::new::NewPage::error_example().render().unwrap()),
        ("user", users::edit::EditPage::example().render().unwrap()),
        ("user-own", users::edit::EditPage::own_example().render().unwrap()),
        ("audit", audit::list::ListPage::example().render().unwrap()),
        ("audit-no-match", audit::list::ListPage::no_match_example().render().unwrap()),
        ("deliveries", deliveries::list::ListPage::example().render().unwrap()),
        ("deliveries-no-match", deliveries::list::ListPage::no_match_example().render().unwrap()),
        ("delivery", deliveries::show::ShowPage::example().render().unwrap()),
        ("delivery-failed", deliveries::show::ShowPage::failed_example().render().unwrap()),
        ("delivery-not-sent", deliveries::show::ShowPage::not_sent_example().render().unwrap()),
        ("replays", replays::list::ListPage::example().render().unwrap()),
        ("replays-empty", replays::list::ListPage::empty_example().render().unwrap()),
        ("replay-new", replays::new::NewPage::example().render().unwrap()),
        ("replay-new-error", replays::new::NewPage::error_example().render().unwrap()),
        ("replay", replays::show::ShowPage::example().render().unwrap()),
        ("replay-finished", replays::show::ShowPage::finished_example().render().unwrap()),
        ("webhooks", webhooks::list::ListPage::example().render().unwrap()),
        ("webhook", webhooks::show::ShowPage::example().render().unwrap()),
        ("webhook-paused", webhooks::show::ShowPage::paused_example().render().unwrap()),
        ("webhook-fresh", webhooks::show::ShowPage::fresh_example().render().unwrap()),
        ("webhook-new", webhooks::form::FormPage::example().render().unwrap()),
        ("webhook-new-error", webhooks::form::FormPage::error_example().render().unwrap()),
        ("webhook-edit", webhooks::form::FormPage::edit_example().render().unwrap()),
        ("webhook-links", webhooks::links::LinksPage::example().render().unwrap()),
        ("webhook-secret", super::once::OncePage::example().render().unwrap()),
        ("webhook-pause", webhooks::pause::PausePage::example().render().unwrap()),
        ("webhook-resume", webhooks::resume::ResumePage::example().render().unwrap()),
        ("webhook-resume-nothing", webhooks::resume::ResumePage::empty_example().render().unwrap()),
        ("webhook-delete", webhooks::delete::DeletePage::example().render().unwrap()),
        ("webhook-test", webhooks::test_send::TestPage::example().render().unwrap()),
        ("webhooks-empty", webhooks::list::ListPage::empty_example().render().unwrap()),
    ]
}

#[test]
fn every_example_keeps_the_rules_of_a_page() {
    for (name, text) in examples() {
        println!("{name}: {} bytes", text.len());
        Html::check(&text);
    }
}

#[test]
fn htmx_is_told_to_keep_to_our_origin_and_evaluate_nothing() {
    let html = Html::check(&LoginPage::example().render().unwrap());
    let config: serde_json::Value =
        serde_json::from_str(&html.attribute("meta[name=htmx-config]", "content")).unwrap();
    assert_eq!(config["mode"], "same-origin");
    assert_eq!(config["extensions"], "strict");
    assert_eq!(config["includeIndicatorCSS"], false);
}

#[test]
fn the_theme_is_an_attribute_only_when_chosen() {
    let mut page = LoginPage::example();
    assert_eq!(Html::check(&page.render().unwrap()).count("html[data-theme]"), 0);
    page.theme = Theme::Dark;
    assert_eq!(Html::check(&page.render().unwrap()).count("html[data-theme=dark]"), 1);
}

/// Templates may neither switch escaping off nor leave an attribute unquoted.
#[test]
fn templates_escape_everything() {
    fn walk(folder: &Path, visit: &mut impl FnMut(&Path, &str)) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, visit);
            } else {
                visit(&path, &fs::read_to_string(&path).unwrap());
            }
        }
    }
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut |path, text| {
        let name = path.display();
        for forbidden in [
            "|safe",
            "| safe",
            "style=\"",
            "<style",
            "javascript:",
            "hx-on",
            "={{",
            "= {{",
            "escape(\"none\")",
        ] {
            // `kind = {{` never occurs in a macro call; `={{` is an attribute without quotes.
            assert!(!text.contains(forbidden), "{name} contains `{forbidden}`");
        }
    });
}

/// `cargo test --lib gallery -- --ignored` writes every example to `target/pages`, to be looked at.
#[test]
#[ignore = "writes files"]
fn write_pages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages");
    for (_, asset) in assets::all() {
        let path = folder.join(asset.url.trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &asset.body).unwrap();
    }
    for (name, text) in examples() {
        let text = text.replace("\"/static/", "\"static/");
        fs::write(folder.join(format!("{name}.html")), &text).unwrap();
        let dark = text.replace("<html lang=\"en\"", "<html lang=\"en\" data-theme=\"dark\"");
        fs::write(folder.join(format!("{name}-dark.html")), dark).unwrap();
    }
}
