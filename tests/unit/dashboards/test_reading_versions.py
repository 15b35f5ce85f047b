"""Reading public versions: the pointer, earlier moments, and what cannot be read."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from dashboards.errors import DashboardError
from dashboards.results.read import as_at_moments, current_name, read_as_at, read_current
from dashboards.results.settings import ResultsSettings
from dashboards.results.tables import About, LedgerRow, MeetingRow, PublicVersion, QuestionRow
from dashboards.results.views import LATEST, consultations, moment_label, moments_of, view_of
from schemas.definition import Definition

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def public(results: ResultsSettings) -> Path:
    return results.warehouses["third-sector-2007"]


def test_a_version_is_read_whole_and_with_types(public: Path) -> None:
    version = read_current(public)
    assert version.about == About(
        consultation="third-sector-2007",
        title="A Joint Commissioning Framework for the Third Sector",
        version="000002-commission",
        as_at=datetime(2007, 4, 16, 17, tzinfo=LONDON),
        status="open",
        opens=date(2007, 3, 1),
        closes=date(2007, 5, 31),
        zone=LONDON,
        notices=("Every response here is synthetic.",),
        answers_pending=3,
        hidden_below=5,
        percentages_from=50,
    )
    assert version.ledger[0] == LedgerRow("web", "erased", 0)
    assert version.ledger[11] == LedgerRow("web", "included", 321)
    assert version.questions[0] == QuestionRow(
        "q1a_term", "1", "What do you think of the term 'Third Sector'?", "open_text", 1_044, 120, 57, 50
    )
    assert version.meetings[1] == MeetingRow(
        "commission-meeting", "Adult Services and Health Commission", datetime(2007, 4, 16, 17, tzinfo=LONDON)
    )


def test_every_table_is_read_row_for_row(public: Path) -> None:
    version = read_current(public)
    with duckdb.connect(str(public / "000002-commission.duckdb"), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("SHOW TABLES").fetchall() if name != "about"]
        counts = {name: connection.table(name).count("*").fetchall()[0][0] for name in tables}
    assert counts == {name: len(getattr(version, name)) for name in tables}
    assert sum(counts.values()) > 100


def test_a_new_version_is_seen_as_soon_as_current_names_it(
    public: Path, third_sector: Definition, publish_version: Callable[..., Path]
) -> None:
    assert read_current(public).about.version == "000002-commission"
    publish_version(public, third_sector, datetime(2007, 4, 17, 9, tzinfo=UTC), name="000003-next", web=400)
    assert current_name(public) == "000003-next"
    assert read_current(public).ledger[11].responses == 400


def test_a_version_that_was_pruned_after_its_name_was_read_is_followed_to_the_next(
    public: Path, third_sector: Definition, publish_version: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    import dashboards.results.read as read

    (public / "CURRENT").write_text("gone\n")
    names = iter(["gone", "000002-commission"])
    monkeypatch.setattr(read, "current_name", lambda _: next(names))
    assert read_current(public).about.version == "000002-commission"


def test_an_earlier_moment_shows_what_was_known_then(results: ResultsSettings, public: Path) -> None:
    assert moments_of(results, "third-sector-2007") == (LATEST, "2007-04-04T17:00")
    assert as_at_moments(public) == ("2007-04-04T17:00",)
    view = view_of(results, "third-sector-2007", "2007-04-04T17:00")
    assert view.version.about.version == "000001-papers"
    assert view.now == datetime(2007, 4, 4, 17, tzinfo=LONDON)
    assert view.watermark == "Interim, as at 4 April 2007, 17:00"
    assert view.period() == "Day 35 of 92, 57 days left; closes on 31 May 2007."


def test_a_moment_is_named_by_its_meeting(public: Path) -> None:
    version = read_current(public)
    labels = [moment_label(version, one) for one in (LATEST, "2007-04-04T17:00", "2007-05-01T09:30")]
    assert labels == [
        "Latest",
        "4 April 2007, 17:00: Papers sent to the Adult Services and Health Commission",
        "1 May 2007, 09:30",
    ]


def test_consultations_without_results_come_last_by_their_id(results: ResultsSettings, tmp_path: Path) -> None:
    more = replace(results, warehouses={"new-one": tmp_path / "none", **results.warehouses})
    assert consultations(more) == {
        "third-sector-2007": "A Joint Commissioning Framework for the Third Sector",
        "parks-and-libraries-2007": "Parks and libraries: what should we do next?",
        "new-one": "new-one",
    }


@pytest.mark.parametrize("name", ["../private/x", "a/b", "", ".hidden", "x" * 300, "a\nb"])
def test_a_pointer_never_leads_out_of_its_folder(public: Path, name: str) -> None:
    (public / "CURRENT").write_text(name)
    with pytest.raises(DashboardError, match="The name of a published version is damaged"):
        read_current(public)
    (public / "as-at.json").write_text(json.dumps({"2007-04-04T17:00": name}))
    with pytest.raises(DashboardError, match="The name of a published version is damaged"):
        read_as_at(public, "2007-04-04T17:00")


def test_what_cannot_be_read_is_said_in_a_sentence(results: ResultsSettings, public: Path, tmp_path: Path) -> None:
    def said(read: Callable[[], PublicVersion]) -> str:
        with pytest.raises(DashboardError) as refused:
            read()
        return str(refused.value)

    (public / "broken.duckdb").write_bytes(b"not a database")
    (public / "CURRENT").write_text("broken")
    assert said(lambda: read_current(public)) == (
        "The published version broken cannot be read; run the pipeline again."
    )
    assert said(lambda: read_current(tmp_path / "empty")) == (
        "Nothing is published yet for this consultation; run the pipeline first."
    )
    assert said(lambda: read_as_at(public, "2007-01-01T00:00")) == (
        "There is no view as at that moment; choose one from the list."
    )
    assert said(lambda: view_of(results, "unknown").version) == "There is no such consultation here."
    for damaged in ("{", "[]", '{"yesterday": "x"}'):
        (public / "as-at.json").write_text(damaged)
        assert said(lambda: read_as_at(public, "yesterday")) == (
            "The list of as-at views is damaged; run the pipeline again."
        )


def test_reading_opens_the_file_read_only_and_lets_it_go(public: Path) -> None:
    file = public / "000002-commission.duckdb"
    file.chmod(0o400)
    before = file.read_bytes()
    read_current(public)
    assert file.read_bytes() == before
    file.chmod(0o600)
    with duckdb.connect(str(file)) as writer:
        writer.execute("CREATE TABLE held_by_nobody (x INTEGER)")
