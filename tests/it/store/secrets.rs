//! What lies in the database is of no use without the master key.

use belfry::actions::webhooks::{self, NewWebhook, SecretChoice};
use belfry::domain::webhook::auth::AuthInput;
use belfry::domain::webhook::settings::Change;
use belfry::store::{Location, webhooks as stored};

use crate::support::TestApp;

const CANARIES: [&str; 3] = [
    "canary-of-the-secret-0001-abcdefgh",
    "canary-of-the-token-0002-abcdefgh",
    "canary-of-the-query-0003-abcdefgh",
];

fn with_canaries() -> NewWebhook {
    let [secret, token, query] = CANARIES;
    NewWebhook {
        change: Change {
            url: Some(format!("https://hooks.example.com/in?key={query}")),
            auth: Some(AuthInput {
                auth_type: Some("header".to_owned()),
                token: Some(token.to_owned()),
                ..AuthInput::default()
            }),
            ..Change::default()
        },
        alert_ids: Vec::new(),
        secret: SecretChoice::Given(secret.to_owned()),
    }
}

#[tokio::test]
async fn secrets_come_back_and_are_nowhere_in_the_files() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let ctx = app.context();
    let made = webhooks::create(&ctx, company, with_canaries()).await.unwrap().webhook;
    let scope = ctx.caller.scope();
    let read = app.services.store.read(move |db| stored::get(db, &scope, made.id)).await.unwrap();
    assert_eq!(read.secret.unwrap().reveal(), CANARIES[0]);
    assert_eq!(read.settings.auth.secret().unwrap().reveal(), CANARIES[1]);
    assert_eq!(read.settings.endpoint.query(), Some(&*format!("key={}", CANARIES[2])));

    let Location::Sqlite(path) = &app.database.location else { return };
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    for canary in CANARIES {
        for form in [canary.to_owned(), data_encoding::BASE64.encode(canary.as_bytes())] {
            assert!(!bytes.windows(form.len()).any(|window| window == form.as_bytes()), "{canary}");
        }
    }
}

#[tokio::test]
async fn exchanged_ciphertexts_do_not_open_and_nothing_is_sent() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let ctx = app.context();
    let one = webhooks::create(&ctx, company, with_canaries()).await.unwrap().webhook;
    let two = webhooks::create(&ctx, company, with_canaries()).await.unwrap().webhook;
    exchange_seals(&app.database.url());
    let scope = ctx.caller.scope();
    for id in [one.id, two.id] {
        let read = app.services.store.read(move |db| stored::get(db, &scope, id)).await.unwrap();
        assert!(read.unreadable && read.secret.is_none());
    }
}

/// As somebody with the file in hand would.
fn exchange_seals(url: &str) {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};

    let sql = "CREATE TEMP TABLE seals AS SELECT id, sealed FROM webhooks; \
               UPDATE webhooks SET sealed = (SELECT s.sealed FROM seals s WHERE s.id <> webhooks.id);";
    if let Some(path) = url.strip_prefix("sqlite://") {
        SqliteConnection::establish(path).unwrap().batch_execute(sql).unwrap();
        return;
    }
    #[cfg(feature = "postgres")]
    diesel::PgConnection::establish(url).unwrap().batch_execute(sql).unwrap();
}
