-- The hours of `hourly` added up, in the same transaction: of each webhook by the day (UTC, named by its first hour), and
-- of each company by the hour. What a page shows of a month or of many webhooks is read from these.
CREATE TABLE daily (
    webhook_id BIGINT NOT NULL REFERENCES webhooks (id),
    hour       BIGINT NOT NULL,
    successes  BIGINT NOT NULL,
    failures   BIGINT NOT NULL,
    not_sent   BIGINT NOT NULL,
    ms_50      BIGINT NOT NULL,
    ms_100     BIGINT NOT NULL,
    ms_250     BIGINT NOT NULL,
    ms_500     BIGINT NOT NULL,
    ms_1000    BIGINT NOT NULL,
    ms_2500    BIGINT NOT NULL,
    ms_5000    BIGINT NOT NULL,
    ms_more    BIGINT NOT NULL,
    PRIMARY KEY (webhook_id, hour)
);

CREATE TABLE company_hours (
    company_id BIGINT NOT NULL REFERENCES companies (id),
    hour       BIGINT NOT NULL,
    successes  BIGINT NOT NULL,
    failures   BIGINT NOT NULL,
    not_sent   BIGINT NOT NULL,
    ms_50      BIGINT NOT NULL,
    ms_100     BIGINT NOT NULL,
    ms_250     BIGINT NOT NULL,
    ms_500     BIGINT NOT NULL,
    ms_1000    BIGINT NOT NULL,
    ms_2500    BIGINT NOT NULL,
    ms_5000    BIGINT NOT NULL,
    ms_more    BIGINT NOT NULL,
    PRIMARY KEY (company_id, hour)
);

INSERT INTO daily
SELECT webhook_id, hour / 24 * 24, SUM(successes)::bigint, SUM(failures)::bigint, SUM(not_sent)::bigint, SUM(ms_50)::bigint, SUM(ms_100)::bigint, SUM(ms_250)::bigint, SUM(ms_500)::bigint, SUM(ms_1000)::bigint, SUM(ms_2500)::bigint, SUM(ms_5000)::bigint, SUM(ms_more)::bigint
FROM hourly GROUP BY 1, 2;

INSERT INTO company_hours
SELECT w.company_id, h.hour, SUM(h.successes)::bigint, SUM(h.failures)::bigint, SUM(h.not_sent)::bigint, SUM(h.ms_50)::bigint, SUM(h.ms_100)::bigint, SUM(h.ms_250)::bigint, SUM(h.ms_500)::bigint, SUM(h.ms_1000)::bigint, SUM(h.ms_2500)::bigint, SUM(h.ms_5000)::bigint, SUM(h.ms_more)::bigint
FROM hourly AS h JOIN webhooks AS w ON w.id = h.webhook_id GROUP BY 1, 2;
