//! How the customers' endpoints answer, and what the network makes of it.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use belfry::domain::attempt::{FailureClass, Timing};
use belfry::outbound::{OutboundRequest, Played, Refusal, Response};

use super::dice::Dice;
use super::plan::Plan;

/// Where webhooks go.
pub const HOSTS: [&str; 4] =
    ["one.example.com", "two.example.com", "three.example.com:8443", "four.example.net"];

/// The longest wait that a receiver asks for, seconds.
pub const RETRY_AFTER_MAX_S: u64 = 6;

/// How a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temper {
    Well,
    /// Fails now and then.
    Unwell,
    /// Answers after seconds.
    Slow,
    /// Refuses every connection.
    Down,
    /// Never answers.
    Hangs,
}

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Status(u16),
    /// 429 with a `Retry-After` of so many seconds.
    Busy(u64),
    /// No answer.
    Broken(FailureClass),
}

impl Answer {
    pub fn is_success(self) -> bool {
        matches!(self, Self::Status(status) if status < 300)
    }

    pub fn status(self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status),
            Self::Busy(_) => Some(429),
            Self::Broken(_) => None,
        }
    }

    /// As the outbound client would tell it, after `took`.
    pub fn exchange(self, request: &OutboundRequest, took: Duration) -> belfry::outbound::Exchange {
        let total_us = i64::try_from(took.as_micros()).unwrap();
        let headers = match self {
            Self::Busy(seconds) => vec![("retry-after".into(), seconds.to_string())],
            Self::Status(_) | Self::Broken(_) => Vec::new(),
        };
        let result = match self {
            Self::Broken(class) => Err(Refusal::new(class, "The simulated network broke.")),
            Self::Status(_) | Self::Busy(_) => Ok(Response {
                status: self.status().unwrap_or_default(),
                reason: "".into(),
                headers,
                body: Vec::new(),
                body_truncated: false,
                body_read: 0,
            }),
        };
        let timing = Timing { total_us, wait_us: Some(total_us), ..Timing::default() };
        Played { result, remote: None, tls: None, timing }.exchange(request)
    }
}

/// What was decided about a request when it began.
#[derive(Debug, Clone, Copy)]
pub struct Fate {
    pub takes: Duration,
    /// Whether the receiver gets it.
    pub arrives: bool,
    pub answer: Answer,
}

impl Fate {
    /// For counting.
    pub fn kind(&self) -> String {
        match (self.answer, self.arrives) {
            (Answer::Status(status), _) => format!("answer {status}"),
            (Answer::Busy(_), _) => "answer 429".to_owned(),
            (Answer::Broken(class), true) => format!("{class:?}, arrived"),
            (Answer::Broken(class), false) => format!("{class:?}, lost"),
        }
    }
}

pub struct Receivers {
    dice: Dice,
    failures: u64,
    timeout: Duration,
    tempers: Mutex<BTreeMap<&'static str, Temper>>,
    all_well: AtomicBool,
}

impl Receivers {
    pub fn new(plan: &Plan) -> Self {
        Self {
            dice: Dice::new(plan.seed, "receivers"),
            failures: plan.failures,
            timeout: plan.timeout,
            tempers: Mutex::default(),
            all_well: AtomicBool::new(false),
        }
    }

    /// One host changes; says how.
    pub fn turn(&self) -> (&'static str, Temper) {
        let host = *self.dice.pick(&HOSTS);
        let temper = self.dice.weighted(&[
            (2, Temper::Well),
            (6, Temper::Unwell),
            (2, Temper::Slow),
            (1, Temper::Down),
            (1, Temper::Hangs),
        ]);
        self.tempers.lock().unwrap().insert(host, temper);
        (host, temper)
    }

    /// From now on everybody answers at once and with 200.
    pub fn recover(&self) {
        self.all_well.store(true, Ordering::Relaxed);
    }

    /// What becomes of a request to `authority` that begins now.
    pub fn fate(&self, authority: &str) -> Fate {
        let quick = self.dice.ms(1, 60);
        let well = Fate { takes: quick, arrives: true, answer: Answer::Status(200) };
        if self.all_well.load(Ordering::Relaxed) {
            return well;
        }
        let temper = self.tempers.lock().unwrap().get(authority).copied().unwrap_or(Temper::Well);
        let lost =
            |class, takes| Fate { takes, arrives: self.dice.percent(50), answer: Answer::Broken(class) };
        match temper {
            Temper::Well => well,
            Temper::Slow => {
                let longest_ms = u64::try_from(self.timeout.as_millis()).unwrap();
                Fate { takes: self.dice.ms(50, longest_ms), ..well }
            }
            Temper::Down => Fate { arrives: false, ..lost(FailureClass::ConnectRefused, quick) },
            Temper::Hangs => lost(FailureClass::ReadTimeout, self.timeout),
            Temper::Unwell if self.dice.percent(100 - self.failures) => well,
            Temper::Unwell => match self.dice.below(12) {
                0 | 1 => lost(FailureClass::Reset, quick),
                2 => lost(FailureClass::ReadTimeout, self.timeout),
                3 => Fate { arrives: false, ..lost(FailureClass::DnsFailed, quick) },
                4 => Fate { answer: Answer::Status(302), ..well },
                5 => Fate { answer: Answer::Status(404), ..well },
                6 => Fate { answer: Answer::Status(503), ..well },
                7 => Fate { answer: Answer::Busy(self.dice.between(0, RETRY_AFTER_MAX_S)), ..well },
                8 if self.dice.percent(25) => Fate { answer: Answer::Status(410), ..well },
                _ => Fate { answer: Answer::Status(500), ..well },
            },
        }
    }
}
