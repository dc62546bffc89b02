//! What an event that was not sent goes back to: the change of its webhook, in the audit trail, that made it so.

use super::audit::line::Line;
use super::delivery::NotSent;
use super::time::Timestamp;

/// The entry of `trail`, which is about the webhook and begins with the newest, that `reason` goes back to; `None` when
/// the reason has nothing to do with how the webhook was set up, or the entry is not there.
pub fn caused_by(reason: NotSent, trail: &[Line], decided_at: Timestamp) -> Option<&Line> {
    let before = trail.iter().filter(|line| line.at <= decided_at);
    let did = |line: &Line, actions: &[&str]| actions.contains(&line.action.as_str());
    let touched = |line: &Line, fields: &[&str]| {
        // The first settings are no change of one field.
        line.action == "webhook.create"
            || line.changes.iter().any(|change| fields.contains(&change.field.as_str()))
    };
    let is_off = |line: &Line| {
        line.changes.iter().any(|change| {
            change.field == "isActive" && change.values.as_ref().is_some_and(|values| values.after == "no")
        })
    };
    let is_it = |line: &&Line| match reason {
        NotSent::Inactive => did(line, &["webhook.disable", "webhook.create"]) || is_off(line),
        NotSent::AutoDisabled => did(line, &["webhook.auto_disable"]),
        NotSent::PausedHeld | NotSent::PausedDropped => did(line, &["webhook.pause"]),
        NotSent::Deleted => did(line, &["webhook.delete"]),
        NotSent::Criteria => touched(line, &["criteria", "restored"]),
        NotSent::NotAlertHook | NotSent::TypeNotLinkable => touched(line, &["receives", "restored"]),
        NotSent::NoLink => did(line, &["webhook.unlink_alert"]) || touched(line, &["alertIds", "receives"]),
        NotSent::OutOfCompany
        | NotSent::Duplicate
        | NotSent::Expired
        | NotSent::TooLarge
        | NotSent::Quota => false,
    };
    before.into_iter().find(is_it)
}

/// What would have the next such event sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mend {
    /// Link the alert.
    LinkAlert,
    /// Change what the webhook receives.
    EditWebhook,
    /// End the pause.
    Resume,
    /// Switch the webhook on.
    Enable,
}

/// What mends `reason`; `None` where nothing about the webhook would.
pub const fn mend(reason: NotSent) -> Option<Mend> {
    match reason {
        NotSent::NoLink => Some(Mend::LinkAlert),
        NotSent::Criteria | NotSent::NotAlertHook | NotSent::TypeNotLinkable => Some(Mend::EditWebhook),
        NotSent::PausedHeld | NotSent::PausedDropped => Some(Mend::Resume),
        NotSent::Inactive | NotSent::AutoDisabled => Some(Mend::Enable),
        NotSent::Deleted
        | NotSent::OutOfCompany
        | NotSent::Duplicate
        | NotSent::Expired
        | NotSent::TooLarge
        | NotSent::Quota => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::Changes;
    use crate::domain::audit::line::{Author, Object, changes};

    fn line(id: i64, action: &str, changed: &Changes) -> Line {
        Line {
            id,
            company: None,
            at: Timestamp::from_seconds(id),
            author: Author { kind: "user".to_owned(), id: Some(1), name: "Maya".to_owned() },
            action: action.to_owned(),
            object: Object { kind: "webhook".to_owned(), id: Some(1), name: "Hub".to_owned() },
            changes: changes(&changed.to_json()),
        }
    }

    #[test]
    fn each_reason_goes_back_to_the_newest_change_that_could_have_made_it() {
        let none = Changes::default;
        let trail: Vec<Line> = [
            line(1, "webhook.create", &none().field("settings", "", "{}")),
            line(2, "webhook.update", &none().field("criteria", "", "a = b")),
            line(3, "webhook.update", &none().field("isActive", true, false)),
            line(4, "webhook.enable", &none().field("isActive", false, true)),
            line(5, "webhook.pause", &none().field("paused", "", "hold")),
            line(6, "webhook.unlink_alert", &none().field("linked", 3, "")),
            line(7, "webhook.auto_disable", &none()),
            line(8, "webhook.update", &none().field("receives", "all", "tests")),
            line(9, "webhook.disable", &none().field("isActive", true, false)),
            line(10, "webhook.delete", &none()),
        ]
        .into_iter()
        .rev()
        .collect();
        let of = |reason, at| caused_by(reason, &trail, Timestamp::from_seconds(at)).map(|line| line.id);
        for (reason, id) in [
            (NotSent::Criteria, 2),
            (NotSent::PausedHeld, 5),
            (NotSent::PausedDropped, 5),
            (NotSent::AutoDisabled, 7),
            (NotSent::NotAlertHook, 8),
            (NotSent::TypeNotLinkable, 8),
            (NotSent::NoLink, 8),
            (NotSent::Inactive, 9),
            (NotSent::Deleted, 10),
        ] {
            assert_eq!(of(reason, 20), Some(id), "{reason:?}");
        }
        assert_eq!(of(NotSent::Inactive, 8), Some(3), "what came later is not the cause");
        assert_eq!((of(NotSent::NoLink, 7), of(NotSent::Criteria, 1)), (Some(6), Some(1)));
        for reason in [NotSent::OutOfCompany, NotSent::Duplicate, NotSent::Expired, NotSent::TooLarge] {
            assert_eq!(of(reason, 20), None, "{reason:?}");
        }
    }
}
