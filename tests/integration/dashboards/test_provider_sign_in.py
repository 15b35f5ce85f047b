"""Signing in over an OpenID Connect provider, as a browser does it."""

import re
from html import unescape
from urllib.parse import urlsplit

import httpx
import oidc_provider_mock
import pytest
from oidc_provider_mock import User

from dashboards.account_changes import add_known_account, change_role, remove_account
from dashboards.accounts import Account
from dashboards.identities import KnownAs, list_known
from dashboards.sign_in_register import noted_sign_ins
from schemas.data_folder import DataFolder
from tests.integration.dashboards.provider_sign_in import Screen, files_of, query_of, run_screen, sign_in, write_sign_in
from tests.oidc_provider import SECRET, Provider, new_key


def happened(data: DataFolder) -> list[tuple[str, str, str]]:
    """What the register of sign-ins says: event, account, and what was said of it."""
    found = noted_sign_ins(data.sign_ins)
    return [(one["event"], one.get("account", ""), one.get("what", "")) for one in found]


def sign_out(browser: httpx.Client, **fields: str) -> httpx.Response:
    page = browser.get("/sign-out")
    token = re.search(r'name="form_token" value="(\w+)"', page.text)
    assert token, page.text
    return browser.post("/sign-out", data={"form_token": token[1]} | fields)


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


def test_what_is_asked_of_the_provider_is_all_that_it_needs(screen: Screen, provider: Provider) -> None:
    with screen.browser() as browser:
        first, second = (query_of(browser.get("/sign-in/provider").headers["location"]) for _ in range(2))
    fixed = {
        "response_type": "code",
        "client_id": "yoursay",
        "redirect_uri": f"{screen.address}/sign-in/callback",
        "scope": "openid email",
        "code_challenge_method": "S256",
    }
    random = {"state", "nonce", "code_challenge"}
    assert set(first) == set(fixed) | random
    assert {name: first[name] for name in fixed} == fixed
    assert [name for name in random if first[name] == second[name] or len(first[name]) < 43] == []


def test_a_verified_address_opens_the_waiting_account_once_and_the_subject_from_then_on(
    screen: Screen, provider: Provider, data: DataFolder
) -> None:
    add_known_account(data, Account("grace", "officer"), KnownAs(provider.issuer, email="Grace@Example.org"), "root")
    provider.subject, provider.claims = "grace-7", {"email": "grace@example.ORG", "email_verified": True}
    with screen.browser() as browser:
        assert sign_in(browser).headers["location"] == "/who"
        assert browser.get("/who").text == "grace (officer)"
    provider.claims = {"email": "grace@new.example", "email_verified": True}
    with screen.browser() as browser:
        sign_in(browser)
        assert browser.get("/who").text == "grace (officer)"
    # Who has the address later is somebody else.
    provider.subject, provider.claims = "other-9", {"email": "grace@example.org", "email_verified": True}
    with screen.browser() as browser:
        assert sign_in(browser).status_code == 403
    known = {account.name: known_as for account, known_as in list_known(data.accounts)}
    assert known["grace"] == KnownAs(provider.issuer, subject="grace-7")
    assert happened(data)[2:] == [
        ("account bound", "grace", "by its verified address"),
        ("signed in", "grace", "officer"),
        ("signed in", "grace", "officer"),
        ("refused", "", "no account here"),
    ]


@pytest.mark.parametrize("said", [False, "true", 1, None], ids=["false", "a text", "a number", "nothing"])
def test_an_address_that_is_not_verified_opens_nothing(
    screen: Screen, provider: Provider, data: DataFolder, said: object
) -> None:
    add_known_account(data, Account("grace", "officer"), KnownAs(provider.issuer, email="grace@example.org"), "root")
    provider.subject, provider.claims = "grace-7", {"email": "grace@example.org", "email_verified": said}
    with screen.browser() as browser:
        assert sign_in(browser).status_code == 403


def test_the_provider_is_asked_for_the_address_where_its_token_holds_none(
    screen: Screen, provider: Provider, data: DataFolder
) -> None:
    add_known_account(data, Account("grace", "officer"), KnownAs(provider.issuer, email="grace@example.org"), "root")
    provider.subject = "grace-7"
    told = {"sub": "somebody-else", "email": "grace@example.org", "email_verified": True}
    provider.userinfo = told
    with screen.browser() as browser:
        assert sign_in(browser).status_code == 403
        provider.userinfo = told | {"sub": "grace-7"}
        assert sign_in(browser).status_code == 303
        assert browser.get("/who").text == "grace (officer)"


def test_who_has_no_account_is_told_so_and_by_what_they_are_known(
    screen: Screen, provider: Provider, data: DataFolder
) -> None:
    provider.subject = "<b>mallory</b>"
    with screen.browser() as browser:
        answer = sign_in(browser)
        assert answer.status_code == 403
        assert "<title>Error: Sign in - YourSay</title>" in answer.text
        said = unescape(re.sub(r"<[^>]*>", "", answer.text))
        assert (
            "You are signed in there, but nobody gave you an account here. Ask who runs this server, and tell them by "
            "what you are known there: <b>mallory</b>"
        ) in said
        assert "<b>" not in answer.text
        assert browser.get("/who").status_code == 303
    assert happened(data)[-1] == ("refused", "", "no account here")
    assert b"mallory" not in files_of(data.sign_ins)


def test_nothing_of_the_provider_is_kept_but_who_it_says_somebody_is(
    screen: Screen, provider: Provider, data: DataFolder
) -> None:
    signed: list[str] = []

    def remember(one: Provider, claims: dict[str, object]) -> str:
        signed.append(one.signed(claims))
        return signed[-1]

    provider.sign, provider.claims = remember, {"email": "ada@example.org", "email_verified": True}
    with screen.browser() as browser:
        sign_in(browser)
        session = browser.cookies["yoursay_session"]
    kept = b"".join(file.read_bytes() for file in data.root.rglob("*") if file.is_file() and file.suffix != ".secret")
    assert b"ada-1" in kept
    secrets = (*signed, *signed[0].split("."), "an access token", "ada@example.org", session, SECRET)
    assert [one for one in secrets if one.encode() in kept] == []


def test_a_changed_role_and_a_removed_account_count_at_the_next_request(screen: Screen, data: DataFolder) -> None:
    with screen.browser() as browser:
        sign_in(browser)
        change_role(data, "ada", "publisher", "root")
        assert browser.get("/who").text == "ada (publisher)"
        remove_account(data, "ada", "root")
        assert browser.get("/who").status_code == 303
        assert sign_in(browser).status_code == 403
    assert happened(data) == [
        ("account added", "ada", "member"),
        ("signed in", "ada", "member"),
        ("role changed", "ada", "member to publisher"),
        ("account removed", "ada", "publisher"),
        ("refused", "", "no account here"),
    ]


def test_signing_out_ends_this_browser_and_shows_the_way_out_of_the_provider(screen: Screen, data: DataFolder) -> None:
    with screen.browser() as browser, screen.browser() as phone:
        sign_in(phone)
        sign_in(browser)
        out = sign_out(browser)
        assert (out.status_code, out.headers["location"]) == (303, "/signed-out")
        page = browser.get("/signed-out")
        address = unescape(re.findall(r'href="([^"]*/end\?[^"]*)"', page.text)[0])
        assert query_of(address) == {"client_id": "yoursay", "post_logout_redirect_uri": f"{screen.address}/sign-in"}
        assert httpx.get(address).headers["location"] == f"{screen.address}/sign-in"
        assert (browser.get("/who").status_code, phone.get("/who").text) == (303, "ada (member)")
    assert happened(data)[-1] == ("signed out", "ada", "")


def test_signing_out_everywhere_ends_every_session_of_that_account_alone(
    screen: Screen, provider: Provider, data: DataFolder
) -> None:
    add_known_account(data, Account("grace", "officer"), KnownAs(provider.issuer, "grace-7"), "root")
    with screen.browser() as browser, screen.browser() as phone, screen.browser() as other:
        sign_in(browser)
        sign_in(phone)
        provider.subject = "grace-7"
        sign_in(other)
        sign_out(browser, everywhere="yes")
        assert [one.get("/who").status_code for one in (browser, phone)] == [303, 303]
        assert other.get("/who").text == "grace (officer)"
    assert happened(data)[-1] == ("signed out everywhere", "ada", "")


def test_a_new_key_of_the_provider_is_learned(
    screen: Screen, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.oidc._KEYS_ASKED_AGAIN_SECONDS", 0)
    with screen.browser() as browser:
        sign_in(browser)
        provider.keys = [new_key()]
        assert sign_in(browser).status_code == 303
    assert provider.asked.count("/jwks") == 2


def test_keys_are_not_asked_for_at_each_token_that_names_another(screen: Screen, provider: Provider) -> None:
    provider.sign = lambda one, claims: one.signed(claims, kid="unknown")
    with screen.browser() as browser:
        assert [sign_in(browser).status_code for _ in range(3)] == [400, 400, 400]
    assert provider.asked.count("/jwks") == 1


def test_the_address_in_the_settings_is_where_the_provider_sends_people_back(
    data: DataFolder, provider: Provider
) -> None:
    write_sign_in(data, provider, '[addresses]\nresults = "https://results.example.org/"\n')
    with run_screen(data) as screen, screen.browser() as browser:
        leaves = browser.get("/sign-in/provider", headers={"Host": "evil.example"})
    assert query_of(leaves.headers["location"])["redirect_uri"] == "https://results.example.org/sign-in/callback"


def test_without_an_address_a_name_from_the_request_is_believed_for_loopback_alone(screen: Screen) -> None:
    with screen.browser() as browser:
        answer = browser.get("/sign-in/provider", headers={"Host": "evil.example"})
    assert answer.status_code == 503
    assert "The address of this screen is not in sign-in.toml. Tell who runs this server." in answer.text


def test_over_tls_cookies_are_of_this_host_alone(screen: Screen) -> None:
    with screen.browser() as browser:
        leaves = browser.get("/sign-in/provider", headers={"X-Forwarded-Proto": "https"})
    (cookie,) = leaves.headers.get_list("set-cookie")
    assert re.fullmatch(
        r"__Host-yoursay_provider=[\w-]{43}; HttpOnly; Max-Age=600; Path=/; SameSite=lax; Secure", cookie
    )


def test_where_no_provider_is_named_nobody_can_sign_in(data: DataFolder) -> None:
    with run_screen(data) as screen, screen.browser() as browser:
        page = browser.get("/sign-in")
        assert page.status_code == 503
        assert "No sign-in is set up here. Who runs this server names a provider in sign-in.toml." in page.text
        assert "<form" not in page.text
        paths = ("/sign-in/provider", "/sign-in/callback?state=x&code=x")
        assert [browser.get(path).status_code for path in paths] == [404, 404]
        assert browser.post("/sign-in/provider-sign-out", data={"logout_token": "x"}).status_code == 404
        posted = browser.post("/sign-in", data={"name": "ada", "password": "a long password"})
        assert (posted.status_code, posted.text) == (403, "Passwords open nothing here.")


def test_it_works_with_a_provider_that_others_wrote(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("YOURSAY_SIGN_IN_SECRET", "the provider takes any")
    grace = User(sub="grace-7", claims={"email": "grace@example.org", "email_verified": True})
    with oidc_provider_mock.run_server_in_thread(user_claims=[grace]) as mock:
        issuer = f"http://localhost:{mock.server_port}"
        data.sign_in_file.write_text(f'issuer = "{issuer}"\nclient_id = "yoursay"\n')
        add_known_account(data, Account("grace", "officer"), KnownAs(issuer, email="grace@example.org"), "root")
        with run_screen(data) as screen, screen.browser() as browser:
            leaves = browser.get("/sign-in/provider", params={"next": "/who"}).headers["location"]
            back = httpx.post(leaves, data={"sub": "grace-7"})
            assert back.status_code == 302, back.text
            returned = urlsplit(back.headers["location"])
            answer = browser.get(f"{returned.path}?{returned.query}")
            assert (answer.status_code, answer.headers["location"]) == (303, "/who")
            assert browser.get("/who").text == "grace (officer)"
            page = browser.get("/signed-out")
            assert f'href="{issuer}/oauth2/end_session?client_id=yoursay&amp;' in page.text
