"""The base of errors of this room."""

from schemas.errors import YourSayError


class DashboardError(YourSayError):
    """Something cannot be shown or served."""
