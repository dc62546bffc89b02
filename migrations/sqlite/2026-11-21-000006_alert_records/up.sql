-- Which alert records (events) have been read. "All are read" is one row, of the company of which it was said: it
-- covers the events of the company and of those below it with an id up to `upto_id`. `times` counts how often it was
-- said. A mark speaks of one event; its `times` is the sum over the event's company and all above it when the mark was
-- made. When somebody says "all are read" again the sum grows, and the mark means nothing any more: nobody has to look
-- for it.
CREATE TABLE read_upto (
    company_id  INTEGER PRIMARY KEY REFERENCES companies (id),
    upto_id     INTEGER NOT NULL,
    times       INTEGER NOT NULL
) STRICT;

CREATE TABLE read_marks (
    event_id    INTEGER PRIMARY KEY REFERENCES events (id),
    is_read     INTEGER NOT NULL CHECK (is_read IN (0, 1)),
    times       INTEGER NOT NULL
) STRICT;
