"""A sign-out that the provider tells of ends the sessions of who signed out there, and of nobody else."""

import time
from typing import Any

import httpx
import pytest

from dashboards.sign_in_register import noted_sign_ins
from schemas.data_folder import DataFolder
from tests.integration.dashboards.provider_sign_in import Screen, sign_in
from tests.oidc_provider import CLIENT, Provider

NOW = int(time.time())
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


def logout_token(provider: Provider, **claims: Any) -> str:
    said = {
        "iss": provider.issuer,
        "aud": CLIENT,
        "sub": "ada-1",
        "iat": int(time.time()),
        "exp": int(time.time()) + 120,
        "jti": "1",
        "events": {LOGOUT: {}},
    }
    return provider.signed({name: value for name, value in (said | claims).items() if value is not None})


def test_the_provider_ends_every_session_of_who_signed_out_there(
    screen: Screen, provider: Provider, data: DataFolder
) -> None:
    with screen.browser() as browser, screen.browser() as phone:
        sign_in(browser)
        sign_in(phone)
        said = httpx.post(f"{screen.address}/sign-in/provider-sign-out", data={"logout_token": logout_token(provider)})
        assert said.status_code == 200
        assert [one.get("/who").status_code for one in (browser, phone)] == [303, 303]
    last = noted_sign_ins(data.sign_ins)[-1]
    assert (last["event"], last["account"], last["what"]) == ("signed out everywhere", "ada", "the provider said so")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://another.example"},
        {"aud": "another"},
        {"sub": None},
        {"iat": NOW - 3_600},
        {"iat": NOW + 3_600},
        {"exp": NOW - 3_600},
        {"jti": None},
        {"events": None},
        {"events": {}},
        {"events": {LOGOUT: "x"}},
        {"nonce": "x"},
    ],
)
def test_a_logout_token_that_is_none_ends_nothing(screen: Screen, provider: Provider, claims: dict[str, Any]) -> None:
    with screen.browser() as browser:
        sign_in(browser)
        where = f"{screen.address}/sign-in/provider-sign-out"
        assert httpx.post(where, data={"logout_token": logout_token(provider, **claims)}).status_code == 400
        assert browser.get("/who").text == "ada (member)"


@pytest.mark.parametrize("token", ["", "x", "ä", "x" * 20_000])
def test_what_is_no_token_ends_nothing(screen: Screen, provider: Provider, token: str) -> None:
    with screen.browser() as browser:
        sign_in(browser)
        where = f"{screen.address}/sign-in/provider-sign-out"
        assert httpx.post(where, data={"logout_token": token}).status_code == 400
        assert browser.get("/who").text == "ada (member)"


def test_an_identity_token_is_no_logout_token(screen: Screen, provider: Provider) -> None:
    signed: list[str] = []

    def remember(one: Provider, claims: dict[str, Any]) -> str:
        signed.append(one.signed(claims | {"jti": "1"}))
        return signed[-1]

    provider.sign = remember
    with screen.browser() as browser:
        sign_in(browser)
        where = f"{screen.address}/sign-in/provider-sign-out"
        assert httpx.post(where, data={"logout_token": signed[0]}).status_code == 400
        assert browser.get("/who").text == "ada (member)"
