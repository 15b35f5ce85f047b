"""Signing in over an OpenID Connect provider, as a browser does it."""

import re
from collections.abc import Iterator

import httpx
import oidc_provider_mock
import pytest
from oidc_provider_mock import User

from dashboards.account_changes import add_known_account
from dashboards.accounts import Account
from dashboards.identities import KnownAs, list_known
from dashboards.sign_in_register import noted_sign_ins
from schemas.data_folder import DataFolder
from tests.integration.dashboards.provider_sign_in import Screen, begin, query_of, run_screen, sign_in, write_sign_in
from tests.oidc_provider import Provider, run_provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    with run_provider() as running:
        yield running


@pytest.fixture
def screen(data: DataFolder, provider: Provider) -> Iterator[Screen]:
    """A screen where Ada, whom the provider knows as ada-1, is a member."""
    write_sign_in(data, provider)
    add_known_account(data, Account("ada", "member"), KnownAs(provider.issuer, "ada-1"), "root")
    with run_screen(data) as running:
        yield running


def test_who_has_an_account_comes_in_and_sees_the_page_that_was_wanted(screen: Screen, provider: Provider) -> None:
    with screen.browser() as browser:
        asked = browser.get("/who")
        assert asked.headers["location"] == "/sign-in?next=/who"
        page = browser.get(asked.headers["location"])
        assert "Sign in with your council account" in page.text
        assert 'href="/sign-in/provider?next=/who"' in page.text
        assert 'type="password"' not in page.text
        back = sign_in(browser)
        assert (back.status_code, back.headers["location"]) == (303, "/who")
        cookie = next(one for one in back.headers.get_list("set-cookie") if one.startswith("yoursay_session="))
        assert re.fullmatch(r"yoursay_session=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", cookie)
        assert browser.get("/who").text == "ada (member)"
    assert provider.refused == []
