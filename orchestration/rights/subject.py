"""Whose data is meant: the artefacts of a response or a respondent, every version of them included."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.erasure import artefact_of, tombstones
from ingest.landing import Landing
from orchestration.builds import warehouse_of
from orchestration.intake import landing_of
from orchestration.opening import QUICK_MEDIA_TYPES, RESPONSE_EVENTS
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.errors import YourSayError
from schemas.receipts import reference_of
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import current_manifest

_RESPONDENT = """
SELECT response_id FROM responses
WHERE respondent IN (SELECT respondent FROM responses WHERE response_id = $response) ORDER BY response_id
"""
_IN_ARTEFACT = "SELECT artefact_id, response_id FROM responses WHERE artefact_id IN (SELECT unnest($artefacts))"


class SubjectError(YourSayError):
    """It is not clear whose data is meant."""


@dataclass(frozen=True)
class Subject:
    """The artefacts that are meant and, of each, how many responses it holds; `responses` are those asked for.

    `others` are responses of the same artefacts that were not asked for: a message or a scanned file may hold several.
    """

    responses: tuple[str, ...]
    artefacts: dict[str, int]
    others: tuple[str, ...]


def find_subject(
    data: DataFolder, definition: Definition, *, response: str | None = None, respondent: str | None = None
) -> Subject:
    """The subject of a request about one response, or about all that one respondent sent.

    A response is named by its id, by its artefact's id or by the reference on the receipt; a respondent by the id of
    any response of theirs, for linkage says which belong together. What replaced a response, or was replaced by it, is
    the same person's and is always included.

    Raises:
        SubjectError: neither or both are given, there is no such response, or it is not read yet.
    """
    named = response or respondent
    if named is None or (response and respondent):
        raise SubjectError("Name one response with --response, or one respondent with --respondent.")
    landing = landing_of(data, definition)
    versions = _versions(landing)
    artefact, ordinal = _find(named, set(versions), definition)
    linked = _linked(data, definition, artefact, ordinal) if respondent else set()
    together = {artefact, *map(artefact_of, linked)}
    artefacts = sorted(set().union(*(versions[one] for one in together if one in versions)))
    held = _responses_in(data, definition, landing, artefacts)
    explicit = linked | ({f"{artefact}.{ordinal}"} if ordinal else set(held[artefact]))
    wanted = {one for name in artefacts for one in held[name] if one in explicit or len(held[name]) == 1}
    others = [one for name in artefacts for one in held[name] if one not in wanted]
    return Subject(tuple(sorted(wanted)), {name: len(held[name]) for name in artefacts}, tuple(others))


def _find(named: str, artefacts: set[str], definition: Definition) -> tuple[str, str | None]:
    """The artefact that is meant and the ordinal of the response in it, where one is named."""
    if named in artefacts:
        return named, None
    if artefact_of(named) in artefacts:
        return artefact_of(named), named.rpartition(".")[2]
    reference = named.strip().upper()
    found = [one for one in artefacts if reference_of(definition.id, one) == reference]
    if len(found) != 1:
        why = "names several responses; give the id" if found else "is no response of this consultation"
        raise SubjectError(f"'{named}' {why}; see 'yoursay export' or the receipt.")
    return found[0], None


def _versions(landing: Landing) -> dict[str, frozenset[str]]:
    """Each artefact that holds responses, with every version of it."""
    versions: dict[str, set[str]] = {}
    for part in landing.log.read_batches(columns=["artefact_id", "event", "relates_to"]):
        for row in part.to_pylist():
            if row["event"] not in RESPONSE_EVENTS:
                continue
            own = versions.setdefault(row["artefact_id"], {row["artefact_id"]})
            earlier = versions.get(row["relates_to"]) if row["event"] == "supersede" else None
            if earlier is not None and earlier is not own:
                earlier |= own
                for name in own:
                    versions[name] = earlier
    return {name: frozenset(together) for name, together in versions.items()}


def _linked(data: DataFolder, definition: Definition, artefact: str, ordinal: str | None) -> set[str]:
    """The responses that linkage says are of the same respondent."""
    warehouse = warehouse_of(data, definition)
    if current_manifest(warehouse) is None:
        raise SubjectError("Nothing is built yet, so it is not known who sent what; run 'yoursay pipeline run' first.")
    with open_private(warehouse) as connection:
        found = connection.execute(_RESPONDENT, {"response": f"{artefact}.{ordinal or 1}"}).fetchall()
    return {row[0] for row in found}


def _responses_in(
    data: DataFolder, definition: Definition, landing: Landing, artefacts: Sequence[str]
) -> dict[str, list[str]]:
    """The responses of each artefact; of one that is erased already, as many as its tombstone says."""
    warehouse, stones = warehouse_of(data, definition), tombstones(landing)
    held: dict[str, list[str]] = {}
    if current_manifest(warehouse) is not None:
        with open_private(warehouse) as connection:
            for artefact, response in connection.execute(_IN_ARTEFACT, {"artefacts": list(artefacts)}).fetchall():
                held.setdefault(artefact, []).append(response)
    rows = landing.log.read_records(list(landing.seqs_of(artefacts).values())).select(["artefact_id", "media_type"])
    for row in rows.to_pylist():
        name = row["artefact_id"]
        if name in held:
            continue
        if name not in stones and row["media_type"] not in QUICK_MEDIA_TYPES:
            raise SubjectError(f"{name} is not read yet, and may hold several responses; run 'yoursay pipeline run'.")
        held[name] = [f"{name}.{number}" for number in range(1, 1 + (stones[name].responses if name in stones else 1))]
    return {name: sorted(held[name]) for name in artefacts}
