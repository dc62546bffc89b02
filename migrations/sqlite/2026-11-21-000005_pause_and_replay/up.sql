-- A pause in force: what becomes of new events, since when, by whom, why.
ALTER TABLE webhooks ADD COLUMN paused_mode TEXT;
ALTER TABLE webhooks ADD COLUMN paused_at INTEGER;
ALTER TABLE webhooks ADD COLUMN paused_by TEXT;
ALTER TABLE webhooks ADD COLUMN paused_reason TEXT;

-- What paused webhooks hold: 3 is the reason paused_held. And tests that wait, which go to them all the same: 3 is the
-- trigger of a test.
CREATE INDEX deliveries_held ON deliveries (webhook_id, id) WHERE not_sent = 3;
CREATE INDEX deliveries_tests_waiting ON deliveries (webhook_id, due_at) WHERE due_at IS NOT NULL AND trigger_kind = 3;

-- Webhooks whose held deliveries, those with an id up to `upto_id`, are being sent or dropped in steps. `steps` decides
-- between two processes that take the same step.
CREATE TABLE releases (
    webhook_id  INTEGER PRIMARY KEY REFERENCES webhooks (id),
    kind        TEXT NOT NULL,
    upto_id     INTEGER NOT NULL,
    steps       INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Vehicles of which the newest held delivery has been sent already.
CREATE TABLE release_vehicles (
    webhook_id  INTEGER NOT NULL REFERENCES webhooks (id),
    vehicle_id  INTEGER NOT NULL,
    PRIMARY KEY (webhook_id, vehicle_id)
) STRICT, WITHOUT ROWID;

-- Many deliveries sent again, slowly: those that match the filter and have an id after `after_id` and up to `upto_id`.
-- `cursor_id` is the last id that was looked at; who moves it from the value that they read, makes what they found.
-- `expected`, counted up to a limit (`or_more`), is for the progress that a page shows. `skipped` counts by reason.
-- `stepped_at`: up to when the rate has been used. Up to 2, the status means that it has not ended; 1 is running.
CREATE TABLE replays (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id  INTEGER NOT NULL REFERENCES companies (id),
    filter      TEXT NOT NULL,
    per_second  INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    after_id    INTEGER NOT NULL,
    upto_id     INTEGER NOT NULL,
    cursor_id   INTEGER NOT NULL,
    expected    INTEGER NOT NULL,
    or_more     INTEGER NOT NULL CHECK (or_more IN (0, 1)),
    made        INTEGER NOT NULL DEFAULT 0,
    skipped     TEXT NOT NULL DEFAULT '{}',
    created_at  INTEGER NOT NULL,
    created_by  TEXT NOT NULL,
    stepped_at  INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE INDEX replays_by_company ON replays (company_id, id);
CREATE INDEX replays_running ON replays (id) WHERE status = 1;
CREATE INDEX replays_open ON replays (company_id) WHERE status <= 2;

-- The deliveries that a replay made, and those that repeat another one.
ALTER TABLE deliveries ADD COLUMN replay_id INTEGER;
CREATE INDEX deliveries_by_replay ON deliveries (replay_id, id) WHERE replay_id IS NOT NULL;
CREATE INDEX deliveries_repeating ON deliveries (redelivery_of) WHERE redelivery_of IS NOT NULL;
