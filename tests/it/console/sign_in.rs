//! Signing in and out, sessions and their ends.

use belfry::domain::access::Role;

use crate::support::app::PASSWORD;
use crate::support::{Person, TestApp};

#[tokio::test]
async fn a_person_signs_in_and_out() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.stranger(Role::Admin, Some(company)).await;

    let asked = alice.get(&alice.path("/deliveries?status=failed")).await;
    assert_eq!(asked.status(), 303);
    let login = asked.location().expect("the sign-in page").to_owned();
    assert_eq!(
        login,
        format!("/console/login?next=%2Fconsole%2Fc%2F{company}%2Fdeliveries%3Fstatus%3Dfailed")
    );

    let form = alice.get(&login).await;
    let next = form.attributes("input[name=next]", "value").remove(0);
    let fields = [("email", alice.email.as_str()), ("password", PASSWORD), ("next", next.as_str())];
    let signed_in = alice.post("/console/login", &fields).await;
    assert_eq!(signed_in.location(), Some(alice.path("/deliveries?status=failed").as_str()));
    let page = alice.get(&next).await;
    assert_eq!((page.status(), page.texts("h1")), (200, vec!["Deliveries".to_owned()]));

    let out = alice.post("/console/logout", &[]).await;
    assert_eq!((out.status(), out.location()), (303, Some("/console/login?done=out")));
    assert_eq!(alice.get(&next).await.status(), 303);
}

#[tokio::test]
async fn the_session_id_changes_at_sign_in_and_the_old_one_is_worth_nothing_afterwards() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.stranger(Role::Admin, Some(company)).await;
    let cookie = |page: &crate::support::Page| {
        let set = page.answer.header("set-cookie").expect("a cookie").to_owned();
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
        assert!(set.starts_with("belfry=") && !set.contains("Secure"), "{set}");
        set.split(';').next().expect("a pair").to_owned()
    };
    let before = cookie(&alice.get("/console/login").await);
    let fields = [("email", alice.email.as_str()), ("password", PASSWORD)];
    let signed_in = alice.post("/console/login", &fields).await;
    let after = cookie(&signed_in);
    assert_ne!(before, after);

    let browser =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let status = async |cookie: &str| {
        let request = browser.get(format!("{}{}", app.url, alice.path("/webhooks"))).header("cookie", cookie);
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(status(&after).await, 200);
    assert_eq!(status(&before).await, 303, "fixation");
    assert_eq!(status("belfry=AAAA").await, 303);
    assert_eq!(status("belfry=\"\\\\\";;;==").await, 303);

    alice.get(&alice.path("/webhooks")).await;
    alice.post("/console/logout", &[]).await;
    assert_eq!(status(&after).await, 303, "gone on the server");
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.stranger(Role::Admin, Some(company)).await;
    let mut bodies = Vec::new();
    for (email, password) in [
        (alice.email.as_str(), "wrong password"),
        ("nobody@example.com", "wrong password"),
        (alice.email.as_str(), ""),
        (alice.email.as_str(), &format!("{PASSWORD}x")),
        ("", "wrong password"),
    ] {
        alice.get("/console/login").await;
        let answer = alice.post("/console/login", &[("email", email), ("password", password)]).await;
        assert_eq!(answer.status(), 422);
        let blank = format!("value=\"{email}\"");
        bodies.push(answer.answer.text.replace(&blank, "value=\"\""));
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:#?}");
    assert!(bodies[0].contains("E-mail or password is wrong."));
}

#[tokio::test]
async fn a_session_ends_when_idle_and_after_twelve_hours() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Viewer, Some(company)).await;
    let page = alice.path("/webhooks");
    for _ in 0..35 {
        app.wait_seconds(20 * 60);
        assert_eq!(alice.get(&page).await.status(), 200);
    }
    app.wait_seconds(21 * 60);
    assert_eq!(alice.get(&page).await.status(), 303, "twelve hours");

    alice.signs_in(PASSWORD).await;
    assert_eq!(alice.get(&page).await.status(), 200);
    app.wait_seconds(30 * 60);
    assert_eq!(alice.get(&page).await.status(), 303, "half an hour without a request");
}

#[tokio::test]
async fn htmx_is_sent_to_the_sign_in_page_as_a_whole() {
    let app = TestApp::start().await;
    let client = reqwest::Client::new();
    let request = client
        .get(format!("{}/console/c/1/deliveries?status=failed", app.url))
        .header("hx-request", "true")
        .header("hx-current-url", format!("{}/console/c/1/deliveries", app.url));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["hx-redirect"], "/console/login?next=%2Fconsole%2Fc%2F1%2Fdeliveries");
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_page_says_for_how_long() {
    let app = TestApp::start_with(&[("rate_limits", "on")]).await;
    let company = app.company("Northline").await;
    let alice = app.stranger(Role::Admin, Some(company)).await;
    alice.get("/console/login").await;
    let wrong = [("email", alice.email.as_str()), ("password", "wrong password")];
    let mut statuses = Vec::new();
    for _ in 0..7 {
        statuses.push(alice.post("/console/login", &wrong).await.status());
    }
    assert_eq!(statuses, [422, 422, 422, 422, 422, 429, 429]);
    let right = [("email", alice.email.as_str()), ("password", PASSWORD)];
    let slowed = alice.post("/console/login", &right).await;
    assert_eq!((slowed.status(), slowed.answer.header("retry-after")), (429, Some("2")));
    assert!(slowed.text().contains("Wait"), "{}", slowed.text());
    app.wait_seconds(2);
    assert_eq!(alice.post("/console/login", &right).await.status(), 303);
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.stranger(Role::Admin, Some(company)).await;
    for next in
        ["//evil.example", "\\\\evil.example", "/%5cevil.example", "https://evil.example", "/\t/evil.example"]
    {
        alice.get("/console/login").await;
        let fields = [("email", alice.email.as_str()), ("password", PASSWORD), ("next", next)];
        let signed_in = alice.post("/console/login", &fields).await;
        assert_eq!(signed_in.location(), Some(alice.path("/").as_str()), "{next:?}");
        alice.get(&alice.path("/webhooks")).await;
        alice.post("/console/logout", &[]).await;
    }
}

#[tokio::test]
async fn an_invitation_is_accepted_once() {
    use belfry::actions::users::{self, NewUser};

    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let new = NewUser {
        company_id: Some(company),
        email: "new@example.com".to_owned(),
        name: String::new(),
        role: Role::Editor,
        password: None,
    };
    let token = users::add(&app.context(), new).await.expect("a person").invite_token.expect("an invitation");
    let path = format!("/console/invite/{}", token.reveal());
    let bob = Person::new(&app.url, "new@example.com", Some(company));

    assert!(bob.get(&path).await.text().contains("new@example.com"));
    let short = bob.post(&path, &[("password", "short")]).await;
    assert_eq!((short.status(), short.texts("#password-error").len()), (422, 1));
    let accepted = bob.post(&path, &[("password", PASSWORD)]).await;
    assert_eq!((accepted.status(), accepted.location()), (303, Some("/console/login?done=invited")));
    assert_eq!(bob.get(&path).await.status(), 404, "used up");
    assert_eq!(bob.signs_in(PASSWORD).await.status(), 303);
    assert_eq!(bob.get(&bob.path("/webhooks")).await.status(), 200);
}

#[tokio::test]
async fn zone_and_theme_are_remembered() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Viewer, Some(company)).await;
    let page = alice.path("/deliveries");
    let zone = async |path: &str| alice.get(path).await.texts(".topbar__end > span").join(" ");
    assert!(zone(&page).await.contains("Europe/Berlin"));
    assert!(zone(&format!("{page}?tz=UTC")).await.contains("Times in UTC"));
    assert!(zone(&page).await.contains("Times in UTC"), "remembered");
    assert!(zone(&format!("{page}?tz=company")).await.contains("Times in Europe/Berlin"));

    assert_eq!(alice.post("/console/theme", &[("theme", "dark")]).await.status(), 303);
    assert_eq!(alice.get(&page).await.attributes("html", "data-theme"), ["dark"]);
    alice.post("/console/theme", &[("theme", "system")]).await;
    assert!(alice.get(&page).await.attributes("html", "data-theme").is_empty());
}

#[tokio::test]
async fn behind_https_the_cookie_is_bound_to_the_host_and_secure() {
    let app = TestApp::start_with(&[("public_url", "https://alerts.example.com/")]).await;
    let stranger = Person::new(&app.url, "nobody@example.com", None);
    let set = stranger.get("/console/login").await.answer.header("set-cookie").expect("a cookie").to_owned();
    assert!(
        set.starts_with("__Host-belfry=") && set.contains("; Secure") && !set.contains("Domain"),
        "{set}"
    );
}
