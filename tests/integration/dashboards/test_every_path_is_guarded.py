"""No path of the results server answers without a session, however it is written; see also the access matrix."""

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

PATHS = [
    "/",
    "/overview",
    "/media/0123456789abcdef.csv",
    "/static/js/index.js",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/agent/openapi.json",
    "/favicon.png",
    "/results",
    "/results/third-sector-2007",
    "/releases/third-sector-2007/2007-04-04-papers/manifest.json",
    "/sign-out",
    "/sign-in/",
    "/sign-in/../results",
    "//sign-in",
    "/%73ign-in/x",
    "/SIGN-IN",
    "/no/such/page",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_refused_however_it_is_written(server, path: str) -> None:
    with server.client() as visitor:
        answer = visitor.get(path)
    assert (answer.status_code, answer.text) == (401, "Sign in first.")


@pytest.mark.parametrize(
    "cookie", ["", "x", "0" * 43, "' OR 1=1 --", "%00"], ids=["empty", "short", "zeros", "sql", "null"]
)
def test_a_made_up_cookie_opens_nothing(server, cookie: str) -> None:
    with server.client() as visitor:
        answer = visitor.get("/_stcore/health", headers={"Cookie": f"yoursay_session={cookie}"})
    assert answer.status_code == 401


def test_a_page_that_a_person_opens_leads_to_the_form_and_back(server) -> None:
    with server.client() as visitor:
        answer = visitor.get("/results/third-sector-2007?as-at=2007-04-04T17:00", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/results/third-sector-2007%3Fas-at%3D2007-04-04T17%3A00"


def websocket(server, *, token: str | None = None, origin: str | None = None) -> ClientConnection:
    headers = {"Cookie": f"yoursay_session={token}"} if token else {}
    address = server.address.replace("http", "ws", 1) + "/_stcore/stream"
    return connect(address, additional_headers=headers, origin=origin, subprotocols=["streamlit"], open_timeout=60)


def test_the_websocket_refuses_a_handshake_without_a_session(server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        websocket(server)
    assert refused.value.response.status_code == 403


def test_the_websocket_opens_with_a_session(server) -> None:
    with websocket(server, token=server.token("member"), origin=server.address) as opened:
        assert opened.subprotocol == "streamlit"


def test_a_page_of_another_port_cannot_open_the_websocket_nor_change_anything(server) -> None:
    token = server.token("member")
    with pytest.raises(InvalidStatus) as refused:
        websocket(server, token=token, origin="http://127.0.0.1:1")
    assert refused.value.response.status_code == 403
    with server.client("member") as member:
        answer = member.post("/sign-out", headers={"Origin": "http://127.0.0.1:1"})
    assert (answer.status_code, answer.text) == (403, "This request does not come from a page of this server.")


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/upload_file/x/y",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/interact",
        "/_stcore/metrics",
        "/component/x/index.html",
        "/auth/login",
        "/oauth2callback",
    ],
)
def test_parts_of_streamlit_that_are_not_used_open_to_nobody(server, path: str) -> None:
    with server.client("publisher") as publisher:
        answer = publisher.get(path)
    assert (answer.status_code, answer.text) == (404, "There is nothing here.")


def test_who_is_signed_in_gets_the_screen_with_headers_that_keep_others_out(server) -> None:
    with server.client("member") as member:
        answer = member.get("/")
        health = member.get("/_stcore/health")
    assert (answer.status_code, health.status_code) == (200, 200)
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert (policy["default-src"], policy["connect-src"], policy["frame-ancestors"]) == ("'self'", "'self'", "'none'")
    assert "unsafe-inline" not in policy["script-src"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "server" not in answer.headers


def test_a_session_that_ended_is_refused_at_the_next_request(server) -> None:
    import sqlite3

    token = server.token("member")
    with httpx.Client(base_url=server.address, cookies={"yoursay_session": token}, timeout=60) as member:
        assert member.get("/_stcore/health").status_code == 200
        with sqlite3.connect(server.data.accounts) as connection:
            connection.execute("UPDATE sessions SET seen_at = seen_at - 1801")
        assert member.get("/_stcore/health").status_code == 401
