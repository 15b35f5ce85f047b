"""What the process of the results server holds, and where it may listen."""

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from websockets.sync.client import connect

from dashboards.accounts import Account
from dashboards.errors import DashboardError
from dashboards.results.serve import serve_results
from dashboards.results.settings import ResultsSettings, results_settings
from dashboards.sessions import open_session
from schemas.data_folder import DataFolder

ROOT = Path(__file__).parents[3]
_OPTIONS = """
import sys
from pathlib import Path
from streamlit import config
from dashboards.results.app import create_results_app
from dashboards.results.settings import results_settings
from schemas.data_folder import DataFolder
create_results_app(results_settings(DataFolder(Path(sys.argv[1])), []))
names = ["client.showErrorDetails", "browser.gatherUsageStats", "runner.magicEnabled", "server.enableAgentApi",
         "server.enableStaticServing", "server.enableXsrfProtection", "server.enableCORS", "server.fileWatcherType"]
print(*(config.get_option(name) for name in names))
"""


def test_its_settings_name_nothing_private(demonstration: DataFolder) -> None:
    settings = results_settings(demonstration, ["third-sector-2007"])
    assert [field.name for field in fields(ResultsSettings)] == [
        "store",
        "clock",
        "warehouses",
        "releases",
        "definitions",
        "audits",
        "live",
        "sign_in",
    ]
    root = demonstration.root
    assert settings.store == root / "accounts.sqlite"
    assert dict(settings.warehouses) == {"third-sector-2007": root / "warehouse/third-sector-2007/public"}
    assert dict(settings.releases) == {"third-sector-2007": root / "releases/third-sector-2007"}
    assert settings.definitions == root / "definitions"
    assert dict(settings.audits) == {"third-sector-2007": root / "audit/third-sector-2007.jsonl"}
    assert [word for word in ("private", "keys", "landing", "decisions") if word in repr(settings)] == []


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc")
def test_it_holds_no_file_of_the_private_half_open_and_loads_no_cryptography(server) -> None:
    with server.client("member") as member:
        assert member.get("/results/third-sector-2007").status_code == 200
    process = Path("/proc") / str(server.process.pid)
    inside = {str(link.readlink()) for link in (process / "fd").iterdir() if link.is_symlink()}
    opened = {path for path in inside if path.startswith(str(server.data.root))}
    assert {path for path in opened if not path.startswith(str(server.data.accounts))} == set()
    assert "httpfs" not in (process / "maps").read_text()


_WATCHED = """
import os, sys
from pathlib import Path
root, seen = sys.argv[1], os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def note(event, arguments):
    for one in arguments:
        path = os.fsdecode(one) if isinstance(one, str | bytes | os.PathLike) else ""
        if path.startswith(root + "/"):
            os.write(seen, (path + "\\n").encode())
sys.addaudithook(note)
from dashboards.results.serve import serve_results
from dashboards.results.settings import results_settings
from schemas.data_folder import DataFolder
settings = results_settings(DataFolder(Path(root)), ["third-sector-2007"])
serve_results(settings, "127.0.0.1", 0, lambda address: print(address, flush=True))
"""
_PRIVATE = ("keys", "recovery", "landing", "decisions", "inbox", "readings", "access", "public-server", "shown")


def test_it_never_asks_for_anything_of_the_private_half(demonstration: DataFolder, tmp_path: Path) -> None:
    root = demonstration.root
    for name in (*(f"{one}/third-sector-2007" for one in _PRIVATE), "warehouse/third-sector-2007/private"):
        (root / name).mkdir(parents=True)
        (root / name / "CURRENT").write_text("needle")
    command = [sys.executable, "-c", _WATCHED, str(root), str(tmp_path / "seen")]
    token = open_session(demonstration.accounts, Account("officer", "officer"), demonstration.clock.now())
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        with httpx.Client(base_url=address, cookies={"yoursay_session": token}, timeout=60) as officer:
            release = "/releases/third-sector-2007/2007-04-16-draft/tables/ledger.csv"
            paths = (
                "/sign-in",
                "/results",
                "/results/third-sector-2007",
                "/results/third-sector-2007/overview",
                release,
            )
            assert [officer.get(path).status_code for path in paths] == [200] * 5
            refused = officer.post("/sign-in", data={"name": "officer", "password": "wrong"})
            assert refused.status_code == 400
        run_script(address, token)
        process.terminate()
    seen = {line.removeprefix(f"{root}/") for line in (tmp_path / "seen").read_text().splitlines()}
    assert {path.split("/")[0] for path in seen} == {
        "accounts.sqlite",
        "audit",
        "clock.toml",
        "definitions",
        "live",
        "releases",
        "sign-in.toml",
        "warehouse",
    }
    assert {path.split("/")[2] for path in seen if path.startswith("warehouse/third-sector-2007/")} == {"public"}


def run_script(address: str, token: str) -> None:
    """One run of the screen, as a browser has it."""
    asked = BackMsg(rerun_script=ClientState(query_string="", widget_states=WidgetStates()))
    headers = {"Cookie": f"yoursay_session={token}"}
    with connect(
        address.replace("http", "ws", 1) + "/_stcore/stream",
        additional_headers=headers,
        origin=address,
        subprotocols=["streamlit"],
        max_size=None,
        open_timeout=60,
    ) as screen:
        screen.send(asked.SerializeToString())
        while True:
            said = screen.recv(timeout=60)
            assert isinstance(said, bytes)
            if ForwardMsg.FromString(said).WhichOneof("type") == "script_finished":
                return


_ENVIRONMENT = """
import json, os, sys
from pathlib import Path
from dashboards.results.serve import serve_results
from dashboards.results.settings import results_settings
from schemas.data_folder import DataFolder
def announce(address):
    told = [name for name, value in os.environ.items() if name.startswith("YOURSAY") or sys.argv[1] in value]
    print(json.dumps(told))
    raise SystemExit(0)
serve_results(results_settings(DataFolder(Path(sys.argv[1])), ["third-sector-2007"]), "127.0.0.1", 0, announce)
"""


def test_its_environment_tells_neither_keys_nor_the_data_folder(
    demonstration: DataFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("YOURSAY_DATA", str(demonstration.root))
    monkeypatch.setenv("YOURSAY_WAREHOUSE_KEY", "secret")
    run = subprocess.run(
        [sys.executable, "-c", _ENVIRONMENT, str(demonstration.root)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert run.stdout == "[]\n"


def test_streamlit_runs_without_details_of_errors_telemetry_or_magic(tmp_path: Path) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit/config.toml").write_text(
        '[client]\nshowErrorDetails = "full"\n[server]\nenableAgentApi = true\nenableCORS = false\n'
    )
    run = subprocess.run(
        [sys.executable, "-c", _OPTIONS, str(tmp_path)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert run.stdout == "none False False False False True True none\n"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])
def test_demo_accounts_are_never_served_to_other_machines(demonstration: DataFolder, host: str) -> None:
    with pytest.raises(DashboardError) as refused:
        serve_results(results_settings(demonstration, []), host, 0)
    assert str(refused.value) == f"Demo accounts work on this machine alone: serve on 127.0.0.1 instead of {host}."


def test_a_port_that_is_taken_is_said_in_a_sentence(server, demonstration: DataFolder) -> None:
    port = int(server.address.rsplit(":", 1)[1])
    with pytest.raises(DashboardError) as refused:
        serve_results(results_settings(demonstration, []), "127.0.0.1", port)
    assert str(refused.value) == f"127.0.0.1 port {port} cannot be used; choose another port."
