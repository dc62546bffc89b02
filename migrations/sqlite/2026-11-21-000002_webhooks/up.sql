CREATE TABLE alerts (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id   INTEGER NOT NULL REFERENCES companies (id),
    type_id      INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    description  TEXT    NOT NULL DEFAULT '',
    is_all_fleet INTEGER NOT NULL DEFAULT 1 CHECK (is_all_fleet IN (0, 1)),
    is_all_tags  INTEGER NOT NULL DEFAULT 1 CHECK (is_all_tags IN (0, 1)),
    tags         TEXT    NOT NULL DEFAULT '[]',
    created_at   INTEGER NOT NULL,
    deleted_at   INTEGER
) STRICT;
CREATE INDEX alerts_by_company ON alerts (company_id, id);

CREATE TABLE alert_units (
    alert_id   INTEGER NOT NULL REFERENCES alerts (id),
    vehicle_id INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    imei       TEXT    NOT NULL,
    vin        TEXT    NOT NULL,
    PRIMARY KEY (alert_id, vehicle_id)
) STRICT, WITHOUT ROWID;

-- url is without its query: query values often are credentials, so the query lies in sealed, with the
-- signing secret and the credentials.
CREATE TABLE webhooks (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id      INTEGER NOT NULL REFERENCES companies (id),
    version         INTEGER NOT NULL,
    name            TEXT    NOT NULL,
    description     TEXT,
    url             TEXT    NOT NULL,
    receives        TEXT    NOT NULL,
    criteria        TEXT    NOT NULL,
    format          TEXT    NOT NULL,
    auth_type       TEXT    NOT NULL,
    signing         INTEGER NOT NULL CHECK (signing IN (0, 1)),
    call_type       TEXT    NOT NULL,
    is_active       INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    sealed          BLOB,
    disabled_reason TEXT,
    disabled_at     INTEGER,
    created_at      INTEGER NOT NULL,
    created_by      TEXT    NOT NULL,
    updated_at      INTEGER NOT NULL,
    updated_by      TEXT    NOT NULL,
    deleted_at      INTEGER
) STRICT;
CREATE INDEX webhooks_by_company ON webhooks (company_id, id);
CREATE INDEX webhooks_that_take_all ON webhooks (company_id, receives) WHERE deleted_at IS NULL;

-- Counters change only in the transaction that finishes an attempt, so they always equal a recount.
CREATE TABLE webhook_stats (
    webhook_id             INTEGER PRIMARY KEY REFERENCES webhooks (id),
    total                  INTEGER NOT NULL DEFAULT 0,
    successes              INTEGER NOT NULL DEFAULT 0,
    failures               INTEGER NOT NULL DEFAULT 0,
    failures_since_success INTEGER NOT NULL DEFAULT 0,
    failing_since          INTEGER,
    last_success_id        INTEGER,
    last_success_at        INTEGER,
    last_failure_id        INTEGER,
    last_failure_at        INTEGER,
    last_call_id           INTEGER,
    last_call_at           INTEGER
) STRICT;

-- The settings as they were, without secrets: an attempt names the version it was made with.
CREATE TABLE webhook_versions (
    webhook_id INTEGER NOT NULL REFERENCES webhooks (id),
    version    INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    changed_by TEXT    NOT NULL,
    settings   TEXT    NOT NULL,
    PRIMARY KEY (webhook_id, version)
) STRICT, WITHOUT ROWID;

-- An ended link stays: "was it linked then?" is answered from here.
CREATE TABLE alert_links (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id  INTEGER NOT NULL REFERENCES webhooks (id),
    alert_id    INTEGER NOT NULL REFERENCES alerts (id),
    linked_at   INTEGER NOT NULL,
    linked_by   TEXT    NOT NULL,
    unlinked_at INTEGER,
    unlinked_by TEXT
) STRICT;
CREATE UNIQUE INDEX alert_links_now ON alert_links (webhook_id, alert_id) WHERE unlinked_at IS NULL;
CREATE INDEX alert_links_by_alert ON alert_links (alert_id, webhook_id);
CREATE INDEX alert_links_by_webhook ON alert_links (webhook_id, id);
