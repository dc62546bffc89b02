//! C10: receivers that lie, drip, flood and break off, against the whole binary: each attempt is recorded as what it
//! was, and memory and file descriptors stay what they were.

use std::time::{Duration, Instant};

use belfry::domain::attempt::Outcome;
use serde_json::json;

use crate::certificates::Authority;
use crate::database::Reader;
use crate::dns::{MIXED, MOVED, NameServer, SILENT};
use crate::hostile::{Hostile, body_of, hostile};
use crate::lab::{Lab, Wish};
use crate::oracles::settle;
use crate::plan::Plan;
use crate::player::{Receiver, answers};
use crate::producer::{ask_json, client};
use crate::server::{Server, Start};
use crate::wire;

/// Those whose answers are large or never end, all at once.
const BOMBS: [&str; 5] = ["H05", "H11", "H14", "H20", "H28"];
/// So many webhooks send to each of them.
const WEBHOOKS_EACH: usize = 20;
const RSS_GROWTH_MAX_KIB: u64 = 64 * 1024;
/// The database's readers, two files each, the workers' own and the resolver's are opened when they are needed. A bomb
/// that kept its socket would show hundredfold.
const DESCRIPTORS_MORE_MAX: usize = 20;
/// Each receiver is called this often: what is left over of one answer must not be the next one.
const CALLS: u64 = 3;

struct Caller<'l> {
    lab: &'l Lab,
    url: String,
}

impl Caller<'_> {
    fn hook(&self, url: &str, place: usize) -> i64 {
        let body = json!({ "url": url, "alertIds": [self.lab.alerts[place]] });
        let request =
            client().post(format!("{}/api/v2/webhooks", self.url)).bearer_auth(&self.lab.key).json(&body);
        let (status, answer) = ask_json(request);
        assert_eq!(status, 200, "{url}: {answer}");
        answer["id"].as_i64().unwrap()
    }

    fn fire(&self, place: usize, events: u64) {
        let body: Vec<String> = (1..=events).map(wire::event).collect();
        let to = format!("{}/api/v2/alerts/{}/events", self.url, self.lab.alerts[place]);
        let request = client().post(to).bearer_auth(&self.lab.key).header("content-type", "application/json");
        assert_eq!(ask_json(request.body(format!("[{}]", body.join(",")))).0, 202);
    }
}

#[test]
fn c10_hostile() {
    let mut plan = Plan::of("c10_hostile");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let authority = Authority::new();
    let ca = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(ca.path(), authority.pem()).unwrap();
    let table = include_str!("../../vectors/bad_receivers.jsonl");
    let ids = table.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let ids: Vec<String> = ids.map(|line| line["id"].as_str().unwrap().to_owned()).collect();
    let third_party =
        runtime.block_on(async { Receiver::plain(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) });
    let elsewhere = format!("http://{}/", third_party.at);
    let enemies: Vec<Hostile> =
        ids.iter().filter_map(|id| runtime.block_on(hostile(id, &authority, &elsewhere))).collect();
    let names = NameServer::start();

    let wish = Wish::new(Vec::new(), enemies.len() + 3 + BOMBS.len())
        .with("BELFRY_RETRY_SCHEDULE", "0s")
        .with("BELFRY_OUTBOUND_CA_FILE", ca.path().to_str().unwrap());
    let lab = Lab::new(&plan, wish);
    let start = names.as_ref().map_or_else(Start::default, NameServer::start_of_server);
    let mut server = Server::start(&lab, &start);
    let descriptors = server.descriptors();
    let caller = Caller { lab: &lab, url: server.url.clone() };

    let hooks: Vec<i64> =
        enemies.iter().enumerate().map(|(place, enemy)| caller.hook(&enemy.url, place)).collect();
    (0..enemies.len()).for_each(|place| caller.fire(place, CALLS));
    settle(&mut plan, &lab, Duration::from_secs(60));
    for (enemy, hook) in enemies.iter().zip(&hooks) {
        let rows = Reader::open(&lab.database()).answers(*hook);
        let ends: Vec<&str> = rows.iter().map(|row| slug(row.outcome)).collect();
        let as_wanted = ends.len() as u64 == CALLS && ends.iter().all(|end| enemy.ends.contains(end));
        plan.require(as_wanted, "CLASS", format!("{} ended with {ends:?}, not {:?}", enemy.id, enemy.ends));
        if let Some(body) = body_of(&enemy.id) {
            let kept = rows.iter().all(|row| row.body.as_deref() == Some(body));
            plan.require(kept, "BODY", format!("{}: {rows:?}", enemy.id));
        }
        plan.require(enemy.receiver.connections() > 0, "LIVE", format!("{} was never called", enemy.id));
    }
    let followed = third_party.connections();
    plan.require(followed == 0, "REDIRECT", format!("{followed} requests followed a redirect"));
    match &names {
        Some(names) => play_names(&mut plan, &lab, &caller, names, enemies.len(), &runtime),
        None => plan.left_out("leaves out the lines about names: no port 53 or no mount namespace here"),
    }
    throw_bombs(&mut plan, &caller, &server, &enemies, enemies.len() + 3);
    comes_down(&mut plan, &server, descriptors);
    plan.count("lines", enemies.len() + names.map_or(0, |_| 3));
    plan.require(server.terminate().0.success(), "QUIET", "a bad end");
    for line in server.log().iter().filter(|line| line.contains("panicked") || line.contains("\"ERROR\"")) {
        plan.violation("QUIET", line);
    }
    plan.finish();
}

fn slug(outcome: i16) -> &'static str {
    match Outcome::from_code(outcome) {
        Some(Outcome::Success) => "success",
        Some(Outcome::Failure(class)) => class.slug(),
        Some(Outcome::Interrupted) | None => "interrupted",
    }
}

/// H50 to H52: a name that moves to a private address, a name with a good and a bad address, a name without answer.
fn play_names(
    plan: &mut Plan,
    lab: &Lab,
    caller: &Caller<'_>,
    names: &NameServer,
    first: usize,
    runtime: &tokio::runtime::Runtime,
) {
    let answer = answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let receiver = runtime.block_on(async { Receiver::plain(answer) });
    let url = |name: &str| format!("http://{name}:{}/", receiver.at.port());
    let hooks: Vec<i64> = [MOVED, MIXED, SILENT]
        .iter()
        .enumerate()
        .map(|(place, name)| caller.hook(&url(name), first + place))
        .collect();
    (0..3).for_each(|place| caller.fire(first + place, 1));
    settle(plan, lab, Duration::from_secs(30));
    names.moved.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    caller.fire(first, 1);
    settle(plan, lab, Duration::from_secs(30));
    let wanted: [&[&str]; 3] = [&["success", "blocked_address"], &["blocked_address"], &["dns_timeout"]];
    for (hook, wanted) in hooks.iter().zip(wanted) {
        let rows = Reader::open(&lab.database()).answers(*hook);
        let ends: Vec<&str> = rows.iter().map(|row| slug(row.outcome)).collect();
        plan.require(ends == wanted, "CLASS", format!("names: {ends:?}, not {wanted:?}"));
    }
    plan.require(receiver.connections() == 1, "BLOCKED", "a refused address was called");
}

fn throw_bombs(plan: &mut Plan, caller: &Caller<'_>, server: &Server, enemies: &[Hostile], first: usize) {
    // Many webhooks for each: one that fails again and again would only be probed.
    let bombs: Vec<&Hostile> = enemies.iter().filter(|enemy| BOMBS.contains(&enemy.id.as_str())).collect();
    for (place, bomb) in bombs.iter().enumerate() {
        for _ in 0..WEBHOOKS_EACH {
            caller.hook(&bomb.url, first + place);
        }
    }
    let throw = || (0..bombs.len()).for_each(|place| caller.fire(first + place, 1));
    // What one round of them leaves behind is the measure for the others.
    throw();
    settle(plan, caller.lab, Duration::from_secs(60));
    let rss = server.rss_kib();
    let rounds = plan.pick(1, 8);
    (0..rounds).for_each(|_| throw());
    let mut most = rss;
    let end = Instant::now() + Duration::from_secs(120);
    while Reader::open(&caller.lab.database()).queued() > 0 && Instant::now() < end {
        most = most.max(server.rss_kib());
        std::thread::sleep(Duration::from_millis(10));
    }
    let growth = most.saturating_sub(rss);
    plan.require(growth <= RSS_GROWTH_MAX_KIB, "MEMORY", format!("{growth} KiB more than {rss} KiB"));
    plan.count("bombs", bombs.len() * WEBHOOKS_EACH * (1 + rounds));
    plan.count("rss_kib", rss);
    plan.count("rss_most_kib", most);
}

/// Connections that wait for a next request are closed after seconds, also when nothing is sent any more.
fn comes_down(plan: &mut Plan, server: &Server, before: usize) {
    let end = Instant::now() + Duration::from_secs(15);
    while server.descriptors() > before + DESCRIPTORS_MORE_MAX && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(100));
    }
    let left = server.descriptors();
    let grew = left > before + DESCRIPTORS_MORE_MAX;
    plan.require(!grew, "DESCRIPTORS", format!("{left} descriptors, before {before}"));
    plan.count("descriptors", format!("{before}->{left}"));
}
