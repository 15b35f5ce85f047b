"""Every route of both screens, asked for with every role and with none, against one table. A new route needs a row."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
from starlette.routing import Route
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from dashboards.accounts import ROLES, Account, add_account
from dashboards.assets import address_of
from dashboards.desk.app import create_desk_app
from dashboards.sessions import open_session
from dashboards.sign_in_settings import sign_in_settings
from orchestration.desk import desk_of
from schemas.data_folder import DataFolder
from tests.integration.desk.running import land
from tests.integration.keying.running import build, publish_parks
from tests.oidc_provider import running

ROOT = Path(__file__).parents[3]
NOBODY = "nobody"
SHUT: frozenset[str] = frozenset()
ALL_ROLES = frozenset(ROLES)
EVERYBODY = ALL_ROLES | {NOBODY}
OFFICER = frozenset({"officer"})
RELEASING = frozenset({"officer", "publisher"})
READING = frozenset({"member", "officer", "publisher"})

SIGN_IN: Mapping[str, frozenset[str]] = {
    "/assets/{name}": EVERYBODY,
    "/sign-in": EVERYBODY,
    "/signed-out": EVERYBODY,
    "/sign-out": ALL_ROLES,
    # No provider is named in these data folders: then they lead nowhere.
    "/sign-in/provider": SHUT,
    "/sign-in/callback": SHUT,
    "/sign-in/provider-sign-out": SHUT,
}
DESK: Mapping[str, frozenset[str]] = {
    **SIGN_IN,
    "/": RELEASING | {"engineer"},
    "/operations": frozenset({"officer", "engineer"}),
    "/work": RELEASING,
    "/keying": OFFICER,
    "/keying/batches": OFFICER,
    "/keying/differences": OFFICER,
    "/keying/form": OFFICER,
    "/keying/form/draft": OFFICER,
    "/keying/form/undo": OFFICER,
    "/keying/picture/{number:int}": OFFICER,
    "/keying/undo": OFFICER,
    "/coding": OFFICER,
    "/coding/agreement": OFFICER,
    "/coding/differences": OFFICER,
    "/coding/own": OFFICER,
    "/coding/sender": OFFICER,
    "/coding/suggestions": OFFICER,
    "/coding/themes": OFFICER,
    "/coding/undo": OFFICER,
    "/translation": OFFICER,
    "/campaigns": OFFICER,
    "/campaigns/one": OFFICER,
    "/campaigns/register": OFFICER,
    "/campaigns/said": OFFICER,
    "/links": OFFICER,
    "/links/evidence": OFFICER,
    "/links/own": OFFICER,
    "/links/undo": OFFICER,
    "/quarantine": OFFICER,
    "/quarantine/late": OFFICER,
    "/quarantine/said": OFFICER,
    "/redactions": OFFICER,
    "/redactions/open": OFFICER,
    "/redactions/undo": OFFICER,
    "/releases": RELEASING,
    "/releases/{release}": RELEASING,
    "/final": RELEASING,
    "/report": RELEASING,
    "/report/said-did": RELEASING,
    "/report/section": RELEASING,
}
RESULTS: Mapping[str, frozenset[str]] = {
    **SIGN_IN,
    "/": ALL_ROLES,
    "/_stcore/health": ALL_ROLES,
    "/_stcore/host-config": ALL_ROLES,
    "/_stcore/stream": ALL_ROLES,
    "/media/{file_id:path}": ALL_ROLES,
    # Which pages of it: see below.
    "/results": ALL_ROLES,
    "/results/{consultation}": ALL_ROLES,
    "/results/{consultation}.pdf": ALL_ROLES,
    "/results/{consultation}/{page}": ALL_ROLES,
    "/results/{consultation}/{page}.pdf": ALL_ROLES,
    "/results/{consultation}/{page}/{figure}.csv": ALL_ROLES,
    "/releases/{consultation}/{release}/{file:path}": READING,
    # Parts of Streamlit that are not used.
    "/_stcore/agent/interact": SHUT,
    "/_stcore/agent/mcp": SHUT,
    "/_stcore/agent/openapi.json": SHUT,
    "/_stcore/bidi-components/{path:path}": SHUT,
    "/_stcore/metrics": SHUT,
    "/_stcore/upload_file/{session_id}/{file_id}": SHUT,
    "/auth/login": SHUT,
    "/auth/logout": SHUT,
    "/component/{path:path}": SHUT,
    "/oauth2callback": SHUT,
}
FILLED = {
    "{consultation}": "third-sector-2007",
    "{release}": "2007-04-04-papers",
    "{file:path}": "tables/ledger.csv",
    "{page}": "ledger",
    "{name}": address_of("desk.css").rpartition("/")[2],
}
CLOSED = ("There is nothing here.", "There is no such file, or your role does not open it.")
_ROUTES = """
import sys
from pathlib import Path
from starlette.routing import Mount
from dashboards.results.app import create_results_app
from dashboards.results.settings import results_settings
from schemas.data_folder import DataFolder
app = create_results_app(results_settings(DataFolder(Path(sys.argv[1])), []))
for route in app._build_starlette_app().routes:
    print(*sorted(getattr(route, "methods", None) or {"GET"}), "/" if isinstance(route, Mount) else route.path)
"""


def filled(path: str) -> str:
    """An address of a route. No PDF is drawn for each role: one of a consultation that is not there does as well."""
    if path.endswith(".pdf"):
        path = path.replace("{consultation}", "unknown")
    for pattern, value in FILLED.items():
        path = path.replace(pattern, value)
    return re.sub(r"\{[^}]*\}", "x", path)


def is_open(answer: httpx.Response) -> bool:
    """Whether an answer lets who asked at what is there; that it is there, is another matter."""
    assert answer.status_code < 500, (answer.request.method, answer.url, answer.text[:300])
    return answer.status_code not in (401, 403) and answer.text not in CLOSED


def who_may(clients: Mapping[str, httpx.Client], method: str, path: str) -> frozenset[str]:
    return frozenset(name for name, client in clients.items() if is_open(client.request(method, filled(path))))


def asked_for(methods: Iterable[str]) -> list[str]:
    """The methods to ask with: an answer to HEAD is that to GET without the words that tell what it is."""
    return sorted(set(methods) - ({"HEAD"} if "GET" in methods else set()))


def assert_one_row_each(routes: Iterable[tuple[str, str]], table: Mapping[str, frozenset[str]]) -> None:
    paths = {path for _, path in routes}
    assert (paths - set(table), set(table) - paths) == (set(), set()), "routes without a row; rows without a route"


@pytest.fixture(scope="module")
def results_clients(server) -> Iterator[Mapping[str, httpx.Client]]:
    clients = {role: server.client(role) for role in ROLES} | {NOBODY: server.client()}
    yield clients
    for client in clients.values():
        client.close()


@pytest.fixture(scope="module")
def results_routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """Every route of the results server, Streamlit's own among them: method, path."""
    listed = subprocess.run(
        [sys.executable, "-c", _ROUTES, str(tmp_path_factory.mktemp("empty"))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.split(" ") for line in listed.stdout.splitlines()]
    return [(method, path) for *methods, path in lines for method in asked_for(methods)]


def test_every_route_of_the_results_opens_to_whom_the_table_says(results_clients, results_routes) -> None:
    asked = [(method, path) for method, path in results_routes if path != "/_stcore/stream"]
    assert_one_row_each(results_routes, RESULTS)
    found = {key: who_may(results_clients, *key) for key in asked}
    assert found == {(method, path): RESULTS[path] for method, path in asked}


def test_the_websocket_opens_to_whom_the_table_says(server) -> None:
    address = server.address.replace("http", "ws", 1) + "/_stcore/stream"
    opened = set()
    for who in EVERYBODY:
        headers = {"Cookie": f"yoursay_session={server.token(who)}"} if who != NOBODY else {}
        try:
            with connect(address, additional_headers=headers, origin=server.address, open_timeout=60):
                opened.add(who)
        except InvalidStatus as refused:
            assert refused.response.status_code == 403
    assert opened == RESULTS["/_stcore/stream"]


@pytest.mark.parametrize("ending", ["", ".pdf"])
def test_an_engineer_reads_the_ledger_alone(results_clients, ending: str) -> None:
    pages = [f"/results/third-sector-2007/{page}{ending}" for page in ("overview", "responses", "ledger")]
    found = {role: [results_clients[role].get(page).status_code for page in pages] for role in ("member", "engineer")}
    assert found == {"member": [200, 200, 200], "engineer": [404, 404, 200]}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[Route], Mapping[str, httpx.Client]]]:
    """The routes of a running desk, and a client of each role."""
    folder = tmp_path_factory.mktemp("matrix")
    data = DataFolder(folder / "data")
    data.root.mkdir()
    definition = publish_parks(data, folder)
    land(data, definition, [{"q5_proposal": "More trees."}])
    build(data, definition)
    app = create_desk_app(sign_in_settings(data, "desk"), desk_of(data, definition))
    for role in ROLES:
        add_account(data.accounts, Account(role, role), "a long password")
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    tokens = {role: open_session(data.accounts, Account(role, role), data.clock.now()) for role in ROLES}
    clients = {
        role: httpx.Client(base_url=address, cookies={"yoursay_session": token}, timeout=60)
        for role, token in tokens.items()
    }
    clients[NOBODY] = httpx.Client(base_url=address, timeout=60)
    with running(app, listener):
        yield [route for route in app.routes if isinstance(route, Route)], clients
    for client in clients.values():
        client.close()


def test_every_route_of_the_desk_opens_to_whom_the_table_says(desk) -> None:
    routes, clients = desk
    asked = {(method, route.path) for route in routes for method in asked_for(route.methods or ())}
    assert_one_row_each(asked, DESK)
    found = {key: who_may(clients, *key) for key in sorted(asked)}
    assert found == {(method, path): DESK[path] for method, path in asked}


@pytest.mark.parametrize(
    "path",
    [
        "/unknown",
        "/workshop",
        "/keying/../work",
        "/keying/%2e%2e/work",
        "//work",
        "/WORK",
        "/keying%2f..%2fwork",
        "/work;x",
    ],
)
def test_a_path_of_the_desk_that_the_table_does_not_have_opens_to_nobody(desk, path: str) -> None:
    _, clients = desk
    statuses = {name: status_of(client, path) for name, client in clients.items()}
    assert statuses.pop(NOBODY) == 401
    assert set(statuses.values()) <= {403, 404}


@pytest.mark.parametrize(("role", "path"), [("officer", "/unknown"), ("publisher", "/coding"), ("member", "/work")])
def test_whoever_the_desk_refuses_is_told_both_reasons_there_may_be(desk, role: str, path: str) -> None:
    _, clients = desk
    answer = clients[role].get(path)
    assert answer.status_code == 403
    assert "There is no page at this address, or it is not for your role." in answer.text
    assert f"({role})" in answer.text


def status_of(client: httpx.Client, path: str) -> int:
    """What a path is answered that no library puts right before it is sent."""
    connection = HTTPConnection(client.base_url.host, client.base_url.port or 80, timeout=60)
    connection.request("GET", path, headers={"Cookie": "; ".join(f"{n}={v}" for n, v in client.cookies.items())})
    try:
        return connection.getresponse().status
    finally:
        connection.close()
