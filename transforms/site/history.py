"""Which releases the public has had, and what became of each: read from the register, in the order of publication."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from schemas.register import entries
from transforms.release.life import register_of

PublicState = Literal["published", "corrected", "withdrawn"]


@dataclass(frozen=True)
class PublicRelease:
    """A release that was published for the public.

    Attributes:
        manifest_sha256: of the manifest that was drafted and approved.
        changed_at: when it was corrected or withdrawn, else when it was published.
        reason: why it was corrected or withdrawn, empty before.
        successor: the release that takes its place, which the public need not have.
    """

    id: str
    manifest_sha256: str
    published_at: datetime
    changed_at: datetime
    state: PublicState = "published"
    reason: str = ""
    successor: str = ""


def public_releases(releases: Path) -> list[PublicRelease]:
    """Every release that the public has or had, the first published first.

    Raises:
        RegisterError: the register was changed.
    """
    return _public(entries(register_of(releases)))


def _public(so_far: Iterable[Mapping[str, Any]]) -> list[PublicRelease]:
    drafted: dict[str, str] = {}
    found: dict[str, PublicRelease] = {}
    for entry in so_far:
        release, what, at = entry["release"], entry["what"], datetime.fromisoformat(entry["at"])
        if what == "drafted":
            drafted[release] = entry["manifest_sha256"]
        elif what == "published" and entry["audience"] == "public":
            found[release] = PublicRelease(release, drafted[release], at, at)
        elif what in ("corrected", "withdrawn") and release in found:
            successor = entry.get("corrected_by", "")
            found[release] = replace(
                found[release], changed_at=at, state=what, reason=entry.get("reason", ""), successor=successor
            )
    return list(found.values())
