"""What the public server can see and what it leaves behind: no private key, no answer, no address of a visitor."""

import json
import shutil
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import Popen
from urllib.parse import urlencode

import pytest
import requests

from ingest.errors import IngestError
from ingest.web.app import create_app
from ingest.web.render import BUILT, Renderer
from ingest.web.serve import serve_public
from ingest.web.settings import PublicSettings, prepare_public_server
from ingest.web.store.sqlite import SqliteStore
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, Definition, publish_definition
from schemas.envelope import Envelope
from schemas.sealing import SealingError, make_keys
from tests.integration.web.respondent import Respondent

NEEDLE = "Needle-Zwiebelturm-Ä"


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_holds_just_what_the_server_needs_and_its_secrets_are_its_own(
    publish: Callable[[str], Definition], data: DataFolder
) -> None:
    publish("third-sector-2007")
    publish("parks-and-libraries-2007")
    prepare_public_server(data)
    modes = {
        str(path.relative_to(data.public_server)): stat.S_IMODE(path.stat().st_mode)
        for path in data.public_server.rglob("*")
        if path.suffix in (".key", ".token")
    }
    assert modes == {"signing.key": 0o600, "idempotency.key": 0o600, "feed.token": 0o600}
    assert stat.S_IMODE(data.public_server.stat().st_mode) == 0o700
    assert set(_files(data.public_server)) == {
        *modes,
        "recipients/third-sector-2007.toml",
        "recipients/parks-and-libraries-2007.toml",
    }


def test_preparing_again_keeps_keys_and_token(third_sector: Definition, data: DataFolder) -> None:
    prepare_public_server(data)
    before = _files(data.public_server)
    prepare_public_server(data)
    assert _files(data.public_server) == before


def test_no_private_key_is_in_reach_of_the_server(
    third_sector: Definition,
    data: DataFolder,
    server_process: Callable[[], AbstractContextManager[tuple[str, Popen[str]]]],
) -> None:
    with server_process() as (url, process):
        requests.get(url, timeout=30).raise_for_status()
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
        held_open = {str(link.readlink()) for link in Path(f"/proc/{process.pid}/fd").iterdir()}
    seen = _files(data.public_server) | _files(data.definitions) | {"environment": environment}
    assert [name for name, content in seen.items() if b"AGE-SECRET-KEY" in content.upper()] == []
    assert not [file for file in held_open if str(data.root / "keys") in file]
    assert b"AGE-SECRET-KEY" in (data.keys("third-sector-2007") / "pipeline.key").read_bytes()


def test_the_application_takes_answers_where_no_key_folder_exists(
    third_sector: Definition, data: DataFolder, clock: SteppedClock, tmp_path: Path
) -> None:
    prepared = prepare_public_server(data)
    shutil.copytree(prepared.folder, tmp_path / "elsewhere" / "server")
    shutil.copytree(prepared.definitions, tmp_path / "elsewhere" / "definitions")
    shutil.rmtree(data.root)
    settings = PublicSettings(tmp_path / "elsewhere" / "server", tmp_path / "elsewhere" / "definitions")
    app = create_app(settings, clock, SqliteStore(settings.store))
    assert [offered.id for offered in app.state.service.consultations.all()] == ["third-sector-2007"]
    app.state.service.store.close()


def test_no_answer_and_no_address_is_left_in_the_folder_or_the_log(
    third_sector: Definition,
    data: DataFolder,
    serve: Callable[[], object],
    envelope: Callable[..., Envelope],
    put: Callable[[str, Envelope], requests.Response],
    capfd: pytest.CaptureFixture[str],
) -> None:
    with serve() as url:
        put(url, envelope(third_sector, q2_place=NEEDLE)).raise_for_status()
        for more in ("", " and more", "\x00"):
            person = Respondent(url, "third-sector-2007")
            person.session.headers["user-agent"] = "Agent-" + NEEDLE[:6]
            person.open().fill({"q2_place": NEEDLE + more, "r1_type_other": NEEDLE}).give().receipt()
            person.post("/third-sector-2007/respond/question-2", {"unknown": NEEDLE})
        left = _files(data.public_server)
    logged = capfd.readouterr()
    left |= _files(data.public_server) | {"stdout": logged.out.encode(), "stderr": logged.err.encode()}
    for needle in (
        NEEDLE.encode(),
        NEEDLE.encode("utf-16-le"),
        urlencode({"": NEEDLE}).encode()[1:],
        b"Needle",
        b"127.0.0.1",
    ):
        assert [name for name, content in left.items() if needle in content] == []
    assert len(left["store.sqlite"]) > 4_096


def test_a_consultation_without_keys_is_told_before_anything_is_served(data: DataFolder) -> None:
    publish_definition(BUILT_IN / "third-sector-2007", data.definitions)
    with pytest.raises(SealingError, match=r"recipients\.toml is missing; make the keys with 'yoursay keys new'\.$"):
        prepare_public_server(data)


def test_a_consultation_may_not_have_the_id_of_a_page(data: DataFolder, tmp_path: Path) -> None:
    folder = tmp_path / "receipt"
    shutil.copytree(BUILT_IN / "third-sector-2007", folder)
    for file in folder.iterdir():
        file.write_text(file.read_text("utf-8").replace('= "third-sector-2007"', '= "receipt"'), "utf-8")
    publish_definition(folder, data.definitions)
    make_keys(data.keys("receipt"), data.recovery("receipt"))
    with pytest.raises(IngestError, match="'receipt' is a path of the public server"):
        prepare_public_server(data)


def test_a_missing_build_says_what_to_run(clock: SteppedClock, tmp_path: Path) -> None:
    with pytest.raises(IngestError, match=r"run './run demo', or 'npm ci && npm run build'\.$"):
        Renderer(clock, tmp_path)


def test_a_port_in_use_is_told_in_a_sentence(third_sector_url: str, data: DataFolder) -> None:
    port = int(third_sector_url.rsplit(":", 1)[1])
    with pytest.raises(IngestError, match=rf"^127\.0\.0\.1:{port} cannot be listened on .*choose another port\.$"):
        serve_public(data, "127.0.0.1", port)


def test_the_manifest_names_files_for_other_editions_too() -> None:
    manifest = json.loads((BUILT / "manifest.json").read_text())
    for name in ("noto-sans-latin-400-normal.woff2", "noto-naskh-arabic-arabic-700-normal.woff2"):
        assert (BUILT / manifest[name]).read_bytes()[:4] == b"wOF2"
