"""`yoursay tokens`, `receipts rotate` and `import-sealed`, called while the public server runs beside them."""

import base64
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.envelope import Envelope, SealedFile
from schemas.response import ResponseDocument, encode_response
from schemas.sealing import read_recipients, seal

IN_MARCH = datetime(2007, 3, 7, 12, tzinfo=UTC)
_SERVE = """
import sys
from pathlib import Path
from ingest.web.serve import serve_public
from schemas.data_folder import DataFolder
serve_public(DataFolder(Path(sys.argv[1])), "127.0.0.1", 0, lambda address: print(address, flush=True))
"""


@pytest.fixture
def url(data: DataFolder, third_sector: Definition) -> Iterator[str]:
    """Where the public server answers."""
    write_shifted_clock(data.clock_file, IN_MARCH)
    with subprocess.Popen([sys.executable, "-c", _SERVE, data.root], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def _envelope(data: DataFolder, definition: Definition) -> Envelope:
    named = {"id": str(uuid.uuid4()), "consultation": definition.id}
    document = ResponseDocument(questionnaire_hash=definition.questionnaire_hash, answers={}, **named)
    sealed = seal(encode_response(document), read_recipients(data.keys(definition.id) / "recipients.toml"))
    return Envelope(questionnaire_hash=definition.questionnaire_hash, sealed=base64.b64encode(sealed).decode(), **named)


def _put(url: str, one: Envelope, token: str) -> int:
    return requests.put(
        f"{url}/api/consultations/{one.consultation}/submissions/{one.id}",
        data=one.model_dump_json(exclude_none=True),
        headers={"content-type": "application/json", "authorization": f"Bearer {token}"},
        timeout=30,
    ).status_code


def test_a_token_is_shown_once_sends_and_sends_no_more_once_revoked(
    yoursay: Any, url: str, data: DataFolder, third_sector: Definition
) -> None:
    made = yoursay("tokens", "new", "--name", "kiosk 3")
    token = made.out.strip()
    again = yoursay("tokens", "new", "--name", "kiosk 3")
    sent = _put(url, _envelope(data, third_sector), token)
    listed = yoursay("tokens", "list", "--json")
    revoked = yoursay("tokens", "revoke", "--name", "kiosk 3")
    twice = yoursay("tokens", "revoke", "--name", "kiosk 3")
    # Two seconds is what the server may trust a token without looking; each answer before that is a 201.
    statuses = [201]
    while statuses[-1] == 201 and len(statuses) < 5_000:
        statuses.append(_put(url, _envelope(data, third_sector), token))
    [kept] = listed.json
    assert (made.code, len(base64.urlsafe_b64decode(token + "="))) == (0, 32)
    assert (again.code, again.out) == (1, "")
    assert (sent, statuses[-1]) == (201, 401)
    assert (kept["name"], kept["kind"], kept["revoked_at"]) == ("kiosk 3", "submission", None)
    assert (revoked.code, twice.code) == (0, 1)
    assert twice.err.strip().endswith("has no token named 'kiosk 3' that is not revoked; see 'tokens list'.")
    assert token not in listed.out + again.err
    kept_files = [file for file in data.public_server.rglob("*") if file.is_file()]
    assert [file.name for file in kept_files if token.encode() in file.read_bytes()] == []


def test_rotating_says_which_key_is_new_and_that_a_restart_is_needed(yoursay: Any, url: str, data: DataFolder) -> None:
    before = requests.get(f"{url}/api/keys", timeout=10).json()["keys"]
    rotated = yoursay("receipts", "rotate")
    running = requests.get(f"{url}/api/keys", timeout=10).json()["keys"]
    assert rotated.code == 0
    assert rotated.out.endswith("restart the public server, which signs with the old one until then.\n")
    assert before[0]["key_id"] not in rotated.out
    assert running == before


def test_sealed_files_are_imported_once_and_a_refused_one_is_the_exit_code(
    yoursay: Any, url: str, data: DataFolder, third_sector: Definition, tmp_path: Path
) -> None:
    sound = [_envelope(data, third_sector) for _ in range(2)]
    old = sound[0].model_copy(update={"id": str(uuid.uuid4()), "questionnaire_hash": "0" * 64})
    files = [tmp_path / "one.yoursay", tmp_path / "two.yoursay"]
    files[0].write_text(SealedFile(envelopes=tuple(sound)).model_dump_json(exclude_none=True))
    files[1].write_text(SealedFile(envelopes=(old,)).model_dump_json(exclude_none=True))
    first = yoursay("import-sealed", files[0], "--url", url, "--json")
    second = yoursay("import-sealed", *files, "--url", url, "--json")
    assert (first.code, [one["outcome"] for one in first.json]) == (0, ["received", "received"])
    assert (second.code, [one["outcome"] for one in second.json]) == (1, ["repeat", "repeat", "refused"])
    assert [one["reference"] for one in second.json][:2] == [one["reference"] for one in first.json]
    assert "1 of 3 were refused; keep the files and see why above." in second.err
