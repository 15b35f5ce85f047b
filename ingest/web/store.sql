CREATE TABLE IF NOT EXISTS submissions (
    consultation TEXT NOT NULL,
    sequence INTEGER NOT NULL,               -- from 1 in each consultation, in commit order, without gaps
    id TEXT NOT NULL,
    event TEXT NOT NULL,
    relates_to TEXT,
    questionnaire_hash TEXT NOT NULL,
    media_type TEXT NOT NULL,
    received_at TEXT NOT NULL,               -- ISO 8601, UTC
    device_time TEXT,
    device_offset_minutes INTEGER,
    sha256 TEXT NOT NULL,                    -- of the sealed body
    fingerprint TEXT NOT NULL,               -- what tells "the same again"
    reference TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (consultation, sequence),
    UNIQUE (consultation, id)
) STRICT;
CREATE INDEX IF NOT EXISTS submissions_by_reference ON submissions (reference);
