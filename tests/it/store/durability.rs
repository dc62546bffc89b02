//! The file as another process finds it.

use belfry::cli::boot::{Surroundings, boot, lock_for_serving};
use belfry::config::Config;

use crate::support::TestApp;
use crate::support::database::TestDatabase;

#[tokio::test]
async fn everything_is_there_after_opening_it_again() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alert = app.alert(company, 5).await;
    let again = boot(&app.config, Surroundings::default()).await.unwrap();
    let ctx = again.context("test");
    let scope = ctx.caller.scope();
    let found =
        again.services.store.read(move |db| belfry::store::alerts::get(db, &scope, alert)).await.unwrap();
    assert_eq!(found.id, alert);
}

#[tokio::test]
async fn another_master_key_is_one_sentence() {
    let app = TestApp::start().await;
    let mut config = app.config.clone();
    config.master_key = Some("ab".repeat(32));
    let refused = boot(&config, Surroundings::default()).await.err().unwrap();
    assert!(refused.contains("master key"), "{refused}");
}

#[test]
fn one_process_serves_a_file() {
    let database = TestDatabase::new();
    if !database.url().starts_with("sqlite://") {
        return; // Several processes may serve one PostgreSQL.
    }
    let flags = [("database_url", Some(database.url()))];
    let config = Config::load(None, [], &flags).unwrap();
    let held = lock_for_serving(&config).unwrap();
    let refused = lock_for_serving(&config).unwrap_err();
    assert!(refused.contains("already serving"), "{refused}");
    drop(held);
    lock_for_serving(&config).unwrap();
}
