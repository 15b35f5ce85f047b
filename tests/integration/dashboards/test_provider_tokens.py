"""Identity tokens that say something else, and those that the provider did not sign: nobody comes in."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt

from tests.integration.dashboards.provider_sign_in import (
    Refused,
    Screen,
    sign_in,
)
from tests.oidc_provider import CLIENT, SECRET, Provider, new_key

Bend = Callable[[dict[str, Any]], dict[str, Any]]
OTHER_KEY = new_key()
NOW = int(time.time())


def changed(**claims: Any) -> Bend:
    return lambda said: said | claims


def without(name: str) -> Bend:
    return lambda said: {key: value for key, value in said.items() if key != name}


@pytest.mark.parametrize(
    ("bend", "why"),
    [
        (changed(nonce="another"), "nonce"),
        (without("nonce"), "nonce"),
        (changed(nonce=["another"]), "nonce"),
        (changed(iss="https://another.example"), "iss"),
        (without("iss"), "iss"),
        (changed(aud="another"), "aud"),
        (changed(aud=[]), "aud"),
        (without("aud"), "aud"),
        (changed(aud=[CLIENT, "another"]), "azp"),
        (changed(aud=[CLIENT, "another"], azp="another"), "azp"),
        (changed(azp="another"), "azp"),
        (changed(exp=NOW - 3_600), "exp"),
        (changed(exp="never"), "exp"),
        (changed(exp=float("nan")), "exp"),
        (without("exp"), "exp"),
        (changed(iat=NOW + 3_600), "iat"),
        (without("iat"), "iat"),
        (changed(nbf=NOW + 3_600), "nbf"),
        (without("sub"), "sub"),
        (changed(sub=["ada-1"]), "sub"),
        (changed(at_hash="another"), "at_hash"),
    ],
)
def test_a_token_that_says_something_else(
    screen: Screen, provider: Provider, refused: Refused, bend: Bend, why: str
) -> None:
    provider.bend = bend
    with screen.browser() as browser:
        assert refused(browser, sign_in(browser)) == f"the identity token is not right: {why}"


@pytest.mark.parametrize("subject", ["", "x" * 256, "ada\n1"], ids=["empty", "long", "line"])
def test_a_subject_that_cannot_be(screen: Screen, provider: Provider, refused: Refused, subject: str) -> None:
    provider.subject = subject
    with screen.browser() as browser:
        assert refused(browser, sign_in(browser)) in (
            "the provider names nobody",
            "the identity token is not right: sub",
        )


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(_provider: Provider, claims: dict[str, Any]) -> str:
    return f"{part({'alg': 'none'})}.{part(claims)}."


def signature_cut_off(provider: Provider, claims: dict[str, Any]) -> str:
    return provider.signed(claims).rpartition(".")[0] + "."


def claims_exchanged(provider: Provider, claims: dict[str, Any]) -> str:
    header, _, signature = provider.signed(claims | {"sub": "mallory"}).split(".")
    return f"{header}.{part(claims)}.{signature}"


def by_a_secret(provider: Provider, claims: dict[str, Any], secret: bytes) -> str:
    said = f"{part({'alg': 'HS256', 'kid': provider.keys[-1].kid})}.{part(claims)}"
    signature = hmac.digest(secret, said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def signed_with_the_public_key_as_a_secret(provider: Provider, claims: dict[str, Any]) -> str:
    return by_a_secret(provider, claims, provider.keys[-1].as_pem(private=False))


def signed_with_the_clients_secret(provider: Provider, claims: dict[str, Any]) -> str:
    return by_a_secret(provider, claims, SECRET.encode())


def signed_by_another(provider: Provider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": provider.keys[-1].kid}, claims, OTHER_KEY)


def signed_by_a_key_that_nobody_has(_provider: Provider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "unknown"}, claims, OTHER_KEY)


def signed_by_a_key_that_it_brings(provider: Provider, claims: dict[str, Any]) -> str:
    own = OTHER_KEY.as_dict(private=False)
    return jwt.encode({"alg": "RS256", "kid": provider.keys[-1].kid, "jwk": own}, claims, OTHER_KEY)


def no_token_at_all(_provider: Provider, _claims: dict[str, Any]) -> str:
    return "a.b.c"


@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        signature_cut_off,
        claims_exchanged,
        signed_with_the_public_key_as_a_secret,
        signed_with_the_clients_secret,
        signed_by_another,
        signed_by_a_key_that_nobody_has,
        signed_by_a_key_that_it_brings,
        no_token_at_all,
    ],
)
def test_a_token_that_the_provider_did_not_sign(
    screen: Screen, provider: Provider, refused: Refused, sign: Callable[[Provider, dict[str, Any]], str]
) -> None:
    provider.sign = sign
    with screen.browser() as browser:
        assert refused(browser, sign_in(browser)) == "the token is not signed by the provider"
