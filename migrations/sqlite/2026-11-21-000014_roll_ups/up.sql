-- The hours of `hourly` added up, in the same transaction: of each webhook by the day (UTC, named by its first hour), and
-- of each company by the hour. What a page shows of a month or of many webhooks is read from these.
CREATE TABLE daily (
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

CREATE TABLE company_hours (
    company_id INTEGER NOT NULL REFERENCES companies (id),
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
    PRIMARY KEY (company_id, hour)
) STRICT, WITHOUT ROWID;

INSERT INTO daily
SELECT webhook_id, hour / 24 * 24, SUM(successes), SUM(failures), SUM(not_sent), SUM(ms_50), SUM(ms_100), SUM(ms_250), SUM(ms_500), SUM(ms_1000), SUM(ms_2500), SUM(ms_5000), SUM(ms_more)
FROM hourly GROUP BY 1, 2;

INSERT INTO company_hours
SELECT w.company_id, h.hour, SUM(h.successes), SUM(h.failures), SUM(h.not_sent), SUM(h.ms_50), SUM(h.ms_100), SUM(h.ms_250), SUM(h.ms_500), SUM(h.ms_1000), SUM(h.ms_2500), SUM(h.ms_5000), SUM(h.ms_more)
FROM hourly AS h JOIN webhooks AS w ON w.id = h.webhook_id GROUP BY 1, 2;
