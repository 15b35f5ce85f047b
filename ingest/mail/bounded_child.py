"""A child process that answers one request after another within limits of memory and processor time.

What came from outside can keep a parser busy for ever or make it eat all memory. In a child that ends the child, and
the next request gets a new one.
"""

import ctypes
import logging
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from typing import BinaryIO

_LENGTH = struct.Struct(">Q")
_HANDED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "XDG_CACHE_HOME")
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_SECONDS_TO_END = 2.0
_MOST_FILE_BYTES = 256 * 1024 * 1024
# Of Linux' sched.h.
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


class ChildEndedError(Exception):
    """The child ended, or did not answer in time: the request is at fault, or somebody killed the child.

    `by_limit` tells that it was its time that ended it: asking again would take as long.
    """

    def __init__(self, *, by_limit: bool = False) -> None:
        super().__init__()
        self.by_limit = by_limit


class BoundedChild:
    """A module of ours run as a process. It calls `serve`, or `serve_told` where there is a `greeting` to be told."""

    def __init__(self, module: str, wall_seconds: float, greeting: bytes | None = None) -> None:
        self._command = [sys.executable, "-I", "-m", module]
        self._wall_seconds = wall_seconds
        self._greeting = greeting
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: bytes) -> bytes:
        """The answer to a request; a child that has ended is started anew.

        Raises:
            ChildEndedError: there is no answer.
        """
        try:
            if self._process is None:
                self._start()
            self._send(request)
            return self._receive()
        except ChildEndedError as error:
            by_limit = error.by_limit or self._ended_by_its_limit()
            self.end()
            raise ChildEndedError(by_limit=by_limit) from None

    def _start(self) -> None:
        # Nothing secret that stands in the environment is handed on.
        environment = {name: os.environ[name] for name in _HANDED_ON if name in os.environ} | _ONE_THREAD
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and a module of ours
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        if self._greeting is not None:
            self._send(self._greeting)

    def _ended_by_its_limit(self) -> bool:
        assert self._process
        try:
            return self._process.wait(_SECONDS_TO_END) == -signal.SIGXCPU
        except subprocess.TimeoutExpired:
            return False

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
            if not ready:
                raise ChildEndedError(by_limit=True)
            part = os.read(pipe.fileno(), min(length - len(content), 1 << 20))
            if not part:
                raise ChildEndedError
            content += part
        return bytes(content)


def serve(answer: Callable[[bytes], bytes], cpu_seconds: int, memory_bytes: int) -> None:
    """What the child does: answer requests until the parent goes away, each within its limits.

    It has each request's share of processor time, reaches no network as far as the system lets it be shut out, and
    writes no large file.
    """
    _answer_all(answer, _shut_in(memory_bytes), cpu_seconds)


def serve_told(answering: Callable[[bytes], Callable[[bytes], bytes]], cpu_seconds: int, memory_bytes: int) -> None:
    """The same for a child that is told something first: of that it makes the function that answers."""
    answers = _shut_in(memory_bytes)
    greeting = _read_from(sys.stdin.buffer)
    if greeting is not None:
        _answer_all(answering(greeting), answers, cpu_seconds)


def grant(cpu_seconds: int) -> None:
    """Within a child: more processor time for this request, for work whose amount is known."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_CPU, (soft + cpu_seconds, hard))


def _shut_in(memory_bytes: int) -> BinaryIO:
    """Set the limits that hold for all requests; gives the pipe of the answers, which no library can print to."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    logging.disable(logging.CRITICAL)
    _leave_the_network()
    for limit, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _MOST_FILE_BYTES),
    ):
        resource.setrlimit(limit, (most, most))
    return answers


def _leave_the_network() -> None:
    """Into a network of its own, in which there is nothing; where the system forbids it, the child goes without."""
    # An ordinary user may do so among users of its own alone.
    wanted = _NEW_NETWORK if os.getuid() == 0 else _NEW_USER | _NEW_NETWORK
    ctypes.CDLL(None, use_errno=True).unshare(wanted)


def _answer_all(answer: Callable[[bytes], bytes], answers: BinaryIO, cpu_seconds: int) -> None:
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
