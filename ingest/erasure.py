"""Erasing what arrived: a signed tombstone first, then the body goes; headers and hashes stay, and the chain holds.

A tombstone is a record of landing. Its body is not sealed, for it must be legible when the keys are gone: it says
which artefact, when, by whose decision, and how many responses there were. Nothing of the artefact's content is in it.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.chained_log import GENESIS, Problem
from ingest.journal import Journal
from ingest.landing import Arrival, Landing
from schemas.receipts import PublishedKey, Signer, signature_is_genuine

TOMBSTONE_MEDIA_TYPE = "application/vnd.yoursay.tombstone+json"
SOURCE = "erasure"
_HEADERS = ("seq", "artefact_id", "event", "relates_to", "channel", "ciphertext_sha256")


class Tombstone(BaseModel):
    """What is left of an artefact; `responses` keeps the count of what was received."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    consultation: str
    artefact_id: str
    ciphertext_sha256: str | None
    responses: int
    officer: str
    erased_at: str
    key_id: str
    signature: str = ""

    def signed_content(self) -> bytes:
        content = {name: value for name, value in vars(self).items() if name != "signature"}
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()

    def is_genuine(self, keys: Iterable[PublishedKey]) -> bool:
        """Whether one of these keys signed it."""
        return any(
            key.key_id == self.key_id
            and signature_is_genuine(self.signature, self.signed_content(), base64.b64decode(key.public_key))
            for key in keys
        )


@dataclass(frozen=True)
class Erasures:
    """What landing says of erasures: the artefacts with a tombstone, and how many of them still have a body."""

    tombstones: tuple[Tombstone, ...]
    unfinished: tuple[str, ...]
    problems: tuple[Problem, ...]


def entomb(
    landing: Landing, artefacts: dict[str, int], *, officer: str, consultation: str, signer: Signer, now: datetime
) -> int:
    """Put a tombstone for each artefact (with its number of responses), all at once; returns how many are new.

    Raises:
        IngestError: the log is damaged.
    """
    arrivals = []
    for row in _records_of(landing, list(artefacts)).to_pylist():
        unsigned = Tombstone(
            consultation=consultation,
            artefact_id=row["artefact_id"],
            ciphertext_sha256=row["ciphertext_sha256"],
            responses=artefacts[row["artefact_id"]],
            officer=officer,
            erased_at=now.isoformat(),
            key_id=signer.key_id,
        )
        tombstone = unsigned.model_copy(update={"signature": signer.signature_of(unsigned.signed_content())})
        arrivals.append(
            Arrival(
                artefact_id=f"erased-{tombstone.artefact_id}",
                consultation=consultation,
                channel=row["channel"],
                received_at=now,
                source=SOURCE,
                body=tombstone.model_dump_json().encode(),
                event="tombstone",
                relates_to=tombstone.artefact_id,
                media_type=TOMBSTONE_MEDIA_TYPE,
            )
        )
    return landing.append(arrivals).new


def tombstones(landing: Landing) -> dict[str, Tombstone]:
    """The tombstone of each erased artefact, without those that cannot be read."""
    return {relates_to: stone for _, relates_to, stone in _tombstones(landing) if stone}


def remove_landed_bodies(landing: Landing) -> int:
    """Remove the body of everything that has a tombstone; returns how many were there.

    Raises:
        IngestError: the log is damaged.
    """
    erased = _erased_ids(landing)
    if not erased:
        return 0
    seqs = list(landing.seqs_of(erased).values())
    with landing.log.writing():
        return landing.log.remove_bodies(seqs)


def remove_decision_bodies(journal: Journal, responses: Sequence[str]) -> int:
    """Remove what officers decided about these responses: it quotes them. Returns how many bodies were there.

    Raises:
        IngestError: the journal is damaged.
    """
    wanted = set(responses)
    seqs = [
        row["seq"]
        for part in journal.log.read_batches(columns=["seq", "subjects"])
        for row in part.to_pylist()
        if wanted.intersection(row["subjects"])
    ]
    with journal.log.writing():
        return journal.log.remove_bodies(seqs)


def check_erasures(landing: Landing, journal: Journal, keys: Sequence[PublishedKey]) -> Erasures:
    """Hold what is missing against the tombstones: no body is gone without one, and each is signed.

    Raises:
        IngestError: a log is damaged.
    """
    problems: list[Problem] = []
    stones: dict[str, Tombstone] = {}
    for seq, relates_to, stone in _tombstones(landing):
        if stone is None or stone.artefact_id != relates_to or not stone.is_genuine(keys):
            problems.append(Problem(f"record {seq}", "the tombstone is not signed by a key of this folder"))
        else:
            stones[relates_to] = stone
    unfinished = []
    for row in _without_or_with_body(landing):
        known = stones.get(row["artefact_id"])
        if row["has_body"] and known:
            unfinished.append(row["artefact_id"])
        elif not row["has_body"] and row["ciphertext_sha256"] and not known:
            problems.append(Problem(f"record {row['seq']}", "the body is gone, and there is no tombstone for it"))
        elif known and known.ciphertext_sha256 != row["ciphertext_sha256"]:
            problems.append(Problem(f"record {row['seq']}", "the tombstone is for another body"))
    problems += _decisions_without_reason(journal, stones)
    return Erasures(tuple(stones.values()), tuple(unfinished), tuple(problems))


def erased_after(landing: Landing, head: str) -> int | None:
    """How many artefacts were erased since the chain stood at `head`, as a release or a version notes it.

    None where the chain never stood there: it is of another log.
    """
    seq = 0 if head == GENESIS else None
    count = 0
    for part in landing.log.read_batches(columns=["seq", "chain", "event"]):
        for row in part.to_pylist():
            if seq is not None and row["event"] == "tombstone":
                count += 1
            if row["chain"] == head:
                seq = row["seq"]
    return count if seq is not None else None


def artefact_of(response: str) -> str:
    """The artefact of a response: its id without the ordinal."""
    artefact, dot, ordinal = response.rpartition(".")
    return artefact if dot and ordinal.isdigit() else response


def _decisions_without_reason(journal: Journal, stones: dict[str, Tombstone]) -> Iterator[Problem]:
    for part in journal.log.read_batches(columns=["seq", "subjects", "body"]):
        gone = part.filter(pc.is_null(part["body"]))
        for row in gone.select(["seq", "subjects"]).to_pylist():
            if not any(artefact_of(subject) in stones for subject in row["subjects"]):
                yield Problem(f"decision {row['seq']}", "it is gone, and no response that it is about was erased")


def _without_or_with_body(landing: Landing) -> Iterator[dict[str, Any]]:
    """Of each record that is no tombstone: seq, artefact_id, ciphertext_sha256 and whether its body is there."""
    for part in landing.log.read_batches(columns=["seq", "artefact_id", "event", "ciphertext_sha256", "body"]):
        here = part.filter(pc.not_equal(part["event"], "tombstone"))
        there = pc.is_valid(here["body"])
        yield from here.drop_columns(["event", "body"]).append_column("has_body", there).to_pylist()


def _tombstones(landing: Landing) -> Iterator[tuple[int, str, Tombstone | None]]:
    for part in landing.log.read_batches(columns=["seq", "event", "relates_to", "body"]):
        for row in part.filter(pc.equal(part["event"], "tombstone")).to_pylist():
            try:
                stone = Tombstone.model_validate_json(row["body"] or b"")
            except ValidationError:
                stone = None
            yield row["seq"], row["relates_to"], stone


def _erased_ids(landing: Landing) -> list[str]:
    return [relates_to for _, relates_to, _ in _tombstones(landing)]


def _records_of(landing: Landing, artefacts: Sequence[str]) -> pa.Table:
    seqs = landing.seqs_of(artefacts)
    return landing.log.read_records(list(seqs.values())).select(list(_HEADERS))


def published_keys_file(folder: Path) -> Path:
    """Where the public halves of the keys that signed a log's tombstones are."""
    return folder / "tombstone-keys.json"
