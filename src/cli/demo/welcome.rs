//! What the demo prints: where it is, who may sign in, what to try.

use serde_json::{Value, json};
use url::Url;

use super::people::{COMPANIES, Cast};

/// One line for scripts.
pub(super) fn json(url: &Url, cast: &Cast) -> Value {
    let users = cast.people.iter().map(|member| {
        json!({
            "email": member.user.email,
            "password": member.password,
            "role": member.user.role.name(),
        })
    });
    let keys = cast.companies.iter().zip(&cast.keys).map(
        |(company, key)| json!({ "company": company.name, "company_id": company.id, "key": key.reveal() }),
    );
    json!({
        "url": url.as_str(),
        "users": users.collect::<Vec<_>>(),
        "api_keys": keys.collect::<Vec<_>>(),
    })
}

/// A screen for people.
pub(super) fn text(url: &Url, cast: &Cast, is_frozen: bool) -> String {
    let base = url.as_str().trim_end_matches('/');
    let life = if is_frozen {
        "The clock stands still, nothing fires and nothing is sent."
    } else {
        "A new alert fires about every second."
    };
    let mut out = format!(
        "Belfry demo: {base}/console\n\n\
         Thirty days of three companies, all made up. {life}\n\
         Everything is gone after Ctrl-C.\n\nSign in as\n"
    );
    for member in &cast.people {
        let (role, email) = (member.user.role.name(), &member.user.email);
        let company = member.company.unwrap_or("every company");
        out.push_str(&format!("  {role:<9} {email:<36} {:<20} {company}\n", member.password));
    }
    out.push_str("\nAPI keys\n");
    for ((name, ..), key) in COMPANIES.iter().zip(&cast.keys) {
        out.push_str(&format!("  {name:<22} {}\n", key.reveal()));
    }
    if let Some(key) = cast.keys.first() {
        out.push_str(&format!(
            "\nTry this: TRK-118 leaves the depot, and the console shows who was told\n  \
             curl {base}/api/v2/alerts/103/events \\\n    \
             -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' \\\n    \
             -d '{}'\n",
            key.reveal(),
            EVENT
        ));
    }
    out
}

/// An event as a fleet system would report it.
const EVENT: &str = r#"{"vehicleId":118,"vehicleName":"TRK-118","position":{"lat":53.5461,"lng":9.9663},"direction":274,"timestamp":"2026-09-22T12:02:10Z","address":null,"data":{"geofenceName":"Depot Nord","isExit":true}}"#;

#[cfg(test)]
mod tests {
    use super::EVENT;
    use crate::domain::event::Payload;

    #[test]
    fn the_event_to_try_is_valid() {
        let value = serde_json::from_str(EVENT).unwrap();
        assert!(Payload::parse(&value, "").is_ok());
    }
}
