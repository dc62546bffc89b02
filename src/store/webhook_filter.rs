//! A checked RQL filter as SQL, on either database.
//!
//! Every word of the SQL is one of ours, chosen by an enum of [`rql`]; every text and number of the client's is a bound
//! parameter. The two databases differ in letter case, collation, patterns and nulls, so none of their own rules is
//! used: patterns are made of `substr` and `instr` and not of LIKE (which ignores case on SQLite, and whose `%` and `_`
//! would have to be escaped), PostgreSQL compares by the "C" collation as SQLite does, letters are folded by
//! [`rql::Pattern::folds`], and a comparison with null is false.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, HasSqlType, Text};

use super::dialect::Dialect;
use crate::domain::rql::properties::{Field, NumberField, PairField, TextField, TimeField};
use crate::domain::rql::{
    Compare, Filter, Logic, NumberTest, Order, PairTest, Pattern, Quantifier, Shape, Test, TextTest,
};
use crate::domain::webhook::call_type::CallType;

/// The condition of a filter, for a query on `webhooks`.
pub(in crate::store) struct Condition<'a> {
    pub filter: &'a Filter,
    pub dialect: Dialect,
}

/// The keys of an order, for a query on `webhooks`; the id comes last, so that the order is one.
pub(in crate::store) struct OrderKeys<'a> {
    pub order: &'a [Order],
    pub dialect: Dialect,
}

/// Whether deliveries are made; see [`Webhook::is_live`](crate::domain::webhook::Webhook::is_live).
const ENABLED: &str = "(webhooks.is_active AND webhooks.disabled_reason IS NULL)";
const LAST_CALL_SUCCEEDED: &str = "(SELECT COALESCE(webhook_stats.last_call_id = webhook_stats.last_success_id, FALSE) \
     FROM webhook_stats WHERE webhook_stats.webhook_id = webhooks.id AND webhook_stats.last_call_id IS NOT NULL)";
/// When the last call began; when it ended, once its attempt is no longer kept.
const LAST_CALL_AT: &str = "(SELECT COALESCE(attempts.started_at, webhook_stats.last_call_at) FROM webhook_stats \
     LEFT JOIN attempts ON attempts.id = webhook_stats.last_call_id WHERE webhook_stats.webhook_id = webhooks.id)";

impl Dialect {
    /// A text of webhook or pair; nothing of it comes from a client.
    const fn text(self, field: TextField) -> &'static str {
        match (field, self) {
            (TextField::Url, _) => "webhooks.url",
            (TextField::Description, _) => "webhooks.description",
            (TextField::AccountName, _) => {
                "(SELECT companies.name FROM companies WHERE companies.id = webhooks.company_id)"
            }
            (TextField::Id, Self::Sqlite) => {
                "printf('WBH-%04d-%04d', webhooks.id / 10000, webhooks.id % 10000)"
            }
            (TextField::AccountId, Self::Sqlite) => {
                "printf('ACC-%04d-%04d', webhooks.company_id / 10000, webhooks.company_id % 10000)"
            }
            #[cfg(feature = "postgres")]
            (TextField::Id, Self::Postgres) => {
                "('WBH-' || lpad((webhooks.id / 10000)::text, \
                 greatest(4, length((webhooks.id / 10000)::text)), '0') || '-' || \
                 lpad((webhooks.id % 10000)::text, 4, '0'))"
            }
            #[cfg(feature = "postgres")]
            (TextField::AccountId, Self::Postgres) => {
                "('ACC-' || lpad((webhooks.company_id / 10000)::text, \
                 greatest(4, length((webhooks.company_id / 10000)::text)), '0') || '-' || \
                 lpad((webhooks.company_id % 10000)::text, 4, '0'))"
            }
        }
    }

    /// Behind a text: compared by code points.
    const fn by_code_points(self) -> &'static str {
        match self {
            Self::Sqlite => " COLLATE BINARY",
            #[cfg(feature = "postgres")]
            Self::Postgres => " COLLATE \"C\"",
        }
    }

    /// `f(text, part)`: where the part begins, 0 for nowhere.
    const fn position(self) -> &'static str {
        match self {
            Self::Sqlite => "instr(",
            #[cfg(feature = "postgres")]
            Self::Postgres => "strpos(",
        }
    }

    /// The pairs of criteria as rows of `key` and `value`.
    const fn pairs(self) -> &'static str {
        match self {
            Self::Sqlite => "json_each(webhooks.criteria) AS pair",
            #[cfg(feature = "postgres")]
            Self::Postgres => "json_each_text(webhooks.criteria::json) AS pair",
        }
    }
}

const fn number(field: NumberField) -> &'static str {
    match field {
        NumberField::Total => {
            "(SELECT webhook_stats.total FROM webhook_stats WHERE webhook_stats.webhook_id = webhooks.id)"
        }
        NumberField::Successes => {
            "(SELECT webhook_stats.successes FROM webhook_stats WHERE webhook_stats.webhook_id = webhooks.id)"
        }
        NumberField::Failures => {
            "(SELECT webhook_stats.failures FROM webhook_stats WHERE webhook_stats.webhook_id = webhooks.id)"
        }
        NumberField::FailuresSinceLastSuccess => {
            "(SELECT webhook_stats.failures_since_success FROM webhook_stats \
             WHERE webhook_stats.webhook_id = webhooks.id)"
        }
    }
}

/// Microseconds.
const fn time(field: TimeField) -> &'static str {
    match field {
        TimeField::Created => "webhooks.created_at",
        TimeField::Updated => "webhooks.updated_at",
        TimeField::LastCall => LAST_CALL_AT,
    }
}

const fn sign(compare: Compare) -> &'static str {
    match compare {
        Compare::Eq => " = ",
        Compare::Gt => " > ",
        Compare::Ge => " >= ",
        Compare::Lt => " < ",
        Compare::Le => " <= ",
    }
}

/// Writes one statement's conditions.
struct Pen<'x, 'b, DB: Backend> {
    out: AstPass<'x, 'b, DB>,
    dialect: Dialect,
}

impl<'b, DB> Pen<'_, 'b, DB>
where
    DB: Backend + HasSqlType<Text> + HasSqlType<BigInt>,
    str: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn sql(&mut self, sql: &'static str) {
        self.out.push_sql(sql);
    }

    fn bind(&mut self, text: &'b str) -> QueryResult<()> {
        self.out.push_bind_param::<Text, str>(text)
    }

    /// `first`, then each item with `between` them, then `last`.
    fn list<T>(
        &mut self,
        (first, between, last): (&'static str, &'static str, &'static str),
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> QueryResult<()>,
    ) -> QueryResult<()> {
        self.sql(first);
        for (at, item) in items.into_iter().enumerate() {
            self.sql(if at > 0 { between } else { "" });
            write(self, item)?;
        }
        self.sql(last);
        Ok(())
    }

    fn logic<T>(
        &mut self,
        logic: &'b Logic<T>,
        test: fn(&mut Self, &'b T) -> QueryResult<()>,
    ) -> QueryResult<()> {
        match logic {
            Logic::And(items) => self.list(("(", " AND ", ")"), items, |pen, item| pen.logic(item, test)),
            Logic::Or(items) => self.list(("(", " OR ", ")"), items, |pen, item| pen.logic(item, test)),
            Logic::Not(inner) => self.list(("(NOT ", "", ")"), [inner], |pen, item| pen.logic(item, test)),
            Logic::Is(leaf) => test(self, leaf),
        }
    }

    fn test(&mut self, test: &'b Test) -> QueryResult<()> {
        match test {
            Test::Text(field, test) => self.text(self.dialect.text(*field), test)?,
            Test::Number(field, test) => self.number((number(*field), ""), test)?,
            Test::Time(field, test) => self.number((time(*field), " / 1000"), test)?,
            Test::LastCall { succeeded } => {
                self.sql(if *succeeded { "COALESCE(" } else { "COALESCE(NOT " });
                self.sql(LAST_CALL_SUCCEEDED);
                self.sql(", FALSE)");
            }
            Test::Status { enabled, disabled } => match (enabled, disabled) {
                (true, true) => self.sql("TRUE"),
                (false, false) => self.sql("FALSE"),
                (true, false) => self.sql(ENABLED),
                (false, true) => self.list(("(NOT ", "", ")"), [ENABLED], |pen, sql| {
                    pen.sql(sql);
                    Ok(())
                })?,
            },
            Test::Type(kinds) if kinds.is_empty() => self.sql("FALSE"),
            Test::Type(kinds) => {
                self.list(("(webhooks.call_type IN (", ", ", "))"), kinds, |pen, kind| {
                    pen.bind(kind.name())
                })?;
            }
            Test::Null(field) => {
                self.sql("(");
                self.key(*field);
                self.sql(" IS NULL)");
            }
            Test::Pairs(Quantifier::Any, condition) => {
                self.list(("EXISTS (SELECT 1 FROM ", "", ")"), [condition], |pen, condition| {
                    pen.sql(pen.dialect.pairs());
                    pen.sql(" WHERE ");
                    pen.logic(condition, Self::pair)
                })?;
            }
            Test::Pairs(Quantifier::All, condition) => {
                self.list(("NOT EXISTS (SELECT 1 FROM ", "", ")"), [condition], |pen, condition| {
                    pen.sql(pen.dialect.pairs());
                    pen.sql(" WHERE NOT ");
                    pen.logic(condition, Self::pair)
                })?;
            }
        }
        Ok(())
    }

    fn pair(&mut self, test: &'b PairTest) -> QueryResult<()> {
        match test {
            PairTest::Exists => {
                self.sql("TRUE");
                Ok(())
            }
            PairTest::Text(PairField::Key, test) => self.text("pair.key", test),
            PairTest::Text(PairField::Value, test) => self.text("pair.value", test),
        }
    }

    fn text(&mut self, expression: &'static str, test: &'b TextTest) -> QueryResult<()> {
        self.sql("COALESCE(");
        match test {
            TextTest::Compare(compare, text) => {
                self.sql(expression);
                self.sql(self.dialect.by_code_points());
                self.sql(sign(*compare));
                self.bind(text)?;
            }
            TextTest::In(texts) => {
                self.sql(expression);
                self.sql(self.dialect.by_code_points());
                self.list((" IN (", ", ", ")"), texts, |pen, text| pen.bind(text))?;
            }
            TextTest::Like(pattern) => self.like(expression, pattern)?,
        }
        self.sql(", FALSE)");
        Ok(())
    }

    fn like(&mut self, expression: &'static str, pattern: &'b Pattern) -> QueryResult<()> {
        match pattern.shape {
            Shape::Whole => {
                self.folded(expression, pattern)?;
                self.sql(" = ");
                self.bind(&pattern.text)
            }
            Shape::Starts => {
                self.sql("substr(");
                self.folded(expression, pattern)?;
                self.sql(", 1, length(");
                self.bind(&pattern.text)?;
                self.sql(")) = ");
                self.bind(&pattern.text)
            }
            // A start before the first character makes the two databases differ, but neither finds a longer text.
            Shape::Ends => {
                self.sql("substr(");
                self.folded(expression, pattern)?;
                self.sql(", length(");
                self.sql(expression);
                self.sql(") - length(");
                self.bind(&pattern.text)?;
                self.sql(") + 1) = ");
                self.bind(&pattern.text)
            }
            Shape::Contains => {
                self.sql(self.dialect.position());
                self.folded(expression, pattern)?;
                self.sql(", ");
                self.bind(&pattern.text)?;
                self.sql(") > 0");
                Ok(())
            }
        }
    }

    /// The text with the letters of the pattern in one case: ASCII by `lower`, which in the "C" collation and on SQLite
    /// knows nothing else, the others one by one. As many characters as before.
    fn folded(&mut self, expression: &'static str, pattern: &'b Pattern) -> QueryResult<()> {
        if !pattern.ignores_case {
            self.sql(expression);
            self.sql(self.dialect.by_code_points());
            return Ok(());
        }
        for _ in &pattern.folds {
            self.sql("replace(");
        }
        self.sql("lower(");
        self.sql(expression);
        self.sql(self.dialect.by_code_points());
        self.sql(")");
        for (capital, small) in &pattern.folds {
            self.list((", ", ", ", ")"), [capital, small], |pen, letter| pen.bind(letter))?;
        }
        Ok(())
    }

    fn number(
        &mut self,
        (expression, scaled): (&'static str, &'static str),
        test: &'b NumberTest,
    ) -> QueryResult<()> {
        self.sql("COALESCE(");
        self.sql(expression);
        self.sql(scaled);
        match test {
            NumberTest::Compare(compare, number) => {
                self.sql(sign(*compare));
                self.out.push_bind_param::<BigInt, i64>(number)?;
            }
            NumberTest::In(numbers) => self.list((" IN (", ", ", ")"), numbers, |pen, number| {
                pen.out.push_bind_param::<BigInt, i64>(number)
            })?,
        }
        self.sql(", FALSE)");
        Ok(())
    }

    /// What a list is ordered by, and what is null when a property is.
    fn key(&mut self, field: Field) {
        match field {
            Field::Text(field) => {
                self.sql(self.dialect.text(field));
                self.sql(self.dialect.by_code_points());
            }
            Field::Number(field) => self.sql(number(field)),
            Field::Time(field) => self.sql(time(field)),
            Field::LastCallSuccess => self.sql(LAST_CALL_SUCCEEDED),
            Field::Status => {
                self.sql("(CASE WHEN ");
                self.sql(ENABLED);
                self.sql(" THEN 'Enabled' ELSE 'Disabled' END)");
                self.sql(self.dialect.by_code_points());
            }
            Field::Type => {
                self.sql("webhooks.call_type");
                self.sql(self.dialect.by_code_points());
            }
            Field::ObjectType => {
                self.sql("(CASE webhooks.call_type");
                for kind in CallType::ALL {
                    for part in [" WHEN '", kind.name(), "' THEN '", kind.object_type(), "'"] {
                        self.sql(part);
                    }
                }
                self.sql(" END)");
                self.sql(self.dialect.by_code_points());
            }
        }
    }
}

impl<DB> QueryFragment<DB> for Condition<'_>
where
    DB: Backend + HasSqlType<Text> + HasSqlType<BigInt>,
    str: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        Pen { out, dialect: self.dialect }.logic(self.filter, Pen::test)
    }
}

impl<DB> QueryFragment<DB> for OrderKeys<'_>
where
    DB: Backend + HasSqlType<Text> + HasSqlType<BigInt>,
    str: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
{
    /// Null is the least: PostgreSQL would take it for the greatest.
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        let mut pen = Pen { out, dialect: self.dialect };
        for Order { field, descending } in self.order {
            let way = if *descending { " DESC, " } else { " ASC, " };
            pen.sql("(");
            pen.key(*field);
            pen.sql(" IS NOT NULL)");
            pen.sql(way);
            pen.key(*field);
            pen.sql(way);
        }
        pen.sql(if self.order.is_empty() {
            "webhooks.created_at ASC, webhooks.id ASC"
        } else {
            "webhooks.id ASC"
        });
        Ok(())
    }
}

impl Expression for Condition<'_> {
    type SqlType = Bool;
}

impl Expression for OrderKeys<'_> {
    type SqlType = Bool;
}

impl<T> AppearsOnTable<T> for Condition<'_> {}
impl<T> AppearsOnTable<T> for OrderKeys<'_> {}
impl<T> SelectableExpression<T> for Condition<'_> {}
impl<T> SelectableExpression<T> for OrderKeys<'_> {}

impl<G> ValidGrouping<G> for Condition<'_> {
    type IsAggregate = is_aggregate::No;
}

impl<G> ValidGrouping<G> for OrderKeys<'_> {
    type IsAggregate = is_aggregate::No;
}

impl QueryId for Condition<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryId for OrderKeys<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
