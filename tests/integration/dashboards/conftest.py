"""A results server in a process of its own, over a demonstration's data folder with public versions and releases."""

import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from dashboards.account_changes import add_known_account
from dashboards.accounts import Account
from dashboards.demo_accounts import DemoAccount, create_demo_accounts
from dashboards.identities import KnownAs
from dashboards.results.settings import ResultsSettings, results_settings
from dashboards.sessions import open_session
from dashboards.sign_in_register import noted_sign_ins
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, load_definition
from tests.integration.dashboards.provider_sign_in import Refused, Screen, run_screen, write_sign_in
from tests.oidc_provider import Provider, run_provider
from transforms.release import life
from transforms.release.files import checksums, json_bytes, sha256
from transforms.release.life import Deed

ROOT = Path(__file__).parents[3]
CONSULTATIONS = ("third-sector-2007", "parks-and-libraries-2007")
COMMISSION = datetime(2007, 4, 16, 16, tzinfo=UTC)
_PUBLISH = runpy.run_path(str(ROOT / "tests/unit/dashboards/public_version.py"))["publish_version"]
_SERVE = """
import sys
from pathlib import Path
from dashboards.results.serve import serve_results
from dashboards.identities import KnownAs
from dashboards.results.settings import results_settings
from schemas.data_folder import DataFolder
settings = results_settings(DataFolder(Path(sys.argv[1])), sys.argv[2:])
serve_results(settings, "127.0.0.1", 0, lambda address: print(address, flush=True))
"""


@dataclass(frozen=True)
class Server:
    """A running results server and its data folder."""

    address: str
    data: DataFolder
    accounts: tuple[DemoAccount, ...]
    process: subprocess.Popen[str]

    @property
    def settings(self) -> ResultsSettings:
        return results_settings(self.data, CONSULTATIONS)

    def token(self, role: str) -> str:
        """A fresh session of the account of that name."""
        return open_session(self.data.accounts, Account(role, "member"), self.data.clock.now())

    def client(self, role: str | None = None) -> httpx.Client:
        """A client that is signed in, or not."""
        cookies = {"yoursay_session": self.token(role)} if role else {}
        return httpx.Client(base_url=self.address, cookies=cookies, timeout=60)

    def password(self, name: str) -> str:
        return next(account.password for account in self.accounts if account.name == name)


def fill_demonstration(data: DataFolder) -> None:
    """A clock in 2007, public versions, two releases, accounts."""
    data.root.mkdir(parents=True, exist_ok=True)
    write_shifted_clock(data.clock_file, COMMISSION)
    third, parks = (load_definition(BUILT_IN / name) for name in CONSULTATIONS)
    public = data.warehouse_public(third.id)
    _PUBLISH(public, third, COMMISSION, name="000002-commission")
    papers = datetime(2007, 4, 4, 16, tzinfo=UTC)
    _PUBLISH(public, third, papers, name="000001-papers", web=211, as_at_view="2007-04-04T17:00")
    quotes = (("q5_proposal", "More *trees*: ![x](http://192.0.2.1/y) <script>alert(1)</script>"),)
    _PUBLISH(data.warehouse_public(parks.id), parks, COMMISSION, name="000001-parks", quotes=quotes)
    for name in CONSULTATIONS:
        shutil.copytree(BUILT_IN / name, data.definitions / name)
    for name, audience in (("2007-04-04-papers", "members"), ("2007-04-16-draft", "officers")):
        _put_release(data, third.id, name, audience)
    (data.releases(third.id) / "2007-04-17-unfinished").mkdir()
    create_demo_accounts(data)


def _put_release(data: DataFolder, consultation: str, name: str, audience: str) -> Path:
    """A small release, drafted; published by a second person where it is not for officers."""
    releases, at = data.releases(consultation), data.clock.now()
    folder = releases / name
    (folder / "tables").mkdir(parents=True)
    table = f"channel,line,responses\nweb,included,{len(name)}\n".encode()
    (folder / "tables" / "ledger.csv").write_bytes(table)
    manifest = json_bytes({"as_at": name[:10], "files": {"tables/ledger.csv": {"sha256": sha256(table)}}})
    (folder / "manifest.json").write_bytes(manifest)
    (folder / "SHA256SUMS").write_bytes(checksums({"tables/ledger.csv": table, "manifest.json": manifest}))
    life.draft(releases, name, Deed("officer", at), manifest_sha256=sha256(manifest))
    if audience != "officers":
        life.take_checks(releases, name, Deed("officer", at), problems=[])
        life.approve(releases, name, Deed("publisher", at), manifest_sha256=sha256(manifest))
        life.publish(releases, name, Deed("publisher", at), audience=audience)
    return folder


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Such a data folder, to be copied."""
    data = DataFolder(tmp_path_factory.mktemp("filled") / "data")
    fill_demonstration(data)
    return data


@pytest.fixture(scope="session")
def server(filled: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = DataFolder(tmp_path_factory.mktemp("results") / "data")
    shutil.copytree(filled.root, data.root)
    accounts = create_demo_accounts(data)
    command = [sys.executable, "-c", _SERVE, str(data.root), *CONSULTATIONS]
    environment = os.environ | {"YOURSAY_DATA": str(data.root), "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": "full"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=data.root, env=environment) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, "the results server did not start"
        yield Server(address, data, tuple(accounts), process)
        process.terminate()


@pytest.fixture
def demonstration(filled: DataFolder, tmp_path: Path) -> DataFolder:
    """Such a data folder for one test alone."""
    data = DataFolder(tmp_path / "data")
    shutil.copytree(filled.root, data.root)
    return data


@pytest.fixture(scope="session")
def publish_version() -> Callable[..., Path]:
    publish: Callable[..., Path] = _PUBLISH
    return publish


@pytest.fixture(scope="session")
def put_release() -> Callable[..., Path]:
    return _put_release


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider of sign-ins."""
    with run_provider() as running:
        yield running


@pytest.fixture
def screen(data: DataFolder, provider: Provider) -> Iterator[Screen]:
    """A screen where Ada, whom the provider knows as ada-1, is a member."""
    write_sign_in(data, provider)
    add_known_account(data, Account("ada", "member"), KnownAs(provider.issuer, "ada-1"), "root")
    with run_screen(data) as running:
        yield running


@pytest.fixture
def refused(data: DataFolder) -> Refused:
    """Nobody came in: the sentence says no more than that, and why is in the register."""

    def why(browser: httpx.Client, answer: httpx.Response) -> str:
        assert answer.status_code == 400
        assert "The sign-in was not completed. Try again." in answer.text
        assert "yoursay_session" not in str(answer.headers)
        assert browser.get("/who").status_code == 303
        last = noted_sign_ins(data.sign_ins)[-1]
        assert (last["event"], last["screen"], last["address"]) == ("refused", "results", "127.0.0.1")
        assert "account" not in last
        return str(last["what"])

    return why
