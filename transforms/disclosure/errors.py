"""Why an output is refused."""

from transforms.errors import TransformError


class DisclosureError(TransformError):
    """The exact marts cannot be protected as they stand; nothing was written."""


class UnprotectedError(DisclosureError):
    """A hidden count can be worked out whatever is hidden with it; `key` is the count's."""

    def __init__(self, message: str, key: tuple[str, ...]) -> None:
        super().__init__(message)
        self.key = key


class PromiseError(DisclosureError):
    """An output would break a promise made to respondents; the message names the promise's id."""
