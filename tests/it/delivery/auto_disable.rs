//! A webhook whose every attempt fails for too long is switched off, when the operator wants that.

use belfry::domain::access::Caller;
use belfry::domain::webhook::DisabledReason;
use belfry::store::{StoreError, webhooks};

use super::fire;
use super::lifecycle::{Story, linked_with};

/// What the story's webhook is switched off for, after failures for `seconds` from the first to the last.
async fn fails_for(story: &Story, seconds: i64) -> Option<DisabledReason> {
    story.receiver.answers_with([500; 40]);
    fire(&story.api, story.alert).await;
    story.app.settle().await;
    story.app.wait_seconds(seconds);
    story.app.settle().await;
    let (scope, id) = (Caller::system("test").scope(), story.hook.id);
    let webhook = story.app.services.store.read(move |db| webhooks::get(db, &scope, id)).await;
    webhook.map_err(|error: StoreError| error).unwrap().disabled.map(|(reason, _)| reason)
}

#[tokio::test]
async fn failures_that_last_too_long_switch_the_webhook_off() {
    const HOUR_S: i64 = 3_600;
    for (setting, seconds, expected) in [
        ("5d", 5 * 24 * HOUR_S - 1, None),
        ("5d", 5 * 24 * HOUR_S, Some(DisabledReason::FailedTooLong)),
        ("2h", 2 * HOUR_S, Some(DisabledReason::FailedTooLong)),
        ("off", 80 * 24 * HOUR_S, None),
    ] {
        let story = linked_with(&[("auto_disable_after", setting)]).await;
        assert_eq!(fails_for(&story, seconds).await, expected, "{setting}, {seconds} s");
    }
}
