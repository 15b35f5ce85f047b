"""Scanned files are decoded and read in a process of their own, each page with bounded time and memory.

A page that takes more ends the child; it is told as unreadable, and the next page gets a new child.
"""

import atexit
import dataclasses
import hashlib
import json
import os
import threading
from collections import OrderedDict

import cv2
from pydantic import TypeAdapter

from ingest.mail.bounded_child import BoundedChild, ChildEndedError, serve
from ingest.post.scans.crop_places import Place, crop
from ingest.post.scans.page_images import ScanError, ScanFile, open_scan
from ingest.post.scans.recognise import PageFacts, page_facts
from ingest.post.scans.scan_limits import CPU_SECONDS, MAX_SCAN_BYTES, MEMORY_BYTES, WALL_SECONDS
from schemas.definition import Definition
from schemas.easy_read import EasyRead
from schemas.policy import Policy
from schemas.questionnaire import Questionnaire

_REMEMBERED = 8
_FAULT = b"!"
_FACTS = TypeAdapter(PageFacts)


class _Reader:
    """The child of this process, what it holds, and the facts of the files that were read last."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self._child = BoundedChild("ingest.post.scans.scan_child", WALL_SECONDS)
        self._holds: tuple[str, str] | None = None
        self._count = b""
        self._remembered: OrderedDict[tuple[str, str, int, int | None], list[PageFacts]] = OrderedDict()

    def end(self) -> None:
        self._child.end()
        self._holds = None

    def facts(self, content: bytes, definition: Definition, first: int, last: int | None) -> list[PageFacts]:
        """What each page of a file is. Raises ScanError."""
        key = (*_names(content, definition), first, last)
        if key not in self._remembered:
            count = int(self._hand_over(content, definition))
            numbers = range(first, min(count, last or count) + 1)
            self._remembered[key] = [self._page(content, definition, number) for number in numbers]
        self._remembered.move_to_end(key)
        while len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)
        return self._remembered[key]

    def crops(self, content: bytes, definition: Definition, places: list[Place]) -> list[bytes]:
        """The pictures of places, PNG. Raises ScanError."""
        found = []
        for place in places:
            self._hand_over(content, definition)
            try:
                answer = self._asked(b"C" + json.dumps(dataclasses.asdict(place)).encode())
            except ChildEndedError:
                raise ScanError(f"page {place.at} takes more time or memory than is given to one") from None
            found.append(answer)
        return found

    def _page(self, content: bytes, definition: Definition, number: int) -> PageFacts:
        # Twice, for a child may have been ended from outside: that is no fault of the page.
        for _ in range(2):
            try:
                self._hand_over(content, definition)
                return _FACTS.validate_json(self._asked(b"P" + str(number).encode()))
            except ChildEndedError:
                self._holds = None
            except ScanError:
                break
        return PageFacts(number, "unreadable")

    def _hand_over(self, content: bytes, definition: Definition) -> bytes:
        """Have the child hold this file and definition; the number of the file's pages."""
        names = _names(content, definition)
        if self._holds == names:
            return self._count
        # Twice, for the child of the last file may have been ended since.
        for _ in range(2):
            try:
                self._asked(b"D" + _encoded(definition))
                self._count = self._asked(b"F" + content)
            except ChildEndedError:
                continue
            self._holds = names
            return self._count
        raise ScanError("it takes more time or memory to open than is given")

    def _asked(self, request: bytes) -> bytes:
        try:
            answer = self._child.ask(request)
        except ChildEndedError:
            self._holds = None
            raise
        if answer[:1] == _FAULT:
            raise ScanError(answer[1:].decode())
        return answer[1:]


_lock = threading.Lock()
_reader: _Reader | None = None


def _the_reader() -> _Reader:
    global _reader  # noqa: PLW0603 - one child for the process that asks; a fork of it gets its own
    if _reader is None or _reader.process != os.getpid():
        _reader = _Reader()
        atexit.register(_reader.end)
    return _reader


def facts_apart(content: bytes, definition: Definition, first: int = 1, last: int | None = None) -> list[PageFacts]:
    """What the pages `first` to `last` of a scanned file are, read in the child process.

    Raises:
        ScanError: the file as a whole cannot be read. A single page that cannot is among the answers as unreadable.
    """
    if len(content) > MAX_SCAN_BYTES:
        raise ScanError(f"it has more than {MAX_SCAN_BYTES // 1024**2} MB; split it")
    with _lock:
        return _the_reader().facts(content, definition, first, last)


def crops_apart(content: bytes, definition: Definition, places: list[Place]) -> list[bytes]:
    """Pictures of places on the pages of a scanned file, PNG, made in the child process.

    Raises:
        ScanError: the file or a page cannot be read.
    """
    with _lock:
        return _the_reader().crops(content, definition, places)


def _names(content: bytes, definition: Definition) -> tuple[str, str]:
    return hashlib.sha256(content).hexdigest(), definition.questionnaire_hash + definition.policy_hash


def _encoded(definition: Definition) -> bytes:
    models = (definition.questionnaire, definition.policy, definition.easy_read)
    parts = [one.model_dump(mode="json") if one else None for one in models]
    return json.dumps([*parts, definition.questionnaire_hash, definition.policy_hash]).encode()


def _decoded(content: bytes) -> Definition:
    questionnaire, policy, easy_read, questionnaire_hash, policy_hash = json.loads(content)
    return Definition(
        Questionnaire.model_validate(questionnaire),
        Policy.model_validate(policy),
        questionnaire_hash,
        policy_hash,
        EasyRead.model_validate(easy_read) if easy_read else None,
    )


class _Held:
    """What the child holds between requests."""

    definition: Definition
    scan: ScanFile


def _answer(held: _Held, request: bytes) -> bytes:
    order, rest = request[:1], request[1:]
    try:
        match order:
            case b"D":
                held.definition = _decoded(rest)
                return b"."
            case b"F":
                held.scan = open_scan(rest)
                return b"." + str(held.scan.count).encode()
            case b"P":
                page = held.scan.page(int(rest))
                return b"." + _FACTS.dump_json(page_facts(page.grey, page.number, held.definition))
            case _:
                place = Place(**json.loads(rest))
                return b"." + crop(held.scan.page(place.at).grey, place, held.definition)
    except ScanError as error:
        return _FAULT + str(error).encode()


def _serve() -> None:
    cv2.setNumThreads(1)
    held = _Held()
    serve(lambda request: _answer(held, request), CPU_SECONDS, MEMORY_BYTES)


if __name__ == "__main__":
    _serve()
