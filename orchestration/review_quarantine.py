"""What officers say of responses that wait as a whole or came too late: the rules, for the desk and the commands."""

from collections.abc import Mapping

from orchestration.builds import warehouse_of
from orchestration.review_decisions import Officer, ReviewError, reason_of
from schemas.decisions import Invalidation, LateAcceptance, QuarantineRelease
from schemas.response import RawAnswer
from transforms.warehouse.quarantine import Held, read_late, read_quarantine


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
