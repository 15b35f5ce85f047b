"""Brings what another thread has finished to the event loop: all that is finished together in one wake-up.

Waking the loop for each future costs more than storing what it stands for.
"""

import asyncio
import contextlib
from collections import deque
from concurrent.futures import Future
from typing import TypeVar

_Result = TypeVar("_Result")


class Deliveries:
    """The way from a writer's thread to one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._finished: deque[tuple[Future, asyncio.Future]] = deque()  # type: ignore[type-arg]
        self._woken = False

    async def of(self, future: "Future[_Result]") -> _Result:
        """The result of a future that another thread finishes; its exception, where it fails."""
        waiter: asyncio.Future[_Result] = self.loop.create_future()

        def finished(_: "Future[_Result]") -> None:
            self._finished.append((future, waiter))
            if not self._woken:
                self._woken = True
                # A loop that is closed has nobody left who waits.
                with contextlib.suppress(RuntimeError):
                    self.loop.call_soon_threadsafe(self._deliver)

        future.add_done_callback(finished)
        return await waiter

    def _deliver(self) -> None:
        # First, so that what is finished from now on wakes the loop again.
        self._woken = False
        while self._finished:
            future, waiter = self._finished.popleft()
            if waiter.done():
                continue
            error = future.exception()
            if error is not None:
                waiter.set_exception(error)
            else:
                waiter.set_result(future.result())
