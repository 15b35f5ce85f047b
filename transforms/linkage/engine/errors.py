"""Errors of the linkage. Messages name files, columns and roles, never a value of a response."""

from transforms.errors import TransformError


class LinkageError(TransformError):
    """A table cannot be linked as asked."""
