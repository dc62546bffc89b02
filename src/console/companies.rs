//! Every company that somebody may switch to, for those who see more than the switcher holds.

use askama::Template;

use super::parts::Link;
use super::parts::list::Pager;
use super::shell::Shell;

/// The list.
#[derive(Debug, Template)]
#[template(path = "console/companies.html")]
pub struct CompaniesPage {
    /// The frame.
    pub shell: Shell,
    /// "61 companies".
    pub summary: String,
    /// Each with its time zone; the link leads to its overview.
    pub rows: Vec<(Link, String)>,
    /// The way to the others.
    pub pager: Pager,
}

#[cfg(any(test, debug_assertions))]
impl CompaniesPage {
    /// Two of many.
    pub fn example() -> Self {
        use super::shell::Nav;

        let row = |name: &str, key: i64| {
            (Link::new(name, crate::web::urls::Company::new(key).overview()), "Europe/Berlin".to_owned())
        };
        Self {
            shell: Shell::example(Nav::None, "Companies"),
            summary: "61\u{a0}companies".into(),
            rows: vec![row("Northline Cold Chain", 13), row("Northline Logistics", 12)],
            pager: Pager {
                words: ["First", "Previous", "Next"],
                range: "1 to 2 of 61".into(),
                older: Some("?page=2".into()),
                ..Pager::default()
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn every_company_leads_to_its_overview() {
        let html = Html::check(&CompaniesPage::example().render().unwrap());
        assert_eq!(html.count("[data-testid=all-companies] tbody tr"), 2);
        assert_eq!(html.attribute("[data-testid=all-companies] tr:first-child a", "href"), "/console/c/13/");
    }
}
