"""The error of keyed post."""

from ingest.errors import IngestError


class KeyingError(IngestError):
    """A keying batch or template cannot be used; the message names the file, the row and the column."""
