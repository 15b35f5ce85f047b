"""What a source says again, changed: the new version supersedes the one that was landed before.

Such an artefact's id is its stem, which names the thing (a row, a sheet of paper), and a digest of what it says.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ingest.landing import Arrival, Landing

_DIGEST_LENGTH = 16


def version_id(stem: str, content: bytes) -> str:
    """The artefact id of what `content` says of the thing that `stem` names."""
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:_DIGEST_LENGTH]}"


def latest_versions(landing: Landing, prefix: str) -> dict[str, str]:
    """Stem -> the artefact id landed last, of all whose id begins with `prefix`."""
    found = {}
    for part in landing.log.read_batches(columns=["artefact_id"]):
        for artefact_id in part["artefact_id"].to_pylist():
            if artefact_id.startswith(prefix):
                found[stem_of(artefact_id)] = artefact_id
    return found


def superseding(arrivals: Iterable[Arrival], latest: dict[str, str]) -> Iterator[Arrival]:
    """The arrivals, those that follow an earlier version as `supersede`."""
    for arrival in arrivals:
        earlier = latest.get(stem_of(arrival.artefact_id))
        if earlier is None or earlier == arrival.artefact_id:
            yield arrival
        else:
            yield replace(arrival, event="supersede", relates_to=earlier)


def stem_of(artefact_id: str) -> str:
    """What an id names, without the digest of what it says."""
    return artefact_id.rpartition("-")[0]
