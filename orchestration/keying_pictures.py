"""What arrived, for who keys it: pictures of answers, cut from the sealed bodies each time and never stored."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar

from ingest.landing import Landing
from ingest.mail.child import crops_apart as crops_of_message
from ingest.post.scans.crop_places import places_of
from ingest.post.scans.gather import Gathered
from ingest.post.scans.read_scan import SCAN_MEDIA_TYPE, read_facts, unpack_scan
from ingest.post.scans.scan_child import crops_apart, facts_apart
from schemas.definition import Definition
from schemas.response import MAIL_MEDIA_TYPE
from schemas.sealing import Identity, open_sealed

# A page asks for each picture by itself; and people key the answers of a scanned file one after the other, of which
# all pages are looked at before the first picture. A form has up to some dozens of answers.
_KEPT_ANSWERS, _KEPT_FILES = 100, 4
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class _Scan:
    """A scanned file and how its pages go together."""

    content: bytes = field(repr=False)
    gathered: Gathered = field(repr=False)


class Pictures:
    """The crops of one consultation's answers; safe to share between threads."""

    def __init__(self, landing: Landing, identity: Identity, definition: Definition) -> None:
        self._landing, self._identity, self._definition = landing, identity, definition
        self._kept: OrderedDict[tuple[str, str, bool], list[bytes]] = OrderedDict()
        self._scans: OrderedDict[str, _Scan | None] = OrderedDict()
        self._lock = Lock()

    def of(self, response: str, column: str, *, whole: bool) -> list[bytes]:
        """The crops of one answer, PNG; with `whole` those of the sheets and letters beside the form, too.

        None where the body was erased.

        Raises:
            SealingError: the body cannot be opened.
            IngestError: no picture can be made of it any more.
        """
        columns = (column, "") if whole else (column,)
        with self._lock:
            return _remembered(
                self._kept,
                (response, column, whole),
                _KEPT_ANSWERS,
                lambda: [crop for one in columns for crop in self._crops(response, one)],
            )

    def original(self, response: str) -> bytes:
        """The artefact as it arrived: a message, or a scanned file with what was noted of it. Empty where erased."""
        return self._opened(response.rpartition(".")[0])[1]

    def _crops(self, response: str, column: str) -> list[bytes]:
        artefact, _, ordinal = response.rpartition(".")
        scan = _remembered(self._scans, artefact, _KEPT_FILES, lambda: self._scan(artefact))
        if scan is not None:
            places = places_of(scan.gathered, int(ordinal), column, self._definition)
            return crops_apart(scan.content, self._definition, places)
        media_type, body = self._opened(artefact)
        return crops_of_message(body, int(ordinal), column, self._definition) if media_type == MAIL_MEDIA_TYPE else []

    def _scan(self, artefact: str) -> _Scan | None:
        """A scanned file with its pages looked at; None where the artefact is none."""
        media_type, body = self._opened(artefact)
        if media_type != SCAN_MEDIA_TYPE:
            return None
        description, content = unpack_scan(body)
        facts = facts_apart(content, self._definition, description.first_page, description.last_page)
        return _Scan(content, read_facts(facts, self._definition).gathered)

    def _opened(self, artefact: str) -> tuple[str | None, bytes]:
        records = self._landing.log.read_records(list(self._landing.seqs_of([artefact]).values())).to_pylist()
        if not records or records[0]["body"] is None:
            return None, b""
        return records[0]["media_type"], open_sealed(records[0]["body"], self._identity)


_Key = TypeVar("_Key", bound=Hashable)


def _remembered(kept: OrderedDict[_Key, _Value], key: _Key, most: int, make: Callable[[], _Value]) -> _Value:
    """The value of a key, made where it is not kept; the one that was used the longest ago is forgotten."""
    if key not in kept:
        kept[key] = make()
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
    return kept[key]
