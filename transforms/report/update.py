"""The oral update for a meeting: what has changed in members' tables since the papers were sent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from schemas.definition import Definition
from schemas.policy import Meeting
from transforms.disclosure.vocabulary import in_words, limbs_of
from transforms.ledger_words import CHANNELS
from transforms.report.document import Block, Document, Figure, Heading, Paragraph, Quoted, Runs, Table
from transforms.report.sources import Sources
from transforms.report.words import NOT_A_POLL, moment

_STEPS = (
    "Positions move in steps of ten or more newly coded answers, so that nobody's answer can be worked out. A position "
    "that has not moved by a step is as it was."
)
_LATER = "What came since is told at the meeting; the written report stays as it was sent."


@dataclass(frozen=True)
class Seen:
    """Members' tables as at a moment of the policy."""

    meeting: Meeting
    sources: Sources

    def marked(self, figure: Figure) -> Figure:
        """The figure with the version in its address, so that the same cell of two versions is two figures."""
        return replace(figure, id=f"{self.sources.release}:{figure.id}")


def seen_of(meeting: Meeting, version: str, tables: Mapping[str, list[dict[str, Any]]]) -> Seen:
    """Members' tables of a version, by name."""
    about = {row["key"]: row["value"] for row in tables["about"]}
    return Seen(meeting, Sources(version, about, tables))


def update_document(definition: Definition, before: Seen, now: Seen) -> Document:
    """What has changed between two moments."""
    title = in_words(definition.questionnaire.title)
    at = now.meeting.at.astimezone(definition.zone)
    return Document(
        title=f"Update for the meeting: {title}",
        mark=("Interim, as at ", moment(at), ". For the meeting; not part of the written report."),
        notice=str(now.sources.manifest.get("notice", "")),
        blocks=(
            Heading(1, ("Update for the meeting: ", Quoted(title)), "title"),
            Paragraph((NOT_A_POLL,)),
            Paragraph((Quoted(before.meeting.label), ", ", moment(before.meeting.at.astimezone(definition.zone)), ". ",
                       Quoted(now.meeting.label), ", ", moment(at), ". ", _LATER)),
            *_ledger(before, now),
            *_coded(definition, before, now),
            *_positions(definition, before, now),
        ),
    )  # fmt: skip


def _ledger(before: Seen, now: Seen) -> Iterator[Block]:
    yield Heading(2, ("Received and included",), "received")
    rows: list[tuple[Runs, ...]] = []
    for channel in dict.fromkeys(row["channel"] for row in now.sources.rows("ledger")):
        for words, where in (("received", {}), ("included", {"line": "included"})):
            cells: list[Runs] = [
                (one.marked(one.sources.total("ledger", "responses", channel=channel, **where)),)
                for one in (before, now)
            ]
            rows.append(((f"{CHANNELS.get(channel, channel)}: {words}",), *cells))
    every: list[Runs] = [(one.marked(one.sources.total("ledger", "responses")),) for one in (before, now)]
    yield _table(("Responses received and included, by channel",), "Responses", [*rows, (("All: received",), *every)])


def _coded(definition: Definition, before: Seen, now: Seen) -> Iterator[Block]:
    rows = [
        ((Quoted(_name(row)),), *_pair(before, now, "questions", "coded", field=row["field"]))
        for row in now.sources.rows("questions")
        if row["coded"] is not None and row["field"] in definition.policy.frames
    ]
    if rows:
        yield Heading(2, ("Answers coded",), "coded")
        yield _table(("Answers coded, by question",), "Question", rows)


def _positions(definition: Definition, before: Seen, now: Seen) -> Iterator[Block]:
    yield Heading(2, ("Positions",), "positions")
    yield Paragraph((_STEPS,))
    for question in now.sources.rows("questions"):
        field = question["field"]
        for limb, label in (limbs_of(definition, field) if field in definition.policy.frames else {}).items():
            rows = now.sources.rows("positions", field=field, limb=limb)
            if not rows or _same(before, now, field, limb):
                continue
            cells = [
                ((Quoted(row["label"]),), *_pair(before, now, "positions", "responses", field=field, limb=limb,
                                                 code=row["code"]))
                for row in rows
            ]  # fmt: skip
            base = _pair(before, now, "positions", "base", field=field, limb=limb, code=rows[0]["code"])
            title: Runs = (Quoted(f"{_name(question)}. {label}"),)
            yield _table(title, "Position", [*cells, (("Base: coded answers",), *base)])


def _same(before: Seen, now: Seen, field: str, limb: str) -> bool:
    shown = [
        [(row["code"], row["responses"], row["base"]) for row in one.sources.rows("positions", field=field, limb=limb)]
        for one in (before, now)
    ]
    return shown[0] == shown[1]


def _pair(before: Seen, now: Seen, table: str, column: str, **where: str) -> tuple[Runs, Runs]:
    """The cell in both versions; where the earlier one had its codes joined, it has no such cell."""
    found: list[Runs] = []
    for one in (before, now):
        rows = one.sources.rows(table, **where)
        found.append((one.marked(one.sources.cell(table, rows[0], column)),) if rows else ("not told apart",))
    return found[0], found[1]


def _table(caption: Runs, first: str, rows: Sequence[tuple[Runs, ...]]) -> Table:
    return Table(caption, ((first,), ("When the papers were sent",), ("For the meeting",)), tuple(rows))


def _name(row: Mapping[str, Any]) -> str:
    return f"Question {row['number']}: {row['label']}" if row["number"] else str(row["label"])


def until(meetings: tuple[Meeting, ...], meeting: datetime) -> list[Meeting]:
    """The meetings before a moment, the latest last."""
    return sorted((one for one in meetings if one.at < meeting), key=lambda one: one.at)
