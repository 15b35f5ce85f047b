"""What a document that came with a message turns out to be: the same for every format."""

from dataclasses import dataclass
from typing import Literal

from ingest.parsed_response import ParsedResponse


@dataclass(frozen=True)
class DocumentOutcome:
    """A form of ours ('form', with its response), a document that is none ('foreign'), or one that cannot be read.

    `reason` says in words, never with an answer, why it cannot be read.
    """

    kind: Literal["form", "foreign", "unreadable"]
    response: ParsedResponse | None = None
    reason: str = ""
