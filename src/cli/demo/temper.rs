//! How each receiver of the story behaves: what it answers to one request, then and now. The made-up past and
//! the built-in receiver ask here, so that they never contradict each other.

use super::dice::Dice;
use crate::domain::time::{DAY_US, HOUR_US, MINUTE_US, SECOND_US};

/// A receiver's behaviour.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Temper {
    /// Answers at once.
    Quick,
    /// Answers, but for a rare mishap.
    Good,
    /// Takes its time, and sometimes too long.
    Slow,
    /// Fails every now and then, and once failed for half a day.
    Flapping,
    /// Began to answer 503 a while ago.
    FailingNow,
    /// Refuses connections now and then; was closed for a night.
    Refusing,
    /// Rejects our credential since it was changed over there.
    Rejecting,
    /// Asked us to stop.
    Gone,
    /// Its certificate has expired.
    Expired,
}

/// What a receiver says when all is well.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    Accepted,
    Json,
    Text,
    Html,
    Empty,
    /// Longer than what is kept.
    Long,
    /// With characters that a page must not show as they are.
    Control,
}

/// When the failing receiver began to fail.
pub(super) const FAILING_FOR_US: i64 = 41 * MINUTE_US;
/// When the receiver that refuses connections was closed for a night.
const CLOSED: (i64, i64) = (5 * DAY_US + 8 * HOUR_US, 4 * DAY_US + 21 * HOUR_US);
/// Since when it refuses connections now and then.
const REFUSING_FOR_US: i64 = 2 * HOUR_US;
/// When the flapping receivers failed for half a day.
const BROKEN: (i64, i64) = (5 * DAY_US, 4 * DAY_US + 13 * HOUR_US);
/// Since when a credential is rejected.
const REJECTING_FOR_US: i64 = 2 * DAY_US + 3 * HOUR_US;
/// Since when a receiver is gone.
const GONE_FOR_US: i64 = 9 * DAY_US;
/// Since when a certificate has expired.
const EXPIRED_FOR_US: i64 = 7 * DAY_US + 5 * HOUR_US;

/// What a receiver does.
pub(super) struct Reply {
    /// How long it thinks.
    pub(super) after_us: i64,
    pub(super) deed: Deed,
}

pub(super) enum Deed {
    Answers(Words),
    RefusesConnection,
    ShowsOldCertificate,
    SaysNothing,
}

/// An answer.
pub(super) struct Words {
    pub(super) status: u16,
    pub(super) content_type: Option<&'static str>,
    /// Seconds.
    pub(super) retry_after: Option<u32>,
    pub(super) body: Vec<u8>,
}

const JSON: Option<&str> = Some("application/json");
const TEXT: Option<&str> = Some("text/plain; charset=utf-8");
const HTML: Option<&str> = Some("text/html; charset=utf-8");

/// How long other certificates are valid from the story's present on.
const VALID_FOR_US: i64 = 61 * DAY_US;

impl Temper {
    /// How long its certificate is valid from the story's present on; negative when that is over.
    pub(super) const fn certificate_left_us(self) -> i64 {
        if matches!(self, Self::Expired) { -EXPIRED_FOR_US } else { VALID_FOR_US }
    }

    /// What it does `ago_us` before the story's present (negative: after it) with the `number`-th attempt of a
    /// delivery.
    pub(super) fn reply(self, voice: Voice, ago_us: i64, number: i32, dice: &Dice) -> Reply {
        let within = |(from, to): (i64, i64)| (to..from).contains(&ago_us);
        let fine = |median_us, spread| answers(dice.duration_us(median_us, spread), voice.fine(dice));
        match self {
            Self::Quick => fine(62_000, 0.35),
            Self::Good if dice.chance(0.003) => {
                answers(dice.duration_us(300_000, 0.4), words(429, TEXT, "slow down\n"))
            }
            Self::Good => fine(150_000, 0.45),
            Self::Slow if dice.chance(0.004) => Reply { after_us: 11 * SECOND_US, deed: Deed::SaysNothing },
            Self::Slow => fine(640_000, 0.4),
            Self::Flapping if within(BROKEN) || dice.chance(0.03) => {
                answers(dice.duration_us(420_000, 0.6), words(500, HTML, SERVER_ERROR))
            }
            Self::Flapping if dice.chance(0.02) => {
                answers(dice.duration_us(90_000, 0.3), words(502, HTML, BAD_GATEWAY))
            }
            Self::Flapping => fine(210_000, 0.5),
            Self::FailingNow if ago_us < FAILING_FOR_US => {
                let mut down = words(503, TEXT, "no healthy upstream for pool \"fleet-alerts\"");
                down.retry_after = (number >= 4).then_some(900);
                answers(dice.duration_us(1_190_000, 0.06), down)
            }
            Self::FailingNow => fine(171_000, 0.35),
            Self::Refusing
                if within(CLOSED) || dice.chance(if ago_us < REFUSING_FOR_US { 0.2 } else { 0.01 }) =>
            {
                Reply { after_us: 0, deed: Deed::RefusesConnection }
            }
            Self::Refusing => fine(110_000, 0.4),
            Self::Rejecting if ago_us < REJECTING_FOR_US => {
                let body = r#"{"error":"invalid_token","error_description":"The access token was revoked"}"#;
                answers(dice.duration_us(48_000, 0.3), words(401, JSON, body))
            }
            Self::Rejecting => fine(130_000, 0.4),
            Self::Gone if ago_us < GONE_FOR_US => {
                answers(dice.duration_us(70_000, 0.3), words(410, TEXT, "This endpoint was retired.\n"))
            }
            Self::Gone => fine(120_000, 0.4),
            Self::Expired if ago_us < EXPIRED_FOR_US => {
                Reply { after_us: 0, deed: Deed::ShowsOldCertificate }
            }
            Self::Expired => fine(190_000, 0.4),
        }
    }
}

impl Voice {
    fn fine(self, dice: &Dice) -> Words {
        match self {
            Self::Accepted => words(202, JSON, r#"{"accepted":true}"#),
            Self::Json => words(200, JSON, &format!(r#"{{"status":"ok","id":"{}"}}"#, dice.hex(12))),
            Self::Text => words(200, TEXT, "OK\n"),
            Self::Html => words(200, HTML, "<!doctype html>\n<title>Received</title>\n<p>Thank you.</p>\n"),
            Self::Empty => words(204, None, ""),
            Self::Long if dice.chance(0.04) => words(200, TEXT, &dump()),
            Self::Long => words(200, TEXT, "stored\n"),
            Self::Control => {
                words(200, TEXT, "\u{2}RCVD\u{3}\t\u{1b}[32mOK\u{1b}[0m\u{7}\r\nname\u{202e}txt\0")
            }
        }
    }
}

const fn answers(after_us: i64, words: Words) -> Reply {
    Reply { after_us, deed: Deed::Answers(words) }
}

fn words(status: u16, content_type: Option<&'static str>, body: &str) -> Words {
    Words { status, content_type, retry_after: None, body: body.as_bytes().to_vec() }
}

const SERVER_ERROR: &str = "<html>\n<head><title>500 Internal Server Error</title></head>\n<body>\n\
    <center><h1>500 Internal Server Error</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n";
const BAD_GATEWAY: &str = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n\
    <center><h1>502 Bad Gateway</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n";

/// A receiver that prints its whole configuration.
fn dump() -> String {
    let line = |at: i32| format!("{at:04} sink.partition.{at}.offset={} lag=0 state=assigned\n", at * 7_919);
    (0..400).map(line).collect()
}
