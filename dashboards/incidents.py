"""What nobody foresaw: a sentence and an id for the reader, and for the log where it happened. Never data."""

import logging
import secrets
import traceback
from html import escape

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOGGER = logging.getLogger(__name__)
_FRAMES = 8
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Error: something went wrong - YourSay</title></head>
<body><main><h1>Something went wrong</h1><p>{sentence}</p></main></body></html>
"""


def note_incident(error: Exception) -> str:
    """Log where `error` came from, under an id drawn at random; gives the sentence for the reader.

    The error's own message is left out: it could hold what somebody wrote.
    """
    name = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
    _LOGGER.error("Incident %s: %s at %s", name, type(error).__name__, where)
    return f"Something went wrong, and it was noted as {name}. Try again; if it stays, tell an engineer that number."


class IncidentMiddleware:
    """Answers a request whose handling failed with a sentence and an id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def noting_send(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader gets a sentence
            sentence = note_incident(error)
            if not has_begun:
                await HTMLResponse(_PAGE.format(sentence=escape(sentence)), 500)(scope, receive, send)
