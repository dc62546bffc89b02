-- What statistics are read from, beside `hourly`: counted in the background from events and finished attempts, in the
-- order of their numbers. kind says what subject and value are: see src/domain/tally.rs.
CREATE TABLE tallies (
    company_id INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    hour       INTEGER NOT NULL,
    subject    INTEGER NOT NULL,
    value      INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    PRIMARY KEY (company_id, kind, hour, subject, value)
) STRICT, WITHOUT ROWID;

-- How far each table has been counted; moves in the transaction that adds the counts. complete_to: up to when nothing
-- is missing.
CREATE TABLE tally_cursors (
    source      TEXT PRIMARY KEY,
    upto_id     INTEGER NOT NULL,
    complete_to INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO tally_cursors (source, upto_id, complete_to) VALUES ('events', 0, 0), ('attempts', 0, 0);
