//! What is in a request, against what was submitted and configured.

use belfry::domain::clock::Clock as _;
use belfry::domain::delivery::Trigger;
use belfry::domain::event::Event;
use belfry::domain::ids::EventId;
use belfry::domain::webhook::Webhook;
use belfry::domain::webhook::format::{Format, render};
use belfry::domain::webhook::signing::verify;
use belfry::outbound::OutboundRequest;
use serde_json::Value;
use url::Url;

use crate::file::DeliveryRow;
use crate::fleet;
use crate::world::World;

/// The ids that a receiver can see, and the vehicle.
#[derive(Debug)]
pub struct Shown {
    pub delivery: Option<String>,
    pub event: Option<String>,
    pub vehicle: i64,
}

fn headers(request: &OutboundRequest) -> Vec<(String, String)> {
    request.head().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn header(headers: &[(String, String)], name: &str) -> Option<String> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
}

/// Reads a request as its receiver would.
pub fn shown_ids(request: &OutboundRequest, format: Format) -> Result<Shown, String> {
    let body: Value = serde_json::from_slice(&request.body).map_err(|error| error.to_string())?;
    let headers = headers(request);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let (delivery, event, vehicle) = match format {
        Format::Telemax => (header(&headers, "x-telemax-delivery"), None, body["vehicleId"].as_i64()),
        Format::Aggregate => {
            (header(&headers, "webhook-id"), text(&body["eventId"]), body["vehicleId"].as_i64())
        }
        Format::Softwareone => (None, text(&body["eventId"]), body["vehicleId"].as_i64()),
        Format::Zstack => {
            let alert = &body["alerts"][0];
            let vehicle = alert["labels"]["vehicleId"].as_str().and_then(|text| text.parse().ok());
            (None, text(&alert["fingerprint"]), vehicle)
        }
    };
    let vehicle = vehicle.ok_or("there is no vehicle")?;
    Ok(Shown { delivery, event, vehicle })
}

/// Body, signature, credential and address are those that they must be.
pub fn judge(world: &World, webhook: &Webhook, row: &DeliveryRow, request: &OutboundRequest) {
    if let Err(why) = body(world, webhook, row, request) {
        world.violated("INTEGRITY", format!("delivery {}: {why}", row.id));
    }
    if let Err(why) = envelope(world, webhook, request) {
        world.violated("INTEGRITY", format!("delivery {} to webhook {}: {why}", row.id, webhook.id));
    }
}

fn body(
    world: &World,
    webhook: &Webhook,
    row: &DeliveryRow,
    request: &OutboundRequest,
) -> Result<(), String> {
    let shown = shown_ids(request, webhook.settings.format)?;
    if row.trigger_kind == Trigger::Test.code() {
        // A test carries a sample.
        return if shown.vehicle == 88_421 { Ok(()) } else { Err("a test with somebody's event".to_owned()) };
    }
    let moment = world.file.event(row.event_id).map(|event| event.occurred_at);
    let people = world.people();
    let (submission, payload) =
        moment.and_then(|moment| people.payload(moment)).ok_or("nobody submitted this event")?;
    let known = fleet::alert(submission.alert);
    let event = Event {
        id: EventId(row.event_id),
        public_id: world.ids.encode_event(EventId(row.event_id)),
        company_id: known.company,
        alert_id: submission.alert,
        alert_name: known.name.to_owned(),
        alert_type: known.alert_type,
        payload: payload.clone(),
        received_at: world.clock.now(),
        is_test: false,
    };
    if render(webhook.settings.format, &event) != request.body {
        return Err(format!("the body is not what was submitted: {:?}", request.body));
    }
    Ok(())
}

fn envelope(world: &World, webhook: &Webhook, request: &OutboundRequest) -> Result<(), String> {
    let (settings, headers) = (&webhook.settings, headers(request));
    let (url, credential) = settings.auth.apply(&settings.endpoint);
    let url = Url::parse(&url).map_err(|error| error.to_string())?;
    let target = request.destination.target();
    let path_and_query = url.query().map_or_else(|| url.path().to_owned(), |q| format!("{}?{q}", url.path()));
    if target.host.to_string() != settings.endpoint.host() || target.path_and_query != path_and_query {
        return Err(format!("it goes to {target:?}"));
    }
    let signs_there = settings.format.wants_authorization(settings.signing);
    for name in ["authorization", "x-api-key"] {
        let expected = credential.as_ref().filter(|(given, _)| given.eq_ignore_ascii_case(name));
        let found = header(&headers, name);
        let is_signature = name == "authorization" && signs_there;
        if !is_signature && found.as_ref() != expected.map(|(_, value)| value) {
            return Err(format!("{name} is {found:?}"));
        }
    }
    match (&webhook.secret, settings.signing) {
        (Some(secret), true) => verify(settings.format, secret, &headers, &request.body, world.clock.now())
            .map_err(|error| error.to_string()),
        (None, true) => Err("it is signed without a secret".to_owned()),
        (_, false) => {
            let marks = ["x-telemax-signature", "webhook-signature", "x-webhook-signature"];
            match marks.iter().find(|name| header(&headers, name).is_some()) {
                Some(name) => Err(format!("{name} is there, and signing is off")),
                None => Ok(()),
            }
        }
    }
}
