//! Real deliveries, judged by libraries that others wrote: the reference library of Standard Webhooks, and `PyJWT`.
//! `script/python` installs both; tests/verify.py is the receiver.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use belfry::actions::webhooks::{self as acts, NewWebhook, SecretChoice};
use belfry::domain::clock::{Clock, SystemClock};
use belfry::domain::ids::CompanyId;
use belfry::domain::random::SeededRandom;
use belfry::domain::time::SECOND_US;
use belfry::domain::webhook::format::Format;
use belfry::domain::webhook::settings::Change;
use belfry::domain::webhook::signing::generate_secret;
use serde_json::{Value, json};

use super::fire;
use crate::support::receiver::Received;
use crate::support::{Receiver, TestApp};

/// What a receiver knows: the library, its own secret, and for tokens its own host.
#[derive(Clone)]
struct Receiving {
    scheme: &'static str,
    secret: String,
    /// Whether the secret is handed to the library as bytes.
    raw: bool,
}

/// What the library says to each of the captured requests.
fn verdicts(requests: &[(Receiving, Received)]) -> Vec<String> {
    let lines: Vec<String> = requests
        .iter()
        .map(|(own, request)| {
            let headers: BTreeMap<String, &str> = request
                .headers
                .iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value.as_str()))
                .collect();
            let body = data_encoding::BASE64.encode(&request.body);
            let line = json!({
                "scheme": own.scheme,
                "secret": own.secret,
                "raw": own.raw,
                "audience": "127.0.0.1",
                "headers": headers,
                "body": body,
            });
            format!("{line}\n")
        })
        .collect();
    let root = env!("CARGO_MANIFEST_DIR");
    let mut python = Command::new(format!("{root}/script/python"))
        .arg(format!("{root}/tests/verify.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script/python");
    python.stdin.take().expect("a pipe").write_all(lines.concat().as_bytes()).expect("a reader");
    let output = python.wait_with_output().expect("an end");
    assert!(output.status.success(), "run script/test once: it installs what tests/verify.py needs");
    let said: Vec<String> =
        String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect();
    assert_eq!(said.len(), requests.len());
    said
}

/// Makes a webhook for each secret, fires one event, has the first attempt fail an hour ago and the second one made
/// now, by the machine's clock: that is the one that libraries ask. Gives both attempts of each.
async fn an_hour_ago_and_now(
    format: Format,
    secrets: &[SecretChoice],
) -> (TestApp, Vec<(String, [Received; 2])>) {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let now = SystemClock.now();
    app.clock.set(now.plus_micros(-3_600 * SECOND_US));
    let company = app.company("Northline").await;
    let (api, alert) = (app.api(company).await, app.alert(company, 8).await);
    let mut made = Vec::new();
    for (at, secret) in secrets.iter().enumerate() {
        let path = format!("/{at}");
        made.push((path.clone(), create(&app, company, &receiver.url_of(&path), format, secret).await));
    }
    receiver.answers_with(secrets.iter().map(|_| 500));
    fire(&api, alert).await;
    app.settle().await;
    app.clock.set(now);
    app.settle().await;
    let received = receiver.received();
    let both = |path: &str| -> [Received; 2] {
        let of_path: Vec<_> = received.iter().filter(|request| request.target == path).cloned().collect();
        of_path.try_into().expect("two attempts")
    };
    let requests = made.into_iter().map(|(path, secret)| (secret, both(&path))).collect();
    (app, requests)
}

async fn create(
    app: &TestApp,
    company: CompanyId,
    url: &str,
    format: Format,
    secret: &SecretChoice,
) -> String {
    let change = Change {
        url: Some(url.to_owned()),
        receives: Some("all".to_owned()),
        format: Some(format.name().to_owned()),
        signing: Some(true),
        ..Change::default()
    };
    let new = NewWebhook { change, secret: secret.clone(), ..NewWebhook::default() };
    let saved = acts::create(&app.context(), company, new).await.expect("a webhook");
    saved.new_secret.expect("a secret").reveal().to_owned()
}

fn altered(request: &Received, change: impl FnOnce(&mut Received)) -> Received {
    let mut request = request.clone();
    change(&mut request);
    request
}

fn set(request: &mut Received, name: &str, value: &str) {
    let header = request.headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name));
    value.clone_into(&mut header.expect("a header").1);
}

#[tokio::test]
async fn the_reference_library_of_standard_webhooks_takes_our_signatures_and_no_others() {
    let random = SeededRandom::new(3);
    let given = |text: &str| SecretChoice::Given(text.to_owned());
    // Its own secrets, those that a webhook of another format brings with it, and those that people bring.
    let secrets = [
        SecretChoice::Generate,
        given(generate_secret(Format::Telemax, &random).reveal()),
        given(generate_secret(Format::Softwareone, &random).reveal()),
        given("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        given("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDx/"),
        given("C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
        given("AQIDBAUGBwg="),
    ];
    let (_app, deliveries) = an_hour_ago_and_now(Format::Aggregate, &secrets).await;
    for (secret, [old, new]) in deliveries {
        let own = Receiving { scheme: "standard webhooks", secret: secret.clone(), raw: false };
        let other = Receiving { secret: "whsec_AQIDBAUGBwgJCgsMDQ4PEA==".to_owned(), ..own.clone() };
        let time = old.header("webhook-timestamp").expect("a time").to_owned();
        assert_eq!(old.header("webhook-id"), new.header("webhook-id"), "the same for every retry");
        let more = format!("v1,AAAA {} v1a,x", new.header("webhook-signature").expect("a signature"));
        let cases = [
            (own.clone(), new.clone()),
            (own.clone(), altered(&new, |request| set(request, "webhook-signature", &more))),
            (own.clone(), old),
            (other, new.clone()),
            (own.clone(), altered(&new, |request| request.body[10] ^= 1)),
            (own.clone(), altered(&new, |request| set(request, "webhook-id", "another"))),
            (own.clone(), altered(&new, |request| set(request, "webhook-timestamp", &time))),
            (
                own,
                altered(&new, |request| {
                    request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("webhook-signature"));
                }),
            ),
        ];
        let wrong = "refused: No matching signature found";
        let expected = [
            "taken",
            "taken",
            "refused: Message timestamp too old",
            wrong,
            wrong,
            wrong,
            "refused: Message timestamp too old",
            "refused: Missing required headers",
        ];
        assert_eq!(verdicts(&cases), expected, "{secret}");
    }
}

/// What is no base64 cannot be meant as one: its characters are the key, and a library is given them as bytes.
#[tokio::test]
async fn a_secret_that_is_no_base64_is_its_own_characters() {
    let zstack =
        (0..).map(|seed| generate_secret(Format::Zstack, &SeededRandom::new(seed)).reveal().to_owned());
    let zstack = zstack.into_iter().find(|text| text[6..].contains(['-', '_'])).expect("most of them");
    let secrets = [SecretChoice::Given("my-secret-key".to_owned()), SecretChoice::Given(zstack)];
    let (_app, deliveries) = an_hour_ago_and_now(Format::Aggregate, &secrets).await;
    for (secret, [_, new]) in deliveries {
        let own = Receiving { scheme: "standard webhooks", secret, raw: true };
        let changed = altered(&new, |request| request.body[10] ^= 1);
        let said = verdicts(&[(own.clone(), new), (own, changed)]);
        assert_eq!(said, ["taken", "refused: No matching signature found"]);
    }
}

#[tokio::test]
async fn another_library_takes_our_tokens_and_no_others() {
    let secrets = [SecretChoice::Generate, SecretChoice::Given("3ct^6NoryQN22V".to_owned())];
    let (_app, deliveries) = an_hour_ago_and_now(Format::Softwareone, &secrets).await;
    for (secret, [old, new]) in deliveries {
        let own = Receiving { scheme: "bearer", secret, raw: false };
        let other = Receiving { secret: "another-secret".to_owned(), ..own.clone() };
        let token = new.header("authorization").expect("a token").to_owned();
        let parts: Vec<&str> = token.split('.').collect();
        let [head, claims, signature] = parts[..] else { panic!("{token}") };
        let forged = |change: &dyn Fn(&mut Value)| {
            let mut read: Value = serde_json::from_slice(
                &data_encoding::BASE64URL_NOPAD.decode(claims.as_bytes()).expect("base64"),
            )
            .expect("claims");
            change(&mut read);
            let claims = data_encoding::BASE64URL_NOPAD.encode(read.to_string().as_bytes());
            format!("{head}.{claims}.{signature}")
        };
        let later = forged(&|claims| claims["exp"] = json!(9_999_999_999_i64));
        let unsigned =
            format!("Bearer {}.{claims}.", data_encoding::BASE64URL_NOPAD.encode(br#"{"alg":"none"}"#));
        let with = |token: &str| altered(&new, |request| set(request, "authorization", token));
        let cases = [
            (own.clone(), new.clone()),
            (own.clone(), old),
            (other, new.clone()),
            (own.clone(), with(&later)),
            (own, with(&unsigned)),
        ];
        let wrong = "refused: Signature verification failed";
        let expected = [
            "taken",
            "refused: Signature has expired",
            wrong,
            wrong,
            "refused: The specified alg value is not allowed",
        ];
        assert_eq!(verdicts(&cases), expected);
    }
}
