//! Deliveries as rows of a table: in the list, on a webhook's page, on the test page.

use std::collections::HashMap;

use crate::console::deliveries::row::Row;
use crate::console::extract::CompanyPage;
use crate::console::parts::badge::Badge;
use crate::domain::attempt::Outcome;
use crate::domain::delivery::{State, Trigger};
use crate::domain::history::Delivery;
use crate::domain::ids::WebhookId;
use crate::domain::webhook::endpoint_url::EndpointUrl;
use crate::domain::webhook::label::Label;
use crate::web::text;

/// Where webhooks go, as tables show it.
pub type Destinations = HashMap<WebhookId, String>;

/// The destinations of `webhooks`.
pub fn destinations(webhooks: &[Label]) -> Destinations {
    webhooks.iter().map(|webhook| (webhook.id, host_and_path(&webhook.address))).collect()
}

/// Host and path: no scheme, no query.
pub fn destination(endpoint: &EndpointUrl) -> String {
    host_and_path(&endpoint.without_query())
}

fn host_and_path(address: &str) -> String {
    address.split_once("://").map_or(address, |(_, rest)| rest).trim_end_matches('/').to_owned()
}

/// The rows of `deliveries`.
pub fn rows(page: &CompanyPage, deliveries: &[Delivery], destinations: &Destinations) -> Vec<Row> {
    deliveries.iter().map(|delivery| row(page, delivery, destinations)).collect()
}

fn row(page: &CompanyPage, delivery: &Delivery, destinations: &Destinations) -> Row {
    let event = &delivery.event;
    Row {
        id: delivery.id.0,
        url: page.urls().delivery(delivery.id.0).in_list(page.list()),
        state: badge(page, delivery),
        result: result(delivery),
        alert: event.alert_type.list_label().to_owned(),
        subject: format!("{} · {}", event.vehicle_name, event.alert_name),
        trigger: match delivery.trigger {
            Trigger::Automatic => String::new(),
            Trigger::Manual => "again".to_owned(),
            Trigger::Test => "test".to_owned(),
        },
        webhook: delivery.webhook_name.clone(),
        destination: match destinations.get(&delivery.webhook_id) {
            Some(destination) => destination.clone(),
            None => "deleted".to_owned(),
        },
        attempts: delivery.attempts.to_string(),
        duration: delivery.duration_us.map(duration),
        next_try: delivery.next_at.map(|at| {
            let mut moment = page.short(at);
            if at <= page.now() {
                "now".clone_into(&mut moment.text);
            }
            moment
        }),
        occurred: page.short(event.occurred_at),
    }
}

/// The state, with the attempts where they say something.
pub fn badge(page: &CompanyPage, delivery: &Delivery) -> Badge {
    let badge = Badge::state(delivery.state);
    if delivery.state == State::Retrying {
        badge.of(count(delivery.attempts), attempts_max(page, delivery.trigger))
    } else {
        badge
    }
}

/// How many attempts there can be: a test has one.
pub fn attempts_max(page: &CompanyPage, trigger: Trigger) -> u32 {
    match trigger {
        Trigger::Test => 1,
        Trigger::Automatic | Trigger::Manual => page.state().services.engine.schedule().attempts_max(),
    }
}

/// The last result, or why there is none.
pub fn result(delivery: &Delivery) -> Option<String> {
    match &delivery.not_sent {
        Some((reason, _)) => Some(reason.word().to_owned()),
        None => delivery.last_outcome.map(|outcome| result_word(outcome, delivery.last_status)),
    }
}

/// A result in one or two words: the status where there was one.
pub fn result_word(outcome: Outcome, status: Option<u16>) -> String {
    match (status, outcome) {
        (Some(status), _) => status.to_string(),
        (None, Outcome::Success) => "2xx".to_owned(),
        (None, Outcome::Failure(class)) => class.word().to_owned(),
        (None, Outcome::Interrupted) => "interrupted".to_owned(),
    }
}

/// Microseconds in words.
pub fn duration(micros: i64) -> String {
    text::duration(u64::try_from(micros / 1_000).unwrap_or_default())
}

/// A number that is never negative.
pub fn count(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or_default()
}
