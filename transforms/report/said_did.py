"""'You said, we did': what respondents said, what was decided, and which paragraphs changed. Officers write it."""

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import Field, ValidationError

from schemas.definition import Definition
from schemas.fields import Strict, Text
from transforms.disclosure.vocabulary import reported_fields
from transforms.report.errors import ReportError
from transforms.report.prose import is_plain, typed_numbers
from transforms.warehouse.versions import write_whole

FILE = "you-said-we-did.toml"


class YouSaid(Strict):
    """One entry. `figure` is the address of the count that stands with it; `paragraphs` are those that changed."""

    field: str
    said: Text = Field(max_length=600)
    did: Text = Field(max_length=600)
    paragraphs: tuple[Text, ...] = ()
    decided_on: date | None = None
    figure: str = ""


def read_entries(folder: Path, definition: Definition) -> tuple[YouSaid, ...]:
    """Every entry in the order of the file; none where there is no file yet.

    Raises:
        ReportError: the file is not understood.
    """
    file = folder / FILE
    if not file.exists():
        return ()
    try:
        content = tomllib.loads(file.read_text("utf-8"))
        found = tuple(YouSaid.model_validate(one) for one in content.get("entry", []))
    except (ValueError, ValidationError, OSError, AttributeError, TypeError):
        raise ReportError(f"{file}: is not understood; mend it, or restore it from a backup.") from None
    for one in found:
        check_entry(definition, one)
    return found


def add_entry(folder: Path, definition: Definition, entry: YouSaid) -> int:
    """Add an entry at the end; returns how many there are.

    Raises:
        ReportError: it is about no question of the consultation, or has a typed number.
    """
    check_entry(definition, entry)
    return write_entries(folder, [*read_entries(folder, definition), entry])


def write_entries(folder: Path, entries: Sequence[YouSaid]) -> int:
    """Keep these entries, and no others."""
    lines = ["# You said, we did: what was said, what was decided, and which paragraphs changed."]
    for one in entries:
        lines += [
            "",
            "[[entry]]",
            f"field = {_text(one.field)}",
            f"said = {_text(one.said)}",
            f"did = {_text(one.did)}",
        ]
        lines.append(f"paragraphs = [{', '.join(_text(paragraph) for paragraph in one.paragraphs)}]")
        lines += [f"decided_on = {one.decided_on}"] if one.decided_on else []
        lines += [f"figure = {_text(one.figure)}"] if one.figure else []
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / FILE, "\n".join(lines))
    return len(entries)


def check_entry(definition: Definition, entry: YouSaid) -> None:
    """Pass one entry.

    Raises:
        ReportError: it is about no question of the consultation, or has a typed number.
    """
    known = [one.id for _, one in reported_fields(definition)]
    if entry.field not in known:
        raise ReportError(f"There is no question '{entry.field}'; it is one of {', '.join(known)}.")
    if not all(is_plain(text) for text in (entry.said, entry.did, *entry.paragraphs)):
        raise ReportError("An entry holds a control character; write plain sentences.")
    typed = typed_numbers(entry.said)
    if typed:
        raise ReportError(f"'said' has a typed number ({typed[0]}); give the figure's address with --figure instead.")


def _text(text: str) -> str:
    escaped = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
