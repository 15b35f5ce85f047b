"""Limits by sender: how much one address or one token may send in a minute, counted in memory by each process.

An address is known by an HMAC under a key that changes every day and is made from a secret of the server's; neither the
address nor the HMAC is ever written down.
"""

import hashlib
import hmac
import math
import time
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from ingest.errors import IngestError
from ingest.web.errors import TooManyError


@dataclass(frozen=True)
class Limits:
    """How much is taken on. A library's readers share one address, so that its limits are wide."""

    submissions_a_minute_an_address: int = 300
    pages_a_minute_an_address: int = 1_200
    submissions_a_minute_a_token: int = 6_000
    requests_at_once: int = 512
    seconds_for_a_body: int = 120


def read_limits(file: Path) -> Limits:
    """The limits in `limits.toml`, the usual ones where it is missing or leaves one out.

    Raises:
        IngestError: the file is not understood.
    """
    if not file.exists():
        return Limits()
    known = [field.name for field in fields(Limits)]
    try:
        given = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise IngestError(f"{file}: not valid TOML: {error}.") from None
    for name, value in given.items():
        if name not in known or not isinstance(value, int) or value < 1:
            raise IngestError(f"{file}: '{name}' must be one of {', '.join(known)}, and a number from 1.")
    return Limits(**given)


class RateLimiter:
    """Counts what each sender sends."""

    def __init__(self, limits: Limits, secret: bytes) -> None:
        self._secret = secret
        self._counter = FixedWindowRateLimiter(MemoryStorage())
        self._by_address = RateLimitItemPerMinute(limits.submissions_a_minute_an_address, namespace="submissions")
        self._pages = RateLimitItemPerMinute(limits.pages_a_minute_an_address, namespace="pages")
        self._by_token = RateLimitItemPerMinute(limits.submissions_a_minute_a_token, namespace="tokens")

    def count_submissions(self, address: str, token: str | None, count: int = 1) -> None:
        """Count what a named sender sends, else what comes from an address.

        Raises:
            TooManyError: it is too much for now; says when to come back.
        """
        if token is not None:
            self._count(self._by_token, token, count)
        else:
            self._count(self._by_address, self._key_of(address), count)

    def count_page(self, address: str) -> None:
        """Count a page that an address asks for.

        Raises:
            TooManyError: see above.
        """
        self._count(self._pages, self._key_of(address), 1)

    def _count(self, item: RateLimitItemPerMinute, key: str, count: int) -> None:
        if not self._counter.hit(item, key, cost=count):
            wait = self._counter.get_window_stats(item, key).reset_time - time.time()
            raise TooManyError(max(1, math.ceil(wait)))

    def _key_of(self, address: str) -> str:
        day = str(int(time.time() // 86_400))
        key = hmac.digest(self._secret, f"limits {day}".encode(), "sha256")
        return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()
