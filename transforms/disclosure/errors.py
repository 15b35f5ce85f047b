"""Why an output is refused."""

from transforms.errors import TransformError


class DisclosureError(TransformError):
    """The exact marts cannot be protected as they stand; nothing was written."""


class PromiseError(DisclosureError):
    """An output would break a promise made to respondents; the message names the promise's id."""
