"""What arrived, for who keys it: pictures of answers, cut from the sealed bodies each time and never stored."""

from collections import OrderedDict
from threading import Lock

from ingest.landing import Landing
from schemas.definition import Definition
from schemas.response import MAIL_MEDIA_TYPE
from schemas.sealing import Identity, open_sealed

# Of so many answers the pictures are kept in memory: a page asks for each of them by itself.
_KEPT = 8


class Pictures:
    """The crops of one consultation's answers; safe to share between threads."""

    def __init__(self, landing: Landing, identity: Identity, definition: Definition) -> None:
        self._landing, self._identity, self._definition = landing, identity, definition
        self._kept: OrderedDict[tuple[str, str, bool], list[bytes]] = OrderedDict()
        self._lock = Lock()

    def of(self, response: str, column: str, *, whole: bool) -> list[bytes]:
        """The crops of one answer, PNG; with `whole` those of the sheets and letters beside the form, too.

        None where the body was erased.

        Raises:
            SealingError: the body cannot be opened.
            IngestError: no picture can be made of it any more.
        """
        key = (response, column, whole)
        with self._lock:
            if key not in self._kept:
                columns = (column, "") if whole else (column,)
                self._kept[key] = [crop for one in columns for crop in self._crops(response, one)]
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]

    def _crops(self, response: str, column: str) -> list[bytes]:
        # Decoding images takes libraries that no other use of the queue waits for.
        from ingest.mail.child import crops_apart
        from ingest.post.crops import crops_of

        media_type, body = self._opened(response)
        ordinal = int(response.rpartition(".")[2])
        if media_type == MAIL_MEDIA_TYPE:
            return crops_apart(body, ordinal, column, self._definition)
        return crops_of(media_type, body, ordinal, column, self._definition) if body else []

    def original(self, response: str) -> bytes:
        """The artefact as it arrived: a message, or a scanned file with what was noted of it. Empty where erased."""
        return self._opened(response)[1]

    def _opened(self, response: str) -> tuple[str | None, bytes]:
        artefact = response.rpartition(".")[0]
        records = self._landing.log.read_records(list(self._landing.seqs_of([artefact]).values())).to_pylist()
        if not records or records[0]["body"] is None:
            return None, b""
        return records[0]["media_type"], open_sealed(records[0]["body"], self._identity)
