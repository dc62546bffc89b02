//! The console as people meet it: over HTTP, read by a real HTML parser.

mod alert_links;
mod api_keys;
mod audit;
mod certificate;
mod deliveries;
mod deliveries_chosen;
mod deliveries_export;
mod deliveries_filters;
mod deliveries_views;
mod delivery;
mod find;
mod form_guard;
mod overview;
mod page_sizes;
mod pause;
mod payloads;
mod replays;
mod roles;
mod scope;
mod sign_in;
mod signature_lab;
mod simulate;
mod statistics;
mod types;
mod users;
mod webhook_form;
mod webhook_history;
mod webhook_once;
mod webhook_rotation;
mod webhook_snippets;
mod webhook_tabs;
mod webhooks;

use belfry::domain::ids::{AlertId, CompanyId};

use crate::support::{Page, Person, Receiver, TestApp};

/// Fields of a form for a webhook that goes to `url`, with what differs.
pub fn webhook_form<'a>(url: &'a str, differs: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("name", "Dispatch hub"),
        ("url", url),
        ("description", ""),
        ("format", "telemax"),
        ("receives", "all"),
        ("criteria", ""),
        ("authType", "none"),
        ("userName", ""),
        ("password", ""),
        ("token-querystring", ""),
        ("token-authheader", ""),
        ("token-header", ""),
        ("token-bearer", ""),
        ("signing", "on"),
        ("secret", ""),
        ("isActive", "on"),
        ("callType", "ValidateRequest"),
    ];
    for (name, value) in differs {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

/// Has `person` make a webhook to `receiver` and gives its number and the answer to the form.
pub async fn makes_webhook(person: &Person, receiver: &Receiver, differs: &[(&str, &str)]) -> (i64, Page) {
    person.get(&person.path("/webhooks/new")).await;
    let url = receiver.url();
    let made = person.post(&person.path("/webhooks/new"), &webhook_form(&url, differs)).await;
    assert_eq!(made.status(), 303, "{}", made.text());
    let location = made.location().expect("where to go").to_owned();
    let number = location.split("/webhooks/").nth(1).and_then(|rest| rest.split('/').next());
    (number.expect("an address of a webhook").parse().expect("a number"), made)
}

/// Has an event of `alert` happen and everything that is due be sent.
async fn fires(app: &TestApp, company: CompanyId, alert: AlertId) {
    let api = app.api(company).await;
    crate::delivery::fire(&api, alert).await;
    app.settle().await;
}
