//! The statements that run for every delivery, written so that they are prepared once and bound in one walk.
//!
//! diesel never caches an UPDATE, because which columns it sets may depend on its values, and parsing it costs more than
//! running it. An INSERT of a wide row it caches, but walks through all its columns several times. These few have their
//! columns fixed; everything else is written as usual.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, Bool, HasSqlType, Integer, Nullable, SmallInt, Text};

/// A statement with text between its values, each of which is a field with its SQL type.
macro_rules! statement {
    ($(#[$doc:meta])* $name:ident { $($text:literal $field:ident: $sql:ty = $rust:ty,)+ } $end:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(in crate::store) struct $name<'a> {
            $(pub(in crate::store) $field: $rust,)+
            /// For those that borrow nothing.
            pub(in crate::store) of: std::marker::PhantomData<&'a ()>,
        }

        impl<'a, DB> QueryFragment<DB> for $name<'a>
        where
            DB: Backend $(+ HasSqlType<$sql>)+,
            $($rust: ToSql<$sql, DB>,)+
        {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                $(
                    out.push_sql($text);
                    out.push_bind_param::<$sql, $rust>(&self.$field)?;
                )+
                out.push_sql($end);
                Ok(())
            }
        }

        impl QueryId for $name<'_> {
            type QueryId = $name<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl<Conn> RunQueryDsl<Conn> for $name<'_> {}
    };
}

statement! {
    /// Adds an event.
    InsertEvent {
        "INSERT INTO events (id, company_id, alert_id, alert_type, alert_name, vehicle_id, vehicle_name, occurred_at, \
         received_at, payload, is_test, candidates) VALUES (" id: BigInt = i64,
        ", " company: BigInt = i64,
        ", " alert: BigInt = i64,
        ", " alert_type: BigInt = i64,
        ", " alert_name: Text = &'a str,
        ", " vehicle: BigInt = i64,
        ", " vehicle_name: Text = &'a str,
        ", " occurred_at: BigInt = i64,
        ", " received_at: BigInt = i64,
        ", " payload: Text = &'a str,
        ", " is_test: Bool = bool,
        ", " candidates: Integer = i32,
    } ")"
}

statement! {
    /// Adds a delivery that is leased from the beginning.
    InsertLeased {
        "INSERT INTO deliveries (id, event_id, webhook_id, company_id, state, trigger_kind, redelivery_of, attempts, \
         created_at, leased_at, lease_until, lease_token) VALUES (" id: BigInt = i64,
        ", " event: BigInt = i64,
        ", " webhook: BigInt = i64,
        ", " company: BigInt = i64,
        ", " state: SmallInt = i16,
        ", " trigger: SmallInt = i16,
        ", " redelivery_of: Nullable<BigInt> = Option<i64>,
        ", 1, " created_at: BigInt = i64,
        ", " leased_at: BigInt = i64,
        ", " lease_until: BigInt = i64,
        ", " lease_token: BigInt = i64,
    } ")"
}

statement! {
    /// Ends a lease with a result; changes no row when the lease is another one.
    EndLease {
        "UPDATE deliveries SET state = " state: SmallInt = i16,
        ", trouble = " trouble: Nullable<SmallInt> = Option<i16>,
        ", last_outcome = " outcome: SmallInt = i16,
        ", last_status = " status: Nullable<Integer> = Option<i32>,
        ", duration_us = " duration_us: BigInt = i64,
        ", due_at = " due_at: Nullable<BigInt> = Option<i64>,
        ", finished_at = " finished_at: Nullable<BigInt> = Option<i64>,
        ", leased_at = NULL, lease_until = NULL, lease_token = NULL WHERE id = " delivery: BigInt = i64,
        " AND lease_token = " token: BigInt = i64,
    } ""
}

statement! {
    /// Adds a finished attempt.
    InsertAttempt {
        "INSERT INTO attempts (id, delivery_id, webhook_id, number, version, started_at, finished_at, outcome, counted, \
         detail, status, reason, dns_us, connect_us, tls_us, wait_us, read_us, total_us, remote, tls, request_url, \
         request_headers, response_headers, response_body, response_truncated, cert_until) VALUES (" id: BigInt = i64,
        ", " delivery: BigInt = i64,
        ", " webhook: BigInt = i64,
        ", " number: Integer = i32,
        ", " version: Integer = i32,
        ", " started_at: BigInt = i64,
        ", " finished_at: BigInt = i64,
        ", " outcome: SmallInt = i16,
        ", " counted: Nullable<BigInt> = Option<i64>,
        ", " detail: Nullable<Text> = Option<&'a str>,
        ", " status: Nullable<Integer> = Option<i32>,
        ", " reason: Nullable<Text> = Option<&'a str>,
        ", " dns_us: Nullable<BigInt> = Option<i64>,
        ", " connect_us: Nullable<BigInt> = Option<i64>,
        ", " tls_us: Nullable<BigInt> = Option<i64>,
        ", " wait_us: Nullable<BigInt> = Option<i64>,
        ", " read_us: Nullable<BigInt> = Option<i64>,
        ", " total_us: BigInt = i64,
        ", " remote: Nullable<Text> = Option<&'a str>,
        ", " tls: Nullable<Text> = Option<&'a str>,
        ", " request_url: Text = &'a str,
        ", " request_headers: Nullable<Text> = Option<&'a str>,
        ", " response_headers: Nullable<Text> = Option<&'a str>,
        ", " response_body: Nullable<Binary> = Option<&'a [u8]>,
        ", " response_truncated: Bool = bool,
        ", " cert_until: Nullable<BigInt> = Option<i64>,
    } ")"
}

statement! {
    /// Writes a webhook's counters, and the certificate that was seen last.
    PutStats {
        "UPDATE webhook_stats SET total = " total: BigInt = i64,
        ", successes = " successes: BigInt = i64,
        ", failures = " failures: BigInt = i64,
        ", failures_since_success = " failures_since_success: BigInt = i64,
        ", failing_since = " failing_since: Nullable<BigInt> = Option<i64>,
        ", last_success_at = " last_success_at: Nullable<BigInt> = Option<i64>,
        ", last_failure_at = " last_failure_at: Nullable<BigInt> = Option<i64>,
        ", last_call_at = " last_call_at: Nullable<BigInt> = Option<i64>,
        ", last_success_id = " last_success: Nullable<BigInt> = Option<i64>,
        ", last_failure_id = " last_failure: Nullable<BigInt> = Option<i64>,
        ", last_call_id = " last_call: Nullable<BigInt> = Option<i64>,
        ", cert_host = " cert_host: Nullable<Text> = Option<&'a str>,
        ", cert_until = " cert_until: Nullable<BigInt> = Option<i64>,
        ", cert_seen_at = " cert_seen_at: Nullable<BigInt> = Option<i64>,
        " WHERE webhook_id = " webhook: BigInt = i64,
    } ""
}

statement! {
    /// Adds to a tally, or begins it.
    AddToTally {
        "INSERT INTO tallies AS t (company_id, kind, hour, subject, value, count) VALUES (" company: BigInt = i64,
        ", " kind: SmallInt = i16,
        ", " hour: BigInt = i64,
        ", " subject: BigInt = i64,
        ", " value: BigInt = i64,
        ", " count: BigInt = i64,
    } ") ON CONFLICT (company_id, kind, hour, subject, value) DO UPDATE SET count = t.count + excluded.count"
}

/// The end of a statement that adds to a row of a roll-up, or begins it.
macro_rules! or_add {
    ($of:literal) => {
        concat!(
            ") ON CONFLICT (",
            $of,
            ", hour) DO UPDATE SET successes = h.successes + excluded.successes, \
             failures = h.failures + excluded.failures, not_sent = h.not_sent + excluded.not_sent, \
             ms_50 = h.ms_50 + excluded.ms_50, ms_100 = h.ms_100 + excluded.ms_100, \
             ms_250 = h.ms_250 + excluded.ms_250, ms_500 = h.ms_500 + excluded.ms_500, \
             ms_1000 = h.ms_1000 + excluded.ms_1000, ms_2500 = h.ms_2500 + excluded.ms_2500, \
             ms_5000 = h.ms_5000 + excluded.ms_5000, ms_more = h.ms_more + excluded.ms_more"
        )
    };
}

/// Adds to a row of a roll-up. All of them have the same columns after the first, which says whose it is.
macro_rules! roll_up {
    ($(#[$doc:meta])* $name:ident $begin:literal $next:literal $of:literal) => {
        statement! {
            $(#[$doc])*
            $name {
                $begin webhook: BigInt = i64,
                $next hour: BigInt = i64,
                ", " successes: BigInt = i64,
                ", " failures: BigInt = i64,
                ", " not_sent: BigInt = i64,
                ", " ms_50: BigInt = i64,
                ", " ms_100: BigInt = i64,
                ", " ms_250: BigInt = i64,
                ", " ms_500: BigInt = i64,
                ", " ms_1000: BigInt = i64,
                ", " ms_2500: BigInt = i64,
                ", " ms_5000: BigInt = i64,
                ", " ms_more: BigInt = i64,
            } or_add!($of)
        }
    };
}

roll_up! {
    /// Adds to a webhook's hour.
    AddToHour
    "INSERT INTO hourly AS h (webhook_id, hour, successes, failures, not_sent, ms_50, ms_100, ms_250, ms_500, ms_1000, \
     ms_2500, ms_5000, ms_more) VALUES ("
    ", "
    "webhook_id"
}

roll_up! {
    /// Adds to a webhook's day, which is named by its first hour.
    AddToDay
    "INSERT INTO daily AS h (webhook_id, hour, successes, failures, not_sent, ms_50, ms_100, ms_250, ms_500, ms_1000, \
     ms_2500, ms_5000, ms_more) VALUES ("
    ", "
    "webhook_id"
}

roll_up! {
    /// Adds to an hour of a webhook's company.
    AddToCompanyHour
    "INSERT INTO company_hours AS h (company_id, hour, successes, failures, not_sent, ms_50, ms_100, ms_250, ms_500, ms_1000, \
     ms_2500, ms_5000, ms_more) VALUES ((SELECT company_id FROM webhooks WHERE id = "
    "), "
    "company_id"
}
