//! The webhooks of the story: every format with every auth type that it can be combined with, once each.

use super::dice::Dice;
use super::people::{COLD_CHAIN, Cast, DANA, GRACE, HARBOUR, LUIS, MAYA, NORDIC, NORTHLINE, OLA, PRAIRIE};
use super::temper::{Temper, Voice};
use crate::actions::webhooks::{self, NewWebhook, SecretChoice};
use crate::actions::{Context, Outcome};
use crate::domain::ids::{AlertId, WebhookId};
use crate::domain::webhook::Receives;
use crate::domain::webhook::auth::{AuthInput, AuthType};
use crate::domain::webhook::format::Format;
use crate::domain::webhook::settings::{Change, CriteriaInput};

/// A webhook of the story.
#[derive(Clone, Copy)]
pub(super) struct HookRow {
    company: usize,
    pub(super) name: &'static str,
    pub(super) url: &'static str,
    pub(super) format: Format,
    pub(super) auth: AuthType,
    receives: Receives,
    criteria: &'static [(&'static str, &'static str)],
    alerts: &'static [i64],
    /// Who made it …
    pub(super) by: usize,
    /// … and how many days ago.
    pub(super) days_ago: i64,
    pub(super) temper: Temper,
    pub(super) voice: Voice,
}

const fn hook(
    company: usize,
    name: &'static str,
    url: &'static str,
    format: Format,
    auth: AuthType,
    alerts: &'static [i64],
) -> HookRow {
    HookRow {
        company,
        name,
        url,
        format,
        auth,
        receives: Receives::Linked,
        criteria: &[],
        alerts,
        by: MAYA,
        days_ago: 60,
        temper: Temper::Good,
        voice: Voice::Json,
    }
}

impl HookRow {
    const fn by(self, by: usize, days_ago: i64) -> Self {
        Self { by, days_ago, ..self }
    }

    const fn answers(self, temper: Temper, voice: Voice) -> Self {
        Self { temper, voice, ..self }
    }

    const fn receives(self, receives: Receives, criteria: &'static [(&'static str, &'static str)]) -> Self {
        Self { receives, criteria, ..self }
    }

    /// The receiver's name, without scheme and path.
    pub(super) fn host(&self) -> &'static str {
        self.url.split('/').nth(2).unwrap_or_default()
    }

    /// As the formats' own doors do it, and off where two would want the same header.
    pub(super) const fn signing(&self) -> bool {
        match self.format {
            Format::Telemax | Format::Zstack => true,
            Format::Aggregate => false,
            Format::Softwareone => !self.auth.wants_authorization(),
        }
    }
}

use AuthType::{AuthHeader, Basic, Bearer, Header, QueryString};
use Format::{Aggregate, Softwareone, Telemax, Zstack};

/// Places in [`HOOKS`] that the story speaks of.
pub(super) const DISPATCH_HUB: usize = 0;
pub(super) const YARD_GATE: usize = 2;
pub(super) const SAFETY_DESK: usize = 3;
pub(super) const DRIVER_APP: usize = 5;
pub(super) const LEGACY_BRIDGE: usize = 7;
pub(super) const CUSTOMS_BRIDGE: usize = 9;
pub(super) const FUEL_DESK: usize = 14;

const NORTH_ALL: &[i64] = &[101, 102, 103, 104, 105, 106, 107, 108, 109];
const PORT_3: &[(&str, &str)] = &[("alertType", "Geofence"), ("data.geofenceName", "Port 3")];

/// The webhooks, oldest first.
#[rustfmt::skip]
pub(super) const HOOKS: [HookRow; 24] = [
    hook(NORTHLINE, "Dispatch hub", "http://hooks.acme-dispatch.example/v1/fleet/alerts", Telemax, Bearer, &[101, 102, 103, 104, 105, 106])
        .answers(Temper::FailingNow, Voice::Accepted),
    hook(NORTHLINE, "Cold-chain ops", "https://ingest.coldchain.example/alerts", Zstack, Basic, &[302, 303, 304])
        .answers(Temper::Expired, Voice::Json),
    hook(NORTHLINE, "Yard gate", "http://gate.portnord.example/cb", Telemax, QueryString, &[102])
        .by(OLA, 60).answers(Temper::Refusing, Voice::Text),
    hook(NORTHLINE, "Safety desk", "http://safety.acme.example/in?source=belfry", Aggregate, Header, &[103, 106, 107, 108]),
    hook(NORTHLINE, "Audit sink", "http://siem.northline.example/hec", Aggregate, AuthHeader, NORTH_ALL)
        .answers(Temper::Quick, Voice::Text),
    hook(NORTHLINE, "Driver app", "http://push.drivers.example/wh", Telemax, AuthType::None, &[103, 104, 105, 109])
        .by(OLA, 55).answers(Temper::Slow, Voice::Accepted),
    hook(NORTHLINE, "Partner portal", "http://partners.northline.example/mpt/notify", Softwareone, AuthType::None, &[])
        .by(MAYA, 54).receives(Receives::All, PORT_3),
    hook(NORTHLINE, "Legacy bridge", "http://bridge.northline.example/legacy", Aggregate, AuthType::None, &[109])
        .by(MAYA, 54).answers(Temper::Good, Voice::Html),
    hook(NORDIC, "Terminal board", "http://board.goteborg-terminal.example/events", Telemax, Header, &[201, 204])
        .by(OLA, 52).answers(Temper::Quick, Voice::Empty),
    hook(NORDIC, "Customs bridge", "http://customs.nordgate.example/alerts", Zstack, Bearer, &[204])
        .by(OLA, 52).answers(Temper::Rejecting, Voice::Json),
    hook(NORDIC, "Workshop planner", "http://planner.verkstad.example/hooks", Softwareone, Header, &[202, 203])
        .by(OLA, 51),
    hook(COLD_CHAIN, "Temperature desk", "http://desk.kuehlhaus.example/in", Zstack, AuthType::None, &[301, 302])
        .by(MAYA, 50).answers(Temper::Good, Voice::Html),
    hook(COLD_CHAIN, "Old telematics", "http://old.telematik.example/push", Telemax, Basic, &[301, 303])
        .by(MAYA, 50).answers(Temper::Gone, Voice::Text),
    hook(PRAIRIE, "Load board", "http://loadboard.prairie.example/webhooks/belfry?tenant=prairie-haul", Aggregate, Basic, &[401, 402])
        .by(DANA, 47),
    hook(PRAIRIE, "Fuel desk", "http://fuel.prairie.example/alerts", Telemax, AuthHeader, &[402, 404])
        .by(LUIS, 47).answers(Temper::Slow, Voice::Text),
    hook(PRAIRIE, "Roadside assist", "http://assist.roadside.example/v2/alerts", Zstack, Header, &[404, 405, 406, 403])
        .by(LUIS, 46).answers(Temper::Flapping, Voice::Json),
    hook(PRAIRIE, "Marketplace", "http://hooks.marketplace.example/prairie", Softwareone, QueryString, &[401])
        .by(DANA, 45),
    hook(PRAIRIE, "Everything sink", "http://sink.prairie.example/all", Zstack, QueryString, &[])
        .by(DANA, 45).receives(Receives::All, &[]).answers(Temper::Quick, Voice::Long),
    hook(PRAIRIE, "Staging", "http://staging.prairie.example/in", Softwareone, Bearer, &[])
        .by(LUIS, 44).receives(Receives::TestsOnly, &[]),
    hook(HARBOUR, "Wharf control", "http://wharf.harbour.example/alerts", Zstack, AuthHeader, &[501, 502])
        .by(GRACE, 41).answers(Temper::Quick, Voice::Empty),
    hook(HARBOUR, "Dispatch Sydney", "http://dispatch.harbour.example/hook", Aggregate, QueryString, &[501, 503, 504])
        .by(GRACE, 41).answers(Temper::Flapping, Voice::Accepted),
    hook(HARBOUR, "Contract portal", "http://contracts.harbour.example/notify", Softwareone, Basic, &[503])
        .by(GRACE, 40),
    hook(HARBOUR, "Compliance", "http://compliance.harbour.example/v1/events", Softwareone, AuthHeader, &[502, 503])
        .by(GRACE, 40).answers(Temper::Good, Voice::Control),
    hook(NORTHLINE, "Insurer feed", "http://api.fleetinsure.example/hook", Aggregate, Bearer, &[121, 122])
        .by(MAYA, 4),
];

/// Makes one of them.
///
/// # Errors
/// Those of the action.
pub(super) async fn add(
    ctx: &Context,
    cast: &Cast,
    row: &HookRow,
    dice: &Dice,
) -> Outcome<Option<WebhookId>> {
    let Some(company) = cast.companies.get(row.company) else {
        return Ok(None);
    };
    let criteria = row.criteria.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let new = NewWebhook {
        change: Change {
            name: Some(row.name.to_owned()),
            url: Some(row.url.to_owned()),
            receives: Some(row.receives.name().to_owned()),
            criteria: Some(CriteriaInput::Pairs(criteria.collect())),
            format: Some(row.format.name().to_owned()),
            auth: Some(credential(row, dice)),
            signing: Some(row.signing()),
            ..Change::default()
        },
        alert_ids: row.alerts.iter().map(|id| AlertId(*id)).collect(),
        secret: SecretChoice::Keep,
    };
    Ok(Some(webhooks::create(ctx, company.id, new).await?.webhook.id))
}

fn credential(row: &HookRow, dice: &Dice) -> AuthInput {
    let made = dice.hex(28);
    let token = match row.auth {
        AuthHeader => format!("Splunk {made}"),
        _ => format!("live_{made}"),
    };
    AuthInput {
        auth_type: Some(row.auth.name().to_owned()),
        user_name: row.auth.takes_password().then(|| "belfry".to_owned()),
        password: row.auth.takes_password().then(|| dice.hex(16)),
        token: row.auth.takes_token().then_some(token),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_meets_every_auth_type() {
        for format in Format::ALL {
            for auth in AuthType::ALL {
                let found = HOOKS.iter().filter(|row| row.format == format && row.auth == auth).count();
                assert_eq!(found, 1, "{} with {}", format.name(), auth.name());
            }
        }
    }

    #[test]
    fn places_have_their_names() {
        let name = |at: usize| HOOKS[at].name;
        assert_eq!(
            [DISPATCH_HUB, YARD_GATE, SAFETY_DESK, DRIVER_APP, LEGACY_BRIDGE, CUSTOMS_BRIDGE, FUEL_DESK]
                .map(name),
            [
                "Dispatch hub",
                "Yard gate",
                "Safety desk",
                "Driver app",
                "Legacy bridge",
                "Customs bridge",
                "Fuel desk"
            ]
        );
    }
}
