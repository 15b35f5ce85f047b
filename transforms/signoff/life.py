"""The way of a consultation's results to their end: closed, frozen, signed off by two people, final; then corrected.

Every step is a line of a chained register (`schemas.register`), so that nothing is taken back in silence. What is
signed is a hash; what it stands for is `transforms.signoff.frozen`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from schemas.register import entries, note
from transforms.release.life import Deed, same_person
from transforms.signoff.errors import SignOffError
from transforms.signoff.frozen import Frozen

SIGNATURES = 2
State = Literal["open", "closed", "frozen", "signed", "final", "in correction"]
_NEXT: Mapping[State, str] = {
    "open": "close them with 'yoursay results close'",
    "closed": "freeze them with 'yoursay results freeze'",
    "frozen": "sign them off with 'yoursay results sign-off'",
    "signed": "a second person signs them off with 'yoursay results sign-off'",
    "final": "correct them with 'yoursay results correct', or leave them",
    "in correction": "freeze the corrected results with 'yoursay results freeze'",
}


@dataclass(frozen=True)
class Signature:
    """Who signed, and when (an ISO moment)."""

    officer: str
    at: str


@dataclass(frozen=True)
class Final:
    """Results that two people signed off. `reason` is why they were corrected, empty for the first ones."""

    frozen: Frozen
    signatures: tuple[Signature, ...]
    reason: str = ""

    @property
    def signed_off_at(self) -> str:
        return self.signatures[-1].at

    def about(self) -> dict[str, str]:
        """What a public version says about it."""
        return {
            "status": "final",
            "final_hash": self.frozen.hash,
            "signed_off_at": self.signed_off_at,
            "correction": str(self.frozen.correction),
        }


@dataclass(frozen=True)
class Standing:
    """Where a consultation's results stand.

    Attributes:
        closed: who closed them, or None.
        frozen: what waits for signatures, or None.
        signatures: those of what waits.
        final: what is shown as final, or None; it stays while a correction is under way.
        correction: the number of the correction under way, or None.
        reason: why there is a correction under way.
    """

    closed: Signature | None = None
    frozen: Frozen | None = None
    signatures: tuple[Signature, ...] = ()
    final: Final | None = None
    correction: int | None = None
    reason: str = ""

    @property
    def state(self) -> State:
        if self.frozen:
            return "signed" if self.signatures else "frozen"
        if self.correction is not None:
            return "in correction"
        if self.final:
            return "final"
        return "closed" if self.closed else "open"

    @property
    def next_step(self) -> str:
        """What comes next, in words."""
        return _NEXT[self.state]

    @property
    def number(self) -> int:
        """The number that the next freeze has: 0 for the first results, then that of the correction."""
        return self.correction or 0


def read_standing(register: Path) -> Standing:
    """Where the results of a register stand.

    Raises:
        SignOffError: a line names a hash that its content does not give.
        RegisterError: the register was changed.
    """
    return _standing(entries(register))


def close(register: Path, deed: Deed) -> None:
    """Note that nothing more is taken in.

    Raises:
        SignOffError: the results were closed before, or nobody is named.
        RegisterError: the register was changed.
    """
    _step(register, _entry("closed", deed), {"open"})


def freeze(register: Path, deed: Deed, frozen: Frozen) -> None:
    """Note what is to be signed off. Where something was frozen before that is not final, this takes its place.

    Raises:
        SignOffError: the results are not closed or are final, or nobody is named.
        RegisterError: the register was changed.
    """
    entry = _entry("frozen", deed, hash=frozen.hash, **frozen.as_dict())
    _step(register, entry, {"closed", "frozen", "signed", "in correction"})


def sign(register: Path, deed: Deed, signed_hash: str) -> Standing:
    """Note a person's signature under a hash; returns where the results stand then.

    Raises:
        SignOffError: nothing is frozen, it has another hash, or this person has signed it.
        RegisterError: the register was changed.
    """

    def check(standing: Standing) -> None:
        assert standing.frozen
        if signed_hash != standing.frozen.hash:
            raise SignOffError(f"What is frozen has the hash {standing.frozen.hash}; look at it, and sign that one.")
        if any(same_person(deed.officer, one.officer) for one in standing.signatures):
            raise SignOffError(f"{deed.officer.strip()} has signed it already; somebody else has to.")

    _step(register, _entry("signed", deed, hash=signed_hash), {"frozen", "signed"}, check)
    return read_standing(register)


def correct(register: Path, deed: Deed) -> int:
    """Note that final results are to be corrected, and why; returns the correction's number. They stay as they are
    until two people have signed off others.

    Raises:
        SignOffError: the results are not final, or no reason is given.
        RegisterError: the register was changed.
    """
    if not deed.reason.strip():
        raise SignOffError("Say why, with --reason; it is shown with the corrected results.")
    _step(register, _entry("correction", deed), {"final"})
    return read_standing(register).number


def _step(
    register: Path, entry: dict[str, Any], allowed: set[State], also: Callable[[Standing], None] | None = None
) -> None:
    def check(so_far: list[dict[str, Any]]) -> None:
        standing = _standing(so_far)
        if standing.state not in allowed:
            raise SignOffError(f"The results are {standing.state}: {standing.next_step}.")
        if also:
            also(standing)

    note(register, entry, check)


def _entry(what: str, deed: Deed, **said: Any) -> dict[str, Any]:
    if not deed.officer.strip():
        raise SignOffError("Say who decides, with --officer.")
    named = {"what": what, "officer": deed.officer.strip(), "at": deed.at.isoformat()}
    return named | ({"reason": deed.reason.strip()} if deed.reason.strip() else {}) | said


def _standing(so_far: Iterable[Mapping[str, Any]]) -> Standing:
    now = Standing()
    for entry in so_far:
        who = Signature(entry["officer"], entry["at"])
        match entry["what"]:
            case "closed":
                now = replace(now, closed=who)
            case "frozen":
                now = replace(now, frozen=_agreed(Frozen.from_dict(entry), entry), signatures=())
            case "signed":
                _agreed(now.frozen, entry)
                now = _signed(replace(now, signatures=(*now.signatures, who)))
            case "correction":
                number = now.final.frozen.correction + 1 if now.final else 1
                now = replace(now, correction=number, reason=entry.get("reason", ""))
    return now


def _agreed(frozen: Frozen | None, entry: Mapping[str, Any]) -> Frozen:
    if frozen is None or entry["hash"] != frozen.hash:
        raise SignOffError("The register's line does not give the hash that it names; restore it from a backup.")
    return frozen


def _signed(now: Standing) -> Standing:
    if len(now.signatures) < SIGNATURES or now.frozen is None:
        return now
    return Standing(closed=now.closed, final=Final(now.frozen, now.signatures, now.reason))
