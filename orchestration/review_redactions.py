"""What officers say of what masking found in answers: the rules, for the desk and the commands."""

from typing import Any, Literal

import duckdb

from ingest.access_log import note_access
from ingest.post.keyed.claims import Place
from orchestration.builds import warehouse_of
from orchestration.review_decisions import Officer, ReviewError, reason_of
from schemas.decisions import Redaction
from transforms.layout import Layout
from transforms.masking.redactions import places_of_words, redaction_of
from transforms.masking.spans import LABELS
from transforms.sql import identifier
from transforms.warehouse.read import open_private

Change = Literal["accept", "add", "remove"]
_ANSWER = "SELECT {field} FROM clean WHERE response_id = $response"


def read_answer(connection: duckdb.DuckDBPyConnection, layout: Layout, response: str, field: str) -> str:
    """The answer as it was given.

    Raises:
        ReviewError: the field is no text that is masked, or there is no such answer.
    """
    if field not in layout.texts:
        raise ReviewError(f"'{field[:80]}' is no text that is masked; these are: {', '.join(layout.texts)}.")
    row = connection.execute(_ANSWER.format(field=identifier(field)), {"response": response}).fetchone()
    if row is None or row[0] is None:
        raise ReviewError(f"{response[:200]}: there is no answer to {field}; see 'yoursay redactions list'.")
    return str(row[0])


def note_look(officer: Officer, response: str, field: str, reason: str) -> None:
    """Note who looks at an answer as it was given, and why, before it is shown.

    Raises:
        IngestError: no officer or no reason is named, or it cannot be written.
    """
    note_access(
        officer.data.access_log(officer.definition.id),
        officer=officer.name,
        reason=reason,
        artefact_id=response,
        what=f"the answer to {field} with what masking found",
        at=officer.data.clock.now(),
    )


def decide_words(officer: Officer, place: Place, change: Change, words: str, *, label: str = "", reason: str) -> None:
    """Append what an officer says of words of an answer; added ones are masked wherever they stand in it.

    Raises:
        ReviewError: there is no such answer, the words are not in it, or label or reason is not as it should be.
    """
    response, field = place
    with open_private(warehouse_of(officer.data, officer.definition)) as connection:
        text = read_answer(connection, Layout(officer.definition), response, field)
    officer.decides(said_of_words(text, place, change, words, label=label, reason=reason))


def said_of_words(text: str, place: Place, change: Change, words: str, *, label: str, reason: str) -> list[Redaction]:
    """The decisions about words of a text, one for each place of added ones.

    Raises:
        ReviewError: the words are not in it, or the label or the reason is not as it should be.
    """
    if (change == "add") != bool(label) or (label and label not in LABELS):
        raise ReviewError(f"Say what is hidden, for what is added alone: {', '.join(LABELS)}.")
    places = places_of_words(text, words)
    if not places:
        raise ReviewError(f"{place[0]}: these words are not in the answer to {place[1]}; copy them from it.")
    spans = places if change == "add" else places[:1]
    return [said_of_span(text, span, place, change, label=label, reason=reason) for span in spans]


def said_of_span(
    text: str, span: tuple[int, int], place: Place, change: Change, *, label: str = "", reason: str
) -> Redaction:
    """The decision about one stretch of a text.

    Raises:
        ReviewError: no reason is given.
    """
    response, field = place
    said: dict[str, Any] = {
        "response": response,
        "field": field,
        "change": change,
        "label": label,
        "reason": reason_of(reason),
    }
    return redaction_of(text, *span, **said)
