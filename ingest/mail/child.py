"""Messages are read in a process of their own, with bounded time and memory.

A PDF or a message from outside can keep a reader busy for ever or make it eat all memory; here that ends the child
process and becomes a quarantined line, and the next message gets a new child. One child serves many messages.
"""

import atexit
import json
import logging
import os
import resource
import select
import struct
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO

from ingest.mail.limits import CPU_SECONDS, MEMORY_BYTES, WALL_SECONDS
from ingest.mail.read_message import read_message
from ingest.parsed_response import ParsedResponse, Reading, quarantined
from schemas.definition import Definition
from schemas.policy import Policy
from schemas.questionnaire import Questionnaire

_LENGTH = struct.Struct(">Q")


class _ChildEndedError(Exception):
    """The child ended or did not answer in time."""


class _Child:
    """The reading process of one definition."""

    def __init__(self, definition: Definition) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "ingest.mail.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.key = _key(definition)
        self._send(_encode_definition(definition))

    def read(self, raw: bytes) -> list[ParsedResponse]:
        self._send(raw)
        return [_response(one) for one in json.loads(self._receive())]

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                # What was not yet sent to an ended child stays unsent.
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue

    def _send(self, content: bytes) -> None:
        pipe = self._process.stdin
        assert pipe
        try:
            pipe.write(_LENGTH.pack(len(content)) + content)
            pipe.flush()
        except OSError as error:
            raise _ChildEndedError from error

    def _receive(self) -> bytes:
        deadline = time.monotonic() + WALL_SECONDS
        (length,) = _LENGTH.unpack(self._receive_exactly(_LENGTH.size, deadline))
        return self._receive_exactly(length, deadline)

    def _receive_exactly(self, length: int, deadline: float) -> bytes:
        pipe = self._process.stdout
        assert pipe
        content = bytearray()
        while len(content) < length:
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            part = os.read(pipe.fileno(), min(length - len(content), 1 << 20)) if ready else b""
            if not part:
                raise _ChildEndedError
            content += part
        return bytes(content)


_lock = threading.Lock()
_current: _Child | None = None


def read_apart(raw: bytes, definition: Definition) -> list[ParsedResponse]:
    """What `read_message` makes of a raw message, read in the child process. Never raises on its content."""
    global _current  # noqa: PLW0603 - one child for the process that asks
    with _lock:
        # Twice, for a child may have been ended from outside: that is no fault of the message.
        for _ in range(2):
            try:
                if _current is None or _current.key != _key(definition):
                    _end()
                    _current = _Child(definition)
                return _current.read(raw)
            except _ChildEndedError:
                _end()
        return [quarantined("reading the message took more time or memory than is given to one")]


def _end() -> None:
    global _current  # noqa: PLW0603
    if _current is not None and _current.key[-1] == os.getpid():
        _current.end()
    _current = None


atexit.register(_end)


def _key(definition: Definition) -> tuple[str, str, int]:
    """A child serves one definition, and the process that started it: a fork of that process gets its own."""
    return definition.questionnaire_hash, definition.policy_hash, os.getpid()


def _encode_definition(definition: Definition) -> bytes:
    parts = (
        definition.questionnaire.model_dump(mode="json"),
        definition.policy.model_dump(mode="json"),
        definition.questionnaire_hash,
        definition.policy_hash,
    )
    return json.dumps(parts).encode()


def _decode_definition(content: bytes) -> Definition:
    questionnaire, policy, questionnaire_hash, policy_hash = json.loads(content)
    return Definition(
        Questionnaire.model_validate(questionnaire), Policy.model_validate(policy), questionnaire_hash, policy_hash
    )


def _response(said: dict[str, Any]) -> ParsedResponse:
    started_at = said.pop("started_at")
    readings = tuple(Reading(**one) for one in said.pop("readings"))
    return ParsedResponse(
        **said, started_at=datetime.fromisoformat(started_at) if started_at else None, readings=readings
    )


def _read_from(pipe: BinaryIO) -> bytes | None:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = pipe.read(length)
    return content if len(content) == length else None


def _serve() -> None:
    """The child: read requests until the parent goes away. Its answers leave by a pipe that no library can print to."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    first = _read_from(sys.stdin.buffer)
    if first is None:
        return
    definition = _decode_definition(first)
    while (raw := _read_from(sys.stdin.buffer)) is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + CPU_SECONDS + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        found = [asdict(one) for one in read_message(raw, definition)]
        content = json.dumps(found, default=str).encode()
        answers.write(_LENGTH.pack(len(content)) + content)
        answers.flush()


if __name__ == "__main__":
    _serve()
