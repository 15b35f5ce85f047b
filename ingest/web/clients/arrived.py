"""Asks the public server how many responses came after the last one that is landed: counts alone, no bodies."""

import requests

from ingest.errors import IngestError
from ingest.web.clients.pull import ask


def arrived(session: requests.Session, base_url: str, consultation: str, after: int) -> dict[str, int]:
    """Responses with a sequence above `after`, by channel.

    Args:
        session: one of `feed_session`.

    Raises:
        IngestError: the server cannot be reached or refuses.
    """
    path = f"/api/consultations/{consultation}/arrived"
    answer = ask(session, base_url, "GET", path, params={"after": after})
    try:
        return {str(channel): int(count) for channel, count in answer.json()["responses"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise IngestError(f"What answers at {base_url}{path} is not the public server; check the address.") from None
