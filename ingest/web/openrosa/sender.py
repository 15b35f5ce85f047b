"""Who sends by OpenRosa: a named sender, whose token is the password of HTTP Basic."""

import base64
import binascii
from dataclasses import dataclass, field

from starlette.requests import Request

from ingest.web.consultations import Offered
from ingest.web.errors import RefusedError
from ingest.web.senders import Sender, hash_of_token
from ingest.web.service import service_of

_NEEDED = "A sender's token is needed: give it as the password in the app's settings; any user name will do."


@dataclass(frozen=True)
class OpenRosaSender:
    """The sender, and the token as it was given."""

    sender: Sender
    token: str = field(repr=False)

    @property
    def key(self) -> str:
        """What the sender is counted under."""
        return hash_of_token(self.token)


async def openrosa_sender(request: Request, offered: Offered) -> OpenRosaSender:
    """The sender of a request.

    Raises:
        RefusedError: 401 for no token or one that is unknown or revoked, 403 where the consultation does not take
            answers on the token's channel.
    """
    token = _password(request)
    if not token:
        raise RefusedError(_NEEDED, 401)
    return OpenRosaSender(await service_of(request).senders.with_token(hash_of_token(token), offered), token)


def _password(request: Request) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
