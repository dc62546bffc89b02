//! A tree against the table of properties: what comes out is a [`Filter`].

use super::ast::{Constant, Expr, Operator, Path, Value};
use super::fault::Fault;
use super::filter::{Compare, Filter, Logic, NumberTest, PairTest, Quantifier, Test, TextTest};
use super::pattern::{FOLDS_MAX, Pattern};
use super::properties::{self, Field, Kind, PairField};
use crate::domain::time::Timestamp;
use crate::domain::webhook::call_type::CallType;

/// `expr` with types.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(expr: &Expr) -> Result<Filter, Vec<Fault>> {
    let mut faults = Vec::new();
    let filter = join(expr, &mut |leaf| webhook_test(leaf), &mut faults);
    match filter {
        Some(filter) if faults.is_empty() => Ok(filter),
        _ => Err(faults),
    }
}

/// What checks an expression that is no logic.
type Leaf<'a, T> = &'a mut dyn FnMut(&Expr) -> Result<Logic<T>, Vec<Fault>>;

/// Walks the logic and leaves the rest to `leaf`; goes on behind a fault, to find them all.
fn join<T>(expr: &Expr, leaf: Leaf<'_, T>, faults: &mut Vec<Fault>) -> Option<Logic<T>> {
    let mut all = |items: &[Expr], faults: &mut Vec<Fault>| {
        let checked: Vec<_> = items.iter().map(|item| join(item, leaf, faults)).collect();
        checked.into_iter().collect::<Option<Vec<_>>>()
    };
    match expr {
        Expr::And(items) => all(items, faults).map(Logic::And),
        Expr::Or(items) => all(items, faults).map(Logic::Or),
        Expr::Not(inner) => join(inner, leaf, faults).map(|inner| inner.negated(true)),
        Expr::Binary { .. } | Expr::Member { .. } | Expr::Collection { .. } => match leaf(expr) {
            Ok(test) => Some(test),
            Err(found) => {
                faults.extend(found);
                None
            }
        },
    }
}

fn webhook_test(expr: &Expr) -> Result<Filter, Vec<Fault>> {
    match expr {
        Expr::Binary { operator, path, value } => {
            let (field, nullable) = field(path)?;
            compare(field, nullable, *operator, path, value).map_err(|fault| vec![fault])
        }
        Expr::Member { out, path, values } => {
            let (field, _) = field(path)?;
            Ok(member(field, path, values)?.negated(*out))
        }
        Expr::Collection { all, path, condition } => collection(*all, path, condition.as_deref()),
        Expr::And(_) | Expr::Or(_) | Expr::Not(_) => Err(Vec::new()),
    }
}

/// The one value at `path`, and whether it may be null.
fn field(path: &Path) -> Result<(Field, bool), Vec<Fault>> {
    let dotted = path.dotted();
    let found = properties::find(&dotted).ok_or_else(|| vec![Fault::path(&dotted, path.span.clone())])?;
    match found.kind {
        Kind::Field(field) if found.filterable => Ok((field, found.nullable)),
        _ => Err(vec![Fault::new(&dotted, "Filtering is not permitted.", path.span.clone())]),
    }
}

fn compare(
    field: Field,
    nullable: bool,
    operator: Operator,
    path: &Path,
    value: &Value,
) -> Result<Filter, Fault> {
    let negate = operator == Operator::Ne;
    let text = match &value.constant {
        Constant::Null => {
            let is_like = matches!(operator, Operator::Like | Operator::Ilike);
            let message = match (nullable, is_like, operator) {
                (_, true, _) => "Null values are not supported.",
                (false, ..) => "Cannot compare non nullable property with null",
                (true, _, Operator::Eq | Operator::Ne) => {
                    return Ok(Logic::Is(Test::Null(field)).negated(negate));
                }
                _ => return Err(Fault::conversion(&path.dotted(), "null()", value.span.clone())),
            };
            return Err(Fault::new(&path.dotted(), message, value.span.clone()));
        }
        Constant::Empty => "",
        Constant::Text(text) => text,
    };
    let wrong = || Fault::conversion(&path.dotted(), text, value.span.clone());
    let test = match (field, comparison(operator)) {
        (Field::Text(field), _) => Test::Text(field, text_test(operator, text).ok_or_else(wrong)?),
        (Field::Number(field), Some(compare)) => {
            Test::Number(field, NumberTest::Compare(compare, number(text).ok_or_else(wrong)?))
        }
        (Field::Time(field), Some(compare)) => {
            Test::Time(field, NumberTest::Compare(compare, millis(text).ok_or_else(wrong)?))
        }
        (Field::LastCallSuccess, Some(Compare::Eq)) => {
            Test::LastCall { succeeded: flag(text).ok_or_else(wrong)? }
        }
        (Field::Status | Field::Type | Field::ObjectType, compare) => {
            let matches: Box<dyn Fn(&str) -> bool> = if let Some(compare) = compare {
                let word = word_of(field, text).ok_or_else(wrong)?;
                Box::new(move |name| compare.holds(name, word))
            } else {
                let pattern = Pattern::new(text, true);
                Box::new(move |name| pattern.matches(name))
            };
            words(field, &*matches)
        }
        (Field::Number(_) | Field::Time(_) | Field::LastCallSuccess, _) => return Err(wrong()),
    };
    Ok(Logic::Is(test).negated(negate))
}

const fn comparison(operator: Operator) -> Option<Compare> {
    match operator {
        Operator::Eq | Operator::Ne => Some(Compare::Eq),
        Operator::Gt => Some(Compare::Gt),
        Operator::Ge => Some(Compare::Ge),
        Operator::Lt => Some(Compare::Lt),
        Operator::Le => Some(Compare::Le),
        Operator::Like | Operator::Ilike => None,
    }
}

/// `None` for a pattern with more letters than the store folds.
fn text_test(operator: Operator, text: &str) -> Option<TextTest> {
    if let Some(compare) = comparison(operator) {
        return Some(TextTest::Compare(compare, text.to_owned()));
    }
    let pattern = Pattern::new(text, operator == Operator::Ilike);
    (pattern.folds.len() <= FOLDS_MAX).then_some(TextTest::Like(pattern))
}

fn member(field: Field, path: &Path, values: &[Value]) -> Result<Filter, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut texts = Vec::with_capacity(values.len());
    for value in values {
        match &value.constant {
            Constant::Text(text) => texts.push((text.as_str(), value)),
            Constant::Empty => texts.push(("", value)),
            Constant::Null => {
                faults.push(Fault::new(&path.dotted(), "Null values are not supported.", value.span.clone()));
            }
        }
    }
    let test = match field {
        Field::Text(field) => {
            Some(Test::Text(field, TextTest::In(texts.iter().map(|(text, _)| (*text).to_owned()).collect())))
        }
        Field::Number(field) => convert(path, &texts, number, &mut faults)
            .map(|numbers| Test::Number(field, NumberTest::In(numbers))),
        Field::Time(field) => {
            convert(path, &texts, millis, &mut faults).map(|times| Test::Time(field, NumberTest::In(times)))
        }
        Field::LastCallSuccess => {
            if let Some(flags) = convert(path, &texts, flag, &mut faults) {
                let tests = flags.into_iter().map(|succeeded| Logic::Is(Test::LastCall { succeeded }));
                return if faults.is_empty() { Ok(Logic::Or(tests.collect())) } else { Err(faults) };
            }
            None
        }
        Field::Status | Field::Type | Field::ObjectType => {
            convert(path, &texts, |text| word_of(field, text), &mut faults)
                .map(|allowed| words(field, &|name| allowed.contains(&name)))
        }
    };
    match test {
        Some(test) if faults.is_empty() => Ok(Logic::Is(test)),
        _ => Err(faults),
    }
}

fn convert<T>(
    path: &Path,
    texts: &[(&str, &Value)],
    read: impl Fn(&str) -> Option<T>,
    faults: &mut Vec<Fault>,
) -> Option<Vec<T>> {
    let read = texts.iter().map(|(text, value)| {
        let found = read(text);
        if found.is_none() {
            faults.push(Fault::conversion(&path.dotted(), text, value.span.clone()));
        }
        found
    });
    read.collect::<Vec<_>>().into_iter().collect()
}

fn collection(all: bool, path: &Path, condition: Option<&Expr>) -> Result<Filter, Vec<Fault>> {
    let dotted = path.dotted();
    match properties::find(&dotted) {
        Some(found) if found.kind == Kind::Pairs => {}
        Some(found) if !found.filterable => {
            return Err(vec![Fault::new(&dotted, "Filtering is not permitted.", path.span.clone())]);
        }
        _ => return Err(vec![Fault::path(&dotted, path.span.clone())]),
    }
    let quantifier = if all { Quantifier::All } else { Quantifier::Any };
    let Some(condition) = condition else {
        return Ok(Logic::Is(Test::Pairs(quantifier, Logic::Is(PairTest::Exists))));
    };
    let mut faults = Vec::new();
    let condition = join(condition, &mut |leaf| pair_test(&dotted, leaf), &mut faults);
    match condition {
        Some(condition) if faults.is_empty() => Ok(Logic::Is(Test::Pairs(quantifier, condition))),
        _ => Err(faults),
    }
}

/// A test of one pair; its paths begin below the collection.
fn pair_test(collection: &str, expr: &Expr) -> Result<Logic<PairTest>, Vec<Fault>> {
    let below = |path: &Path| format!("{collection}.{}", path.dotted());
    let field = |path: &Path| match path.dotted().as_str() {
        "key" => Ok(PairField::Key),
        "value" => Ok(PairField::Value),
        "" => Err(vec![Fault::path("", path.span.clone())]),
        _ => Err(vec![Fault::path(&below(path), path.span.clone())]),
    };
    let text = |path: &Path, value: &Value, null: &str| match &value.constant {
        Constant::Text(text) => Ok(text.clone()),
        Constant::Empty => Ok(String::new()),
        Constant::Null => Err(vec![Fault::new(&below(path), null, value.span.clone())]),
    };
    match expr {
        Expr::Binary { operator, path, value } => {
            let is_like = comparison(*operator).is_none();
            let null = if is_like {
                "Null values are not supported."
            } else {
                "Cannot compare non nullable property with null"
            };
            let (field, text) = (field(path)?, text(path, value, null)?);
            let test = text_test(*operator, &text)
                .ok_or_else(|| vec![Fault::conversion(&below(path), &text, value.span.clone())])?;
            Ok(Logic::Is(PairTest::Text(field, test)).negated(*operator == Operator::Ne))
        }
        Expr::Member { out, path, values } => {
            let field = field(path)?;
            let texts = values.iter().map(|value| text(path, value, "Null values are not supported."));
            let test = TextTest::In(texts.collect::<Result<_, _>>()?);
            Ok(Logic::Is(PairTest::Text(field, test)).negated(*out))
        }
        Expr::Collection { path, .. } => Err(vec![Fault::path(&below(path), path.span.clone())]),
        Expr::And(_) | Expr::Or(_) | Expr::Not(_) => Err(Vec::new()),
    }
}

/// A whole number: digits, with a sign if need be.
fn number(text: &str) -> Option<i64> {
    text.parse().ok()
}

fn flag(text: &str) -> Option<bool> {
    [true, false].into_iter().find(|flag| text.eq_ignore_ascii_case(&flag.to_string()))
}

/// Milliseconds since the epoch of an RFC 3339 time, or of the beginning of a day in UTC. A `+` before the offset,
/// which arrives as a space, is read as one.
fn millis(text: &str) -> Option<i64> {
    let at = Timestamp::parse(text)
        .or_else(|| Timestamp::parse(&text.replace(' ', "+")))
        .or_else(|| Timestamp::parse(&format!("{text}T00:00:00Z")))?;
    Some(at.micros().div_euclid(1_000))
}

const ENABLED: &str = "Enabled";
const DISABLED: &str = "Disabled";

/// The word of the field's list that `text` is, in any letter case.
fn word_of(field: Field, text: &str) -> Option<&'static str> {
    let is_it = |name: &&'static str| name.eq_ignore_ascii_case(text);
    match field {
        Field::Status => [ENABLED, DISABLED].into_iter().find(is_it),
        Field::Type => CallType::ALL.map(CallType::name).into_iter().find(is_it),
        Field::ObjectType => CallType::ALL.map(CallType::object_type).into_iter().find(is_it),
        Field::Text(_) | Field::Number(_) | Field::Time(_) | Field::LastCallSuccess => None,
    }
}

/// The test that is met by the words of the field's list that `allowed` lets through.
fn words(field: Field, allowed: &dyn Fn(&str) -> bool) -> Test {
    let name: fn(CallType) -> &'static str = match field {
        Field::Status => return Test::Status { enabled: allowed(ENABLED), disabled: allowed(DISABLED) },
        Field::ObjectType => CallType::object_type,
        _ => CallType::name,
    };
    Test::Type(CallType::ALL.into_iter().filter(|kind| allowed(name(*kind))).collect())
}
