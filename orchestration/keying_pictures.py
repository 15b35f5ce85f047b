"""Pictures of answers, cut from what arrived. They are made anew from the sealed bodies and never stored."""

from collections import OrderedDict
from threading import Lock

from ingest.landing import Landing
from schemas.definition import Definition
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
        from ingest.post.crops import crops_of

        artefact, _, ordinal = response.rpartition(".")
        records = self._landing.log.read_records(list(self._landing.seqs_of([artefact]).values())).to_pylist()
        if not records or records[0]["body"] is None:
            return []
        body = open_sealed(records[0]["body"], self._identity)
        return crops_of(records[0]["media_type"], body, int(ordinal), column, self._definition)
