"""The council's screens. Uses schemas/ and transforms/ (reads), and ingest/ (appends decisions)."""
