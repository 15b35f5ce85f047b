"""How many requests are worked on at once, and how long each may take to arrive.

What comes on top is told to come back, before its body is read. A body that trickles in would hold its place for ever,
so that it is given up after a time.
"""

import asyncio
import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.web.errors import RefusedError

RETRY_AFTER = 2
_SENTENCE = "The server has more to do than it can just now; send it again in a moment."


class Pressure:
    """Answers 503 with Retry-After once `at_once` requests are under way. Built files are always served."""

    def __init__(self, app: ASGIApp, at_once: int, seconds_for_a_body: float) -> None:
        self._app = app
        self._at_once = at_once
        self._seconds = seconds_for_a_body
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._at_once:
            await _come_back(send)
            return
        self._under_way += 1
        try:
            await self._app(scope, _in_time(receive, self._seconds), send)
        finally:
            self._under_way -= 1


def _in_time(receive: Receive, seconds: float) -> Receive:
    """As `receive`, but raises RefusedError (408) where the body is not whole after so many seconds."""
    deadline = asyncio.get_running_loop().time() + seconds
    whole = False

    async def receive_in_time() -> Message:
        nonlocal whole
        if whole:
            # What comes after the body is only that the sender hung up.
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise RefusedError("This took too long to arrive; nothing of it was kept, send it again.", 408) from None
        whole = not message.get("more_body", False)
        return message

    return receive_in_time


async def _come_back(send: Send) -> None:
    body = json.dumps({"error": _SENTENCE}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(RETRY_AFTER).encode()),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
