use belfry::domain::delivery::State;

use super::fire;
use super::lifecycle::{all, attempts_of, linked};
use crate::store::stats::assert_counters_equal_recount;

const DAY_S: i64 = 86_400;

#[tokio::test]
async fn old_history_goes_and_counters_still_equal_the_recount() {
    let story = linked().await;
    story.receiver.answers_with([200, 200, 500]);
    for _ in 0..3 {
        fire(&story.api, story.alert).await;
        story.app.settle().await;
    }
    story.app.wait_seconds(12);
    story.app.settle().await;
    let kept = all(&story.app).await;
    story.app.wait_seconds(89 * DAY_S);
    story.app.services.engine.tidy().await.unwrap();
    assert_eq!(all(&story.app).await, kept, "90 days have not passed");

    story.app.wait_seconds(2 * DAY_S);
    fire(&story.api, story.alert).await;
    story.app.settle().await;
    story.app.services.engine.tidy().await.unwrap();
    let left = all(&story.app).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].state, State::Delivered);
    assert!(attempts_of(&story.app, &kept[0]).await.is_empty());
    assert!(left[0].id > kept[2].id, "ids are not used twice");
    assert_counters_equal_recount(&story.app, story.hook.id).await;
}

#[tokio::test]
async fn what_has_not_ended_is_not_removed() {
    let story = linked().await;
    fire(&story.api, story.alert).await;
    story.app.wait_seconds(100 * DAY_S);
    story.app.services.engine.tidy().await.unwrap();
    story.app.settle().await;
    assert_eq!(story.receiver.requests(), 1, "accepted is accepted");
}
