"""Sends sealed files to the public server: what a device gave out as a file because it had no connection."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from pydantic import ValidationError
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from ingest.errors import IngestError
from ingest.web.api import MAX_BATCH
from schemas.envelope import MAX_SEALED_BYTES, Envelope, SealedFile

MAX_FILE_BYTES = 64 * 1024 * 1024
CONNECT_SECONDS, READ_SECONDS = 5.0, 120.0
_BUSY = (429, 503)
# A batch of the largest envelopes would be more than the server takes at once.
_MAX_BATCH_CHARACTERS = 2 * MAX_SEALED_BYTES


@dataclass(frozen=True)
class Delivered:
    """What became of one envelope: `received`, `repeat`, `conflict` (both are kept) or `refused`, and why."""

    id: str
    outcome: str
    reference: str = ""
    reason: str = ""


def read_sealed_file(file: Path) -> SealedFile:
    """The envelopes of a sealed file.

    Raises:
        IngestError: it cannot be read, is too large or is no sealed file.
    """
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise IngestError(f"{file}: larger than {MAX_FILE_BYTES // 2**20} MB; this is no file of ours.")
        return SealedFile.model_validate_json(file.read_bytes())
    except OSError as error:
        raise IngestError(f"{file}: cannot be read ({error.strerror}).") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise IngestError(f"{file}: not a sealed file: {where}: {first['msg']}.") from None


def send_sealed(base_url: str, envelopes: Sequence[Envelope], tries: int = 6) -> Iterator[Delivered]:
    """Send envelopes and tell what became of each; what was received before is told as a repeat.

    A server that is away or busy is asked again up to `tries` times, as its Retry-After says.

    Raises:
        IngestError: the server cannot be reached or refuses the whole batch; what was told before stays received.
    """
    with requests.Session() as session:
        session.trust_env = False
        # Sending again is safe: the server knows every envelope by its id and bytes.
        retry = Retry(
            total=tries - 1,
            backoff_factor=0.5,
            backoff_max=30,
            status_forcelist=(429, 500, 502, 503, 504),
            allowed_methods=("POST",),
            redirect=False,
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        for batch in _batches(envelopes):
            waiting = batch
            for left in reversed(range(tries)):
                results = _send(session, base_url, waiting)
                busy = [one["status"] in _BUSY and left > 0 for one in results]
                yield from (_delivered(one) for one, later in zip(results, busy, strict=True) if not later)
                waiting = [one for one, later in zip(waiting, busy, strict=True) if later]
                if not waiting:
                    break
                time.sleep(max(one.get("retry_after", 1) for one in results))


def _batches(envelopes: Sequence[Envelope]) -> Iterator[list[Envelope]]:
    """At most fifty at a time, of one consultation, and no more than the server takes at once."""
    batch: list[Envelope] = []
    for one in envelopes:
        size = sum(len(other.sealed) for other in batch) + len(one.sealed)
        if batch and (
            len(batch) == MAX_BATCH or one.consultation != batch[0].consultation or size > _MAX_BATCH_CHARACTERS
        ):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _send(session: requests.Session, base_url: str, batch: list[Envelope]) -> list[dict[str, Any]]:
    """The server's result for each envelope of a batch."""
    address = f"{base_url.rstrip('/')}/api/consultations/{batch[0].consultation}/submissions"
    body = {"envelopes": [one.model_dump(mode="json", exclude_none=True) for one in batch]}
    try:
        response = session.post(address, json=body, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False)
        answer = response.json()
    except requests.JSONDecodeError:
        raise IngestError(f"What answers at {address} is not the public server; check the address.") from None
    except requests.RequestException as error:
        what = f"The public server at {base_url} cannot be reached ({type(error).__name__})"
        raise IngestError(f"{what}; nothing is lost, import the file again later.") from error
    if response.status_code != requests.codes.ok:
        raise IngestError(f"The public server answered {response.status_code}: {answer.get('error', 'no reason')}")
    results: list[dict[str, Any]] = answer.get("results", [])
    if [result.get("id") for result in results] != [one.id for one in batch]:
        raise IngestError(f"What answers at {address} is not the public server; check the address.")
    return results


def _delivered(result: dict[str, Any]) -> Delivered:
    outcome = {201: "received", 200: "repeat", 409: "conflict"}.get(result["status"], "refused")
    reference = (result.get("receipt") or {}).get("reference", "")
    return Delivered(result["id"], outcome, reference, result.get("error", ""))
