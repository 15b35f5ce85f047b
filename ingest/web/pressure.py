"""How many requests are worked on at once: what comes on top is told to come back, before its body is read."""

import json

from starlette.types import ASGIApp, Receive, Scope, Send

RETRY_AFTER = 2
_SENTENCE = "The server has more to do than it can just now; send it again in a moment."


class Pressure:
    """Answers 503 with Retry-After once `at_once` requests are under way. Built files are always served."""

    def __init__(self, app: ASGIApp, at_once: int) -> None:
        self._app = app
        self._at_once = at_once
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
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1


async def _come_back(send: Send) -> None:
    body = json.dumps({"error": _SENTENCE}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(RETRY_AFTER).encode()),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
