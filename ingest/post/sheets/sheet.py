"""One keyed sheet: the rows that officers keyed for one response on paper, sealed together and compared when read."""

import json
from collections import Counter
from typing import Any

from ingest.parsed_response import ParsedResponse, is_answer, quarantined, storable_answer, storable_text
from schemas.definition import Definition

KEYED_MEDIA_TYPE = "application/vnd.yoursay.keyed-sheet+json"


def encode_sheet(sheet: dict[str, Any]) -> bytes:
    """Canonical UTF-8 JSON."""
    return json.dumps(sheet, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def read_keyed_sheet(body: bytes, artefact_id: str, definition: Definition) -> list[ParsedResponse]:
    """The response of a sheet: two keyers' rows that say the same. Never raises on its content.

    Keyed once, or differently without a third row that settles it: in review, with the columns that differ named and
    the answers on which all agree.
    """
    try:
        sheet = json.loads(body.decode())
        rows = [_row(row) for row in sheet["rows"]]
        outside = (sheet["id"], sheet["consultation"], sheet["questionnaire_hash"])
        if not rows:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [quarantined("the keyed sheet is not as it should be")]
    if outside != (artefact_id, definition.id, definition.questionnaire_hash):
        return [quarantined("the id, consultation or questionnaire inside the seal is not the one outside")]
    return [_compare(rows, definition.questionnaire.languages[0])]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it was sealed, checked."""
    if not all(is_answer(answer) for answer in row["answers"].values()):
        raise ValueError
    answers = {storable_text(name): storable_answer(answer) for name, answer in row["answers"].items()}
    texts = {key: row.get(key) for key in ("keyer", "postmark", "language")}
    if not isinstance(texts["keyer"], str) or any(not isinstance(t, str | None) for t in texts.values()):
        raise ValueError
    return {"answers": answers} | texts


def _compare(rows: list[dict[str, Any]], first_language: str) -> ParsedResponse:
    if len(rows) == 1:
        return _agreed(rows, "keyed once: a second person keys it too", first_language)
    if len({row["keyer"].casefold() for row in rows}) < len(rows):
        return _agreed(rows, "keyed twice by one person", first_language)
    readings = [_reading(row) for row in rows]
    reading, times = Counter(readings).most_common(1)[0]
    if times < 2:
        return _agreed(rows, f"the keyed rows differ in: {', '.join(_differing(rows))}", first_language)
    row = rows[readings.index(reading)]
    return ParsedResponse(answers=row["answers"], language=row["language"] or first_language, postmark=row["postmark"])


def _agreed(rows: list[dict[str, Any]], reason: str, first_language: str) -> ParsedResponse:
    """What all rows agree on, for an officer to settle the rest."""
    first, differing = rows[0], set(_differing(rows))
    return ParsedResponse(
        state="in_review",
        reason=reason,
        answers={name: answer for name, answer in first["answers"].items() if name not in differing},
        language=first["language"] or first_language,
        postmark=None if "postmark" in differing else first["postmark"],
    )


def _reading(row: dict[str, Any]) -> str:
    return json.dumps([row["answers"], row["postmark"], row["language"]], sort_keys=True)


def _differing(rows: list[dict[str, Any]]) -> list[str]:
    """The columns in which the rows are not all the same."""
    flat = [row["answers"] | {key: row[key] for key in ("postmark", "language")} for row in rows]
    names = dict.fromkeys(name for row in flat for name in row)
    return [name for name in names if any(row.get(name) != flat[0].get(name) for row in flat)]
