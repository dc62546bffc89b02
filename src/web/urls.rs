//! The addresses of the pages. Templates and handlers ask here; no path is spelled anywhere else.
//!
//! The company stands in the path, so that a pasted link cannot act on another one.

use std::fmt::Display;

/// The sign-in page and where its form goes.
pub const LOGIN: &str = "/console/login";
/// Where the sign-out form goes.
pub const LOGOUT: &str = "/console/logout";
/// Where the choice of light or dark goes.
pub const THEME: &str = "/console/theme";
/// The console's front door: sends everybody to their company.
pub const HOME: &str = "/console";

/// The OpenAPI document.
pub const OPENAPI: &str = "/openapi.json";
/// The pages about the doors.
pub const DOCS: &str = "/docs";

/// The page of a door.
pub fn docs_of_door(slug: &str) -> String {
    format!("{DOCS}/{slug}")
}

/// The page of an error code.
pub fn docs_of_error(slug: &str) -> String {
    format!("{DOCS}/errors/{slug}")
}

/// An invitation: the page and where its form goes. `token` is what the invitation's link holds.
pub fn invite(token: &str) -> String {
    format!("/console/invite/{token}")
}

/// One page in one state, in the style guide: only in debug builds and tests.
#[cfg(any(test, debug_assertions))]
pub fn style_guide(name: &str) -> String {
    format!("/console/style-guide/{name}")
}

/// Everything below `/console/c/{company}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    prefix: String,
}

impl Company {
    /// `key` is the company's number, or `all` for staff.
    pub fn new(key: impl Display) -> Self {
        Self { prefix: format!("/console/c/{key}") }
    }

    /// `/console/c/{company}` without a slash at the end.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether anything is wrong.
    pub fn overview(&self) -> String {
        format!("{}/", self.prefix)
    }

    /// Every company that the person may switch to.
    pub fn companies(&self) -> String {
        format!("{}/companies", self.prefix)
    }

    /// Finding an alert; where the search box goes.
    pub fn find(&self) -> String {
        format!("{}/find", self.prefix)
    }

    /// What became of one event, for every webhook.
    pub fn find_event(&self, id: i64) -> String {
        format!("{}?event={id}", self.find())
    }

    /// The events of one alert.
    pub fn find_alert(&self, id: i64) -> String {
        format!("{}?alert={id}", self.find())
    }

    /// What single keys do; also where the form goes that switches them off.
    pub fn keyboard(&self) -> String {
        format!("{}/keyboard", self.prefix)
    }

    /// Which webhooks would get an event, and as which request; where its forms go.
    pub fn simulate(&self) -> String {
        format!("{}/simulate", self.prefix)
    }

    /// The same for an event that there was.
    pub fn simulate_event(&self, id: i64) -> String {
        format!("{}?event={id}", self.simulate())
    }

    /// Why a signature is not right; where its form goes.
    pub fn signature_lab(&self) -> String {
        format!("{}/signature-lab", self.prefix)
    }

    /// The same, filled with an attempt of a delivery.
    pub fn check_signature(&self, delivery: i64, attempt: u32) -> String {
        format!("{}?attempt={attempt}&delivery={delivery}", self.signature_lab())
    }

    /// The list of webhooks.
    pub fn webhooks(&self) -> String {
        format!("{}/webhooks", self.prefix)
    }

    /// The form for a new webhook.
    pub fn new_webhook(&self) -> String {
        format!("{}/webhooks/new", self.prefix)
    }

    /// One webhook's pages.
    pub fn webhook(&self, id: i64) -> Webhook {
        Webhook {
            base: format!("{}/webhooks/{id}", self.prefix),
            deliveries: format!("{}?webhook={id}", self.deliveries()),
        }
    }

    /// The list of deliveries.
    pub fn deliveries(&self) -> String {
        format!("{}/deliveries", self.prefix)
    }

    /// Which alerts are linked to which webhooks; it is also where the form goes.
    pub fn alert_links(&self) -> String {
        format!("{}/alert-links", self.prefix)
    }

    /// The page that asks before links are changed; it is also where its form goes.
    pub fn alert_links_review(&self) -> String {
        format!("{}/alert-links/review", self.prefix)
    }

    /// How Belfry proves who is calling.
    pub fn auth_types(&self) -> String {
        format!("{}/auth-types", self.prefix)
    }

    /// One of the ways, by its word in the APIs.
    pub fn auth_type(&self, name: &str) -> String {
        format!("{}/auth-types/{name}", self.prefix)
    }

    /// The catalogue of alert types.
    pub fn alert_types(&self) -> String {
        format!("{}/alert-types", self.prefix)
    }

    /// One alert type, by its number.
    pub fn alert_type(&self, id: i64) -> String {
        format!("{}/alert-types/{id}", self.prefix)
    }

    /// How much, how well, how fast.
    pub fn statistics(&self) -> String {
        format!("{}/statistics", self.prefix)
    }

    /// The same table as a file.
    pub fn statistics_csv(&self) -> String {
        format!("{}/statistics.csv", self.prefix)
    }

    /// How many deliveries have come since.
    pub fn newer_deliveries(&self) -> String {
        format!("{}/deliveries/newer", self.prefix)
    }

    /// The same list as a file.
    pub fn deliveries_csv(&self) -> String {
        format!("{}/deliveries.csv", self.prefix)
    }

    /// The same, a JSON object on each line.
    pub fn deliveries_ndjson(&self) -> String {
        format!("{}/deliveries.ndjson", self.prefix)
    }

    /// All named filters of the list.
    pub fn views(&self) -> String {
        format!("{}/deliveries/views", self.prefix)
    }

    /// The form that gives a filter of the list a name; it is also where it goes.
    pub fn new_view(&self) -> String {
        format!("{}/deliveries/views/new", self.prefix)
    }

    /// The page that asks before a named filter is deleted; it is also where its form goes.
    pub fn view(&self, id: i64) -> String {
        format!("{}/deliveries/views/{id}", self.prefix)
    }

    /// The list of people.
    pub fn users(&self) -> String {
        format!("{}/users", self.prefix)
    }

    /// The form that invites somebody; it is also where it goes.
    pub fn new_user(&self) -> String {
        format!("{}/users/new", self.prefix)
    }

    /// One person's pages.
    pub fn user(&self, id: i64) -> User {
        User { base: format!("{}/users/{id}", self.prefix) }
    }

    /// The list of API keys.
    pub fn api_keys(&self) -> String {
        format!("{}/api-keys", self.prefix)
    }

    /// The form for a new API key; it is also where it goes.
    pub fn new_api_key(&self) -> String {
        format!("{}/api-keys/new", self.prefix)
    }

    /// One API key's pages.
    pub fn api_key(&self, id: i64) -> ApiKey {
        ApiKey { base: format!("{}/api-keys/{id}", self.prefix) }
    }

    /// Who did what.
    pub fn audit(&self) -> String {
        format!("{}/audit", self.prefix)
    }

    /// The deliveries that one redelivery of many made.
    pub fn deliveries_of_replay(&self, id: i64) -> String {
        format!("{}?replay={id}", self.deliveries())
    }

    /// The list of redeliveries of many.
    pub fn replays(&self) -> String {
        format!("{}/replays", self.prefix)
    }

    /// The page that asks before many deliveries are sent again; it is also where its form goes.
    pub fn new_replay(&self) -> String {
        format!("{}/replays/new", self.prefix)
    }

    /// One redelivery of many.
    pub fn replay(&self, id: i64) -> Replay {
        Replay { base: format!("{}/replays/{id}", self.prefix) }
    }

    /// One delivery's pages.
    pub fn delivery(&self, id: i64) -> Delivery {
        Delivery { base: format!("{}/deliveries/{id}", self.prefix) }
    }
}

/// The pages and forms of one webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    base: String,
    deliveries: String,
}

impl Webhook {
    /// The overview.
    pub fn show(&self) -> &str {
        &self.base
    }

    /// Its deliveries.
    pub fn deliveries(&self) -> &str {
        &self.deliveries
    }

    /// The form; it is also where the form goes.
    pub fn edit(&self) -> String {
        format!("{}/edit", self.base)
    }

    /// The linked alerts; it is also where its form goes.
    pub fn links(&self) -> String {
        format!("{}/alert-links", self.base)
    }

    /// The page that sends a test; it is also where its form goes.
    pub fn test(&self) -> String {
        format!("{}/test", self.base)
    }

    /// How requests are proven to be ours: credential, signing secrets.
    pub fn auth(&self) -> String {
        format!("{}/auth", self.base)
    }

    /// Ends the time in which the old and the new secret are both good (POST).
    pub fn end_overlap(&self) -> String {
        format!("{}/secret/end-overlap", self.base)
    }

    /// Who changed what.
    pub fn history(&self) -> String {
        format!("{}/history", self.base)
    }

    /// Its settings as they were.
    pub fn version(&self, version: i32) -> String {
        format!("{}/history/{version}", self.base)
    }

    /// Makes an earlier version's settings the present ones (POST).
    pub fn restore(&self, version: i32) -> String {
        format!("{}/history/{version}/restore", self.base)
    }

    /// What can be done with the whole of it, and its numbers.
    pub fn settings(&self) -> String {
        format!("{}/settings", self.base)
    }

    /// The page that shows a new secret once; a new one is made by posting there.
    pub fn secret(&self) -> String {
        format!("{}/secret", self.base)
    }

    /// Switches on (POST).
    pub fn enable(&self) -> String {
        format!("{}/enable", self.base)
    }

    /// Switches off (POST).
    pub fn disable(&self) -> String {
        format!("{}/disable", self.base)
    }

    /// The page that asks before pausing; it is also where its form goes.
    pub fn pause(&self) -> String {
        format!("{}/pause", self.base)
    }

    /// The page that asks what becomes of the held events; it is also where its form goes. A form without a choice
    /// sends all of them.
    pub fn resume(&self) -> String {
        format!("{}/resume", self.base)
    }

    /// The page that asks before deleting; it is also where its form goes.
    pub fn delete(&self) -> String {
        format!("{}/delete", self.base)
    }
}

/// The page and forms of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    base: String,
}

impl User {
    /// The form; it is also where it goes.
    pub fn show(&self) -> &str {
        &self.base
    }

    /// The page that shows an invitation once; a new one is made by posting there.
    pub fn invite(&self) -> String {
        format!("{}/invite", self.base)
    }

    /// Lets in again (POST).
    pub fn enable(&self) -> String {
        format!("{}/enable", self.base)
    }

    /// Locks out (POST).
    pub fn disable(&self) -> String {
        format!("{}/disable", self.base)
    }
}

/// The pages of one API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    base: String,
}

impl ApiKey {
    /// The page that shows it once.
    pub fn made(&self) -> String {
        format!("{}/made", self.base)
    }

    /// The page that asks before it is taken back; it is also where its form goes.
    pub fn revoke(&self) -> String {
        format!("{}/revoke", self.base)
    }
}

/// The page and forms of one redelivery of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    base: String,
}

impl Replay {
    /// How far it has come.
    pub fn show(&self) -> &str {
        &self.base
    }

    /// Stops it for a while (POST).
    pub fn pause(&self) -> String {
        format!("{}/pause", self.base)
    }

    /// Goes on (POST).
    pub fn resume(&self) -> String {
        format!("{}/resume", self.base)
    }

    /// Ends it (POST).
    pub fn cancel(&self) -> String {
        format!("{}/cancel", self.base)
    }
}

/// The pages and forms of one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    base: String,
}

impl Delivery {
    /// The delivery with its latest attempt.
    pub fn show(&self) -> &str {
        &self.base
    }

    /// The same, with the way back to a list: the query of that list's address.
    pub fn in_list(&self, query: &str) -> String {
        if query.is_empty() {
            return self.base.clone();
        }
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        format!("{}?list={query}", self.base)
    }

    /// One attempt beside another.
    pub fn compare(&self, number: u32, other: u32) -> String {
        format!("{}/attempts/{number}/compare/{other}", self.base)
    }

    /// The body of an attempt's request or response, as a file.
    pub fn body(&self, number: u32, which: &str) -> String {
        format!("{}/attempts/{number}/{which}-body", self.base)
    }

    /// The delivery with one attempt open.
    pub fn attempt(&self, number: u32) -> String {
        format!("{}/attempts/{number}", self.base)
    }

    /// Sends again (POST).
    pub fn redeliver(&self) -> String {
        format!("{}/redeliver", self.base)
    }

    /// Shows the values of the payload for a while (POST).
    pub fn reveal(&self) -> String {
        format!("{}/reveal", self.base)
    }

    /// Sends the next attempt now instead of later (POST).
    pub fn send_now(&self) -> String {
        format!("{}/send-now", self.base)
    }

    /// Stops the retries (POST).
    pub fn stop(&self) -> String {
        format!("{}/stop", self.base)
    }
}
