"""What must not let anybody in: replayed, mixed-up and oversized answers, and other people's browsers."""

from typing import Any

import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response

from dashboards.sign_in_limits import BEGUN_FROM_AN_ADDRESS, REFUSALS_NOTED, TRIES_FROM_AN_ADDRESS
from dashboards.sign_in_register import noted_sign_ins
from schemas.data_folder import DataFolder
from tests.integration.dashboards.provider_sign_in import Refused, Screen, begin, query_of, sign_in
from tests.oidc_provider import Provider


@pytest.mark.parametrize("state", [None, "", "x", "x" * 5_000], ids=["none", "empty", "wrong", "long"])
def test_a_state_that_was_not_given_out(screen: Screen, refused: Refused, state: str | None) -> None:
    with screen.browser() as browser:
        code = query_of(begin(browser))["code"]
        given = {"code": code} | ({"state": state} if state is not None else {})
        answer = browser.get("/sign-in/callback", params=given)
        assert refused(browser, answer) == "no sign-in of this browser was waiting"


def test_an_address_for_coming_back_that_another_browser_is_given(screen: Screen, refused: Refused) -> None:
    with screen.browser() as attacker, screen.browser() as victim, screen.browser() as busy:
        back = begin(attacker)
        assert refused(victim, victim.get(back)) == "no sign-in of this browser was waiting"
        begin(busy)
        assert refused(busy, busy.get(back)) == "no sign-in of this browser was waiting"
        # It was the attacker's, and still is.
        assert attacker.get(back).status_code == 303


def test_coming_back_twice(screen: Screen, provider: Provider, refused: Refused) -> None:
    with screen.browser() as browser:
        back = begin(browser)
        assert browser.get(back).status_code == 303
        session = browser.cookies["yoursay_session"]
        again = browser.get(back)
        assert (again.status_code, "yoursay_session" in str(again.headers)) == (400, False)
        assert browser.cookies["yoursay_session"] == session
    assert provider.asked.count("/token") == 1


def test_a_code_that_was_redeemed(screen: Screen, provider: Provider, refused: Refused) -> None:
    with screen.browser() as browser, screen.browser() as thief:
        first = query_of(begin(browser))
        browser.get("/sign-in/callback", params=first)
        mine = query_of(begin(thief))
        answer = thief.get("/sign-in/callback", params=mine | {"code": first["code"]})
        assert refused(thief, answer) == "the provider did not take the code"
    assert provider.refused == ["code"]


def test_a_stolen_code_in_a_sign_in_of_ones_own(screen: Screen, provider: Provider, refused: Refused) -> None:
    with screen.browser() as victim, screen.browser() as thief:
        stolen, mine = query_of(begin(victim)), query_of(begin(thief))
        answer = thief.get("/sign-in/callback", params=mine | {"code": stolen["code"]})
        assert refused(thief, answer) == "the provider did not take the code"
    assert provider.refused == ["verifier"]


def test_a_sign_in_that_took_more_than_ten_minutes(
    screen: Screen, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    with screen.browser() as browser:
        back = begin(browser)
        monkeypatch.setattr("dashboards.pending_sign_ins.PENDING_SECONDS", -1)
        assert refused(browser, browser.get(back)) == "no sign-in of this browser was waiting"


@pytest.mark.parametrize("code", ["", "x" * 5_000], ids=["none", "long"])
def test_no_code(screen: Screen, provider: Provider, refused: Refused, code: str) -> None:
    with screen.browser() as browser:
        answer = browser.get("/sign-in/callback", params=query_of(begin(browser)) | {"code": code})
        assert refused(browser, answer) == "the provider did not sign them in"
    assert provider.asked.count("/token") == 0


def test_what_the_provider_says_of_its_refusal_is_not_shown(
    screen: Screen, provider: Provider, refused: Refused
) -> None:
    provider.error = "<script>alert(1)</script>"
    with screen.browser() as browser:
        answer = sign_in(browser)
        assert refused(browser, answer) == "the provider did not sign them in"
        assert "script" not in answer.text


@pytest.mark.parametrize(
    ("told", "says_issuer", "comes_in"),
    [
        ("https://another.example", False, False),
        ("https://another.example", True, False),
        (None, True, False),
        ("its own", True, True),
        (None, False, True),
    ],
)
def test_another_provider_that_sends_somebody_back(
    screen: Screen, provider: Provider, refused: Refused, told: str | None, says_issuer: bool, comes_in: bool
) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": says_issuer}
    provider.tell_issuer = provider.issuer if told == "its own" else told
    with screen.browser() as browser:
        answer = sign_in(browser)
        if comes_in:
            assert answer.status_code == 303
        else:
            assert refused(browser, answer) == "another provider sent this"
    # A code that came with the wrong name is not shown to anybody.
    assert provider.asked.count("/token") == int(comes_in)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://another.example"},
        {"token_endpoint": "http://192.0.2.1/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"token_endpoint": "https://user@another.example/token"},
    ],
)
def test_metadata_that_leads_elsewhere(screen: Screen, provider: Provider, metadata: dict[str, Any]) -> None:
    provider.metadata = metadata
    with screen.browser() as browser:
        answer = browser.get("/sign-in/provider")
    assert answer.status_code == 503
    assert "The sign-in service does not answer as it should. Try again in some minutes." in answer.text


ANSWERS = {
    "an error": Response("a trace with a secret", 500),
    "no JSON": Response("<html>", 200),
    "a list": JSONResponse([1]),
    "too much": Response(b'{"a": "' + b"x" * 300_000 + b'"}', 200),
    "elsewhere": RedirectResponse("http://127.0.0.1:1/", 302),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
def test_a_provider_that_answers_something_else(
    screen: Screen, provider: Provider, data: DataFolder, path: str, answer: Response
) -> None:
    provider.answers[path] = answer
    with screen.browser() as browser:
        said = browser.get("/sign-in/provider") if path.startswith("/.well") else sign_in(browser)
        assert said.status_code == 503
        assert "The sign-in service does not answer as it should. Try again in some minutes." in said.text
        assert "secret" not in said.text
        assert browser.get("/who").status_code == 303


def test_a_provider_that_answers_drop_by_drop(
    screen: Screen, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.oidc_http.READ_SECONDS", -1)
    with screen.browser() as browser:
        assert browser.get("/sign-in/provider").status_code == 503


AWAY = "/.well-known/openid-configuration"


def test_a_provider_that_is_away_is_left_alone_for_a_while(screen: Screen, provider: Provider) -> None:
    provider.answers[AWAY] = Response("", 502)
    with screen.browser() as browser:
        assert [browser.get("/sign-in/provider").status_code for _ in range(3)] == [503, 503, 503]
    assert provider.asked.count(AWAY) == 1


def test_a_provider_that_was_away_is_found_again(
    screen: Screen, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.oidc._LEFT_ALONE_SECONDS", 0)
    provider.answers[AWAY] = Response("", 502)
    with screen.browser() as browser:
        assert browser.get("/sign-in/provider").status_code == 503
        del provider.answers[AWAY]
        assert sign_in(browser).status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "/\n/evil.example",
        "//[",
        "",
    ],
)
def test_a_link_that_would_lead_elsewhere_after_signing_in(screen: Screen, wanted: str) -> None:
    with screen.browser() as browser:
        assert sign_in(browser, wanted).headers["location"] == "/"


def test_a_session_that_somebody_else_planted_is_not_the_one_that_is_opened(screen: Screen, provider: Provider) -> None:
    with screen.browser() as attacker, screen.browser() as victim:
        sign_in(attacker)
        planted = attacker.cookies["yoursay_session"]
        victim.cookies.set("yoursay_session", planted)
        back = sign_in(victim)
        opened = back.cookies["yoursay_session"]
        assert opened != planted
        # What was planted is ended at that.
        assert attacker.get("/who").status_code == 303


def test_coming_back_in_vain_is_limited(screen: Screen, provider: Provider) -> None:
    with screen.browser() as browser:
        back = begin(browser)
        path = "/sign-in/callback?state=x&code=x"
        statuses = [browser.get(path).status_code for _ in range(TRIES_FROM_AN_ADDRESS + 1)]
        assert statuses == [400] * TRIES_FROM_AN_ADDRESS + [429]
        answer = browser.get(back)
        assert answer.status_code == 429
        assert "Too many sign-ins were tried. Try again in 15 minutes." in answer.text


def test_who_comes_in_does_not_count(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboards.sign_in_limits.TRIES_FROM_AN_ADDRESS", 2)
    with screen.browser() as browser:
        assert [sign_in(browser).status_code for _ in range(4)] == [303] * 4


def test_how_many_are_on_their_way_from_one_address_is_limited(
    screen: Screen, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert BEGUN_FROM_AN_ADDRESS == 300
    monkeypatch.setattr("dashboards.sign_in_limits.BEGUN_FROM_AN_ADDRESS", 3)
    with screen.browser() as browser:
        assert [browser.get("/sign-in/provider").status_code for _ in range(4)] == [303, 303, 303, 429]


def test_sign_ins_that_cannot_be_noted_do_not_happen(screen: Screen, data: DataFolder) -> None:
    (register,) = data.sign_ins.glob("*.jsonl")
    register.write_text(register.read_text() * 2)
    with screen.browser() as browser:
        answer = sign_in(browser)
        assert answer.status_code == 503
        assert "Sign-ins cannot be noted now, so nobody can sign in. Tell who runs this server." in answer.text
        assert browser.get("/who").status_code == 303


def test_a_flood_of_refusals_does_not_fill_the_register(
    screen: Screen, data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert REFUSALS_NOTED == 500
    for module in ("sign_in_limits", "sign_in_steps"):
        monkeypatch.setattr(f"dashboards.{module}.REFUSALS_NOTED", 2)
    with screen.browser() as browser:
        assert {browser.get("/sign-in/callback?state=x&code=x").status_code for _ in range(6)} == {400}
        assert sign_in(browser).status_code == 303
    assert [one.get("what") for one in noted_sign_ins(data.sign_ins)] == [
        "member",
        "no sign-in of this browser was waiting",
        "no sign-in of this browser was waiting",
        "more than 2 within 15 minutes; the others are not noted",
        "member",
    ]
