//! Requests that are for nobody, for somebody else, or from nobody.

use reqwest::Method;

use super::{app, doors, is_refused};
use crate::api::shape;

#[tokio::test]
async fn unknown_paths_and_methods() {
    for door in doors() {
        let (app, api) = app().await;
        let below = format!("{}/1/nothing", door.path);
        shape(&format!("{}_no_route", door.name), &app, &api.get(&below).await);
        is_refused(&door, &api.get(&format!("{}/", door.path)).await, 404, "a slash at the end");
        let patch = api.send(api.request(Method::PATCH, door.path)).await;
        shape(&format!("{}_no_method", door.name), &app, &patch);
        let one = format!("{}/{}", door.path, door.first);
        for (method, path) in
            [(Method::OPTIONS, door.path), (Method::TRACE, door.path), (Method::POST, &*one)]
        {
            let answer = api.send(api.request(method.clone(), path)).await;
            is_refused(&door, &answer, 405, method.as_str());
            assert!(answer.header("allow").is_some_and(|allow| allow.contains("GET")), "{method} {path}");
        }
        let preflight = api.anonymous(Method::OPTIONS, door.path).header("origin", "https://evil.example");
        let preflight = api.send(preflight).await;
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (405, None));
    }
}

#[tokio::test]
async fn requests_for_somebody_else() {
    for door in doors() {
        let (_app, api) = app().await;
        let foreign = api.request(Method::GET, door.path).header("host", "evil.example");
        is_refused(&door, &api.send(foreign).await, 421, "a foreign host");
        let own = api.request(Method::GET, door.path).header("belfry-hop", "1");
        is_refused(&door, &api.send(own).await, 508, "our own delivery");
    }
}

#[tokio::test]
async fn exactly_one_bearer_credential_and_no_cookie() {
    for door in doors() {
        let (app, api) = app().await;
        let company = app.company("Southline").await;
        let alice = app.person(belfry::domain::access::Role::Admin, Some(company)).await;
        let asks = |name: &str, value: &str| api.anonymous(Method::GET, door.path).header(name, value);
        for (name, value) in [
            ("authorization", String::new()),
            ("authorization", "Bearer".to_owned()),
            ("authorization", api.key.clone()),
            ("authorization", format!("Basic {}", api.key)),
            ("authorization", format!("Bearer {}x", api.key)),
            ("authorization", format!("Bearer {}", api.key.to_uppercase())),
            ("cookie", alice.cookie()),
        ] {
            is_refused(&door, &api.send(asks(name, &value)).await, 401, &value);
        }
        let twice = asks("authorization", &format!("Bearer {}", api.key))
            .header("authorization", format!("Bearer {}", api.key));
        is_refused(&door, &api.send(twice).await, 401, "twice");
        assert_eq!(api.get(door.path).await.status, 200);
        app.database.run("UPDATE api_keys SET revoked_at = 1");
        app.company("Somebody changes something").await;
        is_refused(&door, &api.get(door.path).await, 401, "revoked");
    }
}
