//! Whatever is written, in the console or through a door, leaves exactly one entry in the audit trail, in the transaction
//! of the change: when the entry cannot be written, nothing is.

use belfry::domain::access::{Caller, Role};
use belfry::domain::audit::line::Line;
use belfry::domain::ids::{AlertId, WebhookId};
use belfry::domain::page::Cursor;
use belfry::store::audit;
use reqwest::Method;
use serde_json::{Value, json};

use crate::delivery::fire;
use crate::support::{ApiClient, Person, Receiver, TestApp};

/// What changes at every request, and the trail itself.
const NOT_COMPARED: [&str; 4] = ["audit", "sessions", "sqlite_sequence", "__diesel_schema_migrations"];

/// One write: a form of the console, or a request at a door.
enum Write {
    Form(String, Vec<(String, String)>),
    Request(Method, String, Value),
}

struct Trail {
    app: TestApp,
    alice: Person,
    api: ApiClient,
    /// The verbs of the entries, and how many requests there were.
    seen: Vec<String>,
    forms: usize,
    requests: usize,
}

impl Trail {
    async fn begin() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Northline").await;
        let alice = app.person(Role::Admin, Some(company)).await;
        let api = app.api(company).await;
        Self { app, alice, api, seen: Vec::new(), forms: 0, requests: 0 }
    }

    async fn sends(&self, write: &Write) -> (u16, String) {
        match write {
            Write::Form(path, fields) => {
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let page = self.alice.post(&self.alice.path(path), &fields).await;
                (page.status(), page.location().map_or_else(|| page.text(), str::to_owned))
            }
            Write::Request(method, path, body) => {
                let request = self.api.request(method.clone(), path);
                let request = if body.is_null() { request } else { request.json(body) };
                let answer = self.api.send(request).await;
                (answer.status, answer.text)
            }
        }
    }

    async fn entries(&self) -> Vec<Line> {
        let everything = Caller::system("test").scope();
        let read =
            self.app.services.store.read(move |db| {
                audit::page(db, &everything, &audit::Filter::default(), Cursor::Newest, 1_000)
            });
        read.await.unwrap().items
    }

    /// The webhook of the newest entry. (A refused one may have used up a number.)
    async fn newest(&self) -> WebhookId {
        WebhookId(self.entries().await[0].object.id.unwrap())
    }

    /// As [`Self::leaves_one`], for what is written down and changes nothing else.
    async fn leaves_one_alone(&mut self, verb: &str, write: Write) {
        let before = self.app.database.rows(&NOT_COMPARED);
        self.leaves(verb, write).await;
        assert_eq!(self.app.database.rows(&NOT_COMPARED), before, "{verb} is its entry");
    }

    /// Fails while no entry can be written and changes nothing; then does what it says, with one entry more. Gives the
    /// answer: where a form leads, or a door's body.
    async fn leaves_one(&mut self, verb: &str, write: Write) -> String {
        let before = self.app.database.rows(&NOT_COMPARED);
        let text = self.leaves(verb, write).await;
        let after = self.app.database.rows(&NOT_COMPARED);
        assert_ne!(after, before, "{verb} changes something that is compared");
        text
    }

    async fn leaves(&mut self, verb: &str, write: Write) -> String {
        let by = match write {
            Write::Form(..) => "user",
            Write::Request(..) => "api_key",
        };
        let (before, known) = (self.app.database.rows(&NOT_COMPARED), self.entries().await.len());
        self.app.database.run(if self.app.database.is_sqlite() { REFUSE_SQLITE } else { REFUSE_POSTGRES });
        let (status, text) = self.sends(&write).await;
        assert!(status >= 500, "{verb} without its entry: {status} {text}");
        self.app.database.run(if self.app.database.is_sqlite() { ALLOW_SQLITE } else { ALLOW_POSTGRES });
        assert_eq!(self.app.database.rows(&NOT_COMPARED), before, "{verb} without its entry");

        let (status, text) = self.sends(&write).await;
        assert!(matches!(status, 200 | 201 | 204 | 303), "{verb}: {status} {text}");
        let entries = self.entries().await;
        let new: Vec<_> =
            entries.iter().take(entries.len() - known).map(|line| line.action.as_str()).collect();
        assert_eq!(new, [verb]);
        assert_eq!(entries[0].author.kind, by, "{verb}");
        self.seen.push(verb.to_owned());
        *(if by == "user" { &mut self.forms } else { &mut self.requests }) += 1;
        text
    }
}

const REFUSE_SQLITE: &str =
    "CREATE TRIGGER no_entry BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no entry'); END";
const ALLOW_SQLITE: &str = "DROP TRIGGER no_entry";
const REFUSE_POSTGRES: &str = "CREATE FUNCTION no_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no entry'; END $$;
     CREATE TRIGGER no_entry BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION no_entry()";
const ALLOW_POSTGRES: &str = "DROP TRIGGER no_entry ON audit; DROP FUNCTION no_entry()";

fn form(path: impl Into<String>, fields: &[(&str, &str)]) -> Write {
    Write::Form(
        path.into(),
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    )
}

fn request(method: Method, path: impl Into<String>, body: Value) -> Write {
    Write::Request(method, path.into(), body)
}

/// The number after `part` in an address.
fn number(address: &str, part: &str) -> i64 {
    let rest = address.split(part).nth(1).unwrap_or_else(|| panic!("{part} in {address}"));
    rest.split(['/', '?']).next().unwrap().parse().unwrap()
}

/// Forms that write nothing that belongs to a company: signing in and out, an invitation's own page (tested with the
/// users), light or dark, single keys; simulations and checks of
/// what was pasted; a matrix of links, which is asked about first.
const FORMS_WITHOUT: usize = 8;
/// Requests that write no configuration: two that give a token, and an event that comes in, which is its own record.
const REQUESTS_WITHOUT: usize = 3;

#[tokio::test]
async fn every_form_leaves_one_entry_or_changes_nothing() {
    let trail = &mut Trail::begin().await;
    let receiver = Receiver::start().await;
    let company = trail.alice.company.unwrap();
    let (linked, other) = (trail.app.alert(company, 8).await, trail.app.alert(company, 8).await);
    trail.alice.get(&trail.alice.path("/webhooks/new")).await;

    let url = receiver.url();
    let ids = linked.to_string();
    let fields = crate::console::webhook_form(&url, &[("receives", "linked"), ("alertIds", &ids)]);
    let made = trail.leaves_one("webhook.create", form("/webhooks/new", &fields)).await;
    let hook = format!("/webhooks/{}", number(&made, "/webhooks/"));
    let of = |verb: &str| format!("{hook}/{verb}");
    let page = trail.alice.get(&trail.alice.path(&of("edit"))).await;
    let version = page.attributes("input[name=version]", "value").remove(0);
    let fields = crate::console::webhook_form(
        &url,
        &[
            ("name", "Renamed"),
            ("receives", "linked"),
            ("alertIds", &ids),
            ("linked", &ids),
            ("version", &version),
        ],
    );
    trail.leaves_one("webhook.update", form(of("edit"), &fields)).await;
    let page = trail.alice.get(&trail.alice.path(&of("alert-links"))).await;
    let version = page.attributes("input[name=version]", "value").remove(0);
    let fields = [("alertIds", &*other.to_string()), ("linked", &*ids), ("version", &*version)];
    trail.leaves_one("webhook.update", form(of("alert-links"), &fields)).await;
    let page = trail.alice.get(&trail.alice.path(&of("history/1"))).await;
    let version = page.attributes("input[name=version]", "value").remove(0);
    let fields = [("version", version.as_str())];
    trail.leaves_one("webhook.restore", form(of("history/1/restore"), &fields)).await;
    let pair = format!("/alert-links/review?add={}.{linked}", hook.trim_start_matches("/webhooks/"));
    trail.leaves_one("webhook.change_links", form(pair, &[])).await;
    trail.leaves_one("webhook.disable", form(of("disable"), &[])).await;
    trail.leaves_one("webhook.enable", form(of("enable"), &[])).await;
    trail.leaves_one("webhook.pause", form(of("pause"), &[("mode", "hold")])).await;
    trail.leaves_one("webhook.resume", form(of("resume"), &[("held", "all")])).await;
    trail.leaves_one("webhook.rotate_secret", form(of("secret"), &[("overlap", "24h")])).await;
    trail.leaves_one("webhook.end_overlap", form(of("secret/end-overlap"), &[])).await;
    trail.leaves_one("webhook.test", form(of("test"), &[("alertType", "8")])).await;

    receiver.answers_with([500; 20]);
    trail.app.settle().await;
    fire(&trail.api, other).await;
    fire(&trail.api, other).await;
    trail.app.settle().await;
    let list = trail.alice.get(&trail.alice.path("/deliveries?status=retrying")).await;
    let found = list.attributes("[data-testid=deliveries] tbody a", "href");
    let [delivery, another] = [0, 1].map(|at| format!("/deliveries/{}", number(&found[at], "/deliveries/")));
    assert_eq!(trail.sends(&form(format!("{another}/stop"), &[])).await.0, 303);
    trail.leaves_one("delivery.send_now", form(format!("{delivery}/send-now"), &[])).await;
    trail.leaves_one("delivery.stop", form(format!("{delivery}/stop"), &[])).await;
    trail.leaves_one("delivery.redeliver", form(format!("{delivery}/redeliver"), &[])).await;
    let support = trail.app.person(Role::Support, None).await;
    let alice = std::mem::replace(&mut trail.alice, support);
    trail.alice.get(&trail.alice.path(&delivery)).await;
    let reveal = form(format!("{delivery}/reveal"), &[("reason", "ticket 4711")]);
    trail.leaves_one_alone("delivery.reveal", reveal).await;
    trail.alice = alice;

    let view = [("name", "Failed ones"), ("query", "status=failed")];
    let saved = trail.leaves_one("view.save", form("/deliveries/views/new?status=failed", &view)).await;
    assert!(saved.contains("/deliveries"), "{saved}");
    trail.leaves_one("view.delete", form(format!("/deliveries/views/{}", trail.newest().await), &[])).await;
    let replay = [("status", "cancelled"), ("rate", "1")];
    let begun = trail.leaves_one("replay.begin", form("/replays/new", &replay)).await;
    let replay = format!("/replays/{}", number(&begun, "/replays/"));
    for verb in ["pause", "resume", "cancel"] {
        trail.leaves_one(&format!("replay.{verb}"), form(format!("{replay}/{verb}"), &[])).await;
    }

    let ola = [("email", "ola@northline.example"), ("name", "Ola"), ("role", "viewer")];
    let added = trail.leaves_one("user.add", form("/users/new", &ola)).await;
    let user = format!("/users/{}", number(&added, "/users/"));
    trail.leaves_one("user.update", form(&user, &[("name", "Ola Kranz"), ("role", "editor")])).await;
    trail.leaves_one("user.disable", form(format!("{user}/disable"), &[])).await;
    trail.leaves_one("user.enable", form(format!("{user}/enable"), &[])).await;
    trail.leaves_one("user.invite_again", form(format!("{user}/invite"), &[])).await;
    let key = [("name", "Fleet"), ("actions", "webhooks:read")];
    let made = trail.leaves_one("api_key.add", form("/api-keys/new", &key)).await;
    let key = format!("/api-keys/{}", number(&made, "/api-keys/"));
    trail.leaves_one("api_key.revoke", form(format!("{key}/revoke"), &[("confirm", "Fleet")])).await;
    let page = trail.alice.get(&trail.alice.path(&of("delete"))).await;
    let version = page.attributes("input[name=version]", "value").remove(0);
    let fields = [("confirm", "Dispatch hub"), ("version", version.as_str())];
    trail.leaves_one("webhook.delete", form(of("delete"), &fields)).await;

    let routes = include_str!("../../src/console/routes.rs");
    assert_eq!(routes.matches("post()").count(), trail.forms + FORMS_WITHOUT, "a new form: {:?}", trail.seen);
}

#[tokio::test]
async fn every_request_leaves_one_entry_or_changes_nothing() {
    let trail = &mut Trail::begin().await;
    let receiver = Receiver::start().await;
    let company = trail.alice.company.unwrap();
    let (alert, other) = (trail.app.alert(company, 8).await, trail.app.alert(company, 8).await);
    let url = receiver.url();
    fire(&trail.api, alert).await;

    let telemax = "/api/v2/webhooks".to_owned();
    let body = json!({ "url": url, "alertIds": [alert.0] });
    trail.leaves_one("webhook.create", request(Method::POST, &telemax, body)).await;
    let hook = format!("{telemax}/{}", trail.newest().await.telemax());
    let body = json!({ "alertId": other.0 });
    trail.leaves_one("webhook.link_alert", request(Method::POST, format!("{hook}/link-alert"), body)).await;
    let body = json!({ "url": url, "alertIds": [other.0], "isActive": false });
    trail.leaves_one("webhook.update", request(Method::PUT, &hook, body)).await;
    trail.leaves_one("webhook.delete", request(Method::DELETE, &hook, Value::Null)).await;
    let read = format!("/api/v2/companies/{company}/set-all-alerts-read");
    trail.leaves_one("company.mark_all_read", request(Method::PUT, read, Value::Null)).await;
    let AlertId(number) = alert;
    let read = format!("/api/v2/alerts/{number}/2026-04-28T06:14:22Z/update-read-status?isRead=false");
    trail.leaves_one("alert.mark_unread", request(Method::PUT, read, Value::Null)).await;

    let body = json!({ "endpoint": url, "authType": "none", "isAlertHook": true });
    trail.leaves_one("webhook.create", request(Method::POST, "/webhooks", body)).await;
    let hook = format!("/webhooks/{}", trail.newest().await.aggregate());
    let body = json!({ "endpoint": format!("{url}/only"), "authType": "none", "isAlertHook": true });
    trail.leaves_one("webhook.update", request(Method::PUT, "/webhooks", body)).await;
    let body = json!({ "endpoint": url, "authType": "none", "isAlertHook": false });
    trail.leaves_one("webhook.update", request(Method::PUT, &hook, body)).await;
    trail.leaves_one("webhook.delete", request(Method::DELETE, &hook, Value::Null)).await;

    let zstack = "/api/v1/alerting/webhook-endpoints";
    let body = json!({ "name": "Ops", "url": url, "signingEnabled": true });
    trail.leaves_one("webhook.create", request(Method::POST, zstack, body)).await;
    let hook = format!("{zstack}/{}", trail.newest().await.zstack());
    let body = json!({ "name": "Operations", "url": url, "signingEnabled": true });
    trail.leaves_one("webhook.update", request(Method::PUT, &hook, body)).await;
    trail
        .leaves_one(
            "webhook.rotate_secret",
            request(Method::POST, format!("{hook}/rotate-secret"), json!({})),
        )
        .await;
    trail.leaves_one("webhook.test", request(Method::POST, format!("{hook}/test"), json!({}))).await;
    trail.leaves_one("webhook.delete", request(Method::DELETE, &hook, Value::Null)).await;

    let softwareone = "/public/v1/notifications/webhooks";
    let body = json!({ "url": url, "type": "ValidatePurchaseOrderDraft" });
    trail.leaves_one("webhook.create", request(Method::POST, softwareone, body)).await;
    let hook = format!("{softwareone}/{}", trail.newest().await.softwareone());
    let body = json!({ "url": url, "description": "Orders" });
    trail.leaves_one("webhook.update", request(Method::PUT, &hook, body)).await;
    trail.leaves_one("webhook.disable", request(Method::POST, format!("{hook}/disable"), Value::Null)).await;
    trail.leaves_one("webhook.enable", request(Method::POST, format!("{hook}/enable"), Value::Null)).await;
    trail.leaves_one("webhook.delete", request(Method::DELETE, &hook, Value::Null)).await;

    let document = trail.api.get("/openapi.json").await.json();
    let is_a_write = |method: &&String| !matches!(method.as_str(), "get" | "parameters");
    let writes: usize = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .map(|path| path.as_object().unwrap().keys().filter(is_a_write).count())
        .sum();
    assert_eq!(writes, trail.requests + REQUESTS_WITHOUT, "a new write: {:?}", trail.seen);
}
