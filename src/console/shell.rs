//! What every page of a signed-in person has around it: navigation, company, person, zone, messages.

use std::str::FromStr;

#[cfg(any(test, debug_assertions))]
use super::nav;
use super::parts::flash::Flash;
use crate::domain::access::UnknownName;
use crate::web::icon::Icon;
use crate::web::urls;

/// The frame of a page. Handlers build it once per request; `templates/layouts/app.html` draws it.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The window's title without the product's name: page, object, state. "Dispatch hub: Failing".
    pub title: String,
    /// The navigation: what this person may see.
    pub nav: Vec<NavLink>,
    /// The company whose data is shown.
    pub company: Company,
    /// Addresses below the company.
    pub urls: urls::Company,
    /// Every company that the person may switch to, the shown one included. One or none: no switcher.
    pub companies: Vec<CompanyLink>,
    /// Where all of them are, when the switcher holds too few.
    pub all_companies: Option<String>,
    /// What stands in the search box; `None` for somebody who may not look at anything.
    pub search: Option<String>,
    /// The person's name.
    pub user_name: String,
    /// The person's role as a word: "Company admin".
    pub role: String,
    /// Goes into every form as `csrf_token`.
    pub csrf: String,
    /// The zone in which times are shown.
    pub zone: Zone,
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// Whether single keys do something: see the page of them.
    pub single_keys: bool,
    /// Messages from the action before, newest first.
    pub flash: Vec<Flash>,
}

/// The company in the frame.
#[derive(Debug, Clone)]
pub struct Company {
    /// Its name, or "All companies".
    pub name: String,
    /// How many companies lie below it, in words: "3 sub-companies"; empty for none.
    pub below: String,
}

/// One company in the switcher.
#[derive(Debug, Clone)]
pub struct CompanyLink {
    /// Its name.
    pub name: String,
    /// The same page, or the list it belongs to, in that company.
    pub url: String,
    /// Whether it is the shown one.
    pub current: bool,
}

/// Which entry of the navigation a page belongs to. The entries themselves are the table in [`super::nav`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    /// Whether anything is wrong.
    Overview,
    /// Finding an alert.
    Find,
    /// Deliveries.
    Deliveries,
    /// Webhooks and what belongs to one.
    Webhooks,
    /// Which alerts are linked to which webhooks.
    AlertLinks,
    /// What would be sent.
    Simulate,
    /// Why a signature is not right.
    SignatureLab,
    /// How we prove who we are.
    AuthTypes,
    /// Kinds of alert.
    AlertTypes,
    /// How much, how well, how fast.
    Statistics,
    /// People who sign in.
    Users,
    /// Keys for the APIs.
    ApiKeys,
    /// Who did what.
    Audit,
    /// A page that belongs to none, such as an error.
    None,
}

/// One entry of the navigation, as drawn.
#[derive(Debug, Clone)]
pub struct NavLink {
    /// Its words.
    pub label: &'static str,
    /// Its picture.
    pub icon: Icon,
    /// Where it leads.
    pub url: String,
    /// Whether the page belongs to it.
    pub current: bool,
    /// Whether a gap stands before it: another group begins.
    pub first_of_group: bool,
    /// What opens it after `g`.
    pub key: Option<char>,
}

/// The zone of the shown times and the way to the other one.
#[derive(Debug, Clone)]
pub struct Zone {
    /// The zone's name: "Europe/Berlin" or "UTC".
    pub name: String,
    /// The zone that the link switches to: "UTC", or the company's own.
    pub other: String,
    /// The link: this page with `?tz=…`.
    pub other_url: String,
}

/// Light or dark. A cookie `theme` keeps the choice; without one the system decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the reader's system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All three, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The name of the cookie.
    pub const COOKIE: &str = "theme";

    /// The word in the cookie, in the form and in `data-theme`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The word on the button.
    pub const fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// What a cookie says; anything unknown is the system's choice.
    pub fn from_cookie(value: Option<&str>) -> Self {
        value.and_then(|value| value.parse().ok()).unwrap_or_default()
    }
}

impl FromStr for Theme {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|theme| theme.name() == text).ok_or(UnknownName)
    }
}

#[cfg(any(test, debug_assertions))]
impl Shell {
    /// Maya Reuter of Northline Logistics, who sees three companies.
    pub fn example(nav: Nav, title: &str) -> Self {
        let company = |name: &str, key: i64, current| CompanyLink {
            name: name.into(),
            url: urls::Company::new(key).webhooks(),
            current,
        };
        Self {
            title: title.into(),
            nav: nav::links(nav, &urls::Company::new(12), |_| true),
            company: Company { name: "Northline Logistics".into(), below: "3 sub-companies".into() },
            urls: urls::Company::new(12),
            companies: vec![
                company("Northline Logistics", 12, true),
                company("Northline Cold Chain", 13, false),
                company("Northline Ports and Inland Terminals GmbH", 14, false),
            ],
            all_companies: None,
            search: Some(String::new()),
            user_name: "Maya Reuter".into(),
            role: "Company admin".into(),
            csrf: "4f1d0c".into(),
            zone: Zone { name: "Europe/Berlin".into(), other: "UTC".into(), other_url: "?tz=UTC".into() },
            theme: Theme::System,
            single_keys: true,
            flash: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn theme_cookies() {
        assert_eq!(Theme::from_cookie(None), Theme::System);
        assert_eq!(Theme::from_cookie(Some("dark")), Theme::Dark);
        assert_eq!(Theme::from_cookie(Some("\" onload=x")), Theme::System);
    }
}
