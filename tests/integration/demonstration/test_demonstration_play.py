"""A reduced plan played through the real channels: what was planned is what landing holds, once."""

import hashlib
import json
import shutil
import subprocess
import sys
import textwrap
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.journal import Journal
from ingest.landing import Landing
from ingest.parsed import ParsedResponse, parse_artefact
from ingest.post.keyed.settling import settle_response
from orchestration.builds import Request, warehouse_of
from orchestration.demonstration.answers import Form
from orchestration.demonstration.errors import DemonstrationError
from orchestration.demonstration.parks import plan_parks
from orchestration.demonstration.plan import SEED, ConsultationPlan, MailMessage, PaperSheet, Size, forms_of
from orchestration.demonstration.play import MARKER, Summary, play_demonstration
from orchestration.demonstration.third_sector import plan_third_sector
from orchestration.running import build_warehouse
from schemas.data_folder import DataFolder
from schemas.decisions import Coding, subjects_of
from schemas.definition import published_definition
from schemas.editions.pdf_fields import ChoiceField
from schemas.response import RawAnswer
from schemas.sealing import opener, read_identity
from transforms.warehouse.read import open_private

SIZE = Size(ordinary=8, campaign=3, invented=14)
SEED_CONSULTATION, INVENTED = "third-sector-2007", "parks-and-libraries-2007"


@dataclass(frozen=True)
class Played:
    """A played data folder, with its plans and the channel and responses of every artefact in it."""

    data: DataFolder
    summary: Summary
    plans: dict[str, ConsultationPlan]
    progress: list[tuple[str, int, int]]
    responses: dict[str, dict[str, tuple[str, list[ParsedResponse]]]]


def _silent(_what: str, _done: int, _of: int) -> None:
    return None


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    data = DataFolder(tmp_path_factory.mktemp("demonstration") / "data")
    progress: list[tuple[str, int, int]] = []
    summary = play_demonstration(data, lambda *told: progress.append(told), size=SIZE)
    plans = {plan.consultation: plan for plan in (plan_third_sector(SEED, SIZE), plan_parks(SEED, SIZE))}
    return Played(data, summary, plans, progress, {name: _responses(data, name) for name in plans})


def _responses(data: DataFolder, consultation: str) -> dict[str, tuple[str, list[ParsedResponse]]]:
    definition = published_definition(data.definitions, consultation)
    open_body = opener(read_identity(data.keys(consultation)))
    rows = Landing(data.landing(consultation), data.clock).log.read().to_pylist()
    return {
        row["artefact_id"]: (
            row["channel"],
            parse_artefact(row["media_type"], open_body(row["body"]), row["artefact_id"], definition),
        )
        for row in rows
    }


def _state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("consultation", [SEED_CONSULTATION, INVENTED])
def test_landing_holds_what_was_planned_by_channel(played: Played, consultation: str) -> None:
    expected = played.summary.expected[consultation]
    artefacts = Counter(channel for channel, _ in played.responses[consultation].values())
    received: Counter[str] = Counter()
    for channel, found in played.responses[consultation].values():
        received[channel] += len(found)
    assert artefacts == {channel: one.artefacts for channel, one in expected.items()}
    assert received == played.summary.received(consultation)


@pytest.mark.parametrize("consultation", [SEED_CONSULTATION, INVENTED])
def test_landing_and_decisions_verify(played: Played, consultation: str) -> None:
    assert Landing(played.data.landing(consultation), played.data.clock).verify() == []
    assert Journal(played.data.journal(consultation), played.data.clock).verify() == []


@pytest.mark.parametrize("consultation", [SEED_CONSULTATION, INVENTED])
def test_every_answer_arrives_as_it_was_planned(played: Played, consultation: str) -> None:
    def as_read(answers: dict[str, RawAnswer]) -> str:
        """A digest, so that no answer stands in a test's output.

        Blank answers and blanks around one do not survive every channel; the order of ticks is no answer.
        """
        kept = {name: answer.strip() if isinstance(answer, str) else sorted(answer) for name, answer in answers.items()}
        filled = {name: answer for name, answer in kept.items() if answer}
        return hashlib.sha256(json.dumps(filled, sort_keys=True).encode()).hexdigest()

    definition = published_definition(played.data.definitions, consultation)
    ticked = {one.id for one in definition.questionnaire.fields() if isinstance(one, ChoiceField)}

    def read_by_machine(form: Form, oddity: str) -> dict[str, RawAnswer]:
        """Of a scanned form its boxes; what is written waits for a person."""
        return {name: answer for name, answer in form.answers.items() if oddity != "scanned" or name in ticked}

    planned = Counter(
        as_read(read_by_machine(form, one.oddity))
        for one in played.plans[consultation].submissions
        if one.oddity not in ("wrong_id_inside", "keyings_differ", "keyed_once")
        for form in forms_of(one)
    )
    arrived = Counter(
        as_read(dict(response.answers))
        for _, found in played.responses[consultation].values()
        for response in found
        if response.state == "response"
    )
    assert arrived == planned


def test_what_officers_keyed_of_a_scanned_form_is_what_was_written_on_it(played: Played) -> None:
    data, definition = played.data, published_definition(played.data.definitions, INVENTED)
    (planned,) = played.plans[INVENTED].of("scanned")
    keyed = Journal(data.journal(INVENTED), data.clock).keyed_answers(read_identity(data.keys(INVENTED)))
    (artefact,) = {response.rpartition(".")[0] for response in keyed.seqs}
    first = f"{artefact}.1"
    read = played.responses[INVENTED][artefact][1]
    settled = settle_response(read[0], first, keyed.of(first), definition)
    assert (settled.pending, dict(settled.answers) == dict(planned.forms[0].answers)) == ((), True)
    assert [bool(one.pending) for one in read] == [True] * len(planned.forms)


def test_every_odd_arrival_has_a_state_of_its_own(played: Played) -> None:
    found = Counter(
        (channel, response.state)
        for channel, responses in played.responses[SEED_CONSULTATION].values()
        for response in responses
        if response.state != "response"
    )
    assert found == {
        ("web", "quarantined"): 1,
        ("email", "quarantined"): 2,
        ("email", "not_a_response"): 1,
        ("email", "in_review"): 1,
        ("post", "in_review"): 2,
    }


def test_moments_of_receipt_are_those_of_the_plan_and_known_at_follows_them(played: Played) -> None:
    rows = Landing(played.data.landing(SEED_CONSULTATION), played.data.clock).log.read().to_pylist()
    assert all(row["received_at"] <= row["known_at"] for row in rows)
    assert [row["known_at"] for row in rows] == sorted(row["known_at"] for row in rows)
    assert len({row["known_at"].date() for row in rows}) > 15
    planned = Counter(one.at.replace(microsecond=0) for one in played.plans[SEED_CONSULTATION].submissions
                      if not isinstance(one, PaperSheet))  # fmt: skip
    received = Counter(row["received_at"].astimezone(UTC) for row in rows if row["channel"] != "post")
    assert received == planned


def test_messages_end_in_the_mailbox_as_taken_in(played: Played) -> None:
    mailbox = played.data.inbox(SEED_CONSULTATION, "email")
    messages = [one for one in played.plans[SEED_CONSULTATION].submissions if isinstance(one, MailMessage)]
    assert list(mailbox.glob("*.eml")) == []
    assert len(list((mailbox / "done").glob("*.eml"))) == len(messages)


def test_officers_decide_about_responses_that_are_there(played: Played) -> None:
    for consultation, artefacts in played.responses.items():
        ids = {f"{name}.{ordinal}" for name, (_, found) in artefacts.items() for ordinal in range(1, len(found) + 1)}
        journal = Journal(played.data.journal(consultation), played.data.clock)
        decided = list(journal.read(read_identity(played.data.keys(consultation))))
        assert {subject for one in decided for subject in subjects_of(one.decision)} <= ids
        assert {one.officer for one in decided} == {"officer", "second-officer"}
        frames = published_definition(played.data.definitions, consultation).policy.frames
        codings = [one.decision for one in decided if isinstance(one.decision, Coding)]
        assert all(one.code in frames[one.field].code_ids for one in codings)
        assert 0 < len({one.response for one in codings}) < len(ids)


def test_the_folder_says_that_it_is_synthetic_and_lives_in_june_2007(played: Played) -> None:
    assert "synthetic" in json.loads((played.data.root / MARKER).read_text("utf-8"))["notice"]
    clock = played.data.clock
    assert clock.now().date() == datetime(2007, 6, 8, tzinfo=UTC).date()
    assert "Demonstration" in str(clock.notice)


def test_keys_are_readable_by_their_owner_alone_and_the_recovery_keys_lie_apart(played: Played) -> None:
    secrets = [*(played.data.root / "keys").rglob("*.key"), *(played.data.root / "recovery").glob("*.key")]
    assert len(secrets) == 8
    assert {path.stat().st_mode & 0o077 for path in secrets} == {0}
    assert "offline" in (played.data.root / "recovery" / "TAKE-OFFLINE.txt").read_text("utf-8")


def test_progress_runs_to_its_end(played: Played) -> None:
    last = played.progress[-1]
    assert last[1] == last[2] > 50
    assert all(done <= of for _, done, of in played.progress)


def test_played_again_it_changes_nothing(played: Played) -> None:
    before = _state(played.data.root)
    told: list[tuple[str, int, int]] = []
    assert play_demonstration(played.data, lambda *one: told.append(one), size=SIZE) == played.summary
    assert _state(played.data.root) == before
    assert told == []


def test_a_move_that_was_killed_is_finished(played: Played, tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    shutil.copytree(played.data.root, data.root)
    staging = data.root / ".demonstration"
    staging.mkdir()
    for name in ("landing", "public-server", MARKER):
        (data.root / name).rename(staging / name)
    assert play_demonstration(data, _silent, size=SIZE) == played.summary
    assert _state(data.root) == _state(played.data.root)
    assert not staging.exists()


def test_a_play_that_was_killed_leaves_nothing_and_can_be_played_again(played: Played, tmp_path: Path) -> None:
    script = f"""
        from pathlib import Path
        from orchestration.demonstration.play import play_demonstration
        from orchestration.demonstration.plan import Size
        from schemas.data_folder import DataFolder
        play_demonstration(
            DataFolder(Path({str(tmp_path / "data")!r})), lambda *told: print(*told, flush=True), size={SIZE!r}
        )
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Playing") and int(line.split()[-2]) >= 20:
                process.kill()
                break
    data = DataFolder(tmp_path / "data")
    assert {path.name for path in data.root.iterdir()} == {".demonstration", ".demonstration.lock"}
    assert play_demonstration(data, _silent, size=SIZE) == played.summary
    for consultation in played.plans:
        landing = Landing(data.landing(consultation), data.clock)
        assert landing.verify() == []
        channels = Counter(landing.log.read(columns=["channel"])["channel"].to_pylist())
        assert channels == {name: one.artefacts for name, one in played.summary.expected[consultation].items()}


def test_a_folder_with_another_consultation_is_refused_and_left_alone(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    (data.definitions / "our-own").mkdir(parents=True)
    with pytest.raises(DemonstrationError, match=r"holds a consultation \(definitions\); choose an empty folder"):
        play_demonstration(data, _silent, size=SIZE)
    assert [path.name for path in data.definitions.iterdir()] == ["our-own"]
    assert not (data.root / ".demonstration").exists()


def test_a_demonstration_of_another_seed_is_refused_and_left_alone(played: Played) -> None:
    before = _state(played.data.root)
    with pytest.raises(DemonstrationError, match="another seed or version"):
        play_demonstration(played.data, _silent, seed="another", size=SIZE)
    assert _state(played.data.root) == before


@pytest.mark.parametrize("consultation", [SEED_CONSULTATION, INVENTED])
def test_the_pipeline_counts_every_response_in_the_line_that_follows_from_the_plan(
    played: Played, tmp_path: Path, consultation: str
) -> None:
    data = DataFolder(tmp_path / "data")
    shutil.copytree(played.data.root, data.root)
    build_warehouse(data, Request(consultation))
    warehouse = warehouse_of(data, published_definition(data.definitions, consultation))
    with open_private(warehouse) as connection:
        rows = connection.sql("SELECT channel, line, count(*) FROM responses GROUP BY ALL").fetchall()
    lines: dict[str, dict[str, int]] = {}
    for channel, line, count in rows:
        lines.setdefault(channel, {})[line] = count
    assert lines == played.summary.lines[consultation]
