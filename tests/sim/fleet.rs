//! Companies and alerts, the same for every seed, and webhooks as chance wants them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use belfry::actions::webhooks::{NewWebhook, SecretChoice};
use belfry::domain::alert_type::AlertType;
use belfry::domain::ids::{AlertId, CompanyId};
use belfry::domain::random::SeededRandom;
use belfry::domain::time::Timestamp;
use belfry::domain::webhook::Receives;
use belfry::domain::webhook::auth::{AuthInput, AuthType};
use belfry::domain::webhook::format::Format;
use belfry::domain::webhook::settings::{Change, CriteriaInput};
use belfry::store::{Db, StoreError, alerts, companies};
use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use serde_json::json;

use super::dice::Dice;
use super::process::open;
use super::receivers::HOSTS;

pub const FLEET: CompanyId = CompanyId(1);
pub const BRANCH: CompanyId = CompanyId(2);
pub const STRANGER: CompanyId = CompanyId(3);

/// A company and those above it.
pub fn with_ancestors(company: CompanyId) -> &'static [CompanyId] {
    match company {
        BRANCH => &[BRANCH, FLEET],
        FLEET => &[FLEET],
        _ => &[STRANGER],
    }
}

/// An alert that every database has. Its number is its place, from 1.
pub struct KnownAlert {
    pub company: CompanyId,
    pub alert_type: AlertType,
    pub name: &'static str,
}

pub const ALERTS: [KnownAlert; 6] = [
    KnownAlert { company: FLEET, alert_type: AlertType::ExceedMaximumSpeed, name: "Too fast" },
    KnownAlert { company: FLEET, alert_type: AlertType::LowBattery, name: "Battery" },
    KnownAlert { company: FLEET, alert_type: AlertType::Idle, name: "Engine idles" },
    KnownAlert { company: BRANCH, alert_type: AlertType::Geofence, name: "Left the yard" },
    KnownAlert { company: BRANCH, alert_type: AlertType::Ignition, name: "Started" },
    KnownAlert { company: STRANGER, alert_type: AlertType::Ignition, name: "Somebody else's" },
];

pub fn alert(id: AlertId) -> &'static KnownAlert {
    &ALERTS[usize::try_from(id.0 - 1).unwrap()]
}

pub fn any_alert(dice: &Dice) -> AlertId {
    AlertId(i64::try_from(dice.between(1, ALERTS.len() as u64)).unwrap())
}

/// Makes the database that every run begins with a copy of.
pub fn template(dir: &Path) -> PathBuf {
    let path = dir.join("template.db");
    let store = open(&path, Arc::new(SeededRandom::new(0)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let committing = async { store.commit_by_hand(false) };
        futures_util::future::join(store.write(furnish), committing).await.0.unwrap();
    });
    drop(store);
    let mut file = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    // The last of the store may still be closing.
    file.batch_execute("PRAGMA busy_timeout=5000; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    path
}

fn furnish(db: &mut Db<'_>) -> Result<(), StoreError> {
    let at = Timestamp::from_seconds(1_790_000_000);
    let fleet = companies::insert(db, "Northline", None, "Europe/Berlin", at)?;
    companies::insert(db, "Northline South", Some(fleet.id), "UTC", at)?;
    companies::insert(db, "Mallory Ltd", None, "UTC", at)?;
    for known in &ALERTS {
        let (company_id, alert_type, name) = (known.company, known.alert_type, known.name);
        let row = alerts::NewAlert { id: None, company_id, alert_type, name, description: "", units: &[] };
        alerts::insert(db, &row, at)?;
    }
    Ok(())
}

/// A webhook of some company.
pub fn webhook(dice: &Dice) -> (CompanyId, NewWebhook) {
    let company = *dice.pick(&[FLEET, FLEET, BRANCH, STRANGER]);
    let receives = dice.weighted(&[(5, Receives::Linked), (4, Receives::All), (1, Receives::TestsOnly)]);
    let change = Change {
        url: Some(url(dice)),
        receives: Some(receives.name().to_owned()),
        criteria: Some(criteria(dice)),
        is_active: Some(dice.percent(90)),
        ..shape(dice)
    };
    let linkable = |id: &AlertId| {
        let known = alert(*id);
        known.alert_type.is_linkable() && with_ancestors(known.company).contains(&company)
    };
    let count = dice.below(4);
    let alert_ids = (0..count).map(|_| any_alert(dice)).filter(linkable).collect();
    (company, NewWebhook { change, alert_ids, secret: SecretChoice::Keep })
}

pub fn url(dice: &Dice) -> String {
    format!("https://{}/hook/{}", dice.pick(&HOSTS), dice.below(3))
}

pub fn criteria(dice: &Dice) -> CriteriaInput {
    CriteriaInput::Json(match dice.below(4) {
        0 => json!({ "data.level": level(dice) }),
        _ => json!({}),
    })
}

/// What half of the criteria ask for and every event has.
pub fn level(dice: &Dice) -> &'static str {
    if dice.percent(50) { "high" } else { "low" }
}

/// A format, a signature or none, and a credential that goes with them.
pub fn shape(dice: &Dice) -> Change {
    let (format, signing) = (*dice.pick(&Format::ALL), dice.percent(75));
    let mut kind = *dice.pick(&AuthType::ALL);
    if format.wants_authorization(signing) && kind.wants_authorization() {
        kind = AuthType::Header;
    }
    let token = || Some(format!("token-{}", dice.below(1_000_000)));
    let auth = AuthInput {
        auth_type: Some(kind.name().to_owned()),
        user_name: kind.takes_password().then(|| "user".to_owned()),
        password: token().filter(|_| kind.takes_password()),
        token: token().filter(|_| kind.takes_token()),
    };
    Change {
        format: Some(format.name().to_owned()),
        signing: Some(signing),
        auth: Some(auth),
        ..Change::default()
    }
}
