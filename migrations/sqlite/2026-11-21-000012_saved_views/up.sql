-- Filters of a company's list of deliveries that somebody gave a name: for themselves, or for everybody who sees the
-- company. query is the address's, as the list writes it.
CREATE TABLE saved_views (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id  INTEGER NOT NULL REFERENCES companies (id),
    user_id     INTEGER NOT NULL REFERENCES users (id),
    name        TEXT    NOT NULL,
    query       TEXT    NOT NULL,
    is_shared   INTEGER NOT NULL CHECK (is_shared IN (0, 1)),
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX saved_views_by_company ON saved_views (company_id, id);
