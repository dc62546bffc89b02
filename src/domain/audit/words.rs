//! The audit trail in sentences: "Maya Reuter **paused** Safety desk".

/// Every action with the words between who did it and what it was done to.
const ACTIONS: &[(&str, &str)] = &[
    ("alert.add", "added the alert"),
    ("alert.mark_read", "marked as read what was recorded of the alert"),
    ("alert.mark_unread", "marked as unread what was recorded of the alert"),
    ("api_key.add", "made the API key"),
    ("api_key.revoke", "revoked the API key"),
    ("company.add", "added the company"),
    ("company.mark_all_read", "marked as read all alert records of the company"),
    ("delivery.redeliver", "redelivered"),
    ("delivery.reveal", "revealed the payload of"),
    ("delivery.send_now", "sent at once"),
    ("delivery.stop", "stopped the retries of"),
    ("replay.begin", "began the redelivery"),
    ("replay.cancel", "cancelled the redelivery"),
    ("replay.pause", "paused the redelivery"),
    ("replay.resume", "resumed the redelivery"),
    ("user.accept_invite", "accepted the invitation for"),
    ("user.add", "added the user"),
    ("user.disable", "locked out the user"),
    ("user.enable", "let in again the user"),
    ("user.invite_again", "invited again the user"),
    ("user.update", "changed the user"),
    ("view.delete", "deleted the view"),
    ("view.save", "saved the view"),
    ("webhook.auto_disable", "switched off the webhook"),
    ("webhook.change_links", "changed which alerts are linked to the webhook"),
    ("webhook.create", "created the webhook"),
    ("webhook.delete", "deleted the webhook"),
    ("webhook.disable", "disabled the webhook"),
    ("webhook.enable", "enabled the webhook"),
    ("webhook.end_overlap", "ended the overlap of the secrets of the webhook"),
    ("webhook.link_alert", "linked an alert to the webhook"),
    ("webhook.pause", "paused the webhook"),
    ("webhook.restore", "restored an earlier version of the webhook"),
    ("webhook.resume", "resumed the webhook"),
    ("webhook.rotate_secret", "replaced the secret of the webhook"),
    ("webhook.test", "sent a test to the webhook"),
    ("webhook.unlink_alert", "unlinked an alert from the webhook"),
    ("webhook.update", "changed the webhook"),
];

/// The words for `action`; one of a newer version is shown as it is written.
pub fn verb(action: &str) -> &str {
    ACTIONS.iter().find(|(known, _)| *known == action).map_or(action, |(_, words)| words)
}

/// A webhook's fields as people read them.
const FIELDS: &[(&str, &str)] = &[
    ("alertIds", "Alerts"),
    ("authType", "Auth type"),
    ("credential", "Credential"),
    ("criteria", "Criteria"),
    ("description", "Description"),
    ("disabledBecause", "Cause"),
    ("format", "Format"),
    ("held", "Held events"),
    ("isActive", "Active"),
    ("linked", "Alert"),
    ("name", "Name"),
    ("oldSecretUntil", "Old secret used until"),
    ("paused", "Pause"),
    ("pauseReason", "Reason"),
    ("receives", "Receives"),
    ("restored", "Restored version"),
    ("secret", "Signing secret"),
    ("signing", "Signing"),
    ("type", "SoftwareOne type"),
    ("url", "URL"),
    ("urlQuery", "URL’s query values"),
    ("version", "Version"),
];

/// The label of a webhook's field; one of a newer version is shown as it is written.
pub fn label(field: &str) -> &str {
    FIELDS.iter().find(|(known, _)| *known == field).map_or(field, |(_, words)| words)
}

/// Kinds of objects, as a filter offers them: the word in the address, and for people.
pub const KINDS: &[(&str, &str)] = &[
    ("webhook", "Webhooks"),
    ("delivery", "Deliveries"),
    ("replay", "Redeliveries"),
    ("alert", "Alerts"),
    ("user", "Users"),
    ("api_key", "API keys"),
    ("company", "Companies"),
    ("view", "Saved views"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_labels() {
        use crate::domain::webhook::settings::Change;
        use crate::domain::webhook::{endpoint_url::EndpointPolicy, snapshot};

        let url = Some("https://a.example/".to_owned());
        let settings = Change { url, ..Change::default() }.create(&EndpointPolicy::default()).unwrap();
        for field in snapshot::without_secrets(&settings).as_object().unwrap().keys() {
            assert_ne!(label(field), field, "a setting has words");
        }
        assert_eq!(label("teleport"), "teleport");
    }

    #[test]
    fn every_kind_has_its_actions_and_every_action_its_kind() {
        for (action, _) in ACTIONS {
            let kind = action.split('.').next().unwrap();
            assert!(KINDS.iter().any(|(known, _)| *known == kind), "{action}");
        }
        assert_eq!(verb("webhook.pause"), "paused the webhook");
        assert_eq!(verb("webhook.teleport"), "webhook.teleport");
    }
}
