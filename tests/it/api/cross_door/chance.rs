//! What is done, and with which values, by chance.

use belfry::domain::webhook::auth::AuthType;
use belfry::domain::webhook::call_type::CallType;
use belfry::domain::webhook::format::Format;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::form::{self, Edit};
use super::model::{ALERT_TYPES, Credential};
use super::ops::{Fields, Op};

pub const URLS: [&str; 4] = [
    "https://hooks.example.com/alerts",
    "https://hooks.example.com/in?key=s3cret&x=1",
    "https://hooks.example.com/in?token=s3cret",
    "https://moved.example.com/in",
];
pub const NAMES: [&str; 4] = ["Ops", "Größe <b>&amp;", "Dispatch  hub ", "x"];
pub const DESCRIPTIONS: [&str; 4] = ["", "Ops desk", " edges ", "a = b"];
pub const SECRETS: [&str; 2] = ["given-secret-1", "whsec_given=secret"];
pub const CRITERIA: [&[(&str, &str)]; 4] = [
    &[],
    &[("alertType", "Speeding")],
    &[("data.geofenceName", " Port = 3 "), ("product.id", "PRD-1")],
    &[("value", ""), ("companyId", "7")],
];
pub const CREDENTIALS: [Credential; 7] = [
    Credential::NONE,
    Credential { kind: AuthType::Basic, user_name: "alice", secret: "pa55: wörd" },
    Credential { kind: AuthType::QueryString, user_name: "", secret: "tök&n=1" },
    Credential { kind: AuthType::AuthHeader, user_name: "", secret: "ApiKey abc-12345" },
    Credential { kind: AuthType::Header, user_name: "", secret: "t0ken-12345" },
    Credential { kind: AuthType::Bearer, user_name: "", secret: "t0ken-67890" },
    Credential { kind: AuthType::Bearer, user_name: "", secret: "0ther-67890" },
];

/// The creates, and what is done to which of them.
type Told = (Vec<Op>, Vec<(usize, Op)>);

/// What chance seldom comes to.
pub fn remembered() -> Vec<Told> {
    let telemax = |alerts: &[usize]| Op::Telemax {
        url: URLS[0],
        alerts: alerts.to_vec(),
        is_active: None,
        is_global: false,
    };
    let aggregate =
        |place: usize, is_alert_hook| Op::Aggregate { url: URLS[0], auth: CREDENTIALS[place], is_alert_hook };
    let softwareone = Op::Softwareone(Fields {
        url: None,
        description: None,
        criteria: None,
        secret: None,
        call_type: CallType::default(),
        wraps: false,
    });
    vec![
        // An order that no list of a page has.
        (vec![telemax(&[2, 0])], vec![(0, Op::Form(Vec::new()))]),
        // Linked alerts on a webhook that gets only tests.
        (vec![telemax(&[0])], vec![(0, aggregate(0, false)), (0, Op::SendBack(0))]),
        // Two credentials for one header, from either side.
        (vec![softwareone.clone()], vec![(0, aggregate(1, true)), (0, aggregate(4, true))]),
        (
            vec![aggregate(5, true)],
            vec![(0, Op::Form(vec![Edit::Format(Format::Softwareone), Edit::Signing(true)]))],
        ),
        // A second token in the query.
        (vec![aggregate(2, true)], vec![(0, Op::Form(vec![Edit::Url(URLS[2])]))]),
        // A credential that would go to another host.
        (vec![aggregate(5, true)], vec![(0, Op::Form(vec![Edit::Url(URLS[3])]))]),
    ]
}

pub fn creates() -> impl Strategy<Value = Op> {
    prop_oneof![telemax(), aggregate(), zstack(), softwareone()]
}

pub fn ops() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => telemax(),
        2 => (0..ALERT_TYPES.len()).prop_map(Op::LinkAlert),
        4 => aggregate(),
        4 => zstack(),
        1 => Just(Op::RotateSecret),
        4 => softwareone(),
        2 => any::<bool>().prop_map(|on| Op::Switch { on }),
        5 => proptest::collection::vec(form::edits(), 0..4).prop_map(Op::Form),
        5 => (0..4_usize).prop_map(Op::SendBack),
        1 => (0..4_usize).prop_map(Op::Delete),
    ]
}

fn telemax() -> impl Strategy<Value = Op> {
    let alerts = subsequence(vec![0, 1, 2], 0..=3).prop_shuffle();
    let alerts = prop_oneof![9 => alerts, 1 => Just(vec![0, 3])];
    (select(&URLS[..]), alerts, any::<Option<bool>>(), any::<bool>())
        .prop_map(|(url, alerts, is_active, is_global)| Op::Telemax { url, alerts, is_active, is_global })
}

fn aggregate() -> impl Strategy<Value = Op> {
    (select(&URLS[..]), select(&CREDENTIALS[..]), any::<bool>())
        .prop_map(|(url, auth, is_alert_hook)| Op::Aggregate { url, auth, is_alert_hook })
}

fn zstack() -> impl Strategy<Value = Op> {
    let secret = proptest::option::of(select(&SECRETS[..]));
    (select(&NAMES[..]), select(&URLS[..]), any::<bool>(), secret)
        .prop_map(|(name, url, signing, secret)| Op::Zstack { name: name.to_owned(), url, signing, secret })
}

fn softwareone() -> impl Strategy<Value = Op> {
    use proptest::option::of;
    let fields = (of(select(&URLS[..])), of(select(&DESCRIPTIONS[..])), of(select(&CRITERIA[..])));
    (fields, of(select(&SECRETS[..])), select(&CallType::ALL[..]), any::<bool>()).prop_map(
        |((url, description, criteria), secret, call_type, wraps)| {
            let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
            let criteria = criteria.map(|pairs| pairs.iter().map(owned).collect());
            let description = description.map(str::to_owned);
            Op::Softwareone(Fields { url, description, criteria, secret, call_type, wraps })
        },
    )
}
