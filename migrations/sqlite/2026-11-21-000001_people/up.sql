-- Times are microseconds since the epoch; flags are 0 or 1; ids are never used twice (AUTOINCREMENT).

CREATE TABLE companies (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT    NOT NULL,
    parent_id   INTEGER REFERENCES companies (id),
    timezone    TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

-- Every company with each of its ancestors and with itself (depth 0): "the tree of X" is one index range.
CREATE TABLE company_tree (
    ancestor_id INTEGER NOT NULL REFERENCES companies (id),
    company_id  INTEGER NOT NULL REFERENCES companies (id),
    depth       INTEGER NOT NULL,
    PRIMARY KEY (ancestor_id, company_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX company_tree_by_company ON company_tree (company_id, ancestor_id);

CREATE TABLE users (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id        INTEGER REFERENCES companies (id),
    email             TEXT    NOT NULL UNIQUE,
    name              TEXT    NOT NULL,
    role              TEXT    NOT NULL,
    password_hash     TEXT,
    invite_hash       BLOB    UNIQUE,
    invite_expires_at INTEGER,
    disabled_at       INTEGER,
    created_at        INTEGER NOT NULL,
    CHECK (company_id IS NOT NULL OR role IN ('support', 'operator'))
) STRICT;

-- The id itself is only in the cookie; here is its SHA-256.
CREATE TABLE sessions (
    id_hash    BLOB    PRIMARY KEY,
    user_id    INTEGER REFERENCES users (id),
    state      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_user ON sessions (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE api_keys (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id   INTEGER NOT NULL REFERENCES companies (id),
    name         TEXT    NOT NULL,
    key_hash     BLOB    NOT NULL UNIQUE,
    last_four    TEXT    NOT NULL,
    actions      TEXT,
    vehicles     TEXT,
    created_at   INTEGER NOT NULL,
    created_by   TEXT    NOT NULL,
    expires_at   INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE INDEX api_keys_by_company ON api_keys (company_id, id);

-- Facts about this database itself: the key of public ids, the check of the master key.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id  INTEGER REFERENCES companies (id),
    at          INTEGER NOT NULL,
    actor_kind  TEXT    NOT NULL,
    actor_id    INTEGER,
    actor_name  TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    object_kind TEXT    NOT NULL,
    object_id   INTEGER,
    object_name TEXT    NOT NULL,
    changes     TEXT    NOT NULL,
    request_id  TEXT
) STRICT;
CREATE INDEX audit_by_company ON audit (company_id, id);
CREATE INDEX audit_by_object ON audit (object_kind, object_id, id);
