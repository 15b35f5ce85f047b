"""A child process that answers one request after another within limits of memory and processor time.

What came from outside can keep a parser busy for ever or make it eat all memory. In a child that ends the child, and
the next request gets a new one.
"""

import os
import resource
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from typing import BinaryIO

_LENGTH = struct.Struct(">Q")


class ChildEndedError(Exception):
    """The child ended, or did not answer in time: the request is at fault, or somebody killed the child."""


class BoundedChild:
    """A module of ours run as a process; it must call `serve` when run."""

    def __init__(self, module: str, wall_seconds: float) -> None:
        self._command = [sys.executable, "-I", "-m", module]
        self._wall_seconds = wall_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: bytes) -> bytes:
        """The answer to a request; a child that has ended is started anew.

        Raises:
            ChildEndedError: there is no answer.
        """
        if self._process is None:
            # Our own interpreter and module; no word of a message is part of the command.
            self._process = subprocess.Popen(  # noqa: S603
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        try:
            self._send(request)
            return self._receive()
        except ChildEndedError:
            self.end()
            raise

    def end(self) -> None:
        """End the child; the next request starts another."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                # What was not yet sent to an ended child stays unsent.
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        self._process = None

    def _send(self, request: bytes) -> None:
        assert self._process and self._process.stdin
        try:
            self._process.stdin.write(_LENGTH.pack(len(request)) + request)
            self._process.stdin.flush()
        except OSError as error:
            raise ChildEndedError from error

    def _receive(self) -> bytes:
        until = time.monotonic() + self._wall_seconds
        (length,) = _LENGTH.unpack(self._receive_exactly(_LENGTH.size, until))
        return self._receive_exactly(length, until)

    def _receive_exactly(self, length: int, until: float) -> bytes:
        assert self._process and self._process.stdout
        pipe = self._process.stdout
        content = bytearray()
        while len(content) < length:
            ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
            part = os.read(pipe.fileno(), min(length - len(content), 1 << 20)) if ready else b""
            if not part:
                raise ChildEndedError
            content += part
        return bytes(content)


def serve(answer: Callable[[bytes], bytes], cpu_seconds: int, memory_bytes: int) -> None:
    """What the child does: answer requests until the parent goes away, each within its limits."""
    # Answers leave by a pipe that no library can print to.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (request := _read_from(sys.stdin.buffer)) is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + cpu_seconds + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        content = answer(request)
        answers.write(_LENGTH.pack(len(content)) + content)
        answers.flush()


def _read_from(pipe: BinaryIO) -> bytes | None:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = pipe.read(length)
    return content if len(content) == length else None
