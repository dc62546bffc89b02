//! The table of sentences, and what holds for every text.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;

use super::ast::{Constant, Expr, Operator, Path, Value};
use super::{ListQuery, Pattern, check, parse, query, select_only};

#[derive(Deserialize)]
struct Sentence {
    id: String,
    query: String,
    accept: bool,
    reads_as: Option<String>,
    #[serde(default)]
    errors: BTreeMap<String, Vec<String>>,
}

#[test]
fn every_sentence_comes_out_right() {
    let mut wrong = Vec::new();
    for line in include_str!("../../../tests/vectors/rql.jsonl").lines() {
        let sentence: Sentence = serde_json::from_str(line).unwrap();
        let read = ListQuery::read(&sentence.query);
        let mut errors = BTreeMap::<String, Vec<String>>::new();
        for fault in read.as_ref().err().into_iter().flatten() {
            errors.entry(fault.key.clone()).or_default().push(fault.message.clone());
        }
        let reads_as = read.as_ref().ok().and_then(|_| {
            let parts = query::split(&sentence.query).unwrap();
            parse(&parts.filter).unwrap().map(|expr| expr.to_string())
        });
        let is_right = read.is_ok() == sentence.accept
            && errors == sentence.errors
            && (!sentence.accept || reads_as == sentence.reads_as);
        if !is_right {
            wrong.push(format!("{} {:.80}: {reads_as:?} {errors:?}", sentence.id, sentence.query));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn numbers_of_a_page() {
    let numbers = |query| {
        let read = ListQuery::read(query).unwrap();
        (read.offset, read.limit)
    };
    assert_eq!(numbers(""), (0, 10));
    assert_eq!(numbers("limit=0&offset=7"), (7, 0));
    assert_eq!(numbers("limit=500&offset=99999999999999999999"), (i64::MAX, 100));
}

#[test]
fn one_object_is_shown_whole_unless_asked_otherwise() {
    assert!(select_only("status=Foo&x").unwrap().omitted().is_empty());
    assert_eq!(select_only("select=-audit").unwrap().omitted(), ["audit"]);
    assert!(select_only("select=(").is_err());
}

/// Faults point at what they speak of.
#[test]
fn faults_have_a_place() {
    let place = |text: &str| {
        let fault = parse(text).and_then(|expr| match check(&expr.unwrap()) {
            Err(mut faults) => Err(faults.remove(0)),
            Ok(_) => Ok(()),
        });
        text.get(fault.unwrap_err().span).unwrap().to_owned()
    };
    assert_eq!(place("status=Enabled,eq(nothing,1)"), "nothing");
    assert_eq!(place("or(status=Enabled,status='Foo')"), "'Foo'");
    assert_eq!(place("any(criteria,mistake(1))"), "mistake");
    assert_eq!(place("eq(status,Enabled))"), ")");
}

fn paths() -> impl Strategy<Value = Path> {
    proptest::collection::vec("[a-zA-Z0-9_$]{1,6}", 0..4).prop_map(|segments| Path { segments, span: 0..0 })
}

/// What a text can hold: no quote of both kinds, as nothing could write that.
fn values() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[^\"\\pC]{0,12}", "[^'\\pC]{0,12}", "[a-z]\"'[a-z]{1,3}"];
    let constant = prop_oneof![
        8 => text.prop_map(Constant::Text),
        1 => Just(Constant::Null),
        1 => Just(Constant::Empty),
    ];
    constant.prop_map(|constant| Value { constant, span: 0..0 })
}

fn exprs() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        (0..8_usize, paths(), values()).prop_map(|(at, path, value)| Expr::Binary {
            operator: Operator::ALL[at],
            path,
            value
        }),
        (any::<bool>(), paths(), proptest::collection::vec(values(), 1..5))
            .prop_map(|(out, path, values)| Expr::Member { out, path, values }),
        paths().prop_map(|path| Expr::Collection { all: false, path, condition: None }),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Expr::And),
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Expr::Or),
            inner.clone().prop_map(|inner| Expr::Not(Box::new(inner))),
            (any::<bool>(), paths(), inner).prop_map(|(all, path, inner)| Expr::Collection {
                all,
                path,
                condition: Some(Box::new(inner))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_query_panics(query in "\\PC*|[()a-z=,&;|'\"*\\\\%+0-9.-]{0,80}") {
        drop((ListQuery::read(&query), select_only(&query), parse(&query)));
    }

    #[test]
    fn words_of_the_language_in_any_order_do_not_panic(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "eq(", "and(", "or(", "not(", "in(", "any(", "all(", "like(", "self(", "null()", "empty()", "(", ")",
                ",", "&", ";", "=", "status", "criteria", "key", "statistics.total", "Enabled", "1", "\"x\"", "'",
                "select=", "order=-", "limit=", "%20", "*",
            ]),
            0..40,
        ),
    ) {
        let query = words.concat();
        if let Ok(Some(expr)) = parse(&query) {
            prop_assert_eq!(parse(&expr.to_string()).unwrap(), Some(expr));
        }
        drop(ListQuery::read(&query));
    }

    #[test]
    fn a_printed_tree_reads_back_as_itself(expr in exprs()) {
        prop_assert_eq!(parse(&expr.to_string()).unwrap(), Some(expr));
    }

    #[test]
    fn patterns_without_stars_are_equality(text in "[^*\\\\]{0,8}") {
        prop_assert!(Pattern::new(&text, false).matches(&text));
        prop_assert!(Pattern::new(&text.to_uppercase(), true).matches(&text.to_uppercase()));
    }
}
