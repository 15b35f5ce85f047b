-- Moments are texts in ISO 8601, UTC, which sort as they follow one another in the C collation.
CREATE TABLE IF NOT EXISTS submissions (
    consultation TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,                -- from 1 in each consultation, in commit order, without gaps
    id TEXT COLLATE "C" NOT NULL,
    event TEXT NOT NULL,                     -- submission, supersede, withdraw
    channel TEXT NOT NULL,
    relates_to TEXT COLLATE "C",             -- the id that a supersede or withdraw is about
    questionnaire_hash TEXT NOT NULL,
    media_type TEXT NOT NULL,
    received_at TEXT COLLATE "C" NOT NULL,
    device_time TEXT,
    device_offset_minutes INTEGER,
    sha256 TEXT NOT NULL,                    -- of the sealed body
    fingerprint TEXT NOT NULL,               -- what tells "the same again"
    reference TEXT COLLATE "C" NOT NULL,
    change_key TEXT,                         -- hash of the change code
    chain TEXT NOT NULL,                     -- the hash chain after this record
    sealed BYTEA,                            -- NULL once purged
    PRIMARY KEY (consultation, sequence),
    UNIQUE (consultation, id)
);
-- What is sealed does not compress.
ALTER TABLE submissions ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS submissions_by_reference ON submissions (reference);
CREATE INDEX IF NOT EXISTS submissions_by_earlier ON submissions (consultation, relates_to)
    WHERE relates_to IS NOT NULL;
CREATE TABLE IF NOT EXISTS consultations (
    consultation TEXT COLLATE "C" PRIMARY KEY,
    last_sequence BIGINT NOT NULL,           -- remembered apart from the rows, so that a missing one shows
    chain TEXT NOT NULL,
    acknowledged BIGINT NOT NULL DEFAULT 0,  -- the pipeline has landed everything up to this sequence
    acknowledged_at TEXT
);
CREATE TABLE IF NOT EXISTS sessions (
    session TEXT COLLATE "C" PRIMARY KEY,
    sealed BYTEA NOT NULL,
    expires_at TEXT COLLATE "C" NOT NULL
);
CREATE TABLE IF NOT EXISTS tokens (
    consultation TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    revoked_at TEXT,
    PRIMARY KEY (consultation, name)
);
