"""The error of this room."""

from schemas.errors import YourSayError


class EditionError(YourSayError):
    """An edition cannot be made from a definition."""
