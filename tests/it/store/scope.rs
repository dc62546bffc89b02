use belfry::domain::access::Caller;
use belfry::domain::access::{Role, Scope};
use belfry::domain::ids::{ApiKeyId, UserId};
use belfry::store::{StoreError, alerts, companies};

use crate::support::TestApp;

#[tokio::test]
async fn a_scope_is_a_tree_and_nothing_beside_it() {
    let app = TestApp::start().await;
    let top = app.company("Top").await;
    let below = app.sub_company("Below", top).await;
    let other = app.company("Other").await;
    let (mine, under, theirs) =
        (app.alert(top, 5).await, app.alert(below, 8).await, app.alert(other, 9).await);
    let store = &app.services.store;

    let caller = Caller::api_key(ApiKeyId(1), "key", top, None, None);
    let seen = store.read(move |db| alerts::list(db, &caller.scope(), 100)).await.unwrap();
    let mut seen: Vec<_> = seen.into_iter().map(|alert| alert.id).collect();
    seen.sort_unstable();
    assert_eq!(seen, [mine, under]);

    let sub = Caller::api_key(ApiKeyId(1), "key", below, None, None);
    let upwards = store.read(move |db| alerts::get(db, &sub.scope(), mine)).await;
    assert!(matches!(upwards, Err(StoreError::NotFound)), "a sub-company does not see upwards");

    let staff = Caller::user(UserId(1), "Sam", Role::Support, None);
    let all = store.read(move |db| alerts::find(db, &staff.scope(), &[mine, under, theirs])).await.unwrap();
    assert_eq!(all.len(), 3);

    let service = store.read(move |db| companies::list(db, &Scope::service(), 100)).await.unwrap();
    assert_eq!(service.len(), 3);
}
