use belfry::domain::ids::CompanyId;
use belfry::store::{StoreError, companies, settings};

use crate::support::TestApp;

#[tokio::test]
async fn a_refused_write_changes_nothing_and_harms_no_neighbour() {
    let app = TestApp::start().await;
    let store = app.services.store.clone();
    let now = app.context().now();
    let writes = (0..50).map(|number: i32| {
        let store = store.clone();
        async move {
            store
                .write(move |db| {
                    settings::put(db, &format!("fact {number}"), b"1")?;
                    // Every third one fails after it has written.
                    if number % 3 == 0 { Err(StoreError::Conflict) } else { Ok(()) }
                })
                .await
        }
    });
    let results = futures_util::future::join_all(writes).await;
    for (number, result) in results.into_iter().enumerate() {
        assert_eq!(result.is_err(), number % 3 == 0);
        let name = format!("fact {number}");
        let found = store.read(move |db| settings::get(db, &name)).await.unwrap();
        assert_eq!(found.is_some(), number % 3 != 0, "fact {number}");
    }
    store.check_writable(now).await.unwrap();
}

#[tokio::test]
async fn what_a_read_sees_was_committed() {
    let app = TestApp::start().await;
    let store = app.services.store.clone();
    for number in 0..20_u8 {
        store.write(move |db| settings::put(db, "number", &[number])).await.unwrap();
        let found = store.read(move |db| settings::get(db, "number")).await.unwrap();
        assert_eq!(found, Some(vec![number]));
    }
}

#[tokio::test]
async fn a_reader_cannot_write() {
    if std::env::var("BELFRY_TEST_POSTGRES_URL").is_ok() {
        return; // PostgreSQL has one pool for both; the intent is kept by review there.
    }
    let app = TestApp::start().await;
    let refused = app.services.store.read(|db| settings::put(db, "x", b"1")).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn a_panicking_write_is_an_error_and_the_writer_lives_on() {
    let app = TestApp::start().await;
    let store = app.services.store.clone();
    let panicked = store.write::<(), StoreError, _>(|_| panic!("a bug")).await;
    assert!(matches!(panicked, Err(StoreError::Unavailable(_))), "{panicked:?}");
    store.write(|db| settings::put(db, "after", b"1")).await.unwrap();
    assert!(store.read(|db| settings::get(db, "after")).await.unwrap().is_some());
}

#[tokio::test]
async fn the_tree_of_a_company_is_itself_and_what_lies_below() {
    let app = TestApp::start().await;
    let top = app.company("Top").await;
    let middle = app.sub_company("Middle", top).await;
    let bottom = app.sub_company("Bottom", middle).await;
    let other = app.company("Other").await;
    let store = &app.services.store;
    let above = store.read(move |db| companies::with_ancestors(db, bottom)).await.unwrap();
    assert_eq!(above, [bottom, middle, top]);
    let below = store.read(move |db| companies::count_below(db, top)).await.unwrap();
    assert_eq!(below, 2);
    let alone: Vec<CompanyId> = store.read(move |db| companies::with_ancestors(db, other)).await.unwrap();
    assert_eq!(alone, [other]);
}
