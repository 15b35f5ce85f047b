"""Holds the public server and landing against each other: how many, up to which number, and the hash chain there."""

import hashlib
from dataclasses import dataclass

import pyarrow.compute as pc

from ingest.errors import IngestError
from ingest.landing import Landing
from ingest.web.clients.pull import SOURCE, ask, feed_session
from ingest.web.store.records import GENESIS, Extent, next_link

_HEADERS = ("artefact_id", "relates_to", "ciphertext_sha256", "source_sequence", "source")
# A withdrawal has no body; the server's hash of it is that of nothing.
_OF_NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Reconciliation:
    """Both sides up to the last submission that is landed; `waiting` came to the server since."""

    server: Extent
    landing: Extent
    waiting: int

    @property
    def agrees(self) -> bool:
        return self.server == self.landing and self.landing.count == self.landing.last_sequence


def reconcile(base_url: str, token: str, landing: Landing, consultation: str, tries: int = 6) -> Reconciliation:
    """Compare both sides; landing's figures are made anew from its headers.

    Raises:
        IngestError: the server cannot be reached or refuses.
    """
    landed = landed_extent(landing)
    path = f"/api/consultations/{consultation}/extent"
    with feed_session(token, tries) as session:
        answer = ask(session, base_url, "GET", path, params={"through": landed.last_sequence})
    try:
        said = answer.json()
        part = said["through"]
        server = Extent(int(part["count"]), int(part["last_sequence"]), str(part["chain"]))
        return Reconciliation(server, landed, int(said["last_sequence"]) - server.last_sequence)
    except (ValueError, KeyError, TypeError):
        raise IngestError(f"What answers at {base_url}{path} is not the public server; check the address.") from None


def landed_extent(landing: Landing) -> Extent:
    """What landing holds of the public server, read from its batches in the order in which it came."""
    count, last, chain = 0, 0, GENESIS
    for batch in landing.log.read_batches(columns=_HEADERS):
        ours = batch.filter(pc.equal(batch["source"], SOURCE))
        columns = [ours[name].to_pylist() for name in _HEADERS[:4]]
        for artefact_id, relates_to, sha256, sequence in zip(*columns, strict=True):
            chain = next_link(chain, sequence, artefact_id, relates_to, sha256 or _OF_NOTHING)
            last = sequence
        count += ours.num_rows
    return Extent(count, last, chain)


def explain(found: Reconciliation) -> str:
    """What differs, in a sentence that says what to do."""
    server, landed = found.server, found.landing
    if (server.count, server.last_sequence) != (landed.count, landed.last_sequence):
        what = (
            f"the public server holds {server.count} of {server.last_sequence} submissions, "
            f"landing {landed.count} of {landed.last_sequence}"
        )
    elif server.count != server.last_sequence:
        what = f"{server.last_sequence - server.count} submissions are missing on both sides"
    else:
        what = f"both hold {server.count} submissions, but their hash chains differ"
    return f"Server and landing disagree: {what}; run 'yoursay landing verify' and look at the server's store."
