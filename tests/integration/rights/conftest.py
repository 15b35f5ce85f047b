"""A small consultation into which answers came by several ways, and what officers decided about them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import requests

from ingest.journal import Journal
from orchestration.intake import landing_of, recipients_of
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.decisions import Coding, Link
from schemas.definition import Definition
from schemas.envelope import Envelope
from tests.integration.orchestration.conftest import (  # noqa: F401 - fixtures
    NOW,
    bus_shelters,
    definition_folder,
    import_rows,
    yoursay,
)
from tests.integration.web.conftest import make_envelope, serving

CommandLine = Callable[..., Any]
# What the person who is erased said, in every way in which it may lie somewhere.
NEEDLES = ("Quillstone Parade beside the old clock tower", "ada.quillstone@example.org", "Quillstone letter of mine")
LETTER = "I send this Quillstone letter of mine so that somebody reads it with care.\n"


@dataclass(frozen=True)
class Filled:
    """A consultation with responses: the ids of the person's artefacts, those of others, and the receipts."""

    data: DataFolder
    definition: Definition
    web: str
    imported: str
    mail: str
    others: tuple[str, ...]
    receipts: tuple[dict[str, Any], ...]

    @property
    def of_the_person(self) -> tuple[str, ...]:
        return (self.web, self.imported, self.mail)


@pytest.fixture
def filled(
    yoursay: CommandLine,  # noqa: F811
    data: DataFolder,
    bus_shelters: Definition,  # noqa: F811
    import_rows: Callable[[list[str]], Any],  # noqa: F811
) -> Filled:
    """One person answered by web, in an export and by a letter; others by web and in the export. All is built."""
    own = make_envelope(data, bus_shelters, q1_where=f"{NEEDLES[0]} please", q2_often="daily", q3_email=NEEDLES[1])
    others = [make_envelope(data, bus_shelters, q1_where=f"At mill number {n}", q2_often="rarely") for n in range(3)]
    with serving(data, SteppedClock(NOW)) as url:
        receipts = tuple(_put(url, one) for one in (own, *others))
        assert yoursay("pull", "--url", url).code == 0
    exported = [f"{n},By the bridge {n},daily,other{n}@example.org" for n in range(8)]
    import_rows([f"own,{NEEDLES[0]} once more,daily,{NEEDLES[1]}", *exported])
    letter = _letter(data, bus_shelters)
    assert yoursay("mail").code == 0
    assert letter.exists() is False
    rows = landing_of(data, bus_shelters).log.read(columns=["artefact_id", "channel"]).to_pylist()
    ids = [row["artefact_id"] for row in rows]
    imported, mail = (next(row["artefact_id"] for row in rows if row["channel"] == way) for way in ("import", "email"))
    decide(data, bus_shelters, own.id, imported)
    assert yoursay("pipeline", "run").code == 0
    return Filled(
        data,
        bus_shelters,
        own.id,
        imported,
        mail,
        tuple(one for one in ids if one not in (own.id, imported, mail)),
        receipts,
    )


def decide(data: DataFolder, definition: Definition, own: str, imported: str) -> None:
    """Officers code the person's words, quoting them, and say that two responses are the person's."""
    quoting = Coding(response=f"{own}.1", field="q1_where", code="names_place", quote=NEEDLES[0])
    linking = Link(first=f"{own}.1", second=f"{imported}.1", verdict="same", reason=f"both from {NEEDLES[1]}")
    other = Coding(response="another.1", field="q1_where", code="unclear", quote="nothing of it")
    journal = Journal(data.journal(definition.id), data.clock)
    journal.append("officer-1", [quoting, linking, other], recipients_of(data, definition))


def _put(url: str, envelope: Envelope) -> dict[str, Any]:
    answer = requests.put(
        f"{url}/api/consultations/{envelope.consultation}/submissions/{envelope.id}",
        data=envelope.model_dump_json(exclude_none=True),
        headers={"content-type": "application/json"},
        timeout=30,
    )
    assert answer.status_code == 201
    receipt: dict[str, Any] = answer.json()
    return receipt


def _letter(data: DataFolder, definition: Definition) -> Path:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = f"Ada <{NEEDLES[1]}>", "Shelters"
    mail["Date"], mail["Message-ID"] = "Fri, 02 Mar 2007 09:00:00 +0000", "<one@example.org>"
    mail.set_content(LETTER)
    folder = data.inbox(definition.id, "email")
    folder.mkdir(parents=True)
    file = folder / "letter.eml"
    file.write_bytes(mail.as_bytes())
    return file


def files_with(root: Path, needles: tuple[str, ...]) -> set[str]:
    """The files below `root` in which a needle lies, in any of the ways in which a text may be written."""
    return {
        str(file.relative_to(root))
        for file in _files(root)
        for needle in needles
        for encoded in (needle.encode(), needle.encode("utf-16-le"))
        if encoded in file.read_bytes()
    }


def _files(root: Path) -> Iterator[Path]:
    yield from (file for file in sorted(root.rglob("*")) if file.is_file())
