"""The base of errors of this room."""

from schemas.errors import YourSayError


class IngestError(YourSayError):
    """Something could not be taken in; nothing of it was stored."""
