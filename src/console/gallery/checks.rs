//! Test support: reads rendered pages, checks what every page must keep, and writes all examples as files.

use std::fs;
use std::path::Path;

use askama::Template;
use scraper::{ElementRef, Selector};

use super::examples;
use crate::console::login::LoginPage;
use crate::console::shell::Theme;
use crate::web::assets;

/// A parsed page that passed the checks every page has to pass.
pub struct Html(scraper::Html);

impl Html {
    /// Parses a whole page and checks it.
    pub fn check(text: &str) -> Self {
        let html = Self(scraper::Html::parse_document(text));
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

#[test]
fn every_example_keeps_the_rules_of_a_page() {
    for (name, text) in examples() {
        let html = Html::check(&text);
        // As the browser's tests have it: a list of more than 20 rows may have so much more for each.
        let more = html.count("tbody tr, .story li").saturating_sub(20);
        let most = 40_000 + more * 1_000;
        assert!(text.len() <= most, "{name}: {} bytes are too many", text.len());
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
