"""Who sends by OpenRosa: a named sender, whose token is the password of HTTP Basic."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ingest.web.consultations import Offered
from ingest.web.errors import RefusedError
from ingest.web.service import service_of

_UNKNOWN = "A sender's token is needed: give it as the password in the app's settings; any user name will do."
_CHANNELS = {"submission": "web", "assisted": "assisted"}


@dataclass(frozen=True)
class OpenRosaSender:
    name: str
    channel: str
    token: str = field(repr=False)


async def openrosa_sender(request: Request, offered: Offered) -> OpenRosaSender:
    """The sender of a request.

    Raises:
        RefusedError: 401 for no token or one that is unknown or revoked, 403 where the consultation does not take
            answers on the token's channel.
    """
    token = _password(request)
    found = await run_in_threadpool(service_of(request).store.token_by_hash, hashlib.sha256(token.encode()).hexdigest())
    if not token or found is None or found.revoked_at is not None or found.consultation != offered.id:
        raise RefusedError(_UNKNOWN, 401)
    channel = _CHANNELS[found.kind]
    if channel not in offered.definition.policy.channels:
        raise RefusedError("This consultation takes no answers this way; see its page for the ways to answer.", 403)
    return OpenRosaSender(found.name, channel, token)


def _password(request: Request) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
