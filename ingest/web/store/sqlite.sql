CREATE TABLE IF NOT EXISTS submissions (
    consultation TEXT NOT NULL,
    sequence INTEGER NOT NULL,               -- from 1 in each consultation, in commit order, without gaps
    id TEXT NOT NULL,
    event TEXT NOT NULL,                     -- submission, supersede, withdraw
    channel TEXT NOT NULL,
    relates_to TEXT,                         -- the id that a supersede or withdraw is about
    questionnaire_hash TEXT NOT NULL,
    media_type TEXT NOT NULL,
    received_at TEXT NOT NULL,               -- ISO 8601, UTC
    device_time TEXT,
    device_offset_minutes INTEGER,
    sha256 TEXT NOT NULL,                    -- of the sealed body
    fingerprint TEXT NOT NULL,               -- what tells "the same again"
    reference TEXT NOT NULL,
    change_key TEXT,                         -- hash of the change code
    chain TEXT NOT NULL,                     -- the hash chain after this record
    sealed BLOB,                             -- NULL once purged
    PRIMARY KEY (consultation, sequence),
    UNIQUE (consultation, id)
) STRICT;
CREATE INDEX IF NOT EXISTS submissions_by_reference ON submissions (reference);
CREATE INDEX IF NOT EXISTS submissions_by_earlier ON submissions (consultation, relates_to)
    WHERE relates_to IS NOT NULL;
CREATE TABLE IF NOT EXISTS consultations (
    consultation TEXT PRIMARY KEY,
    last_sequence INTEGER NOT NULL,          -- remembered apart from the rows, so that a missing one shows
    chain TEXT NOT NULL,
    acknowledged INTEGER NOT NULL DEFAULT 0, -- the pipeline has landed everything up to this sequence
    acknowledged_at TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    session TEXT PRIMARY KEY,
    sealed BLOB NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens (
    consultation TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    revoked_at TEXT,
    PRIMARY KEY (consultation, name)
) STRICT;
