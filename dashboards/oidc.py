"""The council's sign-in provider, by OpenID Connect: authorization code flow with PKCE, state and nonce.

The provider's metadata and keys are asked for when they are first needed, so that the screens start without it.
Tokens are looked at and forgotten; none is kept.
"""

import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.requests_client import OAuth2Session

from dashboards.oidc_http import ProviderRefused, ProviderUnavailable, get_json, open_session, redeem_code
from dashboards.oidc_settings import ProviderSettings, is_safe_address
from dashboards.oidc_tokens import Expected, Person, UnknownKey, read_id_token, read_logout_token, verified_email
from schemas.clock import Clock, SystemClock

SCOPE = "openid email"
_KEPT_SECONDS = 60 * 60
# A token with an unknown key must not make us ask the provider at each request.
_KEYS_ASKED_AGAIN_SECONDS = 60
# After it failed to tell its metadata.
_LEFT_ALONE_SECONDS = 5
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_KEY_TYPES = ("RSA", "EC", "OKP")


@dataclass(frozen=True)
class Request:
    """One sign-in on its way: what is sent, or told apart by, until the provider sends somebody back."""

    state: str
    nonce: str
    code_verifier: str
    redirect_uri: str


def new_request(redirect_uri: str) -> Request:
    """A sign-in that begins now; everything in it but the address is random."""
    return Request(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), redirect_uri)


class Provider:
    """The provider, with its metadata and keys for an hour. Threads may share it.

    The real clock counts for its tokens, also where the data folder's clock is another: the provider knows no other.
    """

    def __init__(self, settings: ProviderSettings, clock: Clock | None = None) -> None:
        self.settings = settings
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._left_alone_until = 0.0
        self._metadata: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, dict[str, Any]] | None = None

    def authorization_address(self, request: Request) -> str:
        """Where to send the browser.

        Raises:
            ProviderUnavailable: the provider's metadata cannot be had.
        """
        session = self._session(redirect_uri=request.redirect_uri, scope=SCOPE)
        address, _ = session.create_authorization_url(
            self._endpoint("authorization_endpoint"),
            state=request.state,
            code_verifier=request.code_verifier,
            nonce=request.nonce,
        )
        return str(address)

    def redeem(self, request: Request, code: str, issuer: str | None) -> Person:
        """Who came back with `code`; `issuer` is who says to have sent them (RFC 9207).

        Raises:
            ProviderRefused: the code, the issuer or the token is not right.
            ProviderUnavailable: the provider does not answer as it should.
        """
        says_issuer = self._known().get("authorization_response_iss_parameter_supported") is True
        if issuer != self.settings.issuer and (issuer is not None or says_issuer):
            raise ProviderRefused("another provider sent this")
        with self._session(redirect_uri=request.redirect_uri) as session:
            return self._redeem(session, request, code)

    def _redeem(self, session: OAuth2Session, request: Request, code: str) -> Person:
        tokens = redeem_code(session, self._endpoint("token_endpoint"), code, request.code_verifier)
        access_token = tokens.get("access_token")
        expected = Expected(
            self.settings.issuer,
            self.settings.client_id,
            request.nonce,
            access_token if isinstance(access_token, str) else None,
        )
        try:
            person = read_id_token(tokens.get("id_token"), self._signing_keys(), expected, self._clock.now())
        except UnknownKey:
            person = self._with_new_keys(tokens.get("id_token"), expected)
        if person.email is None and expected.access_token is not None:
            return Person(person.subject, self._email_of(session, person.subject))
        return person

    def signed_out_subject(self, logout_token: str) -> str:
        """Whose sessions a logout token of the provider ends.

        Raises:
            ProviderRefused: it is none of the provider's, or not for us.
            ProviderUnavailable: the provider's keys cannot be had.
        """
        issuer, client_id = self.settings.issuer, self.settings.client_id
        try:
            return read_logout_token(logout_token, self._signing_keys(), issuer, client_id, self._clock.now())
        except UnknownKey:
            pass
        try:
            return read_logout_token(logout_token, self._signing_keys(again=True), issuer, client_id, self._clock.now())
        except UnknownKey as error:
            raise ProviderRefused("the token is not signed by the provider") from error

    def end_session_address(self, after: str) -> str | None:
        """Where to sign out of the provider too, and come back to `after`; None where it has no such place."""
        try:
            address = self._known().get("end_session_endpoint")
        except ProviderUnavailable:
            return None
        if not is_safe_address(address):
            return None
        query = urlencode({"client_id": self.settings.client_id, "post_logout_redirect_uri": after})
        return f"{address}{'&' if '?' in str(address) else '?'}{query}"

    def _with_new_keys(self, id_token: object, expected: Expected) -> Person:
        try:
            return read_id_token(id_token, self._signing_keys(again=True), expected, self._clock.now())
        except UnknownKey as error:
            raise ProviderRefused("the token is not signed by the provider") from error

    def _email_of(self, session: OAuth2Session, subject: str) -> str | None:
        """The verified address that the provider tells on asking, where the token says none."""
        address = self._known().get("userinfo_endpoint")
        if not is_safe_address(address):
            return None
        claims = get_json(session, str(address), with_token=True)
        return verified_email(claims) if claims.get("sub") == subject else None

    def _endpoint(self, name: str) -> str:
        return str(self._known()[name])

    def _known(self) -> dict[str, Any]:
        """The provider's metadata, whose endpoints are safe to use."""
        with self._lock:
            if self._metadata is None or time.monotonic() - self._metadata[0] > _KEPT_SECONDS:
                if time.monotonic() < self._left_alone_until:
                    raise ProviderUnavailable
                # Who comes soon after a failure is told so at once, instead of waiting for what does not answer.
                self._left_alone_until = time.monotonic() + _LEFT_ALONE_SECONDS
                self._metadata = (time.monotonic(), self._asked_metadata())
                self._left_alone_until = 0.0
            return self._metadata[1]

    def _asked_metadata(self) -> dict[str, Any]:
        issuer = self.settings.issuer
        with self._session() as session:
            found = get_json(session, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer or not all(is_safe_address(found.get(name)) for name in _ENDPOINTS):
            raise ProviderUnavailable
        return found

    def _signing_keys(self, *, again: bool = False) -> dict[str, Any]:
        address = self._endpoint("jwks_uri")
        with self._lock:
            age = time.monotonic() - self._keys[0] if self._keys else _KEPT_SECONDS + 1
            if age > (_KEYS_ASKED_AGAIN_SECONDS if again else _KEPT_SECONDS) or self._keys is None:
                with self._session() as session:
                    listed = get_json(session, address).get("keys")
                keys = [key for key in listed if _can_sign(key)] if isinstance(listed, list) else []
                if not keys:
                    raise ProviderUnavailable
                self._keys = (time.monotonic(), {"keys": keys})
            return self._keys[1]

    def _session(self, **options: Any) -> OAuth2Session:
        method = "none"
        if self.settings.client_secret is not None:
            taken = self._metadata[1].get("token_endpoint_auth_methods_supported") if self._metadata else None
            by_post = isinstance(taken, list) and "client_secret_post" in taken and "client_secret_basic" not in taken
            method = "client_secret_post" if by_post else "client_secret_basic"
        return open_session(
            self.settings.client_id, self.settings.client_secret, token_endpoint_auth_method=method, **options
        )


def _can_sign(key: object) -> bool:
    return isinstance(key, dict) and key.get("kty") in _KEY_TYPES and key.get("use", "sig") == "sig"
