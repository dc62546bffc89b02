//! The few statements that the two databases spell differently, each with the reason why it is here.

use diesel::prelude::*;

use super::connection::Conn;
use super::schema::settings;
#[cfg(feature = "postgres")]
use super::schema::{companies, webhook_stats};
use super::{Db, StoreError};
use crate::domain::ids::{CompanyId, WebhookId};

/// Which database it is, for SQL that is written word by word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Dialect {
    Sqlite,
    #[cfg(feature = "postgres")]
    Postgres,
}

impl Dialect {
    /// What `conn` leads to.
    pub(in crate::store) const fn of(conn: &Conn) -> Self {
        match conn {
            Conn::Sqlite(_) => Self::Sqlite,
            #[cfg(feature = "postgres")]
            Conn::Pg(_) => Self::Postgres,
        }
    }
}

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
