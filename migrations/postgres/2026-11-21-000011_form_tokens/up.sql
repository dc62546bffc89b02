-- Forms that made something, for a day: a second click finds what the first one made.
CREATE TABLE form_tokens (
    user_id   BIGINT NOT NULL REFERENCES users (id),
    token     TEXT   NOT NULL,
    object_id BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (user_id, token)
);
CREATE INDEX form_tokens_by_age ON form_tokens (at);
