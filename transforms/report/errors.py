"""What goes wrong with a report."""

from transforms.errors import TransformError


class ReportError(TransformError):
    """A report cannot be made, or not be changed, as asked."""
