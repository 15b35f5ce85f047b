"""What is held about one person, gathered to be read by them: answers, what was decided, who looked, and why."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow.compute as pc

from ingest.journal import Journal
from ingest.mail.intake.mailbox import TOO_LARGE_MEDIA_TYPE
from ingest.post.scans.read_scan import SCAN_MEDIA_TYPE, unpack_scan
from orchestration.builds import warehouse_of
from orchestration.intake import landing_of
from orchestration.opening import open_again
from orchestration.rights.reading import opening_of
from orchestration.rights.subject import Subject
from schemas.data_folder import DataFolder
from schemas.decisions import Decided, Link
from schemas.definition import Definition
from schemas.fields import WithChoices
from schemas.receipts import reference_of
from schemas.response import MAIL_MEDIA_TYPE
from schemas.sealing import SealingError, open_sealed, read_identity
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import current_manifest

_LINES = "SELECT response_id, line, respondent FROM responses WHERE response_id IN (SELECT unnest($responses))"
_CAME = ("artefact_id", "channel", "event", "relates_to", "received_at", "device_time", "source", "questionnaire_hash")


def gather_data(data: DataFolder, definition: Definition, subject: Subject) -> dict[str, Any]:
    """Everything held about the responses of a subject, as plain values.

    Raises:
        SealingError: a key cannot be read.
        TransformError: the warehouse cannot be read.
    """
    policy, language = definition.policy, definition.questionnaire.languages[0]
    return {
        "consultation": definition.questionnaire.title.in_language(language),
        "asked_by": list(definition.questionnaire.asked_by),
        "made_at": data.clock.now().isoformat(timespec="seconds"),
        "purpose": policy.publication.purpose,
        "lawful_basis": policy.lawful_basis,
        "contact": policy.contact_post,
        "shared_with": list(policy.partners),
        "kept": f"{policy.retention_days_after_final} days after the result is final",
        "responses": _responses(data, definition, subject),
        "decisions": list(_decisions(data, definition, subject)),
        "access": list(_access(data, definition, subject)),
    }


def originals(data: DataFolder, definition: Definition, subject: Subject) -> Iterator[tuple[str, bytes]]:
    """What arrived, as it came: a file's name and content. What holds others' responses too is left out."""
    shared = {other.rpartition(".")[0] for other in subject.others}
    identity = read_identity(data.keys(definition.id))
    for row in _records(data, definition, subject):
        if row["body"] is None or row["event"] == "withdraw" or row["artefact_id"] in shared:
            continue
        try:
            content = open_sealed(row["body"], identity)
        except SealingError:
            continue
        if row["media_type"] == SCAN_MEDIA_TYPE:
            content = unpack_scan(content)[1]
        yield f"{row['artefact_id']}{_suffix(row['media_type'], content)}", content


def _responses(data: DataFolder, definition: Definition, subject: Subject) -> list[dict[str, Any]]:
    came = {row["artefact_id"]: {name: row[name] for name in _CAME} for row in _records(data, definition, subject)}
    lines = _lines(data, definition, subject)
    found = []
    for table in open_again(opening_of(data, definition), list(subject.artefacts)):
        for row in table.to_pylist():
            if row["response_id"] not in subject.responses:
                continue
            line, respondent = lines.get(row["response_id"], (None, None))
            answers = json.loads(row["answers"]) if row["answers"] else {}
            found.append(
                {
                    "response": row["response_id"],
                    "reference": reference_of(definition.id, row["artefact_id"]),
                    **came[row["artefact_id"]],
                    "language": row["language"],
                    "sender": row["sender"],
                    "postmark": row["postmark"],
                    "counted_as": line,
                    "counted_with": respondent if respondent != row["response_id"] else None,
                    "answers": [_answer(definition, column, given) for column, given in answers.items()],
                }
            )
    return found


def _answer(definition: Definition, column: str, given: str | list[str]) -> dict[str, Any]:
    """An answer with the question as it was asked and, of choices, the words beside their codes."""
    one = definition.questionnaire.answer_columns().get(column)
    language = definition.questionnaire.languages[0]
    codes = given if isinstance(given, list) else [given]
    labels = {}
    if isinstance(one, WithChoices) and column == one.id:
        labels = {choice.code: choice.label.in_language(language) for choice in one.choices}
    return {
        "field": column,
        "question": one.label.in_language(language) if one else column,
        "answer": given,
        "in_words": "; ".join(labels.get(code, code) for code in codes),
    }


def _lines(data: DataFolder, definition: Definition, subject: Subject) -> dict[str, tuple[str, str]]:
    warehouse = warehouse_of(data, definition)
    if current_manifest(warehouse) is None:
        return {}
    with open_private(warehouse) as connection:
        rows = connection.execute(_LINES, {"responses": list(subject.responses)}).fetchall()
    return {response: (line, respondent) for response, line, respondent in rows}


def _decisions(data: DataFolder, definition: Definition, subject: Subject) -> Iterator[dict[str, Any]]:
    """What officers decided about the person's responses; who another response is of is not told."""
    own = set(subject.responses)
    journal, identity = Journal(data.journal(definition.id), data.clock), read_identity(data.keys(definition.id))
    seqs = [
        row["seq"]
        for part in journal.log.read_batches(columns=["seq", "subjects"])
        for row in part.to_pylist()
        if own.intersection(row["subjects"])
    ]
    records = journal.log.read_records(seqs)
    for one in journal.opened(records, lambda body: open_sealed(body, identity)):
        yield _decision(one, own)


def _decision(one: Decided, own: set[str]) -> dict[str, Any]:
    said = one.decision.model_dump(mode="json", exclude_none=True)
    if isinstance(one.decision, Link) and not {one.decision.first, one.decision.second} <= own:
        said = {name: value for name, value in said.items() if value in own or name in ("kind", "verdict")}
        said["with"] = "a response of another person, or not known to be the same person's"
    return {"at": one.known_at.isoformat(), "officer": one.officer, **said}


def _access(data: DataFolder, definition: Definition, subject: Subject) -> Iterator[dict[str, Any]]:
    file = data.access_log(definition.id)
    for line in file.read_text("utf-8").splitlines() if file.exists() else []:
        entry = json.loads(line)
        if entry.get("artefact") in subject.artefacts:
            yield entry


def _records(data: DataFolder, definition: Definition, subject: Subject) -> list[dict[str, Any]]:
    landing = landing_of(data, definition)
    records = landing.log.read_records(list(landing.seqs_of(list(subject.artefacts)).values()))
    rows: list[dict[str, Any]] = records.filter(pc.not_equal(records["event"], "tombstone")).to_pylist()
    return rows


def _suffix(media_type: str | None, content: bytes) -> str:
    """The ending of a file of that type; of a scan, whose type is not noted, by its first bytes."""
    if media_type in (MAIL_MEDIA_TYPE, TOO_LARGE_MEDIA_TYPE):
        return ".eml"
    if media_type == SCAN_MEDIA_TYPE:
        return next((suffix for start, suffix in _SCANS if content.startswith(start)), ".scan")
    return ".json"


_SCANS: Sequence[tuple[bytes, str]] = (
    (b"%PDF", ".pdf"),
    (b"\x89PNG", ".png"),
    (b"\xff\xd8", ".jpeg"),
    (b"II*\0", ".tiff"),
    (b"MM\0*", ".tiff"),
)
