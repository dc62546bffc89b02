//! People from the pages: invited, changed, locked out.

use belfry::domain::access::Role;

use crate::support::app::PASSWORD;
use crate::support::{Page, Person, TestApp};

/// Has `person` invite somebody and gives the path of the link, and the address of the person's page.
async fn invites(person: &Person, email: &str, role: &str) -> (String, String) {
    person.get(&person.path("/users/new")).await;
    let fields = [("email", email), ("name", "Ola <Kranz>"), ("role", role)];
    let made = person.post(&person.path("/users/new"), &fields).await;
    assert_eq!(made.status(), 303, "{}", made.text());
    shown_once(person, &made).await
}

async fn shown_once(person: &Person, made: &Page) -> (String, String) {
    let at = made.location().expect("where to go").to_owned();
    let link = person.get(&at).await.texts("#secret").remove(0);
    let path = link.find("/console/").map(|from| link[from..].to_owned()).expect("a link");
    assert_eq!(
        person.get(&at).await.location(),
        Some(at.trim_end_matches("/invite")),
        "it is not shown again"
    );
    (path, at.trim_end_matches("/invite").to_owned())
}

async fn accepts(app: &TestApp, link: &str, email: &str) -> Person {
    let ola = Person::new(&app.url, email, None);
    assert_eq!(ola.get(link).await.status(), 200, "{link}");
    assert_eq!(ola.post(link, &[("password", PASSWORD)]).await.status(), 303);
    assert_eq!(ola.signs_in(PASSWORD).await.status(), 303);
    ola
}

#[tokio::test]
async fn somebody_is_invited_accepts_is_changed_and_locked_out() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let (link, page) = invites(&alice, "Ola@Northline.example", "viewer").await;
    let list = alice.get(&alice.path("/users")).await;
    let rows = list.texts("[data-testid=users] tbody tr");
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().any(|row| row.contains("InvitedOla <Kranz>ola@northline.exampleViewer")), "{rows:?}");
    assert!(rows.iter().any(|row| row.contains("you")), "{rows:?}");

    let ola = accepts(&app, &link, "ola@northline.example").await;
    assert_eq!(ola.get(&alice.path("/webhooks")).await.status(), 200);
    assert_eq!(ola.get(&alice.path("/webhooks/new")).await.status(), 403, "a viewer");
    assert_eq!(ola.get(&link).await.status(), 404, "an invitation works once");

    alice.get(&page).await;
    assert_eq!(alice.post(&page, &[("name", "Ola Kranz"), ("role", "editor")]).await.status(), 303);
    assert_eq!(ola.get(&alice.path("/webhooks/new")).await.status(), 200, "the new role counts at once");

    alice.get(&page).await;
    assert_eq!(alice.post(&format!("{page}/disable"), &[]).await.status(), 303);
    assert_eq!(ola.get(&alice.path("/webhooks")).await.status(), 303, "out at once");
    assert_eq!(ola.signs_in(PASSWORD).await.status(), 422, "and not in again");
    let shown = alice.get(&page).await;
    assert_eq!(shown.texts("[data-testid=badge]"), ["Locked out"]);
    let undo = shown.attributes("form:has([data-testid=undo])", "action").remove(0);
    assert_eq!(alice.post(&undo, &[]).await.status(), 303);
    assert_eq!(ola.signs_in(PASSWORD).await.status(), 303);

    // Who forgot their password is invited again: the old one and the sessions end.
    alice.get(&page).await;
    let made = alice.post(&format!("{page}/invite"), &[]).await;
    let (link, _) = shown_once(&alice, &made).await;
    assert_eq!(ola.get(&alice.path("/webhooks")).await.status(), 303);
    assert_eq!(ola.signs_in(PASSWORD).await.status(), 422);
    accepts(&app, &link, "ola@northline.example").await;
    let trail = alice.get(&alice.path("/audit?kind=user")).await;
    let verbs = trail.texts("[data-testid=audit] .cell-title");
    for (at, verb) in
        ["accepted", "invited again", "let in again", "locked out", "changed", "accepted", "added"]
            .iter()
            .enumerate()
    {
        assert!(verbs[at].contains(verb), "{at} {verb}: {verbs:?}");
    }
}

#[tokio::test]
async fn an_invitation_ends_after_a_day() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let (link, page) = invites(&alice, "ola@northline.example", "viewer").await;
    app.wait_seconds(25 * 3_600);
    assert_eq!(Person::new(&app.url, "", None).get(&link).await.status(), 404);
    alice.signs_in(PASSWORD).await;
    assert_eq!(alice.get(&page).await.texts("[data-testid=badge]"), ["Invitation ended"]);
}

#[tokio::test]
async fn nobody_locks_themselves_out_or_gives_their_role_away() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let own = alice
        .get(&alice.path("/users"))
        .await
        .attributes("[data-testid=users] .cell-title a", "href")
        .remove(0);
    let shown = alice.get(&own).await;
    assert!(shown.texts("[data-testid=lock-out]").is_empty());
    for verb in ["disable", "invite"] {
        assert_eq!(alice.post(&format!("{own}/{verb}"), &[]).await.status(), 409, "{verb}");
        alice.get(&own).await;
    }
    let page = alice.post(&own, &[("name", "Alice"), ("role", "viewer")]).await;
    assert_eq!(page.status(), 422);
    assert!(
        page.texts("[data-testid=errors]")[0].contains("You cannot change your own role"),
        "{}",
        page.text()
    );
    assert_eq!(
        alice.post(&own, &[("name", "Alice B."), ("role", "admin")]).await.status(),
        303,
        "a name she can"
    );
    assert_eq!(alice.get(&alice.path("/users")).await.status(), 200, "still an admin");
}

#[tokio::test]
async fn a_bad_invitation_comes_back_as_typed() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    alice.get(&alice.path("/users/new")).await;
    for (email, role, wrong) in [
        ("ola", "viewer", "email"),
        (alice.email.as_str(), "viewer", "email"),
        ("ola@x.example", "", "role"),
        ("ola@x.example", "emperor", "role"),
        ("ola@x.example", "support", "role"),
    ] {
        let page =
            alice.post(&alice.path("/users/new"), &[("email", email), ("name", "Ola"), ("role", role)]).await;
        assert_eq!(page.status(), 422, "{email} {role}");
        assert_eq!(
            page.attributes("[data-testid=errors] a", "href"),
            [format!("#{wrong}")],
            "{email} {role}"
        );
        assert_eq!(page.attributes("[name=email]", "value"), [email]);
    }
    assert_eq!(alice.get(&alice.path("/users")).await.texts("[data-testid=users] tbody tr").len(), 1);
}

#[tokio::test]
async fn admins_manage_their_own_tree_and_nobody_elses() {
    let (app, alice, mallory) = TestApp::two_companies().await;
    let below = app.sub_company("Cold Chain", alice.company.expect("a company")).await;
    let carol = app.person(Role::Admin, Some(below)).await;
    let (_, ola) = invites(&alice, "ola@x.example", "viewer").await;
    let names = |page: &Page| page.texts("[data-testid=users] .cell-title a");
    assert_eq!(names(&alice.get(&alice.path("/users")).await).len(), 3, "with the sub-company's");
    assert_eq!(names(&carol.get(&carol.path("/users")).await), ["admin 3"]);
    for person in [&mallory, &carol] {
        person.get(&person.path("/users")).await;
        for path in [ola.clone(), ola.replace(&alice.path(""), &person.path(""))] {
            assert_eq!(person.get(&path).await.status(), 404, "{path}");
            assert_eq!(person.post(&path, &[("name", "x"), ("role", "admin")]).await.status(), 404, "{path}");
            for verb in ["disable", "enable", "invite"] {
                assert_eq!(person.post(&format!("{path}/{verb}"), &[]).await.status(), 404, "{path} {verb}");
            }
        }
    }
    assert_eq!(alice.get(&ola).await.texts("[data-testid=badge]"), ["Invited"], "nobody changed it");
    // Staff belong to no company: no page of a company shows or changes them.
    app.person(Role::Support, None).await;
    assert_eq!(names(&alice.get(&alice.path("/users")).await).len(), 3);
}
