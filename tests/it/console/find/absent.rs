//! What never came, and what nobody could have got.

use belfry::domain::access::Role;

use super::{alert_with, finds, northline, sentences};
use crate::console::makes_webhook;

#[tokio::test]
async fn what_never_came_is_explained() {
    let n = northline().await;
    let silent = alert_with(&n.app, n.company, 107, 1, &[]).await;
    alert_with(&n.app, n.company, 101, 5, &[(31, "TRK-031"), (77, "TRK-077")]).await;
    n.app.wait_seconds(3_600);
    n.reports(silent, "TRK-118").await; // 15:00 in Berlin
    n.app.wait_seconds(5_400);
    alert_with(&n.app, n.company, 103, 5, &[]).await; // 16:30
    n.waits_seconds(1_800).await;

    let page = n.finds(&[("vehicle", "TRK-118"), ("type", "5"), ("around", "16:00")]).await;
    assert_eq!(
        sentences(&page),
        [
            "No Geofence event was received for TRK-118 between 15:00 and 17:00.",
            "The last event from it: 15:00:00 (Device Disconnected).",
            "No alert of the type Geofence could have fired for TRK-118.",
            "Alert 101 “Alert 101” does not watch TRK-118: it watches 2 others.",
            "Alert 103 “Alert 103” was set up at 16:30:00: what happened before was never reported.",
        ]
    );
    let wider = page.attributes("[data-testid=absent] .actions a", "href");
    assert_eq!(
        wider,
        [
            n.alice.path("/find?around=16%3A00&type=5&vehicle=TRK-118&window=6h"),
            n.alice.path("/find?vehicle=TRK-118")
        ]
    );
    // Before the time that was asked for, nothing had come.
    let page = n.finds(&[("vehicle", "TRK-118"), ("around", "12:00")]).await;
    assert_eq!(
        sentences(&page),
        [
            "No event was received for TRK-118 between 11:00 and 13:00.",
            "Nothing else was received from it either."
        ]
    );
    let page = n.finds(&[("alert", "999"), ("vehicle", "TRK-118")]).await;
    assert_eq!(sentences(&page)[0], "No event of alert 999 was received for TRK-118.");
    assert_eq!(sentences(&page).last().unwrap(), "There is no alert 999 here.");
    let page = n.finds(&[("type", "18")]).await;
    assert_eq!(sentences(&page)[1], "No alert of the type Reminder is set up here.");

    n.app.database.run("UPDATE alerts SET deleted_at = 1790085600000000 WHERE id = 103"); // 16:00 in Berlin
    let page = n.finds(&[("alert", "103"), ("vehicle", "TRK-118"), ("around", "16:00")]).await;
    assert_eq!(sentences(&page).last().unwrap(), "Alert 103 “Alert 103” was deleted at 16:00:00.");
}

#[tokio::test]
async fn what_no_webhook_could_have_got_says_what_is_missing() {
    let n = northline().await;
    let alert = alert_with(&n.app, n.company, 103, 5, &[]).await;
    let idle = alert_with(&n.app, n.company, 104, 7, &[]).await;
    let (hook, _) =
        makes_webhook(&n.alice, &n.receiver, &[("receives", "linked"), ("name", "Dispatch hub")]).await;
    n.reports(alert, "TRK-118").await;
    n.reports(idle, "TRK-118").await;
    let said = async || n.finds(&[("vehicle", "TRK-118")]).await.texts("[data-testid=unlinked] p");
    assert_eq!(
        said().await,
        [
            "Received, but no webhook receives all alerts, and alerts of the type Idle cannot be linked to one.",
            "Received, but no webhook is linked to alert 103.",
        ]
    );
    let page = n.finds(&[("event", "1")]).await;
    assert_eq!(page.texts("[data-testid=unlinked] a"), ["Link one…", "Simulate"]);
    let simulate = page.attributes("[data-testid=unlinked] a", "href").remove(1);
    assert!(n.alice.get(&simulate).await.text().contains("It is not linked to this alert."));
    let viewer = n.app.person(Role::Viewer, Some(n.company)).await;
    assert_eq!(finds(&viewer, &[("event", "1")]).await.texts("[data-testid=unlinked] a"), ["Simulate"]);

    n.waits_seconds(600).await;
    let links = n.alice.path(&format!("/webhooks/{hook}/alert-links"));
    let links_to = async |alerts: &[(&str, &str)]| {
        let page = n.alice.get(&links).await;
        let hidden = |name: &str| page.attributes(&format!("main input[name={name}]"), "value").remove(0);
        let (version, linked) = (hidden("version"), hidden("linked"));
        let fields = [alerts, &[("version", version.as_str()), ("linked", &linked)]].concat();
        let saved = n.alice.post(&links, &fields).await;
        assert_eq!(saved.status(), 303, "{}", saved.text());
    };
    links_to(&[("alertIds", "103")]).await;
    assert_eq!(
        said().await[1],
        "Received, but no webhook was linked to alert 103 then. Dispatch hub was linked later, at 14:10:00."
    );
    n.waits_seconds(600).await;
    links_to(&[]).await;
    n.waits_seconds(600).await;
    n.reports(alert, "TRK-118").await;
    let newest = said().await.remove(0);
    assert!(
        newest.starts_with(
            "Received, but no webhook is linked to alert 103. Dispatch hub had been linked until"
        )
    );
    assert!(newest.ends_with("unlinked it at 14:20:00."), "{newest}");
}
