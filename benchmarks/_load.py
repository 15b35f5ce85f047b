"""Load for the intake benchmark, as a process of its own: `python -m benchmarks._load` with a JSON order on stdin.

Keeps a number of connections busy with PUTs of sealed envelopes, each under an id of its own, and prints one JSON line:
statuses, accepts a second, latencies in milliseconds. It writes and reads HTTP/1.1 by hand, because a client library
costs more than the server that is measured; whatever is not a well-formed answer ends the run.
"""

import asyncio
import json
import sys
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import cast

import uvloop

_ID = b"the-id-of-this-submission-0123456789"


@dataclass
class Tally:
    """What the connections saw."""

    statuses: Counter[int] = field(default_factory=Counter)
    without_retry_after: int = 0
    milliseconds: list[float] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """One connection that sends its next request when the last one is answered."""

    def __init__(self, order: dict[str, str], until: float, tally: Tally, done: asyncio.Future[None]) -> None:
        # A UUID is as long as what stands for it here.
        body = order["envelope"].replace("THE-ID", _ID.decode())
        head = (
            f"PUT {order['path']}/{_ID.decode()} HTTP/1.1\r\nhost: localhost\r\n"
            f"authorization: Bearer {order['token']}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self._request = (head + body).encode()
        self._until = until
        self._tally = tally
        self._done = done
        self._received = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        if len(body) < int(headers["content-length"]):
            return
        self._received = b""
        status = int(lines[0].split(" ")[1])
        self._tally.statuses[status] += 1
        self._tally.milliseconds.append((time.perf_counter() - self._sent) * 1_000)
        if status in (429, 503) and "retry-after" not in headers:
            self._tally.without_retry_after += 1
        if time.perf_counter() >= self._until or headers.get("connection") == "close":
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, _: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._request.replace(_ID, str(uuid.uuid4()).encode()))


async def load(order: dict[str, str], connections: int, seconds: float) -> dict[str, object]:
    """Send for that long; whatever is under way at the end is waited for."""
    loop = asyncio.get_running_loop()
    tally, began = Tally(), time.perf_counter()
    ends = []
    for _ in range(connections):
        done = loop.create_future()
        ends.append(done)
        await loop.create_connection(
            lambda done=done: Connection(order, began + seconds, tally, done), "127.0.0.1", int(order["port"])
        )
    await asyncio.wait_for(asyncio.gather(*ends), seconds + 60)
    wall = time.perf_counter() - began
    times = sorted(tally.milliseconds)
    return {
        "accepts_a_second": tally.statuses[201] / wall,
        "accepted": tally.statuses[201],
        "statuses": {str(status): count for status, count in sorted(tally.statuses.items())},
        "without_retry_after": tally.without_retry_after,
        "median_ms": times[len(times) // 2],
        "p99_ms": times[int(len(times) * 0.99)],
    }


if __name__ == "__main__":
    given = json.loads(sys.stdin.read())
    print(json.dumps(uvloop.run(load(given["order"], given["connections"], given["seconds"]))))
