"""Why the pages of results cannot be made."""

from transforms.errors import TransformError


class SiteError(TransformError):
    """The public site's pages of results cannot be made as asked."""
