//! The exact bytes: six auth types, four formats, and what history keeps of them.

use belfry::actions::webhooks::{self as acts, NewWebhook, SecretChoice};
use belfry::domain::clock::Clock;
use belfry::domain::secret::Secret;
use belfry::domain::webhook::auth::AuthInput;
use belfry::domain::webhook::format::Format;
use belfry::domain::webhook::settings::Change;
use belfry::domain::webhook::signing::verify;

use super::fire;
use super::lifecycle::{all, attempts_of};
use crate::support::{Receiver, Reply, TestApp};

fn auth(kind: &str, user_name: Option<&str>, password: Option<&str>, token: Option<&str>) -> AuthInput {
    AuthInput {
        auth_type: Some(kind.to_owned()),
        user_name: user_name.map(str::to_owned),
        password: password.map(str::to_owned),
        token: token.map(str::to_owned),
    }
}

fn webhook(url: String, format: Format, signing: bool, auth: AuthInput) -> NewWebhook {
    NewWebhook {
        change: Change {
            url: Some(url),
            receives: Some("all".to_owned()),
            format: Some(format.name().to_owned()),
            signing: Some(signing),
            auth: Some(auth),
            ..Change::default()
        },
        alert_ids: Vec::new(),
        secret: SecretChoice::Keep,
    }
}

#[tokio::test]
async fn each_auth_type_is_put_where_the_contract_says() {
    let token = "tök&n=1#%+ x";
    let cases = [
        (auth("none", None, None, None), "/hook", None, None),
        (auth("basic", Some("user"), Some("pä:ss"), None), "/hook", Some("Basic dXNlcjpww6Q6c3M="), None),
        (auth("bearer", None, None, Some("tok-12345678")), "/hook", Some("Bearer tok-12345678"), None),
        (auth("authheader", None, None, Some("ApiKey abc")), "/hook", Some("ApiKey abc"), None),
        (auth("header", None, None, Some("tok-12345678")), "/hook", None, Some("tok-12345678")),
    ];
    for (auth, target, authorization, api_key) in cases {
        let (app, receiver) = (TestApp::start().await, Receiver::start().await);
        let company = app.company("Northline").await;
        let (api, alert) = (app.api(company).await, app.alert(company, 8).await);
        let kind = auth.auth_type.clone();
        let new = webhook(receiver.url(), Format::Telemax, true, auth);
        acts::create(&app.context(), company, new).await.unwrap();
        fire(&api, alert).await;
        app.settle().await;
        let received = receiver.received().remove(0);
        assert_eq!(received.target, target, "{kind:?}");
        assert_eq!(received.header("authorization"), authorization, "{kind:?}");
        assert_eq!(received.header("x-api-key"), api_key, "{kind:?}");
    }
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let company = app.company("Northline").await;
    let (api, alert) = (app.api(company).await, app.alert(company, 8).await);
    let new = webhook(
        receiver.url_of("/hook?a=1&b=c%20d"),
        Format::Telemax,
        true,
        auth("querystring", None, None, Some(token)),
    );
    acts::create(&app.context(), company, new).await.unwrap();
    fire(&api, alert).await;
    app.settle().await;
    let target = receiver.received().remove(0).target;
    let (path, query) = target.split_once('?').unwrap();
    assert_eq!(path, "/hook");
    assert!(query.starts_with("a=1&b=c%20d&token="), "existing parameters are kept as they are: {query}");
    let sent: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    assert_eq!(sent[2], ("token".to_owned(), token.to_owned()));
}

#[tokio::test]
async fn each_format_is_signed_so_that_a_receiver_can_verify_it() {
    for format in Format::ALL {
        let (app, receiver) = (TestApp::start().await, Receiver::start().await);
        let company = app.company("Northline").await;
        let (api, alert) = (app.api(company).await, app.alert(company, 8).await);
        let new = webhook(receiver.url(), format, true, auth("none", None, None, None));
        let secret = acts::create(&app.context(), company, new).await.unwrap().new_secret.unwrap();
        fire(&api, alert).await;
        app.settle().await;
        let received = receiver.received().remove(0);
        let now = app.clock.now();
        verify(format, &secret, &received.headers, &received.body, now)
            .unwrap_or_else(|e| panic!("{format:?}: {e}"));
        let mut altered = received.body.clone();
        altered[10] ^= 1;
        if format != Format::Softwareone {
            verify(format, &secret, &received.headers, &altered, now).unwrap_err();
        }
        verify(format, &Secret::new("another secret"), &received.headers, &received.body, now).unwrap_err();
    }
}

#[tokio::test]
async fn history_keeps_no_secret_even_when_the_receiver_echoes_it() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let company = app.company("Northline").await;
    let (api, alert) = (app.api(company).await, app.alert(company, 8).await);
    let token = "canary-token-abcdefgh-3f9a";
    let url = receiver.url_of("/hook?key=canary-query-abcdefgh");
    let new = webhook(url, Format::Telemax, true, auth("bearer", None, None, Some(token)));
    let secret = acts::create(&app.context(), company, new).await.unwrap().new_secret.unwrap();
    let echo = format!("you sent {token} and canary-query-abcdefgh and {}", secret.reveal());
    receiver.answers([Reply::status(500).body(echo.clone()).header("X-Echo", &echo)]);
    fire(&api, alert).await;
    app.settle().await;
    let delivery = all(&app).await.remove(0);
    let attempt = attempts_of(&app, &delivery).await.remove(0);
    let kept = format!("{attempt:?} {}", String::from_utf8_lossy(attempt.response_body.as_deref().unwrap()));
    for canary in [token, "canary-query-abcdefgh", secret.reveal()] {
        assert!(!kept.contains(canary), "{kept}");
    }
    assert!(
        attempt.request_headers.contains(&("Authorization".to_owned(), "Bearer ••••3f9a".to_owned())),
        "{kept}"
    );
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_nothing_goes_elsewhere() {
    let (app, receiver, elsewhere) =
        (TestApp::start().await, Receiver::start().await, Receiver::start().await);
    let company = app.company("Northline").await;
    let (api, alert) = (app.api(company).await, app.alert(company, 8).await);
    super::telemax_webhook(&api, &receiver.url(), &[alert]).await;
    receiver.answers([Reply::status(307).header("Location", &elsewhere.url())]);
    fire(&api, alert).await;
    app.settle().await;
    assert_eq!((receiver.requests(), elsewhere.requests()), (1, 0));
    let delivery = all(&app).await.remove(0);
    assert_eq!(delivery.last_status, Some(307));
}
