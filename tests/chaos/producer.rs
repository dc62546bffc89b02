//! The client side: reports events as fast as it is told to, and keeps what was said of each.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::lab::Lab;
use super::plan::{Dice, Plan};
use super::wire;

/// How long an answer may take before the client gives up: longer than the server may keep anybody waiting.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// Between two tries while nobody answers.
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// What is known of one report in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// 202, with the events' UUIDs.
    Acknowledged(Vec<String>),
    /// Answered with this status, or 0 when nobody was there to connect to: nothing may have been taken.
    Refused(u16),
    /// The connection broke: it may have been taken, or not.
    Unknown,
}

/// One report: a single event or an array of them.
#[derive(Debug, Clone)]
pub struct Shot {
    pub numbers: Vec<u64>,
    /// Place of the alert.
    pub alert: usize,
    pub fate: Fate,
    /// From the first byte of the last try to its answer.
    pub took: Duration,
    /// When the answer was there, microseconds on the ledger's clock.
    pub answered_us: u64,
    /// Sent again under the same idempotency key because the connection broke.
    pub repeated: bool,
}

/// How to produce.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Reports under way at once.
    pub tasks: u64,
    /// Between two reports of one task, milliseconds, at most.
    pub pause_ms: u64,
    /// Events in one report, at most.
    pub batch_max: u64,
}

struct Shared {
    shots: Mutex<Vec<Shot>>,
    /// Every answer but 202, tries that were repeated included: when, on the ledger's clock, and the status.
    refusals: Mutex<Vec<(u64, u16)>>,
    accepted: AtomicUsize,
    /// Reports that have begun and are not over.
    under_way: AtomicUsize,
    next: Vec<AtomicU64>,
    began: Instant,
    began_us: u64,
}

impl Shared {
    /// Microseconds on the ledger's clock.
    fn now_us(&self) -> u64 {
        self.began_us + u64::try_from(self.began.elapsed().as_micros()).unwrap()
    }
}

/// What came of a production.
pub struct Produced {
    pub shots: Vec<Shot>,
    /// When, on the ledger's clock, and the status of every answer but 202.
    pub refusals: Vec<(u64, u16)>,
}

pub struct Producer {
    shared: Arc<Shared>,
    server: watch::Sender<Option<String>>,
    stop: watch::Sender<bool>,
    rests: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    runtime: Runtime,
}

impl Producer {
    /// Begins to produce for the server at `url`.
    pub fn start(plan: &Plan, lab: &Lab, load: Load, url: &str) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (server, at) = watch::channel(Some(url.to_owned()));
        let (stop, stopped) = watch::channel(false);
        let (rests, resting) = watch::channel(false);
        let shared = Arc::new(Shared {
            shots: Mutex::default(),
            refusals: Mutex::default(),
            accepted: AtomicUsize::new(0),
            under_way: AtomicUsize::new(0),
            next: lab.alerts.iter().map(|_| AtomicU64::new(1)).collect(),
            began: Instant::now(),
            began_us: lab.receiver.ledger.now_us(),
        });
        let tasks = (0..load.tasks)
            .map(|task| {
                let one = Task {
                    http: client(),
                    key: lab.key.clone(),
                    alerts: lab.alerts.clone(),
                    dice: plan.dice(1_000 + task),
                    load,
                    shared: Arc::clone(&shared),
                    at: at.clone(),
                    stopped: stopped.clone(),
                    resting: resting.clone(),
                };
                runtime.spawn(one.run())
            })
            .collect();
        Self { shared, server, stop, rests, tasks, runtime }
    }

    /// Where the server is now; `None` while there is none.
    pub fn server_is(&self, url: Option<&str>) {
        self.server.send_replace(url.map(str::to_owned));
    }

    /// Events acknowledged so far.
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// No new reports while it rests; those under way are over when it returns.
    pub fn rest(&self, rests: bool) {
        self.rests.send_replace(rests);
        while rests && self.shared.under_way.load(Ordering::SeqCst) > 0 {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// No more reports, until the end.
    pub fn pause(&self) {
        self.stop.send_replace(true);
    }

    /// When each acknowledged event was acknowledged, on the ledger's clock.
    pub fn accepted_at(&self) -> std::collections::HashMap<u64, u64> {
        let shots = self.shared.shots.lock().unwrap();
        let accepted = shots.iter().filter(|shot| matches!(shot.fate, Fate::Acknowledged(_)));
        accepted.flat_map(|shot| shot.numbers.iter().map(|number| (*number, shot.answered_us))).collect()
    }

    /// The longest that anybody waited for an answer.
    pub fn slowest(&self) -> Duration {
        self.shared.shots.lock().unwrap().iter().map(|shot| shot.took).max().unwrap_or_default()
    }

    /// Answers with this status.
    pub fn refused_with(&self, status: u16) -> usize {
        self.shared.refusals.lock().unwrap().iter().filter(|(_, given)| *given == status).count()
    }

    /// Waits until so many events were acknowledged.
    pub fn wait_for(&self, events: usize, limit: Duration) -> bool {
        let end = Instant::now() + limit;
        while self.accepted() < events {
            if Instant::now() > end {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        true
    }

    /// Ends after the reports under way, and says what became of all.
    pub fn stop(self) -> Produced {
        self.stop.send_replace(true);
        for task in self.tasks {
            self.runtime.block_on(task).unwrap();
        }
        let shots = std::mem::take(&mut *self.shared.shots.lock().unwrap());
        let refusals = std::mem::take(&mut *self.shared.refusals.lock().unwrap());
        Produced { shots, refusals }
    }
}

/// A client that keeps its connections and asks no proxy.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(ANSWER_WITHIN).build().unwrap()
}

/// One request on its own, and what was answered, as JSON.
pub fn ask_json(request: reqwest::RequestBuilder) -> (u16, serde_json::Value) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    })
}

/// One request on its own; the status, or `None` when there was no answer.
pub fn ask(request: reqwest::RequestBuilder) -> Option<u16> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { request.send().await.ok().map(|answer| answer.status().as_u16()) })
}

struct Task {
    http: reqwest::Client,
    key: String,
    alerts: Vec<i64>,
    dice: Dice,
    load: Load,
    shared: Arc<Shared>,
    at: watch::Receiver<Option<String>>,
    stopped: watch::Receiver<bool>,
    resting: watch::Receiver<bool>,
}

impl Task {
    async fn run(mut self) {
        while !*self.stopped.borrow() {
            self.shared.under_way.fetch_add(1, Ordering::SeqCst);
            if *self.resting.borrow() {
                self.shared.under_way.fetch_sub(1, Ordering::SeqCst);
                tokio::time::sleep(BETWEEN_TRIES).await;
                continue;
            }
            let alert = usize::try_from(self.dice.between(0, self.alerts.len() as u64 - 1)).unwrap();
            let size = if self.dice.percent(50) { 1 } else { self.dice.between(1, self.load.batch_max) };
            let first = self.shared.next[alert].fetch_add(size, Ordering::SeqCst);
            // The number says the alert: see `receiver::alert_of`.
            let alerts = self.alerts.len() as u64;
            let numbers = (first..first + size).map(|turn| turn * alerts + alert as u64).collect();
            let repeats = self.dice.percent(60);
            let shot = self.report(numbers, alert, repeats).await;
            if let Fate::Acknowledged(ids) = &shot.fate {
                self.shared.accepted.fetch_add(ids.len(), Ordering::SeqCst);
            }
            self.shared.shots.lock().unwrap().push(shot);
            self.shared.under_way.fetch_sub(1, Ordering::SeqCst);
            if self.load.pause_ms > 0 {
                tokio::time::sleep(self.dice.millis(0, self.load.pause_ms)).await;
            }
        }
    }

    /// Reports once; with `repeats` again and again under one idempotency key until it is answered.
    async fn report(&self, numbers: Vec<u64>, alert: usize, repeats: bool) -> Shot {
        let body = match numbers.as_slice() {
            [one] => wire::event(*one),
            many => format!("[{}]", many.iter().map(|one| wire::event(*one)).collect::<Vec<_>>().join(",")),
        };
        let key = repeats.then(|| format!("shot-{}", numbers[0]));
        let (mut fate, mut took, mut repeated) = (Fate::Refused(0), Duration::ZERO, false);
        loop {
            let url = self.at.borrow().clone();
            if let Some(url) = url {
                let began = Instant::now();
                let answer = self.post(&url, alert, &body, key.as_deref()).await;
                took = began.elapsed();
                if let Fate::Refused(status) = answer {
                    self.shared.refusals.lock().unwrap().push((self.shared.now_us(), status));
                }
                // Once a try may have been taken, a later refusal proves nothing.
                let settles = fate != Fate::Unknown || matches!(answer, Fate::Acknowledged(_));
                fate = if settles { answer } else { fate };
            }
            let is_over = match fate {
                Fate::Acknowledged(_) => true,
                Fate::Refused(0) => false,
                Fate::Refused(status) => !repeats || status != 503,
                Fate::Unknown => !repeats,
            };
            if is_over || *self.stopped.borrow() {
                break;
            }
            repeated |= fate == Fate::Unknown;
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
        Shot { numbers, alert, fate, took, answered_us: self.shared.now_us(), repeated }
    }

    async fn post(&self, url: &str, alert: usize, body: &str, key: Option<&str>) -> Fate {
        let mut request = self
            .http
            .post(format!("{url}/api/v2/alerts/{}/events", self.alerts[alert]))
            .bearer_auth(&self.key)
            .header("content-type", "application/json")
            .body(body.to_owned());
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_connect() => return Fate::Refused(0),
            Err(_) => return Fate::Unknown,
        };
        let status = answer.status().as_u16();
        let Ok(text) = answer.text().await else { return Fate::Unknown };
        match (status, event_ids(&text)) {
            (202, Some(ids)) => Fate::Acknowledged(ids),
            (status, _) => Fate::Refused(status),
        }
    }
}

fn event_ids(text: &str) -> Option<Vec<String>> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let all = value.as_array().cloned().unwrap_or_else(|| vec![value]);
    all.iter().map(|one| one["eventId"].as_str().map(str::to_owned)).collect()
}
