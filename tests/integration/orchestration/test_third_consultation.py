"""A consultation that no code knows of goes from its definition to the results."""

import base64
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from dashboards.results.read import read_current
from ingest.web.app import create_app
from ingest.web.serve import listen, server_of
from ingest.web.settings import prepare_public_server
from ingest.web.store.sqlite import SqliteStore
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.response import ResponseDocument, encode_response
from schemas.sealing import read_recipients, seal


@pytest.fixture
def public_url(data: DataFolder, bus_shelters: Definition) -> Iterator[str]:
    listening = listen("127.0.0.1", 0)
    settings = prepare_public_server(data)
    server = server_of(create_app(settings, data.clock, SqliteStore(settings.store)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def send(url: str, data: DataFolder, definition: Definition, answers: dict[str, str | list[str]]) -> None:
    """Seal as a device does, and send."""
    identifier = str(uuid.uuid4())
    document = ResponseDocument(
        id=identifier,
        consultation=definition.id,
        questionnaire_hash=definition.questionnaire_hash,
        answers=answers,
    )
    sealed = seal(encode_response(document), read_recipients(data.keys(definition.id) / "recipients.toml"))
    envelope = {
        "id": identifier,
        "consultation": definition.id,
        "questionnaire_hash": definition.questionnaire_hash,
        "sealed": base64.b64encode(sealed).decode(),
    }
    answer = requests.put(
        f"{url}/api/consultations/{definition.id}/submissions/{identifier}", json=envelope, timeout=30
    )
    assert answer.status_code == 201


def test_a_definition_alone_takes_a_consultation_to_its_results(
    yoursay: Callable[..., Any],
    data: DataFolder,
    bus_shelters: Definition,
    public_url: str,
    import_rows: Callable[[list[str]], Any],
) -> None:
    for number in range(12):
        answers = {"q1_where": f"By stop {number}", "q2_often": "daily" if number < 7 else "rarely"}
        send(public_url, data, bus_shelters, answers)
    import_rows([f"{n},Near the school {n},rarely,someone{n}@example.org" for n in range(8)])

    pulled = yoursay("pull", "--url", public_url)
    built = yoursay("pipeline", "run")
    ledger = yoursay("ledger", "--json")

    assert (pulled.code, pulled.out) == (0, "12 new, 0 already there; landing is at record 20.\n")
    assert built.code == 0, built.err
    received = {channel["channel"]: (channel["received"], channel["lines"]["included"]) for channel in ledger.json}
    assert received == {"web": (12, 12), "import": (8, 8)}
    shown = read_current(data.warehouse_public(bus_shelters.id))
    questions = {question.field: (question.label, question.included) for question in shown.questions}
    assert questions["q2_often"] == ("How often do you take the bus?", 20)
    assert {row.field for row in shown.closed_answers} == {"q2_often"}


def test_a_published_version_cannot_be_changed(
    yoursay: Callable[..., Any], bus_shelters: Definition, definition_folder: Path
) -> None:
    file = definition_folder / "questionnaire.toml"
    file.write_text(file.read_text("utf-8").replace("Where should one stand?", "Where must one stand?"), "utf-8")
    refused = yoursay("definition", "publish", definition_folder)
    assert refused.code == 1
    assert "version 1" in refused.err
    assert "questionnaire.toml" in refused.err
