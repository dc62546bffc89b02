//! A page is at most 40,000 bytes long, however large the company is.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::support::Person;
use crate::support::large::{API_KEYS, FIRST, Large, USERS, WEBHOOKS};

/// Bytes of HTML, before it is compressed.
const BYTES_MAX: usize = 40_000;

/// Where pages are registered.
const ROUTES: &str = include_str!("../../../src/console/routes.rs");

/// Every page below a company with the addresses of its states. `{w}` is a webhook with everything, `{a}` its alert,
/// `{n}` a webhook of many; `{first}` begins what there are many of.
const PAGES: &[(&str, &[&str])] = &[
    ("", &[""]),
    ("/", &["/"]),
    ("/companies", &["/companies", "/companies?page=2"]),
    (
        "/find",
        &[
            "/find",
            "/find?q=TRK-118",
            "/find?q=7",
            "/find?vehicle=TRK-118",
            "/find?event=1",
            "/find?event=1&page=2",
            "/find?alert={a}",
            "/find?around=2026-09-22+12%3A00&type=5&window=1h",
            "/find?around=noon",
        ],
    ),
    ("/keyboard", &["/keyboard"]),
    ("/signature-lab", &["/signature-lab", "/signature-lab?attempt=1&delivery=1"]),
    (
        "/simulate",
        &[
            "/simulate",
            "/simulate?alert={a}&vehicle=TRK-118",
            "/simulate?event=1",
            "/simulate?alert={a}&vehicle=TRK-118&webhook={n}",
        ],
    ),
    (
        "/webhooks",
        &[
            "/webhooks",
            "/webhooks?q=hub",
            "/webhooks?page=2",
            "/webhooks?health=failing",
            "/webhooks?auth=none",
        ],
    ),
    ("/webhooks/new", &["/webhooks/new"]),
    ("/webhooks/{id}", &["/webhooks/{w}", "/webhooks/{n}"]),
    ("/webhooks/{id}/edit", &["/webhooks/{w}/edit"]),
    ("/webhooks/{id}/pause", &["/webhooks/{w}/pause"]),
    ("/webhooks/{id}/resume", &[]),
    ("/webhooks/{id}/secret", &["/webhooks/{w}/secret"]),
    ("/webhooks/{id}/auth", &["/webhooks/{w}/auth"]),
    ("/webhooks/{id}/alert-links", &["/webhooks/{w}/alert-links", "/webhooks/{w}/alert-links?page=2&q=yard"]),
    ("/webhooks/{id}/test", &["/webhooks/{w}/test"]),
    ("/webhooks/{id}/history", &["/webhooks/{w}/history"]),
    ("/webhooks/{id}/history/{version}", &["/webhooks/{w}/history/100"]),
    ("/webhooks/{id}/settings", &["/webhooks/{w}/settings"]),
    ("/webhooks/{id}/delete", &["/webhooks/{w}/delete"]),
    (
        "/alert-links",
        &[
            "/alert-links",
            "/alert-links?view=list",
            "/alert-links?page=2&columns=3",
            "/alert-links?show=unheard",
            "/alert-links?show=unheard&view=list",
            "/alert-links?webhook={n}",
        ],
    ),
    ("/alert-links/review", &["/alert-links/review?add={many}"]),
    ("/auth-types", &["/auth-types"]),
    ("/auth-types/{type}", &["/auth-types/none", "/auth-types/bearer"]),
    ("/alert-types", &["/alert-types"]),
    (
        "/alert-types/{id}",
        &["/alert-types/5", "/alert-types/5?format=zstack", "/alert-types/5?format=softwareone"],
    ),
    (
        "/statistics",
        &[
            "/statistics?by={by}&window={window}",
            "/statistics?webhook={w}&window=30d",
            "/statistics?from=noon",
        ],
    ),
    ("/users", &["/users", "/users?page=2"]),
    ("/users/new", &["/users/new"]),
    ("/users/{id}", &["/users/{first}"]),
    ("/users/{id}/invite", &["/users/{first}/invite"]),
    ("/api-keys", &["/api-keys"]),
    ("/api-keys/new", &["/api-keys/new"]),
    ("/api-keys/{id}/made", &["/api-keys/{first}/made"]),
    ("/api-keys/{id}/revoke", &["/api-keys/{first}/revoke"]),
    ("/audit", &["/audit"]),
    (
        "/deliveries",
        &[
            "/deliveries",
            "/deliveries?chart=1",
            "/deliveries?status=failed",
            "/deliveries?status=not_sent",
            "/deliveries?webhook={w}",
            "/deliveries?chart=1&live=1&result=5xx&trigger=automatic&type=5&webhook={w}",
            "/deliveries?result=tls&status=failed&vehicle=TRK-118",
            "/deliveries?from=noon",
        ],
    ),
    ("/deliveries/newer", &["/deliveries/newer?after=1"]),
    ("/deliveries/views", &["/deliveries/views", "/deliveries/views?page=2"]),
    ("/deliveries/views/new", &["/deliveries/views/new?status=failed"]),
    ("/deliveries/views/{id}", &["/deliveries/views/1"]),
    ("/replays", &["/replays"]),
    ("/replays/new", &["/replays/new", "/replays/new?status=failed"]),
    ("/replays/{id}", &["/replays/{first}"]),
    (
        "/deliveries/{id}",
        &[
            "/deliveries/1",
            "/deliveries/1?view=raw",
            "/deliveries/1?view=hex",
            "/deliveries/1?compare=1",
            "/deliveries/{not-sent}",
            "/deliveries/{failed}",
        ],
    ),
    ("/deliveries/{id}/reveal", &["/deliveries/1/reveal"]),
    (
        "/deliveries/{id}/attempts/{number}",
        &["/deliveries/1/attempts/1", "/deliveries/1/attempts/1?view=raw"],
    ),
    ("/deliveries/{id}/attempts/{number}/compare/{other}", &["/deliveries/1/attempts/1/compare/2"]),
];

/// Files, which are as long as what is in them, and the pages outside of companies, which do not grow.
const OTHERS: [&str; 9] = [
    "/statistics.csv",
    "/deliveries.csv",
    "/deliveries.ndjson",
    "/deliveries/{id}/attempts/{number}/request-body",
    "/deliveries/{id}/attempts/{number}/response-body",
    "/login",
    "/invite/{token}",
    "/style-guide",
    "/style-guide/{name}",
];

/// Every address that can be asked for, as it is registered.
fn registered() -> BTreeSet<&'static str> {
    let resources = ROUTES.split("resource(\"").skip(1).filter(|rest| rest.contains("get()"));
    resources.filter_map(|rest| rest.split_once('"')).map(|(path, _)| path).collect()
}

#[test]
fn no_page_is_forgotten() {
    let known: BTreeSet<&str> = PAGES.iter().map(|(path, _)| *path).chain(OTHERS).collect();
    assert_eq!(registered().difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert!(registered().len() > 50, "the routes are found");
}

/// So many links, as an address of the review has them.
fn many(count: i64) -> String {
    let links: Vec<String> = (1..=count).map(|at| format!("{}.{}", FIRST + 2, FIRST + at)).collect();
    links.join(",")
}

/// The addresses that a page stands for, filled in.
fn addresses(large: &Large) -> Vec<String> {
    let fill = |path: &str| {
        path.replace("{w}", &large.webhook.to_string())
            .replace("{n}", &(FIRST + 2).to_string())
            .replace("{a}", &large.alert.to_string())
            .replace("{first}", &(FIRST + 1).to_string())
            .replace("{many}", &many(120))
    };
    let mut all = Vec::new();
    for path in PAGES.iter().flat_map(|(_, paths)| *paths) {
        if path.contains("{by}") {
            for by in ["webhook", "type", "result", "company", "time", "hour", "weekday"] {
                for window in ["24h", "7d", "30d", "90d"] {
                    all.push(path.replace("{by}", by).replace("{window}", window));
                }
            }
        } else {
            all.push(fill(path));
        }
    }
    all
}

async fn listed(person: &Person, status: &str) -> String {
    let list = person.get(&person.path(&format!("/deliveries?status={status}"))).await;
    let url = list.attributes("main tbody a", "href").remove(0);
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.rsplit_once("/deliveries/").expect("an address of a delivery").1.to_owned()
}

/// The attributes that `css` finds on a page and on those that follow it.
async fn through(person: &Person, path: &str, css: &str, attribute: &str) -> Vec<String> {
    let (mut found, mut next) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let page = person.get(&path).await;
        assert_eq!(page.status(), 200, "{path}");
        found.extend(page.attributes(css, attribute));
        assert!(found.len() < 10_000, "{path} never ends");
        next = page.attributes("main a[rel=next]", "href").into_iter().next();
    }
    found
}

/// What does not fit one page is on the following ones, once. Of the links to be reviewed, 28 are made already.
async fn everything_is_reached(large: &Large) {
    let (alice, many) = (&large.alice, many(120));
    for (path, css, attribute, expected) in [
        ("/users", "main tbody a", "href", USERS + 1),
        ("/api-keys", "[data-testid=revoke]", "href", API_KEYS + 1),
        ("/companies", "[data-testid=all-companies] a", "href", 61),
        ("/replays", "main tbody a", "href", 60),
        ("/deliveries/views", "[data-testid=delete]", "href", 29 * 3 + 1),
        ("/webhooks", "main tbody .cell-title a", "href", WEBHOOKS + 1),
        ("/statistics?window=90d", "#groups-table tbody td:first-child a", "href", WEBHOOKS + 1),
        (&format!("/webhooks/{}/alert-links", large.webhook), "[name=alertIds]", "value", large.linkable),
        (&format!("/alert-links/review?add={many}"), "[data-testid^=change-]", "id", 120 - 28),
        ("/find?event=1", "[data-testid=story-1] li > a", "href", large.of_first_event),
    ] {
        let mut found = through(alice, &alice.path(path), css, attribute).await;
        let count = found.len();
        found.sort();
        found.dedup();
        assert_eq!((found.len(), i64::try_from(count).unwrap()), (count, expected), "{path}");
    }
}

#[tokio::test]
async fn pages_stay_small_however_large_the_company_is() {
    let large = Large::new().await;
    everything_is_reached(&large).await;
    let not_sent = listed(&large.alice, "not_sent").await;
    let failed = listed(&large.alice, "failed").await;
    let mut too_large = String::new();
    let (mut asked, mut shown) = (0, 0);
    for address in addresses(&large) {
        let address = address.replace("{not-sent}", &not_sent).replace("{failed}", &failed);
        for person in [&large.alice, &large.sam] {
            let path = person.path(&address);
            let page = person.opens(&path).await;
            asked += 1;
            assert!(page.status() < 500, "{path}: {}", page.texts("main").join(" "));
            shown += usize::from(page.status() == 200);
            let bytes = page.answer.text.len();
            if bytes > BYTES_MAX {
                let _ = writeln!(too_large, "{bytes:>7} bytes: {path:.100}");
            }
        }
    }
    assert!(too_large.is_empty(), "\n{too_large}");
    assert!(shown * 10 > asked * 7, "{shown} of {asked} pages are there");
}
