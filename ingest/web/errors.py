"""What can go wrong in the public server, each with the status that says so to the sender."""

from ingest.errors import IngestError


class RefusedError(IngestError):
    """A request is refused; the message is shown to whoever sent it."""

    status = 400
    retry_after: int | None = None

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status or self.status


class BusyError(RefusedError):
    """More is waiting to be written than the server takes on."""

    status = 429
    retry_after = 2


class StoreUnavailableError(RefusedError):
    """The store cannot be written or read just now; nothing of the request was kept."""

    status = 503
    retry_after = 10


class TokenError(IngestError):
    """A sender's token cannot be made."""


class TooManyError(RefusedError):
    """One sender has sent too much for now."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too much has come from here in the last minute; wait a moment, then send it again.")
        self.retry_after = retry_after
