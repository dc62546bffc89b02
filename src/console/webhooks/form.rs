//! The form for a new webhook and for changing one. It works as a plain form: every part is always sent, and
//! the server looks only at the fields of the chosen auth type and of the chosen scope.
//!
//! Names of the inputs: `name`, `url`, `description`, `format`, `receives` (`linked`, `all`, `tests`),
//! `alertIds` (once for each chosen alert), `criteria` (lines `key = value`), `authType`, `userName`,
//! `password`, `token-querystring`, `token-authheader`, `token-header`, `token-bearer`, `signing`, `secret`,
//! `isActive`, `callType`; when changing also `version`. Check boxes send `on` or nothing.

use askama::Template;

use crate::console::errors::Change;
use crate::console::parts::field::{Choice, Field, FormError};
use crate::console::shell::Shell;

/// The form.
#[derive(Debug, Template)]
#[template(path = "console/webhooks/form.html")]
pub struct FormPage {
    /// The frame.
    pub shell: Shell,
    /// The webhook that is changed; `None` for a new one.
    pub existing: Option<Existing>,
    /// Where the form goes.
    pub action: String,
    /// What tells this form from others; empty when a webhook is changed, which its version does.
    pub once: String,
    /// Somebody else was faster: what both want, field by field. Saving again saves over it.
    pub clash: Option<Vec<Change>>,
    /// Everything that is wrong; the summary above the form.
    pub errors: Vec<FormError>,
    /// The name.
    pub name: Field,
    /// The destination.
    pub url: Field,
    /// The description.
    pub description: Field,
    /// The format; its choices are [`Self::formats`].
    pub format: Field,
    /// The formats.
    pub formats: Vec<Choice>,
    /// Which scope is chosen: `linked`, `all` or `tests`.
    pub receives: String,
    /// What is wrong with the scope or the chosen alerts.
    pub receives_error: Option<String>,
    /// Whom *every alert* means: "Northline Logistics and 3 sub-companies".
    pub company_phrase: String,
    /// How many alerts that is now: "31".
    pub all_alerts: String,
    /// The alerts to choose from.
    pub alerts: Vec<AlertChoice>,
    /// Alerts that are not among them; empty for none. They are linked on the webhook's own page.
    pub alerts_left: String,
    /// How many may be chosen at most.
    pub alerts_most: usize,
    /// Pairs that narrow what is received, one `key = value` a line.
    pub criteria: Field,
    /// The auth types with their fields; exactly one is chosen.
    pub auth: Vec<AuthChoice>,
    /// What is wrong with the combination of auth type and format.
    pub auth_error: Option<String>,
    /// Whether deliveries are signed.
    pub signing: bool,
    /// An own signing secret; empty to have one made.
    pub secret: Field,
    /// What each format signs with: format, scheme.
    pub schemes: Vec<(String, String)>,
    /// Whether it is switched on.
    pub is_active: bool,
    /// SoftwareOne's type; a label for the other formats.
    pub call_type: Field,
    /// The types.
    pub call_types: Vec<Choice>,
    /// Timeout and retries, which the service decides: "Each attempt may take 10 s; 8 attempts over 8 h 42 min."
    pub sending_note: String,
}

/// The webhook that is changed.
#[derive(Debug, Clone)]
pub struct Existing {
    /// Its stored name.
    pub name: String,
    /// Its page.
    pub url: String,
    /// The version the form was made from.
    pub version: i32,
    /// The alerts that were linked then: `104,98`.
    pub linked: Option<String>,
}

/// One alert to choose.
#[derive(Debug, Clone)]
pub struct AlertChoice {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its type: "Geofence".
    pub kind: String,
    /// How often it fired: "412 in 7 d"; empty for unknown.
    pub fired: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// One auth type.
#[derive(Debug, Clone)]
pub struct AuthChoice {
    /// The value: `bearer`.
    pub value: String,
    /// The word: "Bearer".
    pub label: String,
    /// What goes on the wire: "Authorization: Bearer ••••".
    pub wire: String,
    /// The user name; only for *basic*.
    pub user_name: Option<Field>,
    /// Password or token; *none* has none.
    pub secret: Option<Field>,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl AuthChoice {
    /// All six, with empty fields. `stored` is the masked credential ("••••3f9a") of the type that is stored
    /// now, which stays when its field is left empty.
    pub fn list(chosen: &str, user_name: &str, stored: Option<&str>) -> Vec<Self> {
        let kinds = [
            ("none", "None", "no credential", None),
            ("basic", "Basic", "Authorization: Basic ••••", Some(Field::new("password", "Password"))),
            (
                "querystring",
                "Query string",
                "?token=••••",
                Some(
                    Field::new("token-querystring", "Token")
                        .hint("Ends up in the receiver’s access logs. Prefer a header where you can."),
                ),
            ),
            (
                "authheader",
                "Authorization header",
                "Authorization: ••••",
                Some(
                    Field::new("token-authheader", "Header value")
                        .hint("Sent as it is, with your own scheme word if you want one."),
                ),
            ),
            ("header", "X-Api-Key header", "X-Api-Key: ••••", Some(Field::new("token-header", "Token"))),
            (
                "bearer",
                "Bearer",
                "Authorization: Bearer ••••",
                Some(Field::new("token-bearer", "Token").hint("The word Bearer is added for you.")),
            ),
        ];
        kinds
            .into_iter()
            .map(|(value, label, wire, secret)| {
                let is_chosen = value == chosen;
                let stored = stored.filter(|_| is_chosen);
                let secret = secret.map(|field| match stored {
                    Some(mask) => field.hint(format!("Stored: {mask}. Leave it empty to keep it.")),
                    None if field.hint.is_empty() => {
                        field.hint("Stored encrypted; nobody can read it back, only replace it.")
                    }
                    None => field,
                });
                Self {
                    value: value.into(),
                    label: label.into(),
                    wire: wire.into(),
                    user_name: (value == "basic")
                        .then(|| Field::new("userName", "User name").value(user_name)),
                    secret,
                    chosen: is_chosen,
                }
            })
            .collect()
    }
}

impl FormPage {
    /// How many alerts are chosen: "3 of 50".
    pub fn tally(&self) -> String {
        format!("{} of {}", self.alerts.iter().filter(|alert| alert.chosen).count(), self.alerts_most)
    }

    /// "New webhook", or the name of the one that is changed.
    pub fn heading(&self) -> String {
        self.existing
            .as_ref()
            .map_or_else(|| "New webhook".to_owned(), |webhook| format!("Edit {}", webhook.name))
    }
}

#[cfg(any(test, debug_assertions))]
impl AlertChoice {
    /// Alerts of several types, the first `chosen` chosen.
    pub fn examples(chosen: usize) -> Vec<Self> {
        [
            (103, "Depot Nord exit", "Geofence", "412 in 7 d"),
            (104, "Port 3 arrival", "Geofence", "288 in 7 d"),
            (
                98,
                "Ignition, all trucks of the northern and of the eastern depots",
                "Ignition",
                "2,904 in 7 d",
            ),
            (111, "Motorway limit", "Speeding", "131 in 7 d"),
            (117, "Reefer battery", "Low battery", "41 in 7 d"),
            (120, "Tracker lost", "Device Disconnected", "27 in 7 d"),
        ]
        .into_iter()
        .enumerate()
        .map(|(at, (id, name, kind, fired))| Self {
            id,
            name: name.into(),
            kind: kind.into(),
            fired: fired.into(),
            chosen: at < chosen,
        })
        .collect()
    }
}

#[cfg(any(test, debug_assertions))]
impl FormPage {
    /// A new one, nothing typed yet.
    pub fn example() -> Self {
        use crate::console::shell::Nav;
        use crate::domain::webhook::LINKS_MAX;
        use crate::domain::webhook::call_type::CallType;
        use crate::domain::webhook::format::Format;

        let shell = Shell::example(Nav::Webhooks, "New webhook");
        Self {
            existing: None,
            action: shell.urls.new_webhook(),
            once: "AAAAAAAAAAAAAAAAAAAAAA".into(),
            clash: None,
            errors: Vec::new(),
            name: Field::new("name", "Name"),
            url: Field::new("url", "URL").hint("https only. Redirects are not followed."),
            description: Field::new("description", "Description"),
            format: Field::new("format", "Format"),
            formats: Choice::list(Format::ALL.map(|format| (format.name(), format.label())), "telemax"),
            receives: "linked".into(),
            receives_error: None,
            company_phrase: "Northline Logistics and 3 sub-companies".into(),
            all_alerts: "31".into(),
            alerts: AlertChoice::examples(0),
            alerts_left: String::new(),
            alerts_most: LINKS_MAX,
            criteria: Field::new("criteria", "Criteria")
                .hint("One a line, such as data.geofenceName = Port 3. All must match."),
            auth: AuthChoice::list("none", "", None),
            auth_error: None,
            signing: true,
            secret: Field::new("secret", "Own secret")
                .hint("Leave it empty to have one made. It is shown once."),
            schemes: Format::ALL.map(|format| (format.label().to_owned(), format.scheme().to_owned())).into(),
            is_active: true,
            call_type: Field::new("callType", "SoftwareOne type")
                .hint("A label for the SoftwareOne door; it decides nothing."),
            call_types: Choice::list(
                CallType::ALL.map(|kind| (kind.name(), kind.name())),
                CallType::ALL[0].name(),
            ),
            sending_note: "Each attempt may take 10 s. 8 attempts over 8 h 42 min; Retry-After is honoured."
                .into(),
            shell,
        }
    }

    /// Sent with three problems.
    pub fn error_example() -> Self {
        let mut page = Self::example();
        page.shell.title = "Problem: New webhook".into();
        page.name = page.name.value("Claims desk");
        page.url = page
            .url
            .value("https://10.4.0.12/claims/alerts")
            .error("10.4.0.12 is a private address. Belfry delivers to public addresses only.");
        page.formats = Choice::list([("telemax", "Telemax"), ("softwareone", "SoftwareOne")], "softwareone");
        page.receives_error = Some("Choose at least one alert, or every alert.".into());
        page.auth = AuthChoice::list("bearer", "", None);
        page.auth_error = Some("Bearer and the SoftwareOne format both want the Authorization header. Choose X-Api-Key header, Query string or None, or another format.".into());
        page.errors = vec![
            FormError::new(
                "url",
                "URL: 10.4.0.12 is a private address; Belfry delivers to public addresses only",
            ),
            FormError::new("alerts", "Alerts: choose at least one alert, or every alert"),
            FormError::new(
                "auth",
                "Auth type: Bearer and the SoftwareOne format both want the Authorization header",
            ),
        ];
        page
    }

    /// Changing one with a stored credential.
    pub fn edit_example() -> Self {
        let mut page = Self::example();
        let webhook = page.shell.urls.webhook(41);
        page.shell.title = "Edit Dispatch hub".into();
        page.existing = Some(Existing {
            name: "Dispatch hub".into(),
            url: webhook.show().to_owned(),
            version: 7,
            linked: Some("104,98,103".into()),
        });
        page.once.clear();
        page.action = webhook.edit();
        page.name = page.name.value("Dispatch hub");
        page.url = page.url.value("https://hooks.acme-dispatch.example/v1/fleet/alerts");
        page.alerts = AlertChoice::examples(3);
        page.auth = AuthChoice::list("basic", "belfry", Some("••••3f9a"));
        page
    }

    /// Changing one that somebody else changed in the meantime.
    pub fn clash_example() -> Self {
        let mut page = Self::edit_example();
        page.shell.title = "Conflict: Edit Dispatch hub".into();
        page.clash = Some(vec![Change {
            field: "URL".into(),
            yours: "https://hooks.acme-dispatch.example/v1/fleet/alerts".into(),
            theirs: "https://hooks.acme-dispatch.example/v2/fleet/alerts".into(),
        }]);
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn a_failed_form_leads_to_its_problems_and_keeps_what_was_typed() {
        let html = Html::check(&FormPage::error_example().render().unwrap());
        for link in html.all("[data-testid=errors] a") {
            assert_eq!(html.count(link.attr("href").unwrap()), 1, "{}", link.html());
        }
        assert_eq!(html.attribute("#url", "value"), "https://10.4.0.12/claims/alerts");
        assert_eq!(html.attribute("#url", "aria-invalid"), "true");
        assert_eq!(html.attribute("#url", "aria-describedby"), "url-error url-hint");
        assert_eq!(html.count("[autofocus]"), 1);
    }

    #[test]
    fn a_clash_shows_both_and_keeps_what_was_typed() {
        let html = Html::check(&FormPage::clash_example().render().unwrap());
        assert_eq!(html.count("[data-testid=clash] tbody tr"), 1);
        assert!(html.attribute("#url", "value").contains("/v1/"));
        assert_eq!(html.text("form .button--primary"), "Save over it");
        assert_eq!(html.attribute("[data-testid=clash] a", "href"), "/console/c/12/webhooks/41/edit");
    }

    #[test]
    fn secrets_are_never_in_the_page() {
        let mut page = FormPage::edit_example();
        for choice in &mut page.auth {
            choice.secret = choice.secret.take().map(|field| field.value("s3cret"));
        }
        page.secret = page.secret.value("s3cret");
        let text = page.render().unwrap();
        assert!(!text.contains("s3cret") && text.contains("••••3f9a"));
        assert_eq!(Html::check(&text).attribute("#userName", "value"), "belfry");
    }

    #[test]
    fn one_of_each_choice_is_chosen() {
        for page in [FormPage::example(), FormPage::edit_example()] {
            let html = Html::check(&page.render().unwrap());
            assert_eq!(html.count("[name=receives][checked]"), 1);
            assert_eq!(html.count("[name=authType][checked]"), 1);
            assert_eq!(html.count("[name=authType]"), 6);
            assert_eq!(html.count("[name=version]"), usize::from(page.existing.is_some()));
            assert_eq!(html.text("#alerts-tally"), page.tally());
        }
    }
}
