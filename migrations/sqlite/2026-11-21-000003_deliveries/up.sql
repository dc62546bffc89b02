-- Append-only. alert_id is 0 for a test that belongs to no alert.
CREATE TABLE events (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id   INTEGER NOT NULL REFERENCES companies (id),
    alert_id     INTEGER NOT NULL,
    alert_type   INTEGER NOT NULL,
    alert_name   TEXT    NOT NULL,
    vehicle_id   INTEGER NOT NULL,
    vehicle_name TEXT    NOT NULL,
    occurred_at  INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    payload      TEXT    NOT NULL,
    is_test      INTEGER NOT NULL CHECK (is_test IN (0, 1)),
    candidates   INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_company ON events (company_id, id);

-- One row for each event and candidate webhook, written with the event, changed in place.
-- company_id is the webhook's company, so that a page of one company needs no join to be scoped.
-- redelivery_of may name a row that retention has removed.
CREATE TABLE deliveries (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id      INTEGER NOT NULL REFERENCES events (id),
    webhook_id    INTEGER NOT NULL REFERENCES webhooks (id),
    company_id    INTEGER NOT NULL REFERENCES companies (id),
    state         INTEGER NOT NULL,
    trigger_kind  INTEGER NOT NULL,
    not_sent      INTEGER,
    detail        TEXT,
    redelivery_of INTEGER,
    attempts      INTEGER NOT NULL DEFAULT 0,
    last_outcome  INTEGER,
    last_status   INTEGER,
    duration_us   INTEGER,
    next_at       INTEGER,
    created_at    INTEGER NOT NULL,
    finished_at   INTEGER
) STRICT;
CREATE INDEX deliveries_by_event ON deliveries (event_id);
CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, state, id);
CREATE INDEX deliveries_by_company ON deliveries (company_id, state, id);

-- The few deliveries that still have to be made; the row goes when the delivery ends. A lease that runs
-- means "may be on the wire now".
CREATE TABLE queue (
    delivery_id INTEGER PRIMARY KEY REFERENCES deliveries (id),
    webhook_id  INTEGER NOT NULL REFERENCES webhooks (id),
    due_at      INTEGER NOT NULL,
    lease_until INTEGER,
    lease_token INTEGER
) STRICT;
CREATE INDEX queue_by_due ON queue (due_at);
CREATE INDEX queue_by_webhook ON queue (webhook_id);

-- Written before the request goes out (outcome is null), finished once. version is the webhook's version then.
-- counted is its place among the attempts that its webhook counts, in the order in which they were recorded:
-- times can be equal or cross, and a recount needs the order.
CREATE TABLE attempts (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id        INTEGER NOT NULL REFERENCES deliveries (id),
    webhook_id         INTEGER NOT NULL REFERENCES webhooks (id),
    number             INTEGER NOT NULL,
    version            INTEGER NOT NULL,
    started_at         INTEGER NOT NULL,
    finished_at        INTEGER,
    outcome            INTEGER,
    counted            INTEGER,
    detail             TEXT,
    status             INTEGER,
    reason             TEXT,
    dns_us             INTEGER,
    connect_us         INTEGER,
    tls_us             INTEGER,
    wait_us            INTEGER,
    read_us            INTEGER,
    total_us           INTEGER,
    remote             TEXT,
    tls                TEXT,
    request_url        TEXT,
    request_headers    TEXT,
    response_headers   TEXT,
    response_body      BLOB,
    response_truncated INTEGER NOT NULL DEFAULT 0 CHECK (response_truncated IN (0, 1))
) STRICT;
CREATE INDEX attempts_by_delivery ON attempts (delivery_id);
CREATE INDEX attempts_by_webhook ON attempts (webhook_id, id);

-- Roll-ups: what every chart and percentage is read from. Latency buckets count successes and failures
-- with a response or without, by the total time of the attempt.
CREATE TABLE hourly (
    webhook_id INTEGER NOT NULL REFERENCES webhooks (id),
    hour       INTEGER NOT NULL,
    successes  INTEGER NOT NULL,
    failures   INTEGER NOT NULL,
    not_sent   INTEGER NOT NULL,
    ms_50      INTEGER NOT NULL,
    ms_100     INTEGER NOT NULL,
    ms_250     INTEGER NOT NULL,
    ms_500     INTEGER NOT NULL,
    ms_1000    INTEGER NOT NULL,
    ms_2500    INTEGER NOT NULL,
    ms_5000    INTEGER NOT NULL,
    ms_more    INTEGER NOT NULL,
    PRIMARY KEY (webhook_id, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
    api_key_id   INTEGER NOT NULL REFERENCES api_keys (id),
    key          TEXT    NOT NULL,
    request_hash BLOB    NOT NULL,
    response     TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (api_key_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- The counters of attempts that retention has removed: where a recount begins.
CREATE TABLE pruned (
    webhook_id INTEGER PRIMARY KEY REFERENCES webhooks (id),
    stats      TEXT    NOT NULL
) STRICT;
