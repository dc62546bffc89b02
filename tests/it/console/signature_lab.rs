//! Why a signature is not right: of what was sent, of what is pasted, and without a secret ever coming back.

use belfry::domain::access::Role;
use belfry::domain::ids::CompanyId;

use super::{fires, makes_webhook};
use crate::support::{Page, Person, Receiver, TestApp};

const SECRET: &str = "own-secret-of-the-receiver";

/// A delivery of a signed webhook of each format, with its admin.
async fn delivered(format: &str) -> (TestApp, Person, Receiver, CompanyId) {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let alice = app.person(Role::Admin, Some(company)).await;
    let receiver = Receiver::start().await;
    let differs = [("format", format), ("signing", "on"), ("secret", SECRET)];
    makes_webhook(&alice, &receiver, &differs).await;
    let alert = app.alert(company, 8).await;
    fires(&app, company, alert).await;
    assert_eq!(receiver.requests(), 1, "{format}");
    (app, alice, receiver, company)
}

fn badge(page: &Page) -> String {
    page.texts("[data-testid=verdict] .badge").join(" ")
}

/// The form as the page has it, with what differs.
async fn checks(person: &Person, page: &Page, differs: &[(&str, &str)]) -> Page {
    let text = |name: &str| {
        let area = page
            .html()
            .select(&scraper::Selector::parse(&format!("#{name}")).unwrap())
            .next()
            .map(|area| area.text().collect::<String>());
        area.unwrap_or_default().trim_start_matches('\n').to_owned()
    };
    let value = |css: &str| page.attributes(css, "value").first().cloned().unwrap_or_default();
    let mut fields = vec![
        ("format", value("#format [selected]")),
        ("webhook", value("#webhook")),
        ("secret", String::new()),
        ("headers", text("headers")),
        ("body", text("body")),
        ("encoding", "text".to_owned()),
        ("receivedAt", value("#receivedAt")),
    ];
    for name in ["delivery", "attempt"] {
        let hidden = value(&format!("input[name={name}]"));
        if !hidden.is_empty() {
            fields.push((name, hidden));
        }
    }
    for (name, value) in differs {
        fields.retain(|(known, _)| known != name);
        fields.push((name, (*value).to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    person.post(&person.path("/signature-lab"), &fields).await
}

#[tokio::test]
async fn what_was_sent_is_right_and_a_changed_body_is_found() {
    for format in ["telemax", "aggregate", "zstack", "softwareone"] {
        let (_app, alice, receiver, _) = delivered(format).await;
        let delivery = alice.get(&alice.path("/deliveries/1")).await;
        let check = delivery.attributes("[data-testid=check-signature]", "href").remove(0);
        assert!(!check.contains(SECRET));
        let lab = alice.get(&check).await;
        assert_eq!(lab.status(), 200);
        // History keeps only the end of a token.
        let expected = if format == "softwareone" { "Likely valid" } else { "Valid" };
        assert_eq!(badge(&lab), expected, "{format}: {}", lab.text());
        assert_eq!(lab.texts("[data-testid=steps] > li").len(), 6);
        let again = checks(&alice, &lab, &[]).await;
        assert_eq!((again.status(), badge(&again).as_str()), (200, expected), "{format}");

        // As the receiver had it, with the secret typed.
        let got = &receiver.received()[0];
        let headers: Vec<String> =
            got.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let (headers, body) = (headers.join("\r\n"), String::from_utf8(got.body.clone()).unwrap());
        let typed = [("headers", headers.as_str()), ("webhook", ""), ("secret", SECRET)];
        let whole = checks(&alice, &lab, &typed).await;
        assert_eq!(badge(&whole), "Valid", "{format}: {}", whole.text());
        if format != "softwareone" {
            let longer = format!("{body}\n");
            let changed = [typed[0], typed[1], typed[2], ("body", longer.as_str())];
            let changed = checks(&alice, &lab, &changed).await;
            assert_eq!(badge(&changed), "Not valid");
            assert!(changed.text().contains("added at the end of the body"), "{format}: {}", changed.text());
            assert!(changed.texts("#signed")[0].ends_with('␊'));
        }
        let wrong = checks(&alice, &lab, &[typed[0], typed[1], ("secret", "another-secret")]).await;
        assert!(wrong.text().contains("It is another secret"), "{format}: {}", wrong.text());
        for page in [&lab, &whole, &wrong] {
            assert!(!page.answer.text.contains(SECRET) && !page.answer.text.contains("another-secret"));
            assert!(page.attributes("#secret", "value").is_empty());
        }
    }
}

#[tokio::test]
async fn a_replaced_secret_is_told_of() {
    let (app, alice, _receiver, _) = delivered("telemax").await;
    app.wait_seconds(60);
    alice.post(&alice.path("/webhooks/1/secret"), &[("version", "1")]).await;
    let lab = alice.get(&alice.path("/signature-lab?delivery=1&attempt=1")).await;
    assert_eq!(badge(&lab), "Not valid");
    assert!(lab.text().contains("admin 1 replaced the webhook's secret"), "{}", lab.text());
}

#[tokio::test]
async fn a_stored_secret_is_for_those_who_may_change_it() {
    let (app, alice, _receiver, company) = delivered("telemax").await;
    let before = alice.get(&alice.path("/audit")).await.texts("tbody tr").len();
    for role in [Role::Viewer, Role::Support] {
        let person = app.person(role, (role == Role::Viewer).then_some(company)).await;
        if role == Role::Support {
            let masked = person.get(&person.path("/signature-lab?delivery=1&attempt=1")).await;
            assert!(masked.texts("#body").concat().trim().is_empty(), "no body to check");
            let typed = checks(&person, &masked, &[("secret", SECRET)]).await;
            assert_eq!((typed.status(), badge(&typed).as_str()), (200, "Not valid"), "of no body");
            let revealed = person.post(&person.path("/deliveries/1/reveal"), &[("reason", "a ticket")]).await;
            assert_eq!(revealed.status(), 303);
        }
        let lab = person.get(&person.path("/signature-lab?delivery=1&attempt=1")).await;
        assert_eq!(lab.status(), 200);
        assert!(badge(&lab).is_empty() && lab.attributes("#webhook", "name").is_empty(), "{role:?}");
        assert!(lab.attributes("[data-testid=compared]", "data-testid").is_empty(), "no expected value");
        assert_eq!(checks(&person, &lab, &[("webhook", "1")]).await.status(), 403, "{role:?}");
        let typed = checks(&person, &lab, &[("secret", SECRET)]).await;
        assert_eq!((typed.status(), badge(&typed).as_str()), (200, "Valid"), "{role:?}");
    }
    let operator = app.person(Role::Operator, None).await;
    assert_eq!(operator.get(&alice.path("/signature-lab")).await.status(), 403);
    let written = alice.get(&alice.path("/audit")).await.texts("tbody tr").len() - before;
    assert_eq!(written, 2, "a viewer was added and a body revealed; checking writes nothing");
}

#[tokio::test]
async fn another_companys_secrets_and_deliveries_are_not_there() {
    let (app, alice, _receiver, _) = delivered("telemax").await;
    let mallory_ltd = app.company("Mallory Ltd").await;
    let mallory = app.person(Role::Admin, Some(mallory_ltd)).await;
    for path in [mallory.path("/signature-lab?delivery=1&attempt=1"), alice.path("/signature-lab")] {
        assert_eq!(mallory.get(&path).await.status(), 404, "{path}");
    }
    let own = mallory.get(&mallory.path("/signature-lab?webhook=1")).await;
    assert_eq!(own.attributes("#webhook", "value"), [""], "no such webhook");
    let headers = ("headers", "X-Telemax-Signature: sha256=00");
    let answer = checks(&mallory, &own, &[("webhook", "1"), headers]).await;
    assert_eq!(answer.status(), 422);
    assert_eq!(answer.texts("#webhook-error"), ["There is no webhook with this number."]);
    assert!(answer.texts("[data-testid=compared]").is_empty());
    let answer =
        checks(&mallory, &own, &[("delivery", "1"), ("attempt", "1"), ("secret", "x"), headers]).await;
    assert_eq!(answer.status(), 404);
}

#[tokio::test]
async fn what_cannot_be_read_is_said_beside_its_field_and_foreign_text_is_text() {
    let (_app, alice, _receiver, _) = delivered("telemax").await;
    let fresh = alice.get(&alice.path("/signature-lab")).await;
    let headers = ("headers", "X-Telemax-Signature: sha256=00");
    let long = "x".repeat(65 * 1024);
    for (differs, field) in [
        (vec![headers], "secret"),
        (vec![("secret", "s")], "headers"),
        (vec![headers, ("secret", "s"), ("body", &long)], "body"),
        (vec![headers, ("secret", "s"), ("encoding", "hex"), ("body", "zz")], "body"),
        (vec![headers, ("secret", "s"), ("format", "soap")], "format"),
        (vec![headers, ("secret", "s"), ("receivedAt", "noon")], "receivedAt"),
        (vec![headers, ("webhook", "x")], "webhook"),
        (vec![headers, ("webhook", "1"), ("secret", "s")], "secret"),
        (vec![("headers", &long), ("secret", "s")], "headers"),
    ] {
        let answer = checks(&alice, &fresh, &differs).await;
        assert_eq!(answer.status(), 422, "{field}");
        assert_eq!(answer.texts(&format!("#{field}-error")).len(), 1, "{field}: {}", answer.text());
        assert_eq!(answer.attributes("[data-testid=errors] a", "href"), [format!("#{field}")]);
    }
    let huge = "x".repeat(257 * 1024);
    let answer = checks(&alice, &fresh, &[("body", &huge)]).await;
    assert_eq!((answer.status(), answer.texts("h1")), (413, vec!["This form is too large".to_owned()]));

    let evil = "</pre></textarea><script>alert(1)</script>\u{202e}";
    let hostile =
        [("headers", "X-Telemax-Signature: <img src=x onerror=alert(1)>"), ("secret", "s"), ("body", evil)];
    let answer = checks(&alice, &fresh, &hostile).await;
    assert_eq!(answer.status(), 200);
    assert!(!answer.answer.text.contains("<script>alert") && !answer.answer.text.contains("<img"));
    assert!(answer.texts("#signed")[0].contains("[U+202E]"));
    let hex = [headers, ("secret", "s"), ("encoding", "hex"), ("body", "0d0A ff")];
    assert_eq!(checks(&alice, &fresh, &hex).await.texts("#signed"), ["␍␊ [0xFF]"]);
}
