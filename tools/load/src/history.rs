//! A database with a long history: events, deliveries in every state, their attempts, and what Belfry keeps of them.
//!
//! Writes SQL of its own, like [`crate::seed`], and has to be changed with `migrations/sqlite` as well. Tallies are left
//! to the Belfry that opens the database.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, RunQueryDsl, sql_query};
use serde_json::json;

use crate::clock::now_ns;
use crate::payload::{self, Marks};
use crate::seed::{number, open};

const HOUR_US: i64 = 3_600_000_000;

/// Attempts of a hundred deliveries, by the shares in [`DELIVERIES`].
const ATTEMPTS_OF_100: i64 = 88 + 4 * 5 + 2 * 2 + 1 + 3;
/// Entries of the audit trail.
const AUDIT: i64 = 20_000;

#[derive(clap::Args)]
pub struct HistoryArgs {
    /// A database of a Belfry that does not run, with webhooks that are linked to alerts
    #[arg(long)]
    database: PathBuf,
    /// About how many attempts
    #[arg(long, default_value_t = 1_000_000)]
    attempts: i64,
    /// Days until now over which they are spread
    #[arg(long, default_value_t = 30)]
    days: i64,
    /// Vehicles of which the events tell
    #[arg(long, default_value_t = 500)]
    vehicles: i64,
    /// Bytes of each delivery's body
    #[arg(long, default_value_t = 600)]
    delivery_bytes: usize,
}

/// Of a hundred deliveries 88 succeed at once and one at the third attempt; four fail for good after five, four were not
/// sent, two are retried (the next time in an hour), one was cancelled. A webhook in fifty fails always.
const DELIVERIES: &str = "
INSERT INTO deliveries (event_id, webhook_id, company_id, state, trouble, trigger_kind, not_sent, detail, attempts,
                        last_outcome, last_status, duration_us, due_at, created_at, finished_at)
SELECT event_id, webhook_id, company_id, state, nullif(state, 4), 1,
       iif(state = 7, 4, NULL), iif(state = 7, 'It was switched off.', NULL),
       tries, iif(state = 7, NULL, iif(state = 4, 0, 17)), iif(state = 7, NULL, iif(state = 4, 200, 503)),
       iif(state = 7, NULL, 20000 + dice * 7919 % 400000),
       iif(state = 3, {now} + {hour} + dice % 1000000 * 3600, NULL), at, iif(state = 3, NULL, at + tries * 60000000)
FROM (
    SELECT *,
           CASE WHEN kind < 88 OR kind = 99 THEN 4 WHEN kind < 92 THEN 5 WHEN kind < 96 THEN 7 WHEN kind < 98 THEN 3 ELSE 6 END AS state,
           CASE WHEN kind < 88 OR kind = 98 THEN 1 WHEN kind < 92 THEN 5 WHEN kind < 96 THEN 0 WHEN kind < 98 THEN 2 ELSE 3 END AS tries
    FROM (
        SELECT e.id AS event_id, p.webhook_id, p.company_id, e.received_at AS at, e.id * 4241 + p.webhook_id AS dice,
               iif(p.webhook_id % 50 = 0, 90, (e.id * 4241 + p.webhook_id * 31) % 100) AS kind
        FROM events AS e CROSS JOIN places AS p ON p.alert_id = e.alert_id
    )
)
ORDER BY event_id, webhook_id";

const ATTEMPTS: &str = "
INSERT INTO attempts (delivery_id, webhook_id, number, version, started_at, finished_at, outcome, counted, status, reason,
                      dns_us, connect_us, wait_us, read_us, total_us, remote, request_url, request_headers,
                      response_headers, response_body)
SELECT d.id, d.webhook_id, n, 1, at, at + took, iif(done, 0, 17), row_number() OVER (PARTITION BY d.webhook_id ORDER BY d.id, n),
       iif(done, 200, 503), iif(done, 'OK', 'Service Unavailable'), 900, 2100, took - 3300, 300, took,
       '203.0.113.9:443', w.url,
       '[[\"Host\",\"hooks.example\"],[\"User-Agent\",\"Belfry/0.1.0\"],[\"Content-Type\",\"application/json\"],[\"Content-Length\",\"600\"],[\"X-Telemax-Signature\",\"sha256=71e02cecf11ac830d3b7fc759387ce0728a5bc37e93ae1560acc5b396f25ab0f\"]]',
       '[[\"content-type\",\"text/plain; charset=utf-8\"],[\"content-length\",\"3\"]]', CAST('OK' AS BLOB)
FROM (
    SELECT d.id, d.webhook_id, n.value AS n, d.created_at + (n.value - 1) * 60000000 AS at,
           20000 + (d.id * 7919 + n.value * 131) % 400000 AS took, d.state = 4 AND n.value = d.attempts AS done
    FROM deliveries AS d CROSS JOIN json_each('[1,2,3,4,5]') AS n ON n.value <= d.attempts
) AS d JOIN webhooks AS w ON w.id = d.webhook_id
ORDER BY d.id, n";

const ROLL_UPS: &str = "
INSERT INTO hourly
SELECT webhook_id, hour, sum(ok), sum(bad), sum(unsent),
       sum(us > 0 AND us <= 50000), sum(us > 50000 AND us <= 100000), sum(us > 100000 AND us <= 250000),
       sum(us > 250000 AND us <= 500000), sum(us > 500000), 0, 0, 0
FROM (
    SELECT webhook_id, started_at / {hour} AS hour, outcome = 0 AS ok, outcome <> 0 AS bad, 0 AS unsent, total_us AS us FROM attempts
    UNION ALL
    SELECT webhook_id, created_at / {hour}, 0, 0, 1, 0 FROM deliveries WHERE trouble = 7
)
GROUP BY webhook_id, hour;
INSERT INTO daily
SELECT webhook_id, hour / 24 * 24, SUM(successes), SUM(failures), SUM(not_sent), SUM(ms_50), SUM(ms_100), SUM(ms_250),
       SUM(ms_500), SUM(ms_1000), SUM(ms_2500), SUM(ms_5000), SUM(ms_more)
FROM hourly GROUP BY 1, 2;
INSERT INTO company_hours
SELECT w.company_id, h.hour, SUM(successes), SUM(failures), SUM(not_sent), SUM(ms_50), SUM(ms_100), SUM(ms_250),
       SUM(ms_500), SUM(ms_1000), SUM(ms_2500), SUM(ms_5000), SUM(ms_more)
FROM hourly AS h JOIN webhooks AS w ON w.id = h.webhook_id GROUP BY 1, 2;
CREATE TEMP TABLE counted AS
SELECT webhook_id, count(*) AS total, sum(outcome = 0) AS successes, sum(outcome <> 0) AS failures,
       max(iif(outcome = 0, id, NULL)) AS ok_id, max(iif(outcome = 0, finished_at, NULL)) AS ok_at,
       max(iif(outcome <> 0, id, NULL)) AS bad_id, max(iif(outcome <> 0, finished_at, NULL)) AS bad_at,
       max(id) AS id, max(finished_at) AS at
FROM attempts GROUP BY webhook_id;
UPDATE webhook_stats SET
    total = c.total, successes = c.successes, failures = c.failures, last_success_id = ok_id, last_success_at = ok_at,
    last_failure_id = bad_id, last_failure_at = bad_at, last_call_id = c.id, last_call_at = c.at,
    failures_since_success = (SELECT count(*) FROM attempts AS a WHERE a.webhook_id = c.webhook_id AND a.id > coalesce(ok_id, 0)),
    failing_since = (SELECT min(started_at) FROM attempts AS a WHERE a.webhook_id = c.webhook_id AND a.id > coalesce(ok_id, 0))
FROM counted AS c WHERE c.webhook_id = webhook_stats.webhook_id";

/// Writes the history and prints how much of it there is.
pub fn run(args: &HistoryArgs) -> Result<()> {
    let conn = &mut open(&args.database)?;
    // A broken run is thrown away, so nothing has to reach the disk in order.
    conn.batch_execute("PRAGMA synchronous=OFF; PRAGMA cache_size=-262144; PRAGMA temp_store=MEMORY;")?;
    fill(conn, args)?;
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);")?;
    let mut count = |table: &str| number(conn, &format!("SELECT count(*) AS n FROM {table}"));
    println!(
        "{}",
        json!({ "events": count("events")?, "deliveries": count("deliveries")?, "attempts": count("attempts")? })
    );
    Ok(())
}

fn fill(conn: &mut SqliteConnection, args: &HistoryArgs) -> Result<()> {
    conn.batch_execute(
        "CREATE TEMP TABLE places AS
         SELECT l.alert_id, l.webhook_id, w.company_id FROM alert_links AS l JOIN webhooks AS w ON w.id = l.webhook_id;
         CREATE INDEX temp.places_by_alert ON places (alert_id, webhook_id);
         CREATE TEMP TABLE turns AS
         SELECT row_number() OVER (ORDER BY id) - 1 AS turn, * FROM alerts WHERE id IN (SELECT alert_id FROM places);
         CREATE UNIQUE INDEX temp.turns_by_turn ON turns (turn);",
    )?;
    let (alerts, links) =
        (number(conn, "SELECT count(*) AS n FROM turns")?, number(conn, "SELECT count(*) AS n FROM places")?);
    ensure!(alerts > 0, "there is no webhook that is linked to an alert");
    let events = (args.attempts * 100 / ATTEMPTS_OF_100 * alerts / links).max(1);
    let sent_ns = now_ns();
    let now = i64::try_from(sent_ns / 1_000)?;
    let (begin, step) = (now - args.days * 24 * HOUR_US, args.days * 24 * HOUR_US / events);
    let vehicles = args.vehicles;
    let payload = payload::event(Marks { seq: 0, sent_ns }, args.delivery_bytes);
    let filled = |sql: &str| sql.replace("{now}", &now.to_string()).replace("{hour}", &HOUR_US.to_string());
    conn.transaction::<_, diesel::result::Error, _>(|conn| {
        sql_query(format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {events})
             INSERT INTO events (company_id, alert_id, alert_type, alert_name, vehicle_id, vehicle_name,
                                 occurred_at, received_at, payload, is_test, candidates)
             SELECT a.company_id, a.id, a.type_id, a.name, n * 7 % {vehicles} + 1, 'TRK-' || (n * 7 % {vehicles} + 1),
                    {begin} + n * {step} - 1500000, {begin} + n * {step}, replace(?, '\"seq\":0', '\"seq\":' || n), 0,
                    (SELECT count(*) FROM places AS p WHERE p.alert_id = a.id)
             FROM numbers JOIN turns AS a ON a.turn = n * 13 % {alerts}"
        ))
        .bind::<Text, _>(payload)
        .execute(conn)?;
        conn.batch_execute(&filled(DELIVERIES))?;
        conn.batch_execute(ATTEMPTS)?;
        conn.batch_execute(&filled(ROLL_UPS))?;
        conn.batch_execute(&format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {AUDIT})
             INSERT INTO audit (company_id, at, actor_kind, actor_id, actor_name, action, object_kind, object_id,
                                object_name, changes)
             SELECT w.company_id, {begin} + n * ({now} - {begin}) / {AUDIT}, 'user', 1, 'Bench', 'webhook.update', 'webhook',
                    w.id, w.name, '{{\"description\":{{\"before\":\"a\",\"after\":\"b\"}}}}'
             FROM numbers JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS turn, * FROM webhooks) AS w
                  ON w.turn = n % (SELECT count(*) FROM webhooks)"
        ))
    })?;
    // What a Belfry that has grown this large would have learnt about its tables.
    Ok(conn.batch_execute("PRAGMA optimize;")?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::tests::tables;

    #[test]
    fn there_is_something_of_every_kind_and_counters_equal_a_recount() {
        let conn = &mut tables();
        conn.batch_execute(
            "INSERT INTO alert_links (webhook_id, alert_id, linked_at, linked_by) SELECT id, 7, 0, '' FROM webhooks;
             INSERT INTO webhook_stats (webhook_id) SELECT id FROM webhooks;",
        )
        .unwrap();
        let args = HistoryArgs {
            database: PathBuf::new(),
            attempts: 2_000,
            days: 30,
            vehicles: 9,
            delivery_bytes: 600,
        };
        fill(conn, &args).unwrap();
        let mut count = |sql: &str| number(conn, &format!("SELECT count(*) AS n FROM {sql}")).unwrap();
        let attempts = count("attempts");
        assert!((1_900..2_100).contains(&attempts), "{attempts}");
        assert_eq!(count("(SELECT DISTINCT state FROM deliveries)"), 5);
        assert_eq!(
            count(
                "deliveries AS d WHERE attempts <> (SELECT count(*) FROM attempts AS a WHERE a.delivery_id = d.id)"
            ),
            0
        );
        assert_eq!(
            count(
                "events AS e WHERE candidates <> (SELECT count(*) FROM deliveries AS d WHERE d.event_id = e.id)"
            ),
            0
        );
        assert_eq!(number(conn, "SELECT sum(successes + failures) AS n FROM hourly").unwrap(), attempts);
        assert_eq!(
            number(conn, "SELECT sum(ms_50 + ms_100 + ms_250 + ms_500 + ms_1000) AS n FROM hourly").unwrap(),
            attempts
        );
        assert_eq!(
            number(conn, "SELECT sum(total) AS n FROM webhook_stats WHERE total = successes + failures")
                .unwrap(),
            attempts
        );
    }
}
