"""Proof that nothing is left: pieces of what was erased, looked for in every byte of the data folder."""

import json
import mmap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.compute as pc

from ingest.landing import Landing
from orchestration.opening import Opening, open_again
from schemas.response import MAIL_MEDIA_TYPE
from schemas.sealing import SealingError, open_sealed
from transforms.layout import Layout
from transforms.sql import columns
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import Warehouse, current_manifest

# Six words in a row tell an answer from all others. A shorter one is looked for as a whole where it is an address.
WORDS = 6
_SHORTEST = 12
# A folder of some gigabytes is read once for each needle.
_MOST, _MOST_CANDIDATES = 40, 100
_CIPHERTEXT_PIECES = (slice(-64, -32), slice(-32, None))
_SAID_ELSEWHERE = """
SELECT 1 FROM responses AS r JOIN clean AS c USING (response_id) LEFT JOIN vault USING (response_id)
WHERE artefact_id NOT IN (SELECT unnest($artefacts)) AND contains(concat_ws(chr(10), {texts}), $piece)
    AND coalesce(r.respondent, '') NOT IN (
        SELECT respondent FROM responses WHERE artefact_id IN (SELECT unnest($artefacts)) AND respondent IS NOT NULL
    )
LIMIT 1
"""


@dataclass(frozen=True)
class Needles:
    """What is looked for. It never shows in a representation, for it quotes answers."""

    words: tuple[str, ...] = field(repr=False, default=())
    sealed: tuple[bytes, ...] = field(repr=False, default=())

    def __len__(self) -> int:
        return len(self.words) + len(self.sealed)

    def encoded(self) -> Iterator[bytes]:
        """Every form in which a needle may lie in a file."""
        for text in self.words:
            yield text.encode()
            yield text.encode("utf-16-le")
            as_json = json.dumps(text)[1:-1]
            if as_json != text:
                yield as_json.encode()
        yield from self.sealed

    def are_in(self, text: str) -> bool:
        """Whether a text quotes what was erased."""
        return any(one in text for one in self.words)


def needles_of(opening: Opening, artefacts: Sequence[str], warehouse: Warehouse) -> Needles:
    """Pieces of what these artefacts say and no other respondent does, and of their sealed bodies.

    There are none of what is erased already. What others said too, as in a campaign, is theirs as well and stays.

    Raises:
        TransformError: the current version cannot be read.
    """
    candidates = _longest(_words_in(opening, artefacts))
    alone = _said_by_nobody_else(candidates, artefacts, warehouse)
    return Needles(tuple(alone[:_MOST]), tuple(_sealed_pieces(opening.landing, artefacts)))


def files_with(root: Path, needles: Needles) -> tuple[list[Path], int]:
    """The files below `root` that hold a needle, and how many files were read through."""
    found, read = [], 0
    wanted = list(needles.encoded())
    for file in sorted(root.rglob("*")):
        if file.is_symlink() or not file.is_file():
            continue
        read += 1
        if wanted and _holds(file, wanted):
            found.append(file)
    return found, read


def _holds(file: Path, wanted: Sequence[bytes]) -> bool:
    try:
        with file.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return any(content.find(one) >= 0 for one in wanted)
    except (FileNotFoundError, ValueError):
        # It was taken away a moment ago, or is empty.
        return False


def _words_in(opening: Opening, artefacts: Sequence[str]) -> Iterator[str]:
    known = opening.definition.questionnaire.model_dump_json()
    for piece in (*_words_of_answers(opening, artefacts), *_words_of_messages(opening, artefacts)):
        # An answer may repeat the question; the question is everywhere.
        if piece not in known:
            yield piece


def _words_of_answers(opening: Opening, artefacts: Sequence[str]) -> Iterator[str]:
    for table in open_again(opening, artefacts):
        for row in table.select(["answers", "sender"]).to_pylist():
            answers = json.loads(row["answers"]) if row["answers"] else {}
            texts = [one for answer in answers.values() for one in (answer if isinstance(answer, list) else [answer])]
            for text in (*texts, row["sender"] or ""):
                yield from _pieces(text)


def _words_of_messages(opening: Opening, artefacts: Sequence[str]) -> Iterator[str]:
    """What a letter says, which may be no answer yet; its encoded parts say nothing that could be looked for."""
    records = opening.landing.log.read_records(list(opening.landing.seqs_of(artefacts).values()))
    for row in records.filter(pc.equal(records["media_type"], MAIL_MEDIA_TYPE)).to_pylist():
        if row["body"] is None:
            continue
        with suppress(SealingError):
            words = open_sealed(row["body"], opening.identity).decode("utf-8", "replace").partition("\n\n")[2]
            yield from (piece for piece in _pieces(words.replace("\r", "")) if piece.count(" ") >= WORDS - 1)


def _pieces(text: str) -> Iterator[str]:
    for line in text.splitlines():
        words = line.split(" ")
        if len(words) <= WORDS:
            if len(line.strip()) >= _SHORTEST and "@" in line:
                yield line.strip()
            continue
        for start in range(0, len(words) - WORDS + 1, WORDS):
            yield " ".join(words[start : start + WORDS])


def _longest(pieces: Iterable[str]) -> list[str]:
    """The pieces that tell most, each once."""
    return sorted(set(pieces), key=lambda piece: (-len(piece), piece))[:_MOST_CANDIDATES]


def _said_by_nobody_else(pieces: Sequence[str], artefacts: Sequence[str], warehouse: Warehouse) -> list[str]:
    if not pieces or current_manifest(warehouse) is None:
        return list(pieces)
    layout = Layout(warehouse.definition)
    query = _SAID_ELSEWHERE.format(texts=columns([*layout.texts, "sender", *layout.vault]))
    with open_private(warehouse) as connection:
        others = {"artefacts": list(artefacts)}
        return [one for one in pieces if connection.execute(query, others | {"piece": one}).fetchone() is None]


def _sealed_pieces(landing: Landing, artefacts: Sequence[str]) -> Iterator[bytes]:
    records = landing.log.read_records(list(landing.seqs_of(artefacts).values()))
    for body in records["body"].to_pylist()[:_MOST]:
        if body is not None and len(body) >= 64:
            yield from (body[piece] for piece in _CIPHERTEXT_PIECES)
