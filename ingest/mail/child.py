"""Messages are read in a process of their own, with bounded time and memory.

A file from outside can keep a reader busy for ever or make it eat all memory; here that ends the child process and
becomes a quarantined line, and the next message gets a new child. One child serves many messages.
"""

import atexit
import base64
import json
import os
import struct
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ingest.mail.bounded_child import BoundedChild, ChildEndedError, serve_told
from ingest.mail.documents.read_sealed import SealedBody
from ingest.mail.limits import CPU_SECONDS, MEMORY_BYTES, WALL_SECONDS
from ingest.mail.read_message import Found, crops_in_message, read_message
from ingest.parsed_response import ParsedResponse, Reading, quarantined
from schemas.definition import Definition
from schemas.easy_read import EasyRead
from schemas.policy import Policy
from schemas.questionnaire import Questionnaire

TOO_MUCH = "reading the message took more time or memory than is given to one"
# What a request asks for.
_READ, _CROP = b"R", b"C"


class MessageReader:
    """Reads the messages of one definition in a child process of its own; ended with `end`."""

    def __init__(self, definition: Definition, wall_seconds: float = WALL_SECONDS) -> None:
        self._child = BoundedChild("ingest.mail.child", wall_seconds, encode_definition(definition))
        self.key = _key(definition)

    def read(self, raw: bytes) -> list[Found]:
        """What `read_message` makes of a raw message. Never raises on its content."""
        # Twice, for a child may have been ended from outside: that is no fault of the message.
        for _ in range(2):
            try:
                return [_decode(one) for one in json.loads(self._child.ask(_READ + raw))]
            except ChildEndedError as error:
                if error.by_limit:
                    break
        return [quarantined(TOO_MUCH)]

    def crops(self, raw: bytes, ordinal: int, column: str) -> list[bytes]:
        """PNG pictures of one answer of the response with that ordinal in a raw message; none where there are none."""
        order = json.dumps([ordinal, column]).encode()
        try:
            answer = self._child.ask(_CROP + struct.pack(">I", len(order)) + order + raw)
        except ChildEndedError:
            return []
        return [base64.b64decode(one) for one in json.loads(answer)]

    def end(self) -> None:
        """End the child process."""
        self._child.end()


_lock = threading.Lock()
_current: MessageReader | None = None


def read_apart(raw: bytes, definition: Definition) -> list[Found]:
    """What `read_message` makes of a raw message, read in the child process. Never raises on its content."""
    with _lock:
        return _reader_of(definition).read(raw)


def crops_apart(raw: bytes, ordinal: int, column: str, definition: Definition) -> list[bytes]:
    """PNG pictures of one answer of a message's response, cut out in the child process; none where there are none."""
    with _lock:
        return _reader_of(definition).crops(raw, ordinal, column)


def _reader_of(definition: Definition) -> MessageReader:
    global _current  # noqa: PLW0603 - one child for the process that asks
    if _current is None or _current.key != _key(definition):
        _end()
        _current = MessageReader(definition)
    return _current


def _end() -> None:
    global _current  # noqa: PLW0603
    if _current is not None and _current.key[-1] == os.getpid():
        _current.end()
    _current = None


atexit.register(_end)


def _key(definition: Definition) -> tuple[str, str, bool, int]:
    """A child serves one definition, and the process that started it: a fork of that process gets its own."""
    return definition.questionnaire_hash, definition.policy_hash, definition.easy_read is not None, os.getpid()


def encode_definition(definition: Definition) -> bytes:
    """A definition as the child is told it."""
    parts = (
        definition.questionnaire.model_dump(mode="json"),
        definition.policy.model_dump(mode="json"),
        definition.questionnaire_hash,
        definition.policy_hash,
        definition.easy_read.model_dump(mode="json") if definition.easy_read else None,
    )
    return json.dumps(parts).encode()


def _decode_definition(content: bytes) -> Definition:
    questionnaire, policy, questionnaire_hash, policy_hash, easy_read = json.loads(content)
    return Definition(
        Questionnaire.model_validate(questionnaire),
        Policy.model_validate(policy),
        questionnaire_hash,
        policy_hash,
        EasyRead.model_validate(easy_read) if easy_read else None,
    )


def _encode(one: Found) -> dict[str, Any]:
    if isinstance(one, SealedBody):
        return asdict(one) | {"sealed": base64.b64encode(one.sealed).decode()}
    return asdict(one)


def _decode(said: dict[str, Any]) -> Found:
    readings = tuple(Reading(**one) for one in said.pop("readings"))
    if "sealed" in said:
        return SealedBody(**said | {"sealed": base64.b64decode(said["sealed"])}, readings=readings)
    started_at = said.pop("started_at")
    moment = datetime.fromisoformat(started_at) if started_at else None
    return ParsedResponse(**said, started_at=moment, readings=readings)


def _answering(greeting: bytes) -> Callable[[bytes], bytes]:
    definition = _decode_definition(greeting)

    def answer(request: bytes) -> bytes:
        if request[:1] == _CROP:
            (length,) = struct.unpack_from(">I", request, 1)
            ordinal, column = json.loads(request[5 : 5 + length])
            crops = crops_in_message(request[5 + length :], ordinal, column, definition)
            return json.dumps([base64.b64encode(one).decode() for one in crops]).encode()
        return json.dumps([_encode(one) for one in read_message(request[1:], definition)], default=str).encode()

    return answer


if __name__ == "__main__":
    serve_told(_answering, CPU_SECONDS, MEMORY_BYTES)
