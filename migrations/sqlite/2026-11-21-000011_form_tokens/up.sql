-- Forms that made something, for a day: a second click finds what the first one made.
CREATE TABLE form_tokens (
    user_id   INTEGER NOT NULL REFERENCES users (id),
    token     TEXT    NOT NULL,
    object_id INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (user_id, token)
) STRICT, WITHOUT ROWID;
CREATE INDEX form_tokens_by_age ON form_tokens (at);
