"""Erasing what somebody sent: tombstones first, then every copy goes, then the versions are made anew.

The tombstones are put down all at once. From then on everything that still has to go follows from them, so a run that
was killed at any moment is finished by the next one, whatever it is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.erasure import check_erasures, entomb, remove_decision_bodies, remove_landed_bodies, tombstones
from ingest.journal import Journal
from ingest.post.keyed.drafts import forget_drafts
from orchestration.builds import warehouse_of
from orchestration.intake import landing_of
from orchestration.mail_intake import mail_key
from orchestration.rights.inbox_copies import remove_copies
from orchestration.rights.needles import Needles, files_with, needles_of
from orchestration.rights.places import drop_quoting_views, erase_in_store, forget_readings, rebuild
from orchestration.rights.reading import opening_of
from orchestration.rights.remains import Remains, remains_of
from orchestration.rights.retention_state import refuse_under_hold
from orchestration.rights.subject import Subject
from orchestration.rights.tombstone_keys import tombstone_keys, tombstone_signer
from schemas.data_folder import DataFolder
from schemas.decisions import encode_decision
from schemas.definition import Definition
from schemas.errors import YourSayError
from schemas.sealing import read_identity


class ErasureError(YourSayError):
    """Something cannot be erased as it was asked for."""


@dataclass(frozen=True)
class Erased:
    """What an erasure did: what was removed by place, what is left where, and what the needle search came to."""

    responses: tuple[str, ...]
    artefacts: tuple[str, ...]
    removed: dict[str, int]
    left: tuple[Remains, ...]
    needles: int
    files_read: int
    files_with_needles: tuple[str, ...]


def erase(data: DataFolder, definition: Definition, subject: Subject, officer: str) -> Erased:
    """Erase the artefacts of a subject, and finish whatever an earlier erasure left undone.

    Raises:
        ErasureError: nobody is named who erases, or the logs do not say afterwards what was done.
        RetentionError: a legal hold suspends it.
        YourSayError: a place cannot be reached now; what was erased stays erased, run it again.
    """
    if not officer.strip():
        raise ErasureError("Say who erases, with --officer; nothing was erased.")
    refuse_under_hold(data, definition.id, "Nothing was erased")
    landing = landing_of(data, definition)
    signer = tombstone_signer(data, definition.id)
    entomb(
        landing,
        subject.artefacts,
        officer=officer,
        consultation=definition.id,
        signer=signer,
        now=data.clock.now(),
    )
    return finish_erasures(data, definition, subject)


def finish_erasures(data: DataFolder, definition: Definition, subject: Subject | None = None) -> Erased:
    """Remove whatever is left of everything that has a tombstone; what is left is said of the subject, or of all.

    Raises:
        YourSayError: a place cannot be reached now; run it again.
    """
    landing, journal = landing_of(data, definition), Journal(data.journal(definition.id), data.clock)
    warehouse = warehouse_of(data, definition)
    stones = tombstones(landing)
    everything = sorted(stones)
    removed = {"kept readings": forget_readings(data, definition, everything)}
    needles = needles_of(opening_of(data, definition), everything, warehouse)
    removed |= {"views as at a moment that quoted it": drop_quoting_views(warehouse, needles)}
    responses = [f"{name}.{number}" for name in everything for number in range(1, stones[name].responses + 1)]
    removed["decisions about it"] = remove_decision_bodies(journal, responses)
    keying = data.root / "keying" / f"{definition.id}.sqlite"
    removed["drafts of keying"] = forget_drafts(keying, responses)
    removed["bodies on the public server"] = erase_in_store(data, definition, everything)
    copies, waiting = remove_copies(data, definition.id, stones.keys(), mail_key(data, definition))
    removed["files in the inbox"] = copies
    removed["bodies in landing"] = remove_landed_bodies(landing)
    removed["versions of the warehouse"] = rebuild(data, definition, warehouse)
    meant = list(subject.artefacts) if subject else everything
    left = [
        *(Remains(str(file), "not put away as taken in: remove it by hand") for file in waiting),
        *_quoting_decisions(data, definition, journal, needles),
        *remains_of(data, definition, warehouse, meant),
    ]
    found, read = files_with(data.root, needles)
    names = tuple(str(file.relative_to(data.root)) for file in found)
    left += [Remains(name, "holds a piece of it: another response of the same person, or a copy") for name in names]
    _check(data, definition)
    return Erased(
        responses=subject.responses if subject else tuple(responses),
        artefacts=tuple(meant),
        removed=removed,
        left=tuple(left),
        needles=len(needles),
        files_read=read,
        files_with_needles=names,
    )


def _quoting_decisions(
    data: DataFolder, definition: Definition, journal: Journal, needles: Needles
) -> Iterator[Remains]:
    """Decisions about something else that quote it all the same: they stand."""
    decided = journal.read(read_identity(data.keys(definition.id)))
    quoting = [str(one.seq) for one in decided if needles.are_in(encode_decision(one.decision).decode())]
    if quoting:
        numbers = ", ".join(quoting[:10]) + (" and more" if len(quoting) > 10 else "")
        yield Remains("decisions about something else", f"{len(quoting)} quote it ({numbers}): they stand")


def _check(data: DataFolder, definition: Definition) -> None:
    """Raises: ErasureError: the logs do not say what was done."""
    journal = Journal(data.journal(definition.id), data.clock)
    found = check_erasures(landing_of(data, definition), journal, tombstone_keys(data, definition.id))
    if found.unfinished or found.problems:
        raise ErasureError("The erasure is not complete; run 'yoursay erase --again', then 'yoursay landing verify'.")
