//! The people of a company and of those below it.

use askama::Template;

use crate::console::parts::Moment;
use crate::console::parts::badge::Badge;
use crate::console::parts::list::Pager;
use crate::console::shell::Shell;

/// The list. There is always somebody: who looks.
#[derive(Debug, Template)]
#[template(path = "console/users/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// "4 people · 1 invited".
    pub summary: String,
    /// Where somebody is invited; not for all companies together.
    pub new: Option<String>,
    /// The people.
    pub rows: Vec<Row>,
    /// The way to the other people.
    pub pager: Pager,
    /// What each role may do.
    pub roles: Vec<(&'static str, &'static str)>,
}

/// One person.
#[derive(Debug, Clone)]
pub struct Row {
    /// Their number.
    pub id: i64,
    /// Whether they can sign in.
    pub badge: Badge,
    /// Their name.
    pub name: String,
    /// Whether that is who looks.
    pub is_you: bool,
    /// Their e-mail address.
    pub email: String,
    /// "Company admin".
    pub role: &'static str,
    /// Their company.
    pub company: String,
    /// When they were added.
    pub added: Moment,
    /// Their page.
    pub url: String,
}

#[cfg(any(test, debug_assertions))]
impl ListPage {
    /// One of each state.
    pub fn example() -> Self {
        use crate::console::parts::Tone;
        use crate::console::shell::Nav;
        use crate::web::icon::Icon;

        let row = |id, badge, name: &str, role| Row {
            id,
            badge,
            name: name.into(),
            is_you: false,
            email: format!("{}@northline.example", name.to_lowercase().replace(' ', ".")),
            role,
            company: "Northline Logistics".into(),
            added: Moment::new("15 Sep 09:12", "2026-09-15T09:12:35+02:00"),
            url: format!("/console/c/12/users/{id}"),
        };
        let mut rows = vec![
            row(3, Badge::new(Tone::Ok, Icon::Check, "Active"), "Maya Reuter", "Company admin"),
            row(5, Badge::new(Tone::Info, Icon::Clock, "Invited"), "Ola Kranz", "Editor"),
            row(4, Badge::new(Tone::Mute, Icon::Ban, "Locked out"), "Jonas Pauly", "Viewer"),
        ];
        rows[0].is_you = true;
        Self {
            shell: Shell::example(Nav::Users, "Users"),
            summary: "3 people".into(),
            new: Some("/console/c/12/users/new".into()),
            rows,
            pager: Pager::default(),
            roles: vec![("Company admin", "everything"), ("Viewer", "looks, changes nothing")],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn everybody_is_listed_with_how_they_stand() {
        let html = Html::check(&ListPage::example().render().unwrap());
        assert_eq!(html.text("[data-testid=user-5] .badge"), "Invited");
        assert_eq!(html.text("[data-testid=user-3] .turn"), "you");
        assert_eq!(html.count("[data-testid=user-4] .turn"), 0);
    }
}
