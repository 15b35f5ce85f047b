"""Errors of the transforms. Messages name columns, rules and ids of responses, never an answer."""

from schemas.errors import YourSayError


class TransformError(YourSayError):
    """A step of the pipeline cannot be done."""


class CheckFailed(TransformError):
    """What was handed over is broken as a whole, so nothing that depends on it may be built."""
