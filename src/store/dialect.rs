//! The few statements that the two databases spell differently, each with the reason why it is here.

use diesel::prelude::*;

#[cfg(feature = "postgres")]
use super::connection::Conn;
#[cfg(feature = "postgres")]
use super::schema::{companies, webhook_stats};
use super::schema::{hourly, settings};
use super::{Db, StoreError};
use crate::domain::ids::{CompanyId, WebhookId};
use crate::domain::stats::Hour;

/// Runs the same diesel expression on the plain connection inside the enum, where what the enum cannot
/// express (ON CONFLICT, batches) compiles.
macro_rules! on_each {
    ($db:expr, |$conn:ident| $body:expr) => {
        match $db.conn {
            $crate::store::connection::Conn::Sqlite($conn) => $body,
            #[cfg(feature = "postgres")]
            $crate::store::connection::Conn::Pg($conn) => $body,
        }
    };
}

pub(in crate::store) use on_each;

/// Makes others who count or link for this webhook wait for the end of our transaction. SQLite's writer is alone
/// anyway; PostgreSQL would let two read the same counters and the second overwrite the first.
#[cfg_attr(not(feature = "postgres"), allow(unused_variables, clippy::unnecessary_wraps))]
pub(in crate::store) fn lock_webhook(db: &mut Db<'_>, webhook: WebhookId) -> Result<(), StoreError> {
    #[cfg(feature = "postgres")]
    if let Conn::Pg(conn) = db.conn {
        webhook_stats::table
            .find(webhook.0)
            .select(webhook_stats::webhook_id)
            .for_update()
            .first::<i64>(conn)?;
    }
    Ok(())
}

/// Makes others who count something of this company wait for the end of our transaction, as above.
#[cfg_attr(not(feature = "postgres"), allow(unused_variables, clippy::unnecessary_wraps))]
pub(in crate::store) fn lock_company(db: &mut Db<'_>, company: CompanyId) -> Result<(), StoreError> {
    #[cfg(feature = "postgres")]
    if let Conn::Pg(conn) = db.conn {
        companies::table.find(company.0).select(companies::id).for_update().first::<i64>(conn)?;
    }
    Ok(())
}

/// SQLite counts past an explicit id by itself; a PostgreSQL identity has to be told.
#[cfg_attr(not(feature = "postgres"), allow(unused_variables, clippy::unnecessary_wraps))]
pub(in crate::store) fn note_explicit_alert_id(db: &mut Db<'_>) -> Result<(), StoreError> {
    #[cfg(feature = "postgres")]
    if let Conn::Pg(conn) = db.conn {
        diesel::sql_query(
            "SELECT setval(pg_get_serial_sequence('alerts', 'id'), (SELECT max(id) FROM alerts))",
        )
        .execute(conn)?;
    }
    Ok(())
}

/// Sets a fact about the database, whether it stands already or not (ON CONFLICT).
pub(in crate::store) fn put_setting(db: &mut Db<'_>, name: &str, value: &[u8]) -> Result<(), StoreError> {
    on_each!(db, |conn| {
        diesel::insert_into(settings::table)
            .values((settings::name.eq(name), settings::value.eq(value)))
            .on_conflict(settings::name)
            .do_update()
            .set(settings::value.eq(value))
            .execute(conn)?
    });
    Ok(())
}

/// Adds to a webhook's hour, or begins it (ON CONFLICT).
pub(in crate::store) fn add_to_hour(
    db: &mut Db<'_>,
    webhook: WebhookId,
    hour: i64,
    add: &Hour,
) -> Result<(), StoreError> {
    let [ms_50, ms_100, ms_250, ms_500, ms_1000, ms_2500, ms_5000, ms_more] = add.buckets;
    on_each!(db, |conn| {
        diesel::insert_into(hourly::table)
            .values((
                hourly::webhook_id.eq(webhook.0),
                hourly::hour.eq(hour),
                hourly::successes.eq(add.successes),
                hourly::failures.eq(add.failures),
                hourly::not_sent.eq(add.not_sent),
                hourly::ms_50.eq(ms_50),
                hourly::ms_100.eq(ms_100),
                hourly::ms_250.eq(ms_250),
                hourly::ms_500.eq(ms_500),
                hourly::ms_1000.eq(ms_1000),
                hourly::ms_2500.eq(ms_2500),
                hourly::ms_5000.eq(ms_5000),
                hourly::ms_more.eq(ms_more),
            ))
            .on_conflict((hourly::webhook_id, hourly::hour))
            .do_update()
            .set((
                hourly::successes.eq(hourly::successes + add.successes),
                hourly::failures.eq(hourly::failures + add.failures),
                hourly::not_sent.eq(hourly::not_sent + add.not_sent),
                hourly::ms_50.eq(hourly::ms_50 + ms_50),
                hourly::ms_100.eq(hourly::ms_100 + ms_100),
                hourly::ms_250.eq(hourly::ms_250 + ms_250),
                hourly::ms_500.eq(hourly::ms_500 + ms_500),
                hourly::ms_1000.eq(hourly::ms_1000 + ms_1000),
                hourly::ms_2500.eq(hourly::ms_2500 + ms_2500),
                hourly::ms_5000.eq(hourly::ms_5000 + ms_5000),
                hourly::ms_more.eq(hourly::ms_more + ms_more),
            ))
            .execute(conn)?
    });
    Ok(())
}
