"""What has changed since somebody's last visit: what each account last saw of each consultation."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict

from dashboards.results import wording
from dashboards.results.figures import View
from dashboards.results.releases import Release
from dashboards.store import open_store, read_store

# Looks that show the same are written once in this time.
_MOMENT = timedelta(seconds=30)
_LAST = "SELECT session_hash, seen, before FROM visits WHERE account = ? AND consultation = ?"
_KEEP = """
INSERT INTO visits (account, consultation, session_hash, seen, before) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (account, consultation) DO UPDATE
SET session_hash = excluded.session_hash, seen = excluded.seen, before = excluded.before
"""


class Sight(BaseModel):
    """What somebody saw of a consultation: counts that every page shows, and the releases they may have."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    status: str
    received: int
    included: int
    coded: int
    releases: tuple[str, ...]


def sight_of(view: View, releases: tuple[Release, ...], now: datetime) -> Sight:
    """What the latest view shows at `now`."""
    return Sight(
        at=now,
        status=view.status,
        received=view.of_ledger(),
        included=view.of_ledger("included"),
        coded=sum(question.coded or 0 for question in view.version.questions),
        releases=tuple(release.id for release in releases if release.files),
    )


def note_visit(store: Path, account: str, consultation: str, token: str, sight: Sight) -> Sight | None:
    """Note what an account sees in the session of `token`; gives what it saw last in an earlier one, or None.

    All looks within one session are one visit.
    """
    session = hashlib.sha256(token.encode()).hexdigest()
    with read_store(store) as connection:
        row = connection.execute(_LAST, (account, consultation)).fetchone()
    before = row and (row[2] if row[0] == session else row[1])
    if row and row[0] == session and _same_look(Sight.model_validate_json(row[1]), sight):
        return Sight.model_validate_json(before) if before else None
    with open_store(store) as connection:
        connection.execute(_KEEP, (account, consultation, session, sight.model_dump_json(), before))
    return Sight.model_validate_json(before) if before else None


def _same_look(kept: Sight, now: Sight) -> bool:
    """Whether the same was seen a moment ago, so that there is nothing to write."""
    return now == kept.model_copy(update={"at": now.at}) and now.at - kept.at < _MOMENT


def news(before: Sight, now: Sight, view: View) -> tuple[str, ...]:
    """What is new since `before`, in sentences."""
    when = wording.moment(before.at.astimezone(view.version.about.zone))
    changes = list(_changes(before, now))
    if not changes:
        return (f"Nothing has changed since your last visit, on {when}.",)
    return (f"Since your last visit, on {when}: {'; '.join(changes)}.",)


def _changes(before: Sight, now: Sight) -> Iterator[str]:
    for word, was, is_now in (
        ("received", before.received, now.received),
        ("included", before.included, now.included),
    ):
        if was != is_now:
            yield f"{_more(was, is_now, 'response')} {word}"
    if before.coded != now.coded:
        yield f"{_more(before.coded, now.coded, 'answer')} coded"
    for release in now.releases:
        if release not in before.releases:
            yield f"new release {release}"
    if before.status != now.status:
        yield f"now {wording.STATUSES[now.status][0].lower()}{wording.STATUSES[now.status][1:]}"


def _more(was: int, is_now: int, noun: str) -> str:
    """`14 more responses`, `2 fewer answers`."""
    change = abs(is_now - was)
    return f"{wording.number(change)} {'more' if is_now > was else 'fewer'} {noun}{'' if change == 1 else 's'}"
