"""Scanned files become artefacts, once each, with their days; what cannot be taken is refused whole."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ingest.landing import Landing
from ingest.parsed import parse_artefact
from ingest.post.scans.land_scans import Batch, EnvelopeRow, ScannedFile, ScansError, land_scans, read_envelopes
from ingest.post.scans.scan_summary import ScanSummary, remarks_on, summary_of
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.sealing import Recipients, open_sealed, read_identity, read_recipients
from tests.integration.post.paper import as_pdf, as_picture, filled, letter, printed, turned, upside_down, white

PARKS = "parks-and-libraries-2007"
TICKS = {"q1_use": ["parks"], "q4_satisfied": ["2"], "r4_age": ["from_65"], "p1_publish": ["yes"]}
BATCH = Batch("Tuesday 2", "2007-04-30", date(2007, 5, 2))


class Desk:
    """A council's desk with a scanner."""

    def __init__(self, data: DataFolder, definition: Definition, clock: SteppedClock, folder: Path) -> None:
        self.definition, self.folder = definition, folder
        self.landing = Landing(data.landing(definition.id), clock)
        self._identity = read_identity(data.keys(definition.id))
        self._recipients: Recipients = read_recipients(data.keys(definition.id) / "recipients.toml")
        self._clock = clock

    def file(self, name: str, content: bytes) -> Path:
        file = self.folder / name
        file.write_bytes(content)
        return file

    def land(self, *files: Path, batch: Batch = BATCH) -> tuple[tuple[int, int], list[ScannedFile]]:
        landed, scanned = land_scans(
            files, batch, self.landing, self._recipients, definition=self.definition, clock=self._clock
        )
        return (landed.new, landed.already), scanned

    def answers(self) -> list[tuple[str, datetime, str | None, dict[str, object]]]:
        """Of every response in landing: artefact, when received, postmark and answers."""
        found = []
        for row in self.landing.log.read().to_pylist():
            body = open_sealed(row["body"], self._identity)
            for one in parse_artefact(row["media_type"], body, row["artefact_id"], self.definition):
                found.append((row["artefact_id"], row["received_at"], one.postmark, dict(one.answers)))
        return found


@pytest.fixture
def desk(data: DataFolder, publish: Callable[[str], Definition], clock: SteppedClock, tmp_path: Path) -> Desk:
    clock.set(datetime(2007, 5, 10, 12, tzinfo=UTC))
    return Desk(data, publish(PARKS), clock, tmp_path)


@pytest.fixture(scope="module")
def form() -> bytes:
    return as_pdf(filled(printed(PARKS), TICKS))


def test_a_file_is_landed_once_whatever_its_name(desk: Desk, form: bytes) -> None:
    assert desk.land(desk.file("one.pdf", form))[0] == (1, 0)
    assert desk.land(desk.file("two.pdf", form))[0] == (0, 1)
    ((artefact, received, postmark, answers),) = desk.answers()
    assert artefact.startswith("scan-")
    assert (received, postmark) == (datetime(2007, 5, 2, 11, tzinfo=UTC), "2007-04-30")
    assert answers == {"q1_use": "parks", "q4_satisfied": "2", "r4_age": "from_65", "p1_publish": "yes"}


def test_envelopes_give_each_form_its_postmark_and_its_day(desk: Desk) -> None:
    forms = [filled(printed(PARKS, serial), TICKS) for serial in ("AA-2222", "BB-3333", "CC-4444")]
    file = desk.file("all.pdf", as_pdf([page for form in forms for page in form]))
    rows = (
        EnvelopeRow("all.pdf", 1, "2007-04-30", date(2007, 5, 2)),
        EnvelopeRow("all.pdf", 5, "none", date(2007, 5, 2)),
        EnvelopeRow("all.pdf", 9, "2007-05-08", date(2007, 5, 9)),
    )
    desk.land(file, batch=Batch("Wednesday", "illegible", date(2007, 5, 9), envelopes=rows))
    assert [(received, postmark) for _, received, postmark, _ in desk.answers()] == [
        (datetime(2007, 5, 2, 11, tzinfo=UTC), "2007-04-30"),
        (datetime(2007, 5, 2, 11, tzinfo=UTC), "none"),
        (datetime(2007, 5, 9, 11, tzinfo=UTC), "2007-05-08"),
    ]


def test_what_was_recognised_is_told_in_counts_and_sentences(desk: Desk) -> None:
    pages = filled(printed(PARKS), TICKS)
    old = filled(printed("third-sector-2007", "ZZ-9999"), {})[:1]
    file = desk.file(
        "mixed.pdf",
        as_pdf([pages[0], white(), upside_down(pages[1]), turned(pages[1], 0.6), pages[3], letter(), *old]),
    )
    _, (scanned,) = desk.land(file)
    assert summary_of(scanned.reading, desk.definition) == ScanSummary(
        pages=7,
        forms=1,
        form_pages=3,
        letters=1,
        missing=1,
        doubled=1,
        upside_down=1,
        other_version=1,
        blank=1,
        choices_read=3,
        to_key=6,
    )
    assert remarks_on(scanned.reading, desk.definition) == [
        "form 1 (pages 1, 3 and 5): its page 3 is missing",
        "form 1 (pages 1, 3 and 5): page 4 fed twice, read once",
        "form 1 (pages 1, 3 and 5): page 6 kept as a letter with it",
        "upside down, and read all the same: page 3",
        "of another version or another consultation: page 7",
    ]


def test_a_file_that_cannot_be_read_has_nothing_of_the_batch_landed(desk: Desk, form: bytes) -> None:
    good, bad = desk.file("good.pdf", form), desk.file("bad.pdf", b"%PDF-1.4 nothing")
    with pytest.raises(ScansError) as refused:
        desk.land(good, bad)
    assert str(refused.value) == f"{bad}: the PDF is damaged; nothing was taken."
    assert desk.landing.log.last_seq() == 0


@pytest.mark.parametrize(
    ("batch", "sentence"),
    [
        (Batch("", "none", date(2007, 5, 2)), "The batch needs a name of at most 80 characters; give it with --batch."),
        (
            Batch("A", "May", date(2007, 5, 2)),
            "The postmark is a day (YYYY-MM-DD), 'none' or 'illegible'; give it with --postmark.",
        ),
        (
            Batch("A", "none", date(2007, 6, 2)),
            "2007-06-02 has not come yet; give the day of receipt with --received.",
        ),
        (
            Batch("A", "none", date(2007, 5, 2), envelopes=(EnvelopeRow("x.pdf", 1, "none", date(2007, 5, 2)),)),
            "The list of envelopes names x.pdf, which is not one of the files given.",
        ),
        (
            Batch("A", "none", date(2007, 5, 2), envelopes=(EnvelopeRow("one.png", 2, "none", date(2007, 5, 2)),)),
            "The list of envelopes names page 2 of one.png, which has 1.",
        ),
    ],
    ids=["no name", "no postmark", "a day to come", "a file that is not there", "a page that is not there"],
)
def test_a_batch_that_is_not_as_it_should_be_is_refused_in_a_sentence(desk: Desk, batch: Batch, sentence: str) -> None:
    with pytest.raises(ScansError) as refused:
        desk.land(desk.file("one.png", as_picture(white(), "PNG")), batch=batch)
    assert (str(refused.value), desk.landing.log.last_seq()) == (sentence, 0)


def test_the_list_of_envelopes_is_read_and_a_wrong_cell_named(tmp_path: Path) -> None:
    file = tmp_path / "envelopes.csv"
    file.write_text("file,first_page,postmark,received\na.pdf,1,none,2007-05-02\na.pdf,5,2007-04-30,2007-05-03\n")
    assert read_envelopes(file) == (
        EnvelopeRow("a.pdf", 1, "none", date(2007, 5, 2)),
        EnvelopeRow("a.pdf", 5, "2007-04-30", date(2007, 5, 3)),
    )
    file.write_text("file,first_page,postmark,received\na.pdf,one,none,2007-05-02\n")
    with pytest.raises(ScansError) as refused:
        read_envelopes(file)
    assert str(refused.value) == f"{file}: row 2, column 'first_page': is missing or not as it should be."
