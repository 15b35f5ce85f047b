"""Why a release is not built."""

from transforms.errors import TransformError


class ReleaseError(TransformError):
    """A release cannot be built as asked; nothing was written."""
