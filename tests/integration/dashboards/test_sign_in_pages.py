"""Signing in and out over HTTP, as a browser without JavaScript does it."""

import re

import httpx
import pytest

from dashboards.sign_in_register import noted_sign_ins


def form_of(page: httpx.Response) -> dict[str, str]:
    return dict(re.findall(r'name="(form_token|next)" value="([^"]*)"', page.text))


def sign_in(visitor: httpx.Client, name: str, password: str, path: str = "/sign-in") -> httpx.Response:
    form = form_of(visitor.get(path))
    return visitor.post("/sign-in", data=form | {"name": name, "password": password})


def test_the_right_password_opens_the_page_that_was_wanted(server) -> None:
    with server.client() as visitor:
        answer = sign_in(visitor, "officer", server.password("officer"), "/sign-in?next=/results/third-sector-2007")
        assert (answer.status_code, answer.headers["location"]) == (303, "/results/third-sector-2007")
        cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("yoursay_session="))
        assert re.fullmatch(r"yoursay_session=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", cookie)
        assert visitor.get("/results/third-sector-2007").status_code == 200


@pytest.mark.parametrize(("name", "password"), [("member", "not the password"), ("nobody", "not the password")])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(server, name: str, password: str) -> None:
    with server.client() as visitor:
        answer = sign_in(visitor, name, password)
    assert answer.status_code == 401
    assert "The name and the password do not belong together." in answer.text
    assert "<title>Error: Sign in - YourSay</title>" in answer.text
    assert (name in answer.text.split("<form")[1], password in answer.text) == (False, False)
    assert "yoursay_session" not in str(answer.headers)


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "/\n/x", ""]
)
def test_sign_in_leads_nowhere_else(server, wanted: str) -> None:
    with server.client() as visitor:
        assert form_of(visitor.get("/sign-in", params={"next": wanted}))["next"] == "/"


def test_a_form_of_another_browser_is_refused(server) -> None:
    with server.client() as attacker, server.client() as victim:
        stolen = form_of(attacker.get("/sign-in"))
        fields = stolen | {"name": "member", "password": server.password("member")}
        without_cookie = victim.post("/sign-in", data=fields)
        victim.get("/sign-in")
        with_another = victim.post("/sign-in", data=fields)
    assert (without_cookie.status_code, with_another.status_code) == (400, 400)
    assert "This form was open for too long or cookies are off. Try again." in with_another.text


@pytest.mark.parametrize(
    "body",
    [b"", b"x" * 9_000, b"name=%ff&password=%fe", b"&".join([b"a=b"] * 50)],
    ids=["none", "big", "bytes", "many"],
)
def test_a_body_that_is_no_form_of_ours_is_refused(server, body: bytes) -> None:
    with server.client() as visitor:
        visitor.get("/sign-in")
        answer = visitor.post("/sign-in", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 400


def test_guessing_is_stopped_and_the_right_password_too_until_the_time_is_over(server) -> None:
    with server.client() as visitor:
        statuses = [sign_in(visitor, "engineer", "wrong password").status_code for _ in range(6)]
        answer = sign_in(visitor, "engineer", server.password("engineer"))
    assert statuses == [401] * 5 + [429]
    assert answer.status_code == 429
    assert "Too many sign-ins were tried. Try again in 15 minutes." in answer.text


def test_signing_out_needs_its_form_and_ends_the_session(server) -> None:
    with server.client("publisher") as publisher:
        assert publisher.post("/sign-out").status_code == 200
        assert publisher.get("/_stcore/health").status_code == 200
        page = publisher.get("/sign-out")
        assert "You are signed in as publisher (publisher)." in page.text
        token = publisher.cookies["yoursay_session"]
        answer = publisher.post("/sign-out", data=form_of(page))
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    with httpx.Client(base_url=server.address, cookies={"yoursay_session": token}) as again:
        assert again.get("/_stcore/health").status_code == 401


def test_a_new_sign_in_ends_the_old_session(server) -> None:
    with server.client("member") as member:
        old = member.cookies["yoursay_session"]
        assert sign_in(member, "member", server.password("member")).status_code == 303
    with httpx.Client(base_url=server.address, cookies={"yoursay_session": old}) as again:
        assert again.get("/_stcore/health").status_code == 401


def test_the_form_needs_no_script_and_allows_none(server) -> None:
    with server.client() as visitor:
        page = visitor.get("/sign-in")
    assert "<script" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; ")
    assert page.headers["cache-control"] == "no-store"


def test_over_tls_the_cookie_is_secure_and_of_this_host_alone(server) -> None:
    with server.client() as visitor:
        visitor.headers["X-Forwarded-Proto"] = "https"
        form_page = visitor.get("/sign-in")
        secret = re.search(r"yoursay_sign_in=([^;]+)", form_page.headers["set-cookie"])
        assert secret
        answer = visitor.post(
            "/sign-in",
            data=form_of(form_page) | {"name": "member", "password": server.password("member")},
            headers={"Cookie": f"yoursay_sign_in={secret[1]}"},
        )
    cookie = next(c for c in answer.headers.get_list("set-cookie") if "yoursay_session" in c)
    assert re.fullmatch(r"__Host-yoursay_session=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", cookie)


def register_of(server) -> list[dict[str, str]]:
    """What the register of sign-ins says, without when."""
    return [{key: one[key] for key in one if key != "at"} for one in noted_sign_ins(server.data.sign_ins)]


def test_who_comes_and_goes_is_noted_and_never_what_was_typed(server) -> None:
    before = len(register_of(server))
    with server.client() as visitor:
        sign_in(visitor, "Second-Officer", "my very secret mistake")
        sign_in(visitor, "a password typed as a name", "x")
        sign_in(visitor, "second-officer", server.password("second-officer"))
        visitor.post("/sign-out", data=form_of(visitor.get("/sign-out")) | {"everywhere": "yes"})
    seen = {"screen": "results", "address": "127.0.0.1"}
    assert register_of(server)[before:] == [
        {"event": "refused", "account": "second-officer", **seen, "what": "wrong name or password"},
        {"event": "refused", **seen, "what": "wrong name or password"},
        {"event": "signed in", "account": "second-officer", **seen, "what": "officer"},
        {"event": "signed out everywhere", "account": "second-officer", **seen},
    ]
    kept = b"".join(file.read_bytes() for file in server.data.sign_ins.iterdir())
    assert (b"secret mistake" in kept, b"typed as a name" in kept) == (False, False)


def test_a_password_is_looked_at_on_loopback_alone(server) -> None:
    with server.client() as visitor:
        form = form_of(visitor.get("/sign-in")) | {"name": "member", "password": server.password("member")}
        answer = visitor.post("/sign-in", data=form, headers={"Host": "results.example.org"})
        assert (answer.status_code, answer.text) == (403, "Passwords open nothing here.")
        assert visitor.post("/sign-in", data=form).status_code == 303
