-- What statistics are read from, beside `hourly`: counted in the background from events and finished attempts, in the
-- order of their numbers. kind says what subject and value are: see src/domain/tally.rs.
CREATE TABLE tallies (
    company_id BIGINT NOT NULL,
    kind       SMALLINT NOT NULL,
    hour       BIGINT NOT NULL,
    subject    BIGINT NOT NULL,
    value      BIGINT NOT NULL,
    count      BIGINT NOT NULL,
    PRIMARY KEY (company_id, kind, hour, subject, value)
);

-- How far each table has been counted; moves in the transaction that adds the counts. complete_to: up to when nothing
-- is missing.
CREATE TABLE tally_cursors (
    source      TEXT PRIMARY KEY,
    upto_id     BIGINT NOT NULL,
    complete_to BIGINT NOT NULL
);
INSERT INTO tally_cursors (source, upto_id, complete_to) VALUES ('events', 0, 0), ('attempts', 0, 0);
