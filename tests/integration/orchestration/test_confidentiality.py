"""Answers are nowhere in clear but where they must be: needles are planted and every byte searched."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from dashboards.accounts import Account, add_account
from dashboards.sessions import open_session
from ingest.journal import Journal
from orchestration.builds import warehouse_of
from orchestration.intake import landing_of, recipients_of
from orchestration.processes import free_port
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.decisions import Coding
from schemas.definition import BUILT_IN, Definition, publish_definition
from schemas.sealing import make_keys
from tests.integration.orchestration.needles import (
    NOW,
    WAYS,
    contents_of,
    found_in,
    needle,
    needles,
    send_by_every_way,
    unpacked,
)
from transforms.warehouse.read import open_private

ROOT = Path(__file__).parents[3]
PARKS = "parks-and-libraries-2007"
NEEDLES = ("Quillstone", "zzneedlezz")


@pytest.fixture
def built(
    yoursay: Callable[..., Any], data: DataFolder, bus_shelters: Definition, import_rows: Callable[[list[str]], Any]
) -> Path:
    """A data folder after imports, a quarantine, a failing build, exports of nothing, and a release."""
    rows = [f"{n},Ask Quillstone at DE1 2FS about place {n},daily,zzneedlezz{n}@example.org" for n in range(11)]
    import_rows([*rows, "x,Quillstone,zzneedlezz,zzneedlezz@example.org"])
    assert yoursay("pipeline", "run").code == 0
    assert yoursay("pipeline", "run", "--full").code == 0
    assert yoursay("release", "build").code == 0
    return data.root


def files(folder: Path) -> Iterator[Path]:
    yield from (file for file in sorted(folder.rglob("*")) if file.is_file())


def test_no_file_of_the_data_folder_holds_an_answer_in_clear(built: Path) -> None:
    places = {file.relative_to(built).parts[0] for file in files(built)}
    assert {"landing", "warehouse", "dagster", "releases", "keys", "definitions"} <= places
    found = {
        str(file.relative_to(built))
        for file in files(built)
        for needle in NEEDLES
        for encoded in (needle.encode(), needle.encode("utf-16-le"))
        if encoded in file.read_bytes()
    }
    assert found == set()


def test_what_commands_print_holds_no_answer(built: Path, yoursay: Callable[..., Any]) -> None:
    (held,) = yoursay("quarantine", "list", "--json").json
    said = [
        yoursay("quarantine", "list"),
        yoursay("quarantine", "show", held["response"]),
        yoursay("ledger"),
        yoursay("landing", "verify"),
    ]
    assert [one.code for one in said] == [0, 0, 0, 0]
    assert [needle for one in said for needle in NEEDLES if needle in one.out + one.err] == []


@dataclass(frozen=True)
class Spoken:
    """A data folder into which needles came by every way, built and released, and all that its commands said."""

    data: DataFolder
    definition: Definition
    said: dict[str, str]
    release: str


def _call(data: DataFolder, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "orchestration.cli", *arguments]
    environment = os.environ | {"YOURSAY_DATA": str(data.root)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Spoken:
    data = DataFolder(tmp_path_factory.mktemp("spoken") / "data")
    data.root.mkdir()
    write_shifted_clock(data.clock_file, NOW + timedelta(hours=2))
    definition = publish_definition(BUILT_IN / PARKS, data.definitions)
    make_keys(data.keys(PARKS), data.recovery(PARKS))
    send_by_every_way(data, definition)
    rows = landing_of(data, definition).log.read(columns=["artefact_id"]).to_pylist()
    quoting = [
        Coding(response=f"{row['artefact_id']}.1", field="q5_proposal", code="support", quote=quote)
        for row in rows
        for quote in (needle("web", "q5_proposal"), needle("import", "q5_proposal"))
    ]
    Journal(data.journal(PARKS), data.clock).append("officer", quoting, recipients_of(data, definition))
    said = {}
    for arguments in (
        ("pipeline", "run"),
        ("pipeline", "run", "--full"),
        ("pipeline", "run", "--as-at", "2007-05-14T10:30"),
        ("ledger",),
        ("quarantine", "list"),
        ("landing", "verify"),
        ("release", "draft", "--officer", "anna"),
    ):
        code, said[" ".join(arguments)] = _call(data, *arguments)
        assert code == 0, said[" ".join(arguments)]
    (release,) = [one.name for one in data.releases(PARKS).iterdir() if one.is_dir()]
    for step in (("check",), ("approve",), ("publish", "--audience", "members")):
        officer = "anna" if step[0] == "check" else "ben"
        code, said[step[0]] = _call(data, "release", step[0], release, "--officer", officer, *step[1:])
        assert code == 0, said[step[0]]
    return Spoken(data, definition, said, release)


def test_every_needle_reached_the_private_version(spoken: Spoken) -> None:
    """Otherwise finding none of them elsewhere would say nothing."""
    with open_private(warehouse_of(spoken.data, spoken.definition)) as private:
        views = [private.execute(f"FROM {view}").fetchall() for view in ("clean", "vault", "read_answers")]
        channels = {channel for (channel,) in private.execute("SELECT DISTINCT channel FROM responses").fetchall()}
    held = found_in(str(views).encode(), needles())
    # Of a letter the words and the sender are kept; its subject, a file's name and who helped are not read as answers.
    unread = {needle("letter", "subject"), needle("docx", "filename"), needle("assisted", "helper")}
    unread |= {needle(way, "sendername") for way in ("pdf", "docx", "body", "letter")}
    assert set(needles()) - held <= unread | {needle("letter", "words")}
    assert channels == {"web", "assisted", "email", "post", "import"}
    assert len(needles()) > 60


def test_no_needle_is_in_any_file_but_the_inbox(spoken: Spoken) -> None:
    """Landing, decisions, readings, both warehouses, releases, registers, Dagster's event store and its logs."""
    root = spoken.data.root
    found = {
        str(file.relative_to(root)): some
        for file in sorted(root.rglob("*"))
        if file.is_file() and file.relative_to(root).parts[0] != "inbox"
        if (some := set().union(*(found_in(content, needles()) for content in contents_of(file))))
    }
    assert found == {}
    places = {file.relative_to(root).parts[0] for file in root.rglob("*") if file.is_file()}
    assert places >= {
        "audit", "dagster", "decisions", "definitions", "inbox", "keys", "landing", "public-server", "releases",
        "warehouse",
    }  # fmt: skip


def test_the_search_finds_a_needle_wherever_one_is(spoken: Spoken, tmp_path: Path) -> None:
    """The inbox holds what came, and so do a workbook, a Parquet file and a database into which one is put."""
    inbox = spoken.data.inbox(PARKS, "email").parent
    contents = [content for file in inbox.rglob("*") if file.is_file() for content in contents_of(file)]
    came = set().union(*(found_in(content, needles()) for content in contents))
    assert {needle("letter", "words"), needle("body", "q5_proposal"), needle("keyed", "q5_proposal")} <= came
    package = spoken.data.releases(PARKS) / spoken.release
    for name in ("tables.ods", "tables.xlsx", "tables/ledger.parquet", "risk-report.pdf", "README.md"):
        inside = [package.joinpath(name).read_bytes(), *unpacked(package.joinpath(name).read_bytes())]
        assert len(inside) == 1 or max(map(len, inside)) > 100
    xlsx = b"".join(unpacked((package / "tables.xlsx").read_bytes()))
    assert found_in(xlsx, ["Parks and libraries"]) == {"Parks and libraries"}


def test_no_command_says_a_needle(spoken: Spoken) -> None:
    assert {name: found for name, text in spoken.said.items() if (found := found_in(text.encode(), needles()))} == {}


@pytest.fixture(scope="module")
def served(spoken: Spoken) -> Iterator[tuple[str, dict[str, str], Path]]:
    """The results server, a session token for each role, and the file that its output goes to."""
    port, log = free_port(0), spoken.data.root.parent / "results.log"
    command = [sys.executable, "-m", "orchestration.cli", "serve", "results", "--port", str(port)]
    roles = ("member", "officer", "publisher", "engineer")
    tokens = {}
    for role in roles:
        add_account(spoken.data.accounts, Account(role, role), "a long password")
        tokens[role] = open_session(spoken.data.accounts, Account(role, role), spoken.data.clock.now())
    environment = os.environ | {"YOURSAY_DATA": str(spoken.data.root)}
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT, env=environment) as process:
        address = f"http://127.0.0.1:{port}"
        transport = httpx.HTTPTransport(retries=40)
        with httpx.Client(transport=transport, timeout=120) as client:
            assert client.get(f"{address}/sign-in").status_code == 200
        yield address, tokens, log
        process.terminate()


def test_no_response_of_the_dashboard_says_a_needle(spoken: Spoken, served: tuple[str, dict[str, str], Path]) -> None:
    address, tokens, log = served
    answers: dict[str, bytes] = {}
    files = [f"/releases/{PARKS}/{spoken.release}/{name}" for name in _names(spoken)]
    odd = [
        "/releases/x/y/z",
        "/nothing",
        f"/results/{needle('web', 'unknown')}",
        f"/results/{PARKS}?as-at=never",
        "/results",
    ]
    for role, token in tokens.items():
        with httpx.Client(base_url=address, cookies={"yoursay_session": token}, timeout=60) as client:
            first = client.get(f"/results/{PARKS}")
            linked = [one for one in re.findall(r'href="(/[^"]*)"', first.text) if "sign-out" not in one]
            wanted = [f"/results/{PARKS}", f"/results/{PARKS}?as-at=2007-05-14T10:30", "/", *linked, *files, *odd]
            for path in dict.fromkeys(wanted):
                answer = client.get(path)
                answers[f"{role} {path} {answer.status_code}"] = answer.content
            refused = client.post("/sign-in", data={"name": "x" * 5_000}, headers={"origin": "http://elsewhere"})
            answers[f"{role} refused {refused.status_code}"] = refused.content
    assert {name.split()[-1] for name in answers} >= {"200", "404", "403"}
    assert sum(name.endswith(" 200") for name in answers) > 60
    held = {
        name: some
        for name, content in answers.items()
        if (some := set().union(*(found_in(one, needles()) for one in (content, *unpacked(content)))))
    }
    assert held == {}
    assert found_in(log.read_bytes(), needles()) == set()
    noted = [json.loads(line) for line in spoken.data.audit(PARKS).read_text("utf-8").splitlines()]
    assert sum(one["what"].startswith(f"release {spoken.release}: ") for one in noted) == 3 * len(files)


def _names(spoken: Spoken) -> list[str]:
    folder = spoken.data.releases(PARKS) / spoken.release
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def test_neither_a_pseudonym_nor_an_id_leaves(spoken: Spoken) -> None:
    """No response, artefact or respondent is named in the public version or in a release."""
    rows = landing_of(spoken.data, spoken.definition).log.read(columns=["artefact_id"]).to_pylist()
    ids = [row["artefact_id"] for row in rows]
    assert len(ids) == len(WAYS)
    secret = [(spoken.data.keys(PARKS) / f"{name}.key").read_bytes().strip() for name in ("pseudonym", "warehouse")]
    folders = (spoken.data.warehouse_public(PARKS), spoken.data.releases(PARKS))
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    contents = [content for file in files for content in contents_of(file)]
    assert [one for one in ids if any(one.encode() in content for content in contents)] == []
    assert [len(one) for one in secret if any(one in content for content in contents)] == []
