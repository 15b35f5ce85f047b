"""Asking a provider over HTTP: whole answers in bounded time and size, no redirects, JSON objects alone."""

import io
import time
from collections.abc import Callable
from typing import Any, TypeVar

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from dashboards.errors import DashboardError

MAX_ANSWER_BYTES = 256 * 1024
CONNECT_SECONDS = 5
READ_SECONDS = 10
_CHUNK_BYTES = 16 * 1024
_T = TypeVar("_T")


class ProviderUnavailable(DashboardError):
    """The provider cannot be used now; that is nobody's fault who signs in."""

    def __init__(self) -> None:
        super().__init__("The sign-in service does not answer as it should. Try again in some minutes.")


class ProviderRefused(DashboardError):
    """What came back is no sign-in; `why` says it in words of ours, for the register."""

    def __init__(self, why: str) -> None:
        super().__init__("The sign-in was not completed. Try again.")
        self.why = why


def get_json(session: OAuth2Session, address: str, *, with_token: bool = False) -> dict[str, Any]:
    """The JSON object at `address`.

    Raises:
        ProviderUnavailable: there is none.
    """

    def ask() -> Any:
        answer = session.get(address, withhold_token=not with_token, allow_redirects=False)
        if answer.status_code != requests.codes.ok:
            raise ProviderUnavailable
        return answer.json()

    found = _asked(ask)
    if not isinstance(found, dict):
        raise ProviderUnavailable
    return found


def redeem_code(session: OAuth2Session, address: str, code: str, code_verifier: str) -> dict[str, Any]:
    """The tokens that the provider gives for a code.

    Raises:
        ProviderRefused: it does not take the code.
        ProviderUnavailable: it gives no answer that is understood.
    """

    def ask() -> dict[str, Any]:
        try:
            token: dict[str, Any] = session.fetch_token(
                address,
                grant_type="authorization_code",
                code=code,
                code_verifier=code_verifier,
                allow_redirects=False,
            )
        except OAuthError as error:
            raise ProviderRefused("the provider did not take the code") from error
        return token

    return _asked(ask)


def open_session(client_id: str, client_secret: str | None, **options: Any) -> OAuth2Session:
    """A session whose answers are bounded."""
    session = OAuth2Session(
        client_id,
        client_secret,
        default_timeout=(CONNECT_SECONDS, READ_SECONDS),
        code_challenge_method="S256",
        **options,
    )
    session.hooks["response"].append(_bounded)
    return session


def _asked(ask: Callable[[], _T]) -> _T:
    try:
        return ask()
    except (RequestException, HTTPError, AuthlibBaseError, OSError, ValueError) as error:
        raise ProviderUnavailable from error


def _bounded(answer: requests.Response, **_options: Any) -> requests.Response:
    """Read the body here, before anybody reads it without a bound."""
    until, body = time.monotonic() + READ_SECONDS, bytearray()
    while chunk := answer.raw.read1(_CHUNK_BYTES, decode_content=True):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES or time.monotonic() > until:
            answer.close()
            raise ProviderUnavailable
    answer.close()
    answer.raw = io.BytesIO(body)
    return answer
