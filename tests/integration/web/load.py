"""Senders that keep a public server under load while it, or its database, is killed; and what must be true after."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from ingest.web.store.records import GENESIS, next_link
from schemas.envelope import Envelope

SENDERS = 4
BATCH = 50
PATIENCE = 60.0

Receipt = dict[str, Any]


@dataclass
class Load:
    """What was sent: envelopes, the receipts of those that were acknowledged, every other answer, and where none came.

    A refusal is its status and whether it said when to come back.
    """

    make: Callable[[], Envelope]
    envelopes: dict[str, Envelope] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    refusals: list[tuple[int, bool]] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    acknowledged: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    going_on: threading.Event = field(default_factory=threading.Event)
    _ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def of_senders(self, urls: Sequence[str]) -> Iterator[None]:
        """Keep sending to these servers in turn. Whoever is refused waits until `going_on` and sends it again.

        A sender ends when its server is gone, or when the block ends.
        """
        self._ended.clear()
        with ThreadPoolExecutor(SENDERS) as pool:
            senders: list[Future[None]] = [pool.submit(self._keep_sending, urls, number) for number in range(SENDERS)]
            try:
                yield
            finally:
                self._ended.set()
                self.going_on.set()
        for sender in senders:
            sender.result()

    def wait_for_one(self) -> None:
        """Wait until something more is acknowledged."""
        while self.acknowledged.acquire(blocking=False):
            pass
        assert self.acknowledged.acquire(timeout=PATIENCE), "nothing was acknowledged"

    def put(self, session: requests.Session, url: str, envelope: Envelope) -> requests.Response:
        """Send one, and note the answer."""
        answer = session.put(
            f"{url}/api/consultations/{envelope.consultation}/submissions/{envelope.id}",
            data=envelope.model_dump_json(exclude_none=True),
            headers={"content-type": "application/json"},
            timeout=PATIENCE,
        )
        if answer.status_code in (200, 201):
            assert self.receipts.setdefault(envelope.id, answer.json()) == answer.json()
            self.acknowledged.release()
        else:
            self.refusals.append((answer.status_code, int(answer.headers.get("retry-after", 0)) > 0))
        return answer

    def _keep_sending(self, urls: Sequence[str], number: int) -> None:
        with requests.Session() as session:
            while not self._ended.is_set():
                envelope = self.make()
                self.envelopes[envelope.id] = envelope
                try:
                    while not self.put(session, urls[number % len(urls)], envelope).ok and not self._ended.is_set():
                        assert self.going_on.wait(PATIENCE)
                        number += 1
                except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                    self.unanswered.append(envelope.id)
                    return
                number += 1

    def send_all_again(self, url: str) -> dict[str, tuple[int, Receipt]]:
        """Send every envelope once more, in batches; id -> status and receipt."""
        told: dict[str, tuple[int, Receipt]] = {}
        sent = list(self.envelopes.values())
        for batch in (sent[start : start + BATCH] for start in range(0, len(sent), BATCH)):
            answer = requests.post(
                f"{url}/api/consultations/{batch[0].consultation}/submissions",
                json={"envelopes": [one.model_dump(mode="json", exclude_none=True) for one in batch]},
                timeout=PATIENCE,
            )
            told |= {one["id"]: (one["status"], one["receipt"]) for one in answer.json()["results"]}
        return told


def read_feed(url: str, consultation: str, headers: dict[str, str]) -> list[dict[str, Any]]:
    """Every line of the feed."""
    lines: list[dict[str, Any]] = []
    with requests.Session() as session:
        while page := session.get(
            f"{url}/api/consultations/{consultation}/feed",
            params={"after": len(lines), "limit": 1_000},
            headers=headers,
            timeout=PATIENCE,
        ).text.splitlines():
            lines += [json.loads(line) for line in page]
    return lines


def assert_nothing_was_lost(load: Load, url: str, consultation: str, headers: dict[str, str]) -> None:
    """Everything acknowledged is in the feed with its bytes, numbered without a gap and chained; and is known again."""
    lines = read_feed(url, consultation, headers)
    by_id = {line["id"]: line for line in lines}
    assert len(by_id) == len(lines)
    assert [line["sequence"] for line in lines] == list(range(1, len(lines) + 1))
    chain = GENESIS
    for line in lines:
        chain = next_link(chain, line["sequence"], line["id"], line["relates_to"], line["sha256"])
        assert line["chain"] == chain
        assert line["sealed"] == load.envelopes[line["id"]].sealed
        assert line["sha256"] == hashlib.sha256(base64.b64decode(line["sealed"])).hexdigest()
    extent = requests.get(
        f"{url}/api/consultations/{consultation}/extent", params={"through": 0}, headers=headers, timeout=PATIENCE
    ).json()
    assert (extent["count"], extent["last_sequence"], extent["chain"]) == (len(lines), len(lines), chain)

    acknowledged = {one: (receipt["sequence"], receipt["sha256"]) for one, receipt in load.receipts.items()}
    stored = {one: (line["sequence"], line["sha256"]) for one, line in by_id.items()}
    assert {one: stored.get(one) for one in acknowledged} == acknowledged
    again = load.send_all_again(url)
    assert {one: again[one] for one in load.receipts} == {one: (200, sent) for one, sent in load.receipts.items()}
    # What was never acknowledged is new now, unless it had been stored before the answer was lost.
    assert {one: again[one][0] for one in again} == {one: 200 if one in stored else 201 for one in load.envelopes}
