//! Whether an event is sent to a candidate webhook, and if not, why.

use std::cell::OnceCell;

use serde_json::Value;

use super::delivery::NotSent;
use super::event::Event;
use super::webhook::format::event_json;
use super::webhook::pause::PauseMode;
use super::webhook::{Receives, Webhook};

/// What is decided for one event and one candidate webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// A delivery is made.
    Send,
    /// Nothing is sent, for this reason, with what there is to say about it.
    NotSent(NotSent, Option<String>),
}

/// Decides about one webhook; see [`Matcher`] for many.
pub fn decide(webhook: &Webhook, event: &Event, is_linked: bool) -> Decision {
    Matcher::new(event).decide(webhook, is_linked)
}

/// Decides about many webhooks for one event: the JSON that criteria look at is made once, and only when one
/// of them has criteria.
#[derive(Debug)]
pub struct Matcher<'e> {
    event: &'e Event,
    json: OnceCell<Value>,
}

impl<'e> Matcher<'e> {
    /// A matcher for `event`.
    pub const fn new(event: &'e Event) -> Self {
        Self { event, json: OnceCell::new() }
    }

    /// What a webhook does not take at all is said first, then what it would have taken but for a switch: so a
    /// webhook that is switched off lists as missed only what it really missed, and a paused one holds only what it
    /// would take. Test events are always sent.
    pub fn decide(&self, webhook: &Webhook, is_linked: bool) -> Decision {
        if self.event.is_test {
            return Decision::Send;
        }
        let settings = &webhook.settings;
        match settings.receives {
            Receives::TestsOnly => return Decision::NotSent(NotSent::NotAlertHook, None),
            Receives::Linked if !self.event.alert_type.is_linkable() => {
                return Decision::NotSent(
                    NotSent::TypeNotLinkable,
                    Some(self.event.alert_type.list_label().to_owned()),
                );
            }
            Receives::Linked if !is_linked => return Decision::NotSent(NotSent::NoLink, None),
            Receives::Linked | Receives::All => {}
        }
        if !settings.criteria.is_empty() {
            let json = self.json.get_or_init(|| event_json(self.event));
            if let Err(unmet) = settings.criteria.matches(json) {
                return Decision::NotSent(NotSent::Criteria, Some(unmet.to_string()));
            }
        }
        if !settings.is_active {
            return Decision::NotSent(NotSent::Inactive, None);
        }
        if let Some((reason, _)) = webhook.disabled {
            return Decision::NotSent(NotSent::AutoDisabled, Some(reason.sentence().to_owned()));
        }
        match webhook.paused.as_ref().map(|paused| paused.mode) {
            Some(PauseMode::Hold) => Decision::NotSent(NotSent::PausedHeld, None),
            Some(PauseMode::Drop) => Decision::NotSent(NotSent::PausedDropped, None),
            None => Decision::Send,
        }
    }

    /// What is to be said of any webhook: of a candidate what is decided, where `linked` says whether it is linked, and
    /// of another one why it is none.
    pub fn explain(&self, webhook: &Webhook, linked: Option<bool>) -> Decision {
        match (linked, self.decide(webhook, linked.unwrap_or(false))) {
            // It takes everything of a company that this event is not of.
            (None, _) if webhook.settings.receives == Receives::All => {
                Decision::NotSent(NotSent::OutOfCompany, None)
            }
            (_, decision) => decision,
        }
    }
}

/// Why a webhook gets an event of `alert` that is decided to be sent, in a sentence.
pub fn grounds(webhook: &Webhook, is_linked: bool, alert: i64) -> String {
    let settings = &webhook.settings;
    let scope = match settings.receives {
        Receives::Linked if is_linked => format!("It is linked to alert {alert}"),
        Receives::Linked | Receives::TestsOnly => "It takes this event".to_owned(),
        Receives::All => "It receives every alert of its company and those below it".to_owned(),
    };
    match settings.criteria.iter().count() {
        0 => format!("{scope}."),
        1 => format!("{scope}, and its criterion is met."),
        count => format!("{scope}, and its {count} criteria are met."),
    }
}

/// The rule behind a reason, as it is now; [`NotSent::sentence`] says how it was when an event arrived.
pub const fn rule(reason: NotSent) -> &'static str {
    match reason {
        NotSent::NoLink => "It is not linked to this alert.",
        NotSent::Inactive => "It is inactive.",
        NotSent::AutoDisabled => "Belfry has switched it off.",
        NotSent::PausedHeld => "It is paused and holds its events.",
        NotSent::PausedDropped => "It is paused and drops its events.",
        NotSent::OutOfCompany => "The alert is of a company that is neither its own nor one below it.",
        NotSent::NotAlertHook => "It receives test events only.",
        NotSent::Criteria => "The event does not meet its criteria.",
        NotSent::TypeNotLinkable
        | NotSent::Deleted
        | NotSent::Duplicate
        | NotSent::Expired
        | NotSent::TooLarge
        | NotSent::Quota => reason.sentence(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::alert_type::AlertType;
    use crate::domain::event::Payload;
    use crate::domain::ids::{AlertId, CompanyId, EventId, WebhookId};
    use crate::domain::time::Timestamp;
    use crate::domain::webhook::DisabledReason;
    use crate::domain::webhook::endpoint_url::EndpointPolicy;
    use crate::domain::webhook::pause::Paused;
    use crate::domain::webhook::settings::{Change, CriteriaInput};

    const AT: Timestamp = Timestamp::from_seconds(1_777_356_862);

    fn event(alert_type: AlertType) -> Event {
        Event {
            id: EventId(1),
            public_id: "e".to_owned(),
            company_id: CompanyId(1),
            alert_id: AlertId(1),
            alert_name: "Alert".to_owned(),
            alert_type,
            payload: Payload::sample(alert_type, AT),
            received_at: AT,
            is_test: false,
        }
    }

    fn webhook(change: Change) -> Webhook {
        let change = Change { url: Some("https://hooks.example.com/".to_owned()), ..change };
        Webhook {
            id: WebhookId(1),
            company_id: CompanyId(1),
            version: 1,
            settings: change.create(&EndpointPolicy::default()).unwrap(),
            secret: None,
            secret_since: None,
            old_secret: None,
            disabled: None,
            paused: None,
            unreadable: false,
            created_at: AT,
            created_by: String::new(),
            updated_at: AT,
            updated_by: String::new(),
        }
    }

    fn receiving(receives: Receives) -> Change {
        Change { receives: Some(receives.name().to_owned()), ..Change::default() }
    }

    fn not_sent(reason: NotSent) -> Decision {
        Decision::NotSent(reason, None)
    }

    #[test]
    fn scope_decides_first() {
        let speeding = event(AlertType::ExceedMaximumSpeed);
        let linked = webhook(receiving(Receives::Linked));
        assert_eq!(decide(&linked, &speeding, true), Decision::Send);
        assert_eq!(decide(&linked, &speeding, false), not_sent(NotSent::NoLink));
        let idle = Decision::NotSent(NotSent::TypeNotLinkable, Some("Idle".to_owned()));
        assert_eq!(decide(&linked, &event(AlertType::Idle), true), idle);
        let all = webhook(receiving(Receives::All));
        assert_eq!(decide(&all, &event(AlertType::Idle), false), Decision::Send);
        let tests = webhook(receiving(Receives::TestsOnly));
        assert_eq!(decide(&tests, &speeding, true), not_sent(NotSent::NotAlertHook));
    }

    #[test]
    fn then_criteria_then_switches() {
        let speeding = event(AlertType::ExceedMaximumSpeed);
        let criteria = |value: &str| Some(CriteriaInput::Json(json!({ "data.speed": value })));
        let off = |value| {
            webhook(Change { criteria: criteria(value), is_active: Some(false), ..receiving(Receives::All) })
        };
        let Decision::NotSent(NotSent::Criteria, Some(detail)) = decide(&off("1"), &speeding, false) else {
            panic!("criteria come before the switch")
        };
        assert_eq!(detail, "data.speed: expected “1”, got “127.4”");
        assert_eq!(decide(&off("127.4"), &speeding, false), not_sent(NotSent::Inactive));
        let mut gone = webhook(receiving(Receives::All));
        gone.disabled = Some((DisabledReason::Gone, AT));
        let detail = Some(DisabledReason::Gone.sentence().to_owned());
        assert_eq!(decide(&gone, &speeding, false), Decision::NotSent(NotSent::AutoDisabled, detail));
    }

    #[test]
    fn then_the_pause() {
        let speeding = event(AlertType::ExceedMaximumSpeed);
        let mut picky = webhook(Change {
            criteria: Some(CriteriaInput::Json(json!({ "data.speed": "1" }))),
            ..receiving(Receives::All)
        });
        let mut webhook = webhook(receiving(Receives::All));
        let pause = |mode| Some(Paused { mode, since: AT, by: String::new(), reason: None });
        webhook.paused = pause(PauseMode::Hold);
        assert_eq!(decide(&webhook, &speeding, false), not_sent(NotSent::PausedHeld));
        webhook.paused = pause(PauseMode::Drop);
        assert_eq!(decide(&webhook, &speeding, false), not_sent(NotSent::PausedDropped));
        webhook.settings.is_active = false;
        assert_eq!(decide(&webhook, &speeding, false), not_sent(NotSent::Inactive));
        picky.paused = pause(PauseMode::Hold);
        let refused = decide(&picky, &speeding, false);
        assert!(matches!(refused, Decision::NotSent(NotSent::Criteria, _)), "nothing to hold: {refused:?}");
    }

    #[test]
    fn the_grounds_name_the_scope_and_the_criteria() {
        let speeding = event(AlertType::ExceedMaximumSpeed);
        let picky = |count: usize| {
            let all = [("data.speed", "127.4"), ("alertType", "Speeding")];
            let pairs: serde_json::Map<_, _> =
                all.into_iter().take(count).map(|(key, value)| (key.to_owned(), json!(value))).collect();
            let criteria = Some(CriteriaInput::Json(pairs.into()));
            webhook(Change { criteria, ..receiving(Receives::All) })
        };
        let all = "It receives every alert of its company and those below it";
        for (count, end) in
            [(0, "."), (1, ", and its criterion is met."), (2, ", and its 2 criteria are met.")]
        {
            assert_eq!(decide(&picky(count), &speeding, false), Decision::Send);
            assert_eq!(grounds(&picky(count), false, 103), format!("{all}{end}"));
        }
        let linked = webhook(receiving(Receives::Linked));
        assert_eq!(grounds(&linked, true, 103), "It is linked to alert 103.");
        for reason in NotSent::ALL {
            assert!(rule(reason).ends_with('.'), "{reason:?}");
        }
    }

    #[test]
    fn who_is_no_candidate_is_told_why() {
        let speeding = event(AlertType::ExceedMaximumSpeed);
        let matcher = Matcher::new(&speeding);
        let (linked, all) = (webhook(receiving(Receives::Linked)), webhook(receiving(Receives::All)));
        assert_eq!(matcher.explain(&linked, None), not_sent(NotSent::NoLink));
        assert_eq!(matcher.explain(&all, None), not_sent(NotSent::OutOfCompany));
        let tests = webhook(receiving(Receives::TestsOnly));
        assert_eq!(matcher.explain(&tests, None), not_sent(NotSent::NotAlertHook));
        for (webhook, is_linked) in [(&linked, true), (&linked, false), (&all, false)] {
            assert_eq!(matcher.explain(webhook, Some(is_linked)), matcher.decide(webhook, is_linked));
        }
    }

    #[test]
    fn tests_go_everywhere() {
        let test = Event { is_test: true, ..event(AlertType::Idle) };
        let mut off = webhook(Change { is_active: Some(false), ..receiving(Receives::TestsOnly) });
        off.paused = Some(Paused { mode: PauseMode::Drop, since: AT, by: String::new(), reason: None });
        assert_eq!(decide(&off, &test, false), Decision::Send);
    }
}
