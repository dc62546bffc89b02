use belfry::actions::webhooks::{self as acts, NewWebhook};
use belfry::domain::delivery::{NotSent, State};
use belfry::domain::webhook::settings::{Change, CriteriaInput};

use super::lifecycle::{all, linked};
use super::{fire, telemax_webhook};
use crate::support::{Receiver, TestApp};

#[tokio::test]
async fn every_candidate_gets_a_row_and_only_candidates() {
    let app = TestApp::start().await;
    let top = app.company("Top").await;
    let below = app.sub_company("Below", top).await;
    let other = app.company("Other").await;
    let receiver = Receiver::start().await;
    let alert = app.alert(below, 8).await;
    let unlinked_alert = app.alert(below, 9).await;
    let api = app.api(below).await;
    let url = receiver.url();
    let linked = telemax_webhook(&api, &url, &[alert]).await;
    telemax_webhook(&api, &url, &[unlinked_alert]).await;
    let new = |active: bool, criteria: &[(&str, &str)]| NewWebhook {
        change: Change {
            url: Some(url.clone()),
            receives: Some("all".to_owned()),
            is_active: Some(active),
            criteria: Some(CriteriaInput::Pairs(
                criteria.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            )),
            ..Change::default()
        },
        ..NewWebhook::default()
    };
    let ctx = app.context();
    let above = acts::create(&ctx, top, new(true, &[])).await.unwrap().webhook.id;
    let inactive = acts::create(&ctx, top, new(false, &[])).await.unwrap().webhook.id;
    let picky = acts::create(&ctx, below, new(true, &[("vehicleName", "Nobody")])).await.unwrap().webhook.id;
    acts::create(&ctx, other, new(true, &[])).await.unwrap();

    let accepted = fire(&api, alert).await;
    assert_eq!(accepted["deliveries"], 2);
    let rows = all(&app).await;
    let decided = |id| rows.iter().find(|row| row.webhook_id == id).unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(decided(linked.id).state, State::Sending);
    assert_eq!(decided(above).state, State::Sending);
    assert_eq!(decided(inactive).not_sent.as_ref().unwrap().0, NotSent::Inactive);
    let (reason, detail) = decided(picky).not_sent.clone().unwrap();
    assert_eq!(reason, NotSent::Criteria);
    assert!(detail.unwrap().contains("vehicleName"));
    app.settle().await;
    assert_eq!(receiver.requests(), 2);
}

#[tokio::test]
async fn a_webhook_that_is_linked_and_takes_all_gets_one_delivery() {
    let story = linked().await;
    let id = story.hook.id;
    let update = acts::WebhookUpdate {
        change: Change { receives: Some("all".to_owned()), ..Change::default() },
        ..acts::WebhookUpdate::default()
    };
    acts::update(&story.app.context(), id, update).await.unwrap();
    assert_eq!(fire(&story.api, story.alert).await["deliveries"], 1);
}

#[tokio::test]
async fn unlinking_takes_effect_with_the_next_event() {
    let story = linked().await;
    assert_eq!(fire(&story.api, story.alert).await["deliveries"], 1);
    acts::unlink_alert(&story.app.context(), story.hook.id, story.alert).await.unwrap();
    assert_eq!(fire(&story.api, story.alert).await["deliveries"], 0);
}
