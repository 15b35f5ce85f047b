"""What every request handler shares, made once for an application."""

from dataclasses import dataclass

from starlette.requests import Request

from ingest.web.consultations import Consultations
from ingest.web.edition_files import EditionFiles
from ingest.web.errors import RefusedError
from ingest.web.intake import Intake
from ingest.web.limits import RateLimiter
from ingest.web.published_files import Published
from ingest.web.render import Renderer
from ingest.web.senders import Senders
from ingest.web.settings import Secrets
from ingest.web.store.base import Store
from schemas.clock import Clock
from schemas.receipts import PublishedKey, Signer

# How far a body that is too large is still read, so that its sender listens when it is told so.
_MAX_DRAINED_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Service:
    """The parts of one public server."""

    consultations: Consultations
    editions: EditionFiles
    published: Published
    store: Store
    intake: Intake
    signer: Signer
    public_keys: tuple[PublishedKey, ...]
    secrets: Secrets
    renderer: Renderer
    clock: Clock
    senders: Senders
    limiter: RateLimiter


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def read_body(request: Request, limit: int) -> bytes:
    """The request's body.

    Raises:
        RefusedError: larger than `limit` bytes (413).
    """
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        else:
            chunks.clear()
        if size > _MAX_DRAINED_BYTES:
            break
    if size > limit:
        raise RefusedError(f"This is too large: at most {limit // 1_000_000} MB can be sent at once.", 413)
    return b"".join(chunks)


def address_of(request: Request) -> str:
    """Where a request came from, for limits alone."""
    return request.client.host if request.client else ""


def count_page(request: Request) -> None:
    """Count a page that somebody asks for.

    Raises:
        TooManyError: too many from there in a minute.
    """
    service_of(request).limiter.count_page(address_of(request))


def media_type_of(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()
