"""The error of this room."""

from schemas.errors import YourSayError


class DemonstrationError(YourSayError):
    """The demonstration cannot be played."""
