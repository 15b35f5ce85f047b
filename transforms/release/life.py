"""The life of a release: drafted, checked, approved by a second person, published, then corrected or withdrawn.

The release itself is files that never change. What became of it stands in the chained register beside them, so a
release is never deleted in silence: whoever looks for a withdrawn one finds out when, by whom and why.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from schemas.register import entries, note
from transforms.release.errors import ReleaseError

REGISTER = "register.jsonl"
State = Literal["drafted", "checked", "approved", "published", "corrected", "withdrawn"]
Audience = Literal["members", "public"]
# Out of which states a step leads.
_FROM: Mapping[str, frozenset[str]] = {
    "checked": frozenset({"drafted", "checked"}),
    "approved": frozenset({"checked"}),
    "published": frozenset({"approved"}),
    "corrected": frozenset({"published"}),
    "withdrawn": frozenset({"drafted", "checked", "approved", "published", "corrected"}),
}
_NEXT = {
    "drafted": "check it with 'yoursay release check'",
    "checked": "let a second person approve it with 'yoursay release approve'",
    "approved": "publish it with 'yoursay release publish'",
    "published": "correct it with 'yoursay release correct' or withdraw it",
    "corrected": "withdraw it, or leave it",
    "withdrawn": "draft another one",
}


@dataclass(frozen=True)
class Standing:
    """How a release stands.

    Attributes:
        manifest_sha256: of the manifest that was drafted; all else follows from it.
        audience: who may have it once it is published; officers alone until then, and again once it is withdrawn.
        at: when the last step was, an ISO moment.
        reason: of the last step, empty where none was given.
        corrected_by: the release that takes its place.
        was_published: whether somebody else than officers has had it.
        problems: how many the last check found.
        shown_before: how many views the register of what was shown had when the release was made.
    """

    release: str
    state: State
    manifest_sha256: str
    drafted_by: str
    at: str
    audience: str = "officers"
    approved_by: str = ""
    reason: str = ""
    corrected_by: str = ""
    was_published: bool = False
    problems: int = 0
    shown_before: int = 0


@dataclass(frozen=True)
class Deed:
    """Who does something about a release, when, and why."""

    officer: str
    at: datetime
    reason: str = ""


def register_of(releases: Path) -> Path:
    """The register of a consultation's releases."""
    return releases / REGISTER


def standings(releases: Path) -> dict[str, Standing]:
    """Every release that was drafted, in the order of their first drafts.

    Raises:
        RegisterError: the register was changed.
    """
    return _standings(entries(register_of(releases)))


def draft(releases: Path, release: str, deed: Deed, *, manifest_sha256: str, shown_before: int = 0) -> None:
    """Note that an officer asks for this release, and how many views had been shown before it was made.

    Raises:
        ReleaseError: it was drafted before, or nobody is named.
        RegisterError: the register was changed.
    """

    def check(so_far: list[dict[str, Any]]) -> None:
        known = _standings(so_far).get(release)
        if known:
            raise ReleaseError(
                f"{release} was drafted by {known.drafted_by} and is {known.state}: {_NEXT[known.state]}."
            )

    entry = _entry("drafted", release, deed, manifest_sha256=manifest_sha256, shown_before=shown_before)
    note(register_of(releases), entry, check)


def take_checks(releases: Path, release: str, deed: Deed, *, problems: Iterable[str]) -> None:
    """Note what the checks came to; with a problem the release stays a draft.

    Raises:
        ReleaseError: it is not a draft.
        RegisterError: the register was changed.
    """
    _step(releases, _entry("checked", release, deed, problems=list(problems)))


def approve(releases: Path, release: str, deed: Deed, *, manifest_sha256: str) -> None:
    """Note a second person's approval of the very files that were drafted and checked.

    Raises:
        ReleaseError: it is not checked, its files are others, or the officer is the one who drafted it.
        RegisterError: the register was changed.
    """

    def second_person(standing: Standing) -> None:
        if same_person(deed.officer, standing.drafted_by):
            raise ReleaseError(f"{release} was drafted by {standing.drafted_by}; somebody else has to approve it.")
        if manifest_sha256 != standing.manifest_sha256:
            raise ReleaseError(f"{release} is not what was drafted; verify it, and draft it again.")

    _step(releases, _entry("approved", release, deed), second_person)


def publish(releases: Path, release: str, deed: Deed, *, audience: Audience) -> None:
    """Note that from now on `audience` may have it.

    Raises:
        ReleaseError: it is not approved.
        RegisterError: the register was changed.
    """
    _step(releases, _entry("published", release, deed, audience=audience))


def correct(releases: Path, release: str, deed: Deed, *, successor: str) -> None:
    """Note that `successor`, which is published, takes the place of this one.

    Raises:
        ReleaseError: one of the two is not published, or no reason is given.
        RegisterError: the register was changed.
    """
    _need_reason(deed)
    known = standings(releases).get(successor)
    if successor == release or known is None or known.state != "published":
        raise ReleaseError(f"{successor} is not published; publish the corrected release first.")
    _step(releases, _entry("corrected", release, deed, corrected_by=successor))


def withdraw(releases: Path, release: str, deed: Deed) -> None:
    """Note that nobody but officers may have it any more, and why; its files stay.

    Raises:
        ReleaseError: it is withdrawn already, or no reason is given.
        RegisterError: the register was changed.
    """
    _need_reason(deed)
    _step(releases, _entry("withdrawn", release, deed))


def same_person(first: str, second: str) -> bool:
    """Whether two names are of one person: neither case, spaces nor how a letter is encoded makes another."""
    return _plain(first) == _plain(second)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _step(releases: Path, entry: dict[str, Any], also: Callable[[Standing], None] | None = None) -> None:
    release, what = entry["release"], entry["what"]

    def check(so_far: list[dict[str, Any]]) -> None:
        standing = _standings(so_far).get(release)
        if standing is None:
            raise ReleaseError(f"{release} was never drafted; draft it with 'yoursay release draft'.")
        if standing.state not in _FROM[what]:
            raise ReleaseError(f"{release} is {standing.state}, so it cannot be {what}: {_NEXT[standing.state]}.")
        if also:
            also(standing)

    note(register_of(releases), entry, check)


def _entry(what: str, release: str, deed: Deed, **said: Any) -> dict[str, Any]:
    if not deed.officer.strip():
        raise ReleaseError("Say who decides, with --officer.")
    named = {"what": what, "release": release, "officer": deed.officer.strip(), "at": deed.at.isoformat()}
    return named | ({"reason": deed.reason.strip()} if deed.reason.strip() else {}) | said


def _need_reason(deed: Deed) -> None:
    if not deed.reason.strip():
        raise ReleaseError("Say why; it is shown where the release was.")


def _standings(so_far: Iterable[Mapping[str, Any]]) -> dict[str, Standing]:
    found: dict[str, Standing] = {}
    for entry in so_far:
        release, what = entry["release"], entry["what"]
        reason, at = entry.get("reason", ""), entry["at"]
        if what == "drafted":
            sha256, officer, before = entry["manifest_sha256"], entry["officer"], entry.get("shown_before", 0)
            found[release] = Standing(release, "drafted", sha256, officer, at, reason=reason, shown_before=before)
            continue
        now = replace(found[release], state=what, at=at, reason=reason)
        match what:
            case "checked":
                problems = len(entry["problems"])
                now = replace(now, state="drafted" if problems else "checked", problems=problems)
            case "approved":
                now = replace(now, approved_by=entry["officer"])
            case "published":
                now = replace(now, audience=entry["audience"], was_published=True)
            case "corrected":
                now = replace(now, corrected_by=entry["corrected_by"])
            case "withdrawn":
                now = replace(now, audience="officers")
        found[release] = now
    return found
