//! What a request looks like: the body and the headers that one of the four products would send.

mod aggregate;
mod softwareone;
mod telemax;
mod zstack;

use std::str::FromStr;
use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::Value;

use crate::domain::access::UnknownName;
use crate::domain::event::Event;
use crate::domain::ids::WebhookId;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::domain::webhook::signing;

/// The shape of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Format {
    /// Telemax V2 (contract 1.7).
    #[default]
    Telemax,
    /// The neutral event (contract 2.4), signed by Standard Webhooks 1.0 if at all.
    Aggregate,
    /// ZStack's alert list (contract 3.5).
    Zstack,
    /// The neutral event with an id (contract 4.8), signed by a JWT.
    Softwareone,
}

impl Format {
    /// All formats, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Telemax, Self::Aggregate, Self::Zstack, Self::Softwareone];

    /// The word in forms and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Telemax => "telemax",
            Self::Aggregate => "aggregate",
            Self::Zstack => "zstack",
            Self::Softwareone => "softwareone",
        }
    }

    /// The word on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Telemax => "Telemax",
            Self::Aggregate => "Aggregate",
            Self::Zstack => "ZStack",
            Self::Softwareone => "SoftwareOne",
        }
    }

    /// What the format's signature is called on pages.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Telemax => "HMAC-SHA256 in X-Telemax-Signature",
            Self::Aggregate => "Standard Webhooks 1.0",
            Self::Zstack => "HMAC-SHA256 with a timestamp in X-Webhook-Signature",
            Self::Softwareone => "JWT (HS256) in the Authorization header",
        }
    }

    /// The header that carries the signature.
    pub const fn signature_header(self) -> &'static str {
        match self {
            Self::Telemax => "X-Telemax-Signature",
            Self::Aggregate => "webhook-signature",
            Self::Zstack => "X-Webhook-Signature",
            Self::Softwareone => "Authorization",
        }
    }

    /// Whether the format fills the `Authorization` header itself when signing is on.
    pub const fn wants_authorization(self, signing: bool) -> bool {
        signing && matches!(self, Self::Softwareone)
    }
}

impl FromStr for Format {
    type Err = UnknownName;

    /// Letter case does not matter.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(text)).ok_or(UnknownName)
    }
}

/// What the headers of one attempt are made from.
#[derive(Debug, Clone, Copy)]
pub struct SigningContext<'a> {
    /// The signing secret; `None` when signing is off.
    pub secret: Option<&'a Secret>,
    /// Another secret that is still in force, for the format whose header carries several signatures.
    pub also: Option<&'a Secret>,
    /// The delivery's UUID: the same for every automatic attempt.
    pub delivery_public_id: &'a str,
    /// The webhook.
    pub webhook_id: WebhookId,
    /// The receiver's host, without port.
    pub host: &'a str,
    /// Now: taken anew for every attempt.
    pub at: Timestamp,
    /// The exact bytes of the body.
    pub body: &'a [u8],
}

/// The body of a request: compact JSON, keys in the order of the contract.
pub fn render(format: Format, event: &Event) -> Vec<u8> {
    match format {
        Format::Telemax => serde_json::to_vec(&telemax::body(event)),
        Format::Aggregate => serde_json::to_vec(&aggregate::body(event)),
        Format::Zstack => serde_json::to_vec(&zstack::body(event)),
        Format::Softwareone => serde_json::to_vec(&softwareone::body(event)),
    }
    .expect("texts and numbers are JSON")
}

/// An event with its bodies, each made when the first webhook of its format needs it.
#[derive(Debug)]
pub struct Rendered {
    /// The event.
    pub event: Event,
    bodies: [OnceLock<Bytes>; Format::ALL.len()],
}

impl Rendered {
    /// Nothing is made yet.
    pub fn new(event: Event) -> Self {
        Self { event, bodies: Default::default() }
    }

    /// The body in `format`.
    pub fn body(&self, format: Format) -> Bytes {
        self.bodies[format as usize].get_or_init(|| Bytes::from(render(format, &self.event))).clone()
    }
}

/// What criteria address, whatever the webhook's format: the SoftwareOne body.
pub fn event_json(event: &Event) -> Value {
    serde_json::to_value(softwareone::body(event)).expect("texts and numbers are JSON")
}

/// The headers that the format adds beside `Content-Type`.
pub fn signature_headers(format: Format, context: &SigningContext<'_>) -> Vec<(&'static str, String)> {
    match format {
        Format::Telemax => telemax::headers(context),
        Format::Aggregate => aggregate::headers(context),
        Format::Zstack => zstack::headers(context),
        Format::Softwareone => softwareone::headers(context),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::alert_type::AlertType;
    use crate::domain::event::Payload;
    use crate::domain::ids::{AlertId, CompanyId, EventId};

    const AT: Timestamp = Timestamp::from_seconds(1_777_356_862);
    const EVENT_ID: &str = "0198c3c2-7b1e-8f00-9a3c-5d6e7f809142";

    fn event() -> Event {
        Event {
            id: EventId(5),
            public_id: EVENT_ID.to_owned(),
            company_id: CompanyId(12),
            alert_id: AlertId(103),
            alert_name: "Too fast".to_owned(),
            alert_type: AlertType::ExceedMaximumSpeed,
            payload: Payload::sample(AlertType::ExceedMaximumSpeed, AT),
            received_at: AT,
            is_test: false,
        }
    }

    fn text(format: Format) -> String {
        String::from_utf8(render(format, &event())).unwrap()
    }

    fn headers(format: Format, secret: Option<&Secret>, body: &[u8]) -> Vec<(&'static str, String)> {
        let context = SigningContext {
            secret,
            also: None,
            delivery_public_id: "d-1",
            webhook_id: WebhookId(7),
            host: "hooks.example.com",
            at: AT,
            body,
        };
        signature_headers(format, &context)
    }

    /// The check vector of contract 1.7, from the event to the header.
    #[test]
    fn telemax_check_vector() {
        let body = text(Format::Telemax);
        assert_eq!(
            body,
            r#"{"alertType":"Speeding","vehicleId":88421,"vehicleName":"Delivery Van 07","position":{"lat":-33.8688,"lng":151.2093},"direction":270,"timestamp":"2026-04-28T06:14:22Z","address":{"street":"42 George St","suburb":"Sydney","state":"NSW","postcode":"2000","country":"Australia"},"data":{"speed":127.4,"maxSpeed":110.0}}"#
        );
        assert_eq!(body.len(), 316);
        let secret = Secret::new("0ABFAA308801519BFA69ECBC050AACDD567D46B042C85CD08171E4F327E71981");
        assert_eq!(
            headers(Format::Telemax, Some(&secret), body.as_bytes()),
            [
                ("X-Telemax-Delivery", "d-1".to_owned()),
                (
                    "X-Telemax-Signature",
                    "sha256=120aca87c0fe656fa40ff78fc5a2b19c47429c98c63a4f836ee9f15b7f097ba8".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn the_other_bodies() {
        let neutral = r#""eventId":"0198c3c2-7b1e-8f00-9a3c-5d6e7f809142","alertType":"Speeding","alertTypeId":10,"alertId":103,"companyId":12,"vehicleId":88421,"vehicleName":"Delivery Van 07","timestamp":"2026-04-28T06:14:22Z","position":{"lat":-33.8688,"lng":151.2093},"address":{"street":"42 George St","suburb":"Sydney","state":"NSW","postcode":"2000","country":"Australia"},"data":{"speed":127.4,"maxSpeed":110.0}}"#;
        assert_eq!(text(Format::Aggregate), format!("{{{neutral}"));
        assert_eq!(text(Format::Softwareone), format!("{{\"id\":\"EVT-{EVENT_ID}\",{neutral}"));
        assert_eq!(event_json(&event()).to_string(), text(Format::Softwareone));
        let labels = r#"{"alertname":"Too fast","alertId":"103","alertTypeId":"10","companyId":"12","vehicleId":"88421","vehicleName":"Delivery Van 07"}"#;
        let annotations = r#"{"description":"Speeding: Delivery Van 07","address":"42 George St, Sydney, NSW, 2000, Australia","speed":"127.4","maxSpeed":"110.0"}"#;
        assert_eq!(
            text(Format::Zstack),
            format!(
                r#"{{"source":"belfry","alerts":[{{"status":"firing","fingerprint":"{EVENT_ID}","generatorUrl":"","labels":{labels},"annotations":{annotations},"startsAt":"2026-04-28T06:14:22Z","endsAt":null}}],"commonLabels":{labels}}}"#
            )
        );
    }

    #[test]
    fn what_is_not_known_is_null() {
        let mut event = event();
        event.payload.address = None;
        event.payload.data = None;
        let telemax: Value = serde_json::from_slice(&render(Format::Telemax, &event)).unwrap();
        assert_eq!((&telemax["address"], &telemax["data"]), (&Value::Null, &Value::Null));
        let zstack: Value = serde_json::from_slice(&render(Format::Zstack, &event)).unwrap();
        assert_eq!(zstack["alerts"][0]["annotations"]["address"], "");
    }

    #[test]
    fn data_cannot_hide_the_description() {
        let mut event = event();
        event.payload.data =
            json!({"description": "x", "list": [1, {"a": null}], "text": "y"}).as_object().cloned();
        let zstack: Value = serde_json::from_slice(&render(Format::Zstack, &event)).unwrap();
        let annotations = &zstack["alerts"][0]["annotations"];
        assert_eq!(annotations["description"], "Speeding: Delivery Van 07");
        assert_eq!((&annotations["list"], &annotations["text"]), (&json!(r#"[1,{"a":null}]"#), &json!("y")));
    }

    #[test]
    fn only_telemax_has_a_header_without_signing() {
        let names = |format, secret| -> Vec<&'static str> {
            headers(format, secret, b"{}").into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(Format::Telemax, None), ["X-Telemax-Delivery"]);
        for format in [Format::Aggregate, Format::Zstack, Format::Softwareone] {
            assert!(names(format, None).is_empty());
        }
        let secret = Secret::new("whsec_abc123def456");
        let aggregate = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        assert_eq!(names(Format::Aggregate, Some(&secret)), aggregate);
        assert_eq!(names(Format::Zstack, Some(&secret)), ["X-Webhook-Timestamp", "X-Webhook-Signature"]);
        assert_eq!(names(Format::Softwareone, Some(&secret)), ["Authorization"]);
        for format in Format::ALL {
            let fills = names(format, Some(&secret)).contains(&"Authorization");
            assert_eq!(names(format, Some(&secret)).last(), Some(&format.signature_header()));
            assert_eq!(format.wants_authorization(true), fills);
            assert!(!format.wants_authorization(false));
            assert_eq!(format.name().to_uppercase().parse(), Ok(format));
        }
    }
}
