//! A signing secret on its way out: two secrets for a while, so that a receiver can change over without losing anything.
//!
//! What is in force follows from the time alone; nothing happens when an overlap ends. A format whose header carries
//! several signatures signs with both, the new one first. In a format with one signature a receiver has to know the new
//! secret before it is used: the old one signs until the overlap ends, the new one from then on.

use super::Webhook;
use super::format::Format;
use crate::domain::access::UnknownName;
use crate::domain::secret::Secret;
use crate::domain::time::{DAY_US, HOUR_US, Timestamp};

/// How long the old secret stays in force beside the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overlap {
    /// Not at all: for a secret that got into wrong hands.
    #[default]
    None,
    /// An hour.
    Hour,
    /// 24 hours.
    Day,
    /// 72 hours.
    ThreeDays,
    /// Seven days.
    Week,
}

impl Overlap {
    /// All of them, the shortest first.
    pub const ALL: [Self; 5] = [Self::None, Self::Hour, Self::Day, Self::ThreeDays, Self::Week];

    /// The word in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "0",
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::ThreeDays => "72h",
            Self::Week => "7d",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::None => "At once",
            Self::Hour => "1 hour",
            Self::Day => "24 hours",
            Self::ThreeDays => "72 hours",
            Self::Week => "7 days",
        }
    }

    /// How long, microseconds.
    pub const fn micros(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Hour => HOUR_US,
            Self::Day => DAY_US,
            Self::ThreeDays => 3 * DAY_US,
            Self::Week => 7 * DAY_US,
        }
    }
}

impl std::str::FromStr for Overlap {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|overlap| overlap.name() == text).ok_or(UnknownName)
    }
}

/// The secret that was replaced last, while it may still be in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldSecret {
    /// The secret.
    pub secret: Secret,
    /// When it was made, where that is known.
    pub since: Option<Timestamp>,
    /// From this moment on it is not used any more.
    pub until: Timestamp,
}

/// The signing secrets of a webhook as they are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// The newest secret.
    pub secret: Option<Secret>,
    /// When it was made or given, where that is known.
    pub since: Option<Timestamp>,
    /// The one before.
    pub old: Option<OldSecret>,
}

/// The secrets that sign one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce<'w> {
    /// What signs.
    pub secret: &'w Secret,
    /// What signs as well, where the format's header carries several signatures.
    pub also: Option<&'w Secret>,
}

impl Format {
    /// Whether the header of its signature carries several of them (contract 00.3).
    pub const fn carries_several_signatures(self) -> bool {
        matches!(self, Self::Aggregate)
    }
}

impl Webhook {
    /// The old secret, while the overlap lasts at `now`.
    pub fn overlapping(&self, now: Timestamp) -> Option<&OldSecret> {
        self.old_secret.as_ref().filter(|old| now < old.until)
    }

    /// What signs a request that is made at `now`; `None` when signing is off, or there is no secret.
    pub fn signs_with(&self, now: Timestamp) -> Option<InForce<'_>> {
        let newest = self.secret.as_ref().filter(|_| self.settings.signing)?;
        Some(match self.overlapping(now) {
            None => InForce { secret: newest, also: None },
            Some(old) if self.settings.format.carries_several_signatures() => {
                InForce { secret: newest, also: Some(&old.secret) }
            }
            Some(old) => InForce { secret: &old.secret, also: None },
        })
    }

    /// The secrets after a change at `now` that leaves `secret` behind. Another one than before ends an overlap: whoever
    /// brings a secret wants it used. An overlap that is over is forgotten.
    pub fn keys_with(&self, secret: Option<&Secret>, now: Timestamp) -> Keys {
        if secret == self.secret.as_ref() {
            let old = self.overlapping(now).cloned();
            return Keys { secret: self.secret.clone(), since: self.secret_since, old };
        }
        Keys { secret: secret.cloned(), since: secret.map(|_| now), old: None }
    }

    /// The secrets after `secret` replaced the present one at `now`.
    pub fn keys_rotated(&self, secret: Secret, overlap: Overlap, now: Timestamp) -> Keys {
        let present = self.secret.clone().filter(|_| overlap != Overlap::None);
        let old = present.map(|secret| OldSecret {
            secret,
            since: self.secret_since,
            until: now.plus_micros(overlap.micros()),
        });
        Keys { secret: Some(secret), since: Some(now), old }
    }

    /// The secrets after the overlap was ended.
    pub fn keys_without_old(&self) -> Keys {
        Keys { secret: self.secret.clone(), since: self.secret_since, old: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{CompanyId, WebhookId};
    use crate::domain::webhook::endpoint_url::EndpointPolicy;
    use crate::domain::webhook::settings::Change;

    const BEGIN: Timestamp = Timestamp::from_seconds(1_768_464_000);

    fn webhook(format: Format) -> Webhook {
        let change = Change {
            url: Some("https://hooks.example.com/".to_owned()),
            format: Some(format.name().to_owned()),
            ..Change::default()
        };
        Webhook {
            id: WebhookId(1),
            company_id: CompanyId(1),
            version: 1,
            settings: change.create(&EndpointPolicy::default()).unwrap(),
            secret: Some(Secret::new("the old secret")),
            secret_since: Some(BEGIN),
            old_secret: None,
            disabled: None,
            paused: None,
            unreadable: false,
            created_at: BEGIN,
            created_by: String::new(),
            updated_at: BEGIN,
            updated_by: String::new(),
        }
    }

    fn with(webhook: Webhook, keys: Keys) -> Webhook {
        Webhook { secret: keys.secret, secret_since: keys.since, old_secret: keys.old, ..webhook }
    }

    /// What signs at so many hours after the rotation.
    fn signs(webhook: &Webhook, hours: i64) -> Vec<&str> {
        let used = webhook.signs_with(BEGIN.plus_micros(hours * HOUR_US)).unwrap();
        [Some(used.secret), used.also].into_iter().flatten().map(Secret::reveal).collect()
    }

    #[test]
    fn several_signatures_carry_both_and_one_signature_the_old_until_the_end() {
        for format in Format::ALL {
            let before = webhook(format);
            let keys = before.keys_rotated(Secret::new("the new secret"), Overlap::Day, BEGIN);
            let after = with(before, keys);
            let meanwhile: &[&str] = match format {
                Format::Aggregate => &["the new secret", "the old secret"],
                _ => &["the old secret"],
            };
            assert_eq!(signs(&after, 0), meanwhile, "{format:?}");
            assert_eq!(signs(&after, 23), meanwhile, "{format:?}");
            assert_eq!(signs(&after, 24), ["the new secret"], "{format:?}: the end is not part of it");
            assert_eq!(signs(&with(after.clone(), after.keys_without_old()), 1), ["the new secret"]);
        }
    }

    #[test]
    fn at_once_is_at_once() {
        let before = webhook(Format::Telemax);
        let keys = before.keys_rotated(Secret::new("the new secret"), Overlap::None, BEGIN);
        assert_eq!((keys.old.clone(), keys.since), (None, Some(BEGIN)));
        assert_eq!(signs(&with(before, keys), 0), ["the new secret"]);
    }

    #[test]
    fn other_changes_keep_an_overlap_and_a_secret_that_is_brought_ends_it() {
        let before = webhook(Format::Telemax);
        let keys = before.keys_rotated(Secret::new("the new secret"), Overlap::Hour, BEGIN);
        let after = with(before, keys.clone());
        assert_eq!(after.keys_with(keys.secret.as_ref(), BEGIN), keys);
        let later = BEGIN.plus_micros(HOUR_US);
        assert_eq!(after.keys_with(keys.secret.as_ref(), later).old, None, "what is over is forgotten");
        let brought = Secret::new("one of their own");
        let keys = after.keys_with(Some(&brought), BEGIN);
        assert_eq!((keys.secret, keys.old), (Some(brought), None));
    }

    #[test]
    fn nothing_signs_when_signing_is_off() {
        let mut off = webhook(Format::Telemax);
        off.settings.signing = false;
        assert_eq!(off.signs_with(BEGIN), None);
        for overlap in Overlap::ALL {
            assert_eq!(overlap.name().parse(), Ok(overlap));
        }
        assert!("2h".parse::<Overlap>().is_err());
    }
}
