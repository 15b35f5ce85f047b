"""Holding a provider's signed tokens against its keys, and against what was asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from dashboards.identities import is_email, is_subject
from dashboards.oidc_http import ProviderRefused

# Signatures that nobody but the provider can make: no shared secrets, no `none`.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
# What the libraries raise for a token that somebody made up.
_NOT_RIGHT = (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError)
_CLOCKS_DIFFER_SECONDS = 60
_LOGOUT_TOKEN_SECONDS = 10 * 60
_LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class UnknownKey(Exception):
    """A token names a key that is not among those given: the provider may have a new one."""


@dataclass(frozen=True)
class Person:
    """Who signed in at the provider; `email` only where the provider has verified it."""

    subject: str
    email: str | None


@dataclass(frozen=True)
class Expected:
    """What a token must say."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str | None


def read_id_token(token: object, keys: dict[str, Any], expected: Expected, now: datetime) -> Person:
    """Who a provider's identity token is about.

    Raises:
        ProviderRefused: it is not signed by one of `keys`, is for somebody else, too old, or not for this sign-in.
        UnknownKey: it names none of `keys`.
    """
    decoded = _decoded(token, keys)
    parameters = {
        "nonce": expected.nonce,
        "client_id": expected.client_id,
        "access_token": expected.access_token,
    }
    claims = CodeIDToken(decoded.claims, decoded.header, _options(expected.issuer, expected.client_id), parameters)
    try:
        claims.validate(now=int(now.timestamp()), leeway=_CLOCKS_DIFFER_SECONDS)
    except _NOT_RIGHT as error:
        raise ProviderRefused(f"the identity token is not right: {_claim_of(error)}") from error
    return Person(_subject(claims), verified_email(claims))


def read_logout_token(token: object, keys: dict[str, Any], issuer: str, client_id: str, now: datetime) -> str:
    """Whose sessions a provider's logout token ends: the subject.

    Raises:
        ProviderRefused: it is no logout token of this provider for us, or names nobody.
        UnknownKey: it names none of `keys`.
    """
    decoded = _decoded(token, keys)
    options = _options(issuer, client_id) | {"iat": {"essential": True}, "jti": {"essential": True}}
    try:
        jwt.JWTClaimsRegistry(now=int(now.timestamp()), leeway=_CLOCKS_DIFFER_SECONDS, **options).validate(
            decoded.claims
        )
    except _NOT_RIGHT as error:
        raise ProviderRefused(f"the logout token is not right: {_claim_of(error)}") from error
    events = decoded.claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(_LOGOUT_EVENT), dict) or "nonce" in decoded.claims:
        raise ProviderRefused("the token is no logout token")
    if decoded.claims["iat"] < now.timestamp() - _LOGOUT_TOKEN_SECONDS:
        raise ProviderRefused("the logout token is too old")
    return _subject(decoded.claims)


def verified_email(claims: dict[str, Any]) -> str | None:
    """The e-mail address of somebody, where the provider says that it is theirs."""
    email = claims.get("email")
    return email if claims.get("email_verified") is True and is_email(email) else None


def _decoded(token: object, keys: dict[str, Any]) -> jwt.Token:
    if not isinstance(token, str) or not token.isascii():
        raise ProviderRefused("there is no token")
    try:
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        return jwt.decode(token, KeySet.import_key_set(keys), registry=registry)  # type: ignore[arg-type]
    except InvalidKeyIdError as error:
        raise UnknownKey from error
    except _NOT_RIGHT as error:
        raise ProviderRefused("the token is not signed by the provider") from error


def _options(issuer: str, client_id: str) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "sub": {"essential": True},
    }


def _subject(claims: dict[str, Any]) -> str:
    subject = claims.get("sub")
    if not is_subject(subject):
        raise ProviderRefused("the provider names nobody")
    return str(subject)


def _claim_of(error: Exception) -> str:
    """The claim that is wrong: its name, never what it says."""
    claim = getattr(error, "claim", None)
    return claim if isinstance(claim, str) and claim.isidentifier() else "its claims"
