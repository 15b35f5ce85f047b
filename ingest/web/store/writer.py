"""Group commit: one thread writes whatever is queued in one transaction, and answers only after it is on disk."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from ingest.web.errors import BusyError, StoreUnavailableError
from ingest.web.store.records import Stored, Submission

MAX_PENDING_BYTES = 64 * 1024 * 1024
MAX_GROUP = 512
_OVERHEAD_BYTES = 1_024


class GroupWriter:
    """Queues submissions for `commit`, which writes a group as a whole or raises.

    Whatever it raises, the senders of the group are told to send again, and the writer goes on.

    `commit` runs in the writer's thread alone; `finish` is called there at the end.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Submission]], list[Stored]],
        finish: Callable[[], None],
        max_pending_bytes: int = MAX_PENDING_BYTES,
    ) -> None:
        self._commit = commit
        self._finish = finish
        self._max_pending_bytes = max_pending_bytes
        self._pending: deque[tuple[Submission, Future[Stored]]] = deque()
        self._pending_bytes = 0
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def put(self, submission: Submission) -> "Future[Stored]":
        """Queue a submission; see `Store.put`."""
        future: Future[Stored] = Future()
        size = len(submission.sealed) + _OVERHEAD_BYTES
        with self._changed:
            if self._closing:
                raise StoreUnavailableError("The server is stopping; send it again in a moment.")
            if self._pending_bytes + size > self._max_pending_bytes:
                raise BusyError("Many responses are arriving at once; send it again in a moment.")
            self._pending.append((submission, future))
            self._pending_bytes += size
            self._changed.notify()
        return future

    def close(self) -> None:
        """Write what is queued, then stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            try:
                results = self._commit([submission for submission, _ in group])
            except Exception as error:  # noqa: BLE001 - whatever it is, the next group must find a writer
                told = error if isinstance(error, StoreUnavailableError) else _unforeseen(error)
                for _, future in group:
                    future.set_exception(told)
                continue
            for (_, future), stored in zip(group, results, strict=True):
                future.set_result(stored)
        self._finish()

    def _next_group(self) -> "list[tuple[Submission, Future[Stored]]]":
        """What is queued, waiting until there is something; empty when closing and nothing is left."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._pending or self._closing)
                group: list[tuple[Submission, Future[Stored]]] = []
                while self._pending and len(group) < MAX_GROUP:
                    submission, future = self._pending.popleft()
                    self._pending_bytes -= len(submission.sealed) + _OVERHEAD_BYTES
                    if future.set_running_or_notify_cancel():
                        group.append((submission, future))
                if group or (self._closing and not self._pending):
                    return group


def _unforeseen(error: Exception) -> StoreUnavailableError:
    failure = StoreUnavailableError("It is not certain that the response was stored; send it again.")
    failure.__cause__ = error
    return failure
