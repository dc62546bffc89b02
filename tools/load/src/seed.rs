//! A database with many deliveries that still have to be made: half of them due, half due in an hour.
//!
//! Writes SQL of its own, since no action makes a million deliveries in seconds. So it has to be changed whenever
//! `migrations/sqlite` changes `events` or `deliveries`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use serde_json::json;

use crate::clock::now_ns;
use crate::payload::{self, Marks};

const HOUR_US: i64 = 3_600_000_000;

#[derive(clap::Args)]
pub struct SeedArgs {
    /// A database of a Belfry that does not run, with an alert and webhooks
    #[arg(long)]
    database: PathBuf,
    /// How many
    #[arg(long, default_value_t = 1_000_000)]
    deliveries: i64,
    /// Deliveries of each event; at most as many as there are webhooks
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(i64).range(1..))]
    fanout: i64,
    /// Bytes of each delivery's body
    #[arg(long, default_value_t = 600)]
    delivery_bytes: usize,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Opens the database `path`, which must be there.
pub fn open(path: &Path) -> Result<SqliteConnection> {
    ensure!(path.exists(), "there is no database at {}", path.display());
    let text = path.to_str().context("a path that is not UTF-8")?;
    SqliteConnection::establish(text).with_context(|| format!("cannot open {text}"))
}

/// The only number of the only row of `sql`.
pub fn number(conn: &mut SqliteConnection, sql: &str) -> Result<i64> {
    Ok(sql_query(sql).get_result::<Number>(conn)?.n)
}

/// Writes the deliveries and prints how many there are.
pub fn run(args: &SeedArgs) -> Result<()> {
    let conn = &mut open(&args.database)?;
    // A broken run is thrown away, so nothing has to reach the disk in order.
    conn.batch_execute("PRAGMA synchronous=OFF; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;")?;
    let deliveries = fill(conn, args)?;
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);")?;
    println!("{}", json!({ "deliveries": deliveries }));
    Ok(())
}

fn fill(conn: &mut SqliteConnection, args: &SeedArgs) -> Result<i64> {
    conn.batch_execute(
        "CREATE TEMP TABLE places AS SELECT row_number() OVER (ORDER BY id) AS place, id, company_id FROM webhooks;
         CREATE UNIQUE INDEX temp.places_by_place ON places (place);",
    )?;
    let (fanout, webhooks) = (args.fanout, number(conn, "SELECT count(*) AS n FROM places")?);
    ensure!(fanout <= webhooks, "{webhooks} webhooks are too few for a fan-out of {fanout}");
    let events = args.deliveries / fanout;
    let deliveries = events * fanout;
    let last_event = number(conn, "SELECT coalesce(max(id), 0) AS n FROM events")?;
    let sent_ns = now_ns();
    let now = i64::try_from(sent_ns / 1_000)?;
    let payload = payload::event(Marks { seq: 0, sent_ns }, args.delivery_bytes);
    conn.transaction::<_, diesel::result::Error, _>(|conn| {
        sql_query(format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {events})
             INSERT INTO events (company_id, alert_id, alert_type, alert_name, vehicle_id, vehicle_name,
                                 occurred_at, received_at, payload, is_test, candidates)
             SELECT a.company_id, a.id, a.type_id, a.name, 1, 'Van 1', {now}, {now},
                    replace(?, '\"seq\":0', '\"seq\":' || n), 0, {fanout}
             FROM numbers, (SELECT * FROM alerts ORDER BY id LIMIT 1) AS a"
        ))
        .bind::<Text, _>(payload)
        .execute(conn)?;
        // State 1 is "queued". Whole rounds of the webhooks are due, or not yet, so that each has both.
        sql_query(format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {deliveries})
             INSERT INTO deliveries (event_id, webhook_id, company_id, state, trouble, trigger_kind, created_at, due_at)
             SELECT {last_event} + 1 + n / {fanout}, w.id, w.company_id, 1, 1, 1, {now},
                    {now} + n / {webhooks} % 2 * {HOUR_US}
             FROM numbers JOIN places AS w ON w.place = n % {webhooks} + 1"
        ))
        .execute(conn)
    })?;
    Ok(deliveries)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs;

    use super::*;

    /// The tables as the product's migrations make them, with one alert and four webhooks.
    pub fn tables() -> SqliteConnection {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite");
        let mut found: Vec<_> =
            fs::read_dir(migrations).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.sort();
        for migration in found {
            conn.batch_execute(&fs::read_to_string(migration.join("up.sql")).unwrap()).unwrap();
        }
        conn.batch_execute(
            "INSERT INTO companies (id, name, timezone, created_at) VALUES (1, 'c', 'UTC', 0);
             INSERT INTO alerts (id, company_id, type_id, name, created_at) VALUES (7, 1, 8, 'a', 0);
             INSERT INTO webhooks (id, company_id, version, name, url, receives, criteria, format, auth_type,
                                   signing, call_type, is_active, created_at, created_by, updated_at, updated_by)
             SELECT value, 1, 1, 'w', 'http://w/', 'linked', '', 'telemax', 'none', 1, '', 1, 0, '', 0, ''
             FROM json_each('[3, 5, 6, 9]');",
        )
        .unwrap();
        conn
    }

    #[test]
    fn half_is_due_and_every_webhook_has_its_share() {
        let conn = &mut tables();
        let args = SeedArgs { database: PathBuf::new(), deliveries: 81, fanout: 2, delivery_bytes: 600 };
        assert_eq!(fill(conn, &args).unwrap(), 80);
        let mut count = |sql: &str| number(conn, &format!("SELECT count(*) AS n FROM {sql}")).unwrap();
        assert_eq!(count("events WHERE alert_id = 7 AND json_extract(payload, '$.data.seq') = id - 1"), 40);
        assert_eq!(count("deliveries WHERE state = 1 AND due_at > created_at"), 40);
        assert_eq!(count("(SELECT 1 FROM deliveries GROUP BY webhook_id HAVING count(*) = 20)"), 4);
        assert_eq!(count("(SELECT DISTINCT event_id, webhook_id FROM deliveries)"), 80);
    }

    #[test]
    fn an_event_reaches_a_webhook_once() {
        let args = SeedArgs { database: PathBuf::new(), deliveries: 10, fanout: 5, delivery_bytes: 600 };
        assert!(fill(&mut tables(), &args).is_err());
    }
}
