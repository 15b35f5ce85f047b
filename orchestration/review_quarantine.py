"""What officers say of responses that wait as a whole or came too late: the rules, for the desk and the commands."""

from collections.abc import Mapping

from ingest.journal import Journal
from orchestration.builds import warehouse_of
from orchestration.review_decisions import Officer, ReviewError, decisions_of, reason_of
from schemas.data_folder import DataFolder
from schemas.decisions import Decided, Invalidation, LateAcceptance, QuarantineRelease, VerdictUndo
from schemas.definition import Definition
from schemas.response import RawAnswer
from schemas.sealing import Identity
from transforms.warehouse.quarantine import Held, read_late, read_quarantine

Said = QuarantineRelease | Invalidation | LateAcceptance
_KINDS = ("quarantine_release", "invalidation", "late_acceptance", "verdict_undo")


def held_response(officer: Officer, response: str) -> Held:
    """A response that is in quarantine or in review in the current version.

    Raises:
        ReviewError: it is in neither.
        TransformError: there is no version of the warehouse yet.
    """
    held = read_quarantine(warehouse_of(officer.data, officer.definition))
    found = next((one for one in held if one.response == response), None)
    if found is None:
        raise ReviewError(f"{response[:200]} is neither in quarantine nor in review; see 'yoursay quarantine list'.")
    return found


def release_response(officer: Officer, response: str, corrections: Mapping[str, RawAnswer], reason: str) -> None:
    """Let a response go on with these answers; without any the rules that it breaks are waived.

    Raises:
        ReviewError: it does not wait, or no reason is given.
    """
    found = held_response(officer, response)
    officer.decides(
        [QuarantineRelease(response=found.response, corrections=dict(corrections), reason=reason_of(reason))]
    )


def invalidate_response(officer: Officer, response: str, reason: str) -> None:
    """Say that a response that waits does not count: a test, abuse, or nothing that can be read.

    What is in quarantine is let out of it first: the ledger asks whether a response can be read before it asks whether
    it counts.

    Raises:
        ReviewError: it does not wait, or no reason is given.
    """
    found, why = held_response(officer, response), reason_of(reason)
    invalid = Invalidation(response=found.response, reason=why)
    if found.line == "in_quarantine":
        officer.decides([QuarantineRelease(response=found.response, corrections={}, reason=why), invalid])
    else:
        officer.decides([invalid])


def accept_late_response(officer: Officer, response: str, reason: str) -> None:
    """Let a response that came too late count all the same.

    Raises:
        ReviewError: it did not come too late, or no reason is given.
    """
    if response not in {name for name, *_ in read_late(warehouse_of(officer.data, officer.definition))}:
        raise ReviewError(f"{response[:200]} did not come too late; see 'yoursay quarantine late'.")
    officer.decides([LateAcceptance(response=response, reason=reason_of(reason))])


def verdicts_that_stand(
    data: DataFolder, definition: Definition, identity: Identity, after: int = 0
) -> list[tuple[Decided, Said]]:
    """What was released, found invalid or accepted late since a decision and nobody took back, oldest first."""
    journal = Journal(data.journal(definition.id), data.clock)
    stands: list[tuple[Decided, Said]] = []
    for one in decisions_of(journal, identity, _KINDS, after):
        said = one.decision
        if isinstance(said, VerdictUndo):
            stands = [kept for kept in stands if kept[1].response != said.response]
        elif isinstance(said, Said):
            stands.append((one, said))
    return stands


def undo_verdict(officer: Officer, identity: Identity, response: str, reason: str) -> None:
    """Take back what was released, found invalid or accepted late of a response.

    Raises:
        ReviewError: there is nothing to take back, or no reason is given.
    """
    found = verdicts_that_stand(officer.data, officer.definition, identity)
    if response not in {said.response for _, said in found}:
        raise ReviewError(f"Nothing was decided of {response[:200] or 'it'} that can be taken back.")
    officer.decides([VerdictUndo(response=response, reason=reason_of(reason))])
