"""What becomes of a message, certain that no answer stands in a reason."""

from ingest.mail.read_message import read_message
from ingest.parsed_response import State
from schemas.definition import Definition

NEEDLE = "needle-in-an-answer"


def outcomes(raw: bytes, definition: Definition) -> list[tuple[State, str | None]]:
    found = read_message(raw, definition)
    assert all(NEEDLE not in (one.reason or "") and NEEDLE not in repr(one) for one in found)
    assert all((one.state == "response") == (one.reason is None) for one in found)
    return [(one.state, one.reason) for one in found]
