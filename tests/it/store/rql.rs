//! What a filter means: the rows that the database finds are those that a plain reading of the filter finds.

use std::cmp::Ordering;

use belfry::actions::webhooks::{self as acts, NewWebhook};
use belfry::domain::rql::properties::{Field, NumberField, PairField, TextField, TimeField};
use belfry::domain::rql::{
    Filter, ListQuery, Logic, NumberTest, Order, PairTest, Quantifier, Test, TextTest,
};
use belfry::domain::stats::Counters;
use belfry::domain::webhook::Webhook;
use belfry::domain::webhook::settings::{Change, CriteriaInput};
use belfry::store::{stats, webhook_search, webhooks};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::support::TestApp;

/// Texts that databases disagree about, and those that SQL could mistake for its own.
const TEXTS: [&str; 16] = [
    "Ops",
    "ops",
    "OPS alerts",
    "Ärger",
    "ärger",
    "ÄRGER im Büro",
    "größe",
    "GRÖßE",
    "100%",
    "100_",
    "a\\b",
    "x*y",
    "O'Brien",
    "Żółć",
    "日本",
    "İstanbul K",
];
const KEYS: [&str; 4] = ["alertType", "product.id", "data.speed", "a_b"];
const TIMES: [&str; 4] =
    ["2026-09-22T12:00:00.000Z", "2026-09-22T12:00:00.001Z", "2026-09-22T14:00:00.002+02:00", "2026-09-22"];

/// A webhook with what is known of it beside its settings.
struct Known {
    webhook: Webhook,
    counters: Counters,
    last_succeeded: Option<bool>,
    account: String,
}

impl Known {
    fn text(&self, field: TextField) -> Option<String> {
        let settings = &self.webhook.settings;
        Some(match field {
            TextField::Id => self.webhook.id.softwareone(),
            TextField::Url => settings.endpoint.without_query(),
            TextField::Description => return settings.description.clone(),
            TextField::AccountId => format!("ACC-0000-{:04}", self.webhook.company_id.0),
            TextField::AccountName => self.account.clone(),
        })
    }

    fn number(&self, field: NumberField) -> i64 {
        match field {
            NumberField::Total => self.counters.total,
            NumberField::Successes => self.counters.successes,
            NumberField::Failures => self.counters.failures,
            NumberField::FailuresSinceLastSuccess => self.counters.failures_since_success,
        }
    }

    fn millis(&self, field: TimeField) -> Option<i64> {
        let at = match field {
            TimeField::Created => self.webhook.created_at,
            TimeField::Updated => self.webhook.updated_at,
            TimeField::LastCall => self.counters.last_call_at?,
        };
        Some(at.micros().div_euclid(1_000))
    }

    fn meets(&self, filter: &Filter) -> bool {
        holds(filter, &|test| match test {
            Test::Text(field, test) => self.text(*field).is_some_and(|text| text_meets(&text, test)),
            Test::Number(field, test) => number_meets(self.number(*field), test),
            Test::Time(field, test) => self.millis(*field).is_some_and(|at| number_meets(at, test)),
            Test::LastCall { succeeded } => self.last_succeeded == Some(*succeeded),
            Test::Status { enabled, disabled } => {
                if self.webhook.is_live() {
                    *enabled
                } else {
                    *disabled
                }
            }
            Test::Type(kinds) => kinds.contains(&self.webhook.settings.call_type),
            Test::Null(field) => match field {
                Field::Text(field) => self.text(*field).is_none(),
                Field::Time(field) => self.millis(*field).is_none(),
                Field::LastCallSuccess => self.last_succeeded.is_none(),
                _ => false,
            },
            Test::Pairs(quantifier, condition) => {
                let pair = |(key, value): (&str, &str)| {
                    holds(condition, &|test| match test {
                        PairTest::Exists => true,
                        PairTest::Text(PairField::Key, test) => text_meets(key, test),
                        PairTest::Text(PairField::Value, test) => text_meets(value, test),
                    })
                };
                let mut pairs = self.webhook.settings.criteria.iter();
                match quantifier {
                    Quantifier::Any => pairs.any(pair),
                    Quantifier::All => pairs.all(pair),
                }
            }
        })
    }

    /// By one key of an order; null first.
    fn compare(&self, other: &Self, field: Field) -> Ordering {
        let status = |known: &Self| if known.webhook.is_live() { "Enabled" } else { "Disabled" };
        match field {
            Field::Text(field) => self.text(field).cmp(&other.text(field)),
            Field::Number(field) => self.number(field).cmp(&other.number(field)),
            Field::Time(field) => self.millis(field).cmp(&other.millis(field)),
            Field::LastCallSuccess => self.last_succeeded.cmp(&other.last_succeeded),
            Field::Status => status(self).cmp(status(other)),
            Field::Type => {
                let name = |known: &Self| known.webhook.settings.call_type.name();
                name(self).cmp(name(other))
            }
            Field::ObjectType => {
                let name = |known: &Self| known.webhook.settings.call_type.object_type();
                name(self).cmp(name(other))
            }
        }
    }
}

fn holds<T>(logic: &Logic<T>, test: &dyn Fn(&T) -> bool) -> bool {
    match logic {
        Logic::And(items) => items.iter().all(|item| holds(item, test)),
        Logic::Or(items) => items.iter().any(|item| holds(item, test)),
        Logic::Not(inner) => !holds(inner, test),
        Logic::Is(leaf) => test(leaf),
    }
}

fn text_meets(text: &str, test: &TextTest) -> bool {
    match test {
        TextTest::Compare(compare, other) => compare.holds(text, other.as_str()),
        TextTest::In(texts) => texts.iter().any(|other| other == text),
        TextTest::Like(pattern) => pattern.matches(text),
    }
}

fn number_meets(number: i64, test: &NumberTest) -> bool {
    match test {
        NumberTest::Compare(compare, other) => compare.holds(&number, other),
        NumberTest::In(numbers) => numbers.contains(&number),
    }
}

/// Two companies, one below the other, with webhooks of every kind. A third company's are nobody's.
async fn fleet(app: &TestApp) -> Vec<Known> {
    let northline = app.company("Northline Ä").await;
    let depot = app.sub_company("depot_100%", northline).await;
    let mallory = app.company("Northline Ä").await;
    let mut made = Vec::new();
    for (at, text) in TEXTS.into_iter().cycle().take(64).enumerate() {
        let criteria =
            (0..at % 3).map(|nth| (KEYS[(at + nth) % 4].to_owned(), TEXTS[(at * 7 + nth) % 16].to_owned()));
        let kinds = belfry::domain::webhook::call_type::CallType::ALL;
        let change = Change {
            url: Some(format!(
                "https://hooks{}.example.com/{}?token=secret{at}",
                at % 5,
                ["A", "a", "a_%25"][at % 3]
            )),
            description: (at % 5 > 0).then(|| Some(text.to_owned())),
            criteria: Some(CriteriaInput::Pairs(criteria.collect())),
            call_type: Some(kinds[at % kinds.len()].name().to_owned()),
            is_active: Some(at % 4 != 1),
            ..Change::default()
        };
        let company = [northline, depot, mallory][at % 3];
        let saved =
            acts::create(&app.context(), company, NewWebhook { change, ..NewWebhook::default() }).await;
        let id = saved.unwrap().webhook.id;
        if at % 7 == 0 {
            app.clock.advance(1_300);
        }
        let set = match at % 4 {
            0 => String::new(),
            1 => format!(
                "UPDATE webhook_stats SET total={at}, successes={at}, last_call_id={at}+1, last_success_id={at}+1, \
                 last_success_at=1790078400000000+{at}*700, last_call_at=1790078400000000+{at}*700 WHERE webhook_id={id};"
            ),
            _ => format!(
                "UPDATE webhook_stats SET total=5, successes=2, failures=3, failures_since_success={at}, \
                 last_call_id=9, last_failure_id=9, last_success_id=3, last_failure_at=1790078400001000, \
                 last_call_at=1790078400001000 WHERE webhook_id={id};"
            ),
        };
        if at % 6 == 5 {
            let sql = format!("UPDATE webhooks SET disabled_reason='gone', disabled_at=1 WHERE id={id};");
            app.database.run(&sql);
        }
        if !set.is_empty() {
            app.database.run(&set);
        }
        if company != mallory {
            made.push((id, if company == depot { "depot_100%" } else { "Northline Ä" }.to_owned()));
        }
    }
    let scope = app.context().caller.scope_of(northline);
    let read = app.services.store.read(move |db| {
        let mut known = Vec::new();
        for (id, account) in made {
            let stats = stats::of_webhook(db, id)?;
            known.push(Known {
                webhook: webhooks::get(db, &scope, id)?,
                last_succeeded: stats.last_call.map(|last| Some(last) == stats.last_success),
                counters: stats.counters,
                account,
            });
        }
        Ok::<_, belfry::store::StoreError>(known)
    });
    read.await.unwrap()
}

fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') { '"' } else { '\'' };
    format!("{quote}{text}{quote}")
}

fn texts() -> impl Strategy<Value = String> {
    let whole = proptest::sample::select(TEXTS.to_vec()).prop_map(str::to_owned);
    let part = whole.clone().prop_flat_map(|text| {
        let count = text.chars().count();
        (0..count, 1..=count).prop_map(move |(from, length)| text.chars().skip(from).take(length).collect())
    });
    prop_oneof![
        whole,
        part,
        Just(String::new()),
        Just("https://hooks1.example.com/a".to_owned()),
        Just("depot".to_owned())
    ]
}

fn patterns() -> impl Strategy<Value = String> {
    (texts(), any::<bool>(), any::<bool>(), 0..3_u8).prop_map(|(text, left, right, case)| {
        let text = match case {
            0 => text.to_uppercase(),
            1 => text.to_lowercase(),
            _ => text,
        };
        format!("{}{text}{}", if left { "*" } else { "" }, if right { "*" } else { "" })
    })
}

fn text_leaf(path: &'static str) -> impl Strategy<Value = String> {
    let compare = proptest::sample::select(vec!["eq", "ne", "gt", "ge", "lt", "le"]);
    prop_oneof![
        (compare, texts()).prop_map(move |(name, text)| format!("{name}({path},{})", quoted(&text))),
        (any::<bool>(), patterns()).prop_map(move |(fold, text)| {
            format!("{}({path},{})", if fold { "ilike" } else { "like" }, quoted(&text))
        }),
        (any::<bool>(), proptest::collection::vec(texts(), 1..4)).prop_map(move |(out, texts)| {
            let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
            format!("{}({path},({}))", if out { "out" } else { "in" }, texts.join(","))
        }),
    ]
}

fn plain_leaf(paths: Vec<&'static str>, values: Vec<&'static str>) -> impl Strategy<Value = String> {
    let compare = proptest::sample::select(vec!["eq", "ne", "gt", "ge", "lt", "le"]);
    let (path, value) = (proptest::sample::select(paths), proptest::sample::select(values));
    (compare, path, value.clone(), value, 0..4_u8).prop_map(|(name, path, one, two, way)| match way {
        0 => format!("in({path},({one},{two}))"),
        1 => format!("out({path},({one}))"),
        _ => format!("{name}({path},{one})"),
    })
}

fn leaves() -> BoxedStrategy<String> {
    let pair = prop_oneof![text_leaf("key"), text_leaf("value")];
    let pairs = (any::<bool>(), pair.clone(), pair, 0..3_u8).prop_map(|(all, one, two, way)| {
        let condition = match way {
            0 => one,
            1 => format!("and({one},{two})"),
            _ => format!("or({one},not({two}))"),
        };
        format!("{}(criteria,{condition})", if all { "all" } else { "any" })
    });
    let numbers = vec![
        "statistics.total",
        "statistics.successes",
        "statistics.failures",
        "statistics.failuresSinceLastSuccess",
    ];
    prop_oneof![
        text_leaf("id"),
        text_leaf("url"),
        text_leaf("description"),
        text_leaf("account.id"),
        text_leaf("account.name"),
        pairs,
        Just("any(criteria)".to_owned()),
        plain_leaf(numbers, vec!["0", "2", "5", "17", "-1", "9223372036854775807"]),
        plain_leaf(vec!["audit.created.at", "audit.updated.at", "lastCall.callTime"], TIMES.to_vec()),
        plain_leaf(vec!["status"], vec!["enabled", "Disabled"]),
        plain_leaf(vec!["type"], vec!["SelectOrderLines", "validateaccount", "ValidateRequest"]),
        plain_leaf(vec!["objectType"], vec!["Order", "enrollment", "Request"]),
        proptest::sample::select(vec![
            "like(status,En*)",
            "ilike(type,*order*)",
            "like(objectType,x)",
            "eq(description,null())",
            "ne(description,null())",
            "eq(description,empty())",
            "eq(lastCall.callTime,null())",
            "ne(lastCall.success,null())",
            "eq(lastCall.success,true)",
            "ne(lastCall.success,true)",
            "in(lastCall.success,(false,true))",
            "gt(id,'WBH-0000-0030')",
            "eq(account.id,'ACC-0000-0001')",
        ])
        .prop_map(str::to_owned),
    ]
    .boxed()
}

fn filters() -> impl Strategy<Value = String> {
    leaves().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4)
                .prop_map(|items| format!("and({})", items.join(","))),
            proptest::collection::vec(inner.clone(), 1..4).prop_map(|items| format!("({})", items.join(";"))),
            inner.prop_map(|inner| format!("not({inner})")),
        ]
    })
}

fn orders() -> impl Strategy<Value = String> {
    let paths = vec![
        "id",
        "url",
        "description",
        "status",
        "type",
        "objectType",
        "account.id",
        "account.name",
        "statistics.total",
        "statistics.failures",
        "audit.created.at",
        "audit.updated.at",
        "lastCall.success",
        "lastCall.callTime",
    ];
    let key = (any::<bool>(), proptest::sample::select(paths))
        .prop_map(|(down, path)| format!("{}{path}", if down { "-" } else { "%2B" }));
    proptest::collection::vec(key, 0..3).prop_map(|keys| keys.join(","))
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

#[tokio::test]
async fn the_database_finds_what_a_plain_reading_finds() {
    let app = TestApp::start().await;
    let fleet = fleet(&app).await;
    let root = fleet[0].webhook.company_id;
    let scope = app.context().caller.scope_of(root);
    let mut runner = TestRunner::default();
    let (mut some, mut none) = (0, 0);
    for _ in 0..300 {
        let filter = filters().new_tree(&mut runner).unwrap().current();
        let order = orders().new_tree(&mut runner).unwrap().current();
        let order = if order.is_empty() { order } else { format!("&order={order}") };
        let text = format!("{}{order}&select=audit&limit=100", encoded(&filter));
        let query = ListQuery::read(&text).unwrap_or_else(|faults| panic!("{filter}: {faults:?}"));
        let mut expected: Vec<&Known> =
            fleet.iter().filter(|known| known.meets(query.filter.as_ref().unwrap())).collect();
        let by_created = |a: &Known, b: &Known| a.webhook.created_at.cmp(&b.webhook.created_at);
        expected.sort_by(|a, b| {
            let keys = query.order.iter().map(|Order { field, descending }| {
                let order = a.compare(b, *field);
                if *descending { order.reverse() } else { order }
            });
            let usual = if query.order.is_empty() { by_created(a, b) } else { Ordering::Equal };
            keys.fold(Ordering::Equal, Ordering::then).then(usual).then(a.webhook.id.cmp(&b.webhook.id))
        });
        // Two times of one millisecond are one to the reading, and not to the database.
        let is_by_time = query.order.iter().any(|order| matches!(order.field, Field::Time(_)));
        let expected: Vec<i64> = expected.iter().map(|known| known.webhook.id.0).collect();
        let found = app.services.store.read(move |db| webhook_search::find(db, &scope, &query)).await;
        let found = found.unwrap_or_else(|error| panic!("{filter}: {error:?}"));
        assert_eq!(found.total, i64::try_from(expected.len()).unwrap(), "{filter}");
        let mut found: Vec<i64> = found.items.iter().map(|webhook| webhook.id.0).collect();
        let mut expected = expected;
        if is_by_time {
            found.sort_unstable();
            expected.sort_unstable();
        }
        assert_eq!(found, expected, "{filter} {order}");
        *(if expected.is_empty() { &mut none } else { &mut some }) += 1;
    }
    assert!(some > 50 && none > 10, "the filters say nothing: {some} {none}");
}

#[tokio::test]
async fn a_page_is_cut_from_the_whole() {
    let app = TestApp::start().await;
    let fleet = fleet(&app).await;
    let scope = app.context().caller.scope_of(fleet[0].webhook.company_id);
    let find = async |text: &str| {
        let query = ListQuery::read(text).unwrap();
        let found =
            app.services.store.read(move |db| webhook_search::find(db, &scope, &query)).await.unwrap();
        (found.total, found.items.iter().map(|webhook| webhook.id.0).collect::<Vec<_>>())
    };
    let (total, whole) = find("order=-id&limit=100").await;
    assert_eq!((total, whole.len()), (43, 43), "the third company's are not among them");
    assert_eq!(find("order=-id&limit=7&offset=5").await, (43, whole[5..12].to_vec()));
    assert_eq!(find("limit=0").await, (43, vec![]));
    assert_eq!(find("offset=43").await, (43, vec![]));
    assert_eq!(find("offset=99999999999999999999").await, (43, vec![]));
    let account = format!("eq(account.id,\"ACC-0000-{:04}\")", fleet[0].webhook.company_id.0 + 2);
    assert_eq!(find(&account).await, (0, vec![]), "another company's are not found by asking for it");
}

/// The largest filter that is read is one that the database can carry out.
#[tokio::test]
async fn the_worst_filters_are_carried_out() {
    let app = TestApp::start().await;
    fleet(&app).await;
    let letters: String = ('а'..='я').chain('α'..='ρ').chain('à'..='í').collect();
    let list = (0..100).map(|at| at.to_string()).collect::<Vec<_>>().join(",");
    for filter in [
        format!("{}status=Enabled", "statistics.total=1;".repeat(98)),
        format!("{}status=Enabled{}", "not(".repeat(16), ")".repeat(16)),
        format!("{}status=Enabled", format!("in(statistics.total,({list}));").repeat(40)),
        format!("{}url=x", format!("ilike(description,{}*),", encoded(&letters)).repeat(40)),
        format!("ilike(url,{})", "*a".repeat(5_000)),
        format!("any(criteria,{}key=x)", "value=y;".repeat(97)),
    ] {
        let query = ListQuery::read(&filter).unwrap_or_else(|faults| panic!("{filter:.60}: {faults:?}"));
        let scope = app.context().caller.scope();
        let found = app.services.store.read(move |db| webhook_search::find(db, &scope, &query)).await;
        assert!(found.is_ok(), "{filter:.60} {found:?}");
    }
}
