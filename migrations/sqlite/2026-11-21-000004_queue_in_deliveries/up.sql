-- The queue moves into the deliveries themselves: a delivery that succeeds at once costs one insert and one update.
--
-- due_at: when a waiting delivery is tried next. lease_until: until when the process that holds it may be sending it;
-- leased_at: since when; lease_token: names the holder. A delivery waits, is leased, or has ended.
--
-- trouble repeats the state of rows that are neither delivered nor on the wire. It is there for its indexes: lists of
-- the few among the many are read from them, and the many never touch them.
ALTER TABLE deliveries RENAME COLUMN next_at TO due_at;
ALTER TABLE deliveries ADD COLUMN trouble INTEGER;
ALTER TABLE deliveries ADD COLUMN leased_at INTEGER;
ALTER TABLE deliveries ADD COLUMN lease_until INTEGER;
ALTER TABLE deliveries ADD COLUMN lease_token INTEGER;

-- What was on the wire is made again: its attempt was interrupted.
UPDATE attempts SET outcome = 1, finished_at = started_at WHERE outcome IS NULL;
UPDATE deliveries SET due_at = (SELECT due_at FROM queue WHERE delivery_id = deliveries.id);
UPDATE deliveries SET state = 3 WHERE state = 2;
UPDATE deliveries SET trouble = state WHERE state <> 4;
DROP TABLE queue;

DROP INDEX deliveries_by_webhook;
DROP INDEX deliveries_by_company;
CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, id);
CREATE INDEX deliveries_by_company ON deliveries (company_id, id);
CREATE INDEX deliveries_in_trouble_by_webhook ON deliveries (webhook_id, trouble, id) WHERE trouble IS NOT NULL;
CREATE INDEX deliveries_in_trouble_by_company ON deliveries (company_id, trouble, id) WHERE trouble IS NOT NULL;
CREATE INDEX deliveries_waiting ON deliveries (webhook_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE lease_until IS NOT NULL;
