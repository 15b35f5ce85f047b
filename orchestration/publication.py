"""Releases to the public site: every step that changes what the public has also makes its pages anew."""

import fcntl
from dataclasses import dataclass

from orchestration.open_work import open_work
from orchestration.releases import ReleasesError, check_text, folder_of
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.errors import YourSayError
from transforms.release import life
from transforms.release.audit import note_export
from transforms.release.life import Audience, Deed
from transforms.release.verify import verify_release
from transforms.site.tree import build_tree
from transforms.site.write import write_tree


class PublicationError(YourSayError):
    """The public site does not show what the register says; the message says what to do."""


@dataclass(frozen=True)
class Publication:
    """What the public site of a consultation holds: how many pages and files, and the release that counts now.

    Attributes:
        latest: empty where there is none.
        problems: releases that were left out because their files are damaged, each in a sentence.
    """

    consultation: str
    addresses: int
    latest: str
    problems: tuple[str, ...]


def build_publication(data: DataFolder, definition: Definition) -> Publication:
    """Make the consultation's pages of results anew from its releases and their register.

    The same releases and register give the same bytes. Who reads meanwhile has the old pages or the new ones.

    Raises:
        RegisterError: the register was changed; the pages stay as they are.
        SiteError: a file changed while it was copied; the pages stay as they are.
    """
    folder = data.published(definition.id)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The register is read under the lock: who comes last has seen every step that was noted.
    with (folder.parent / f".{definition.id}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tree = build_tree(definition, data.releases(definition.id))
        write_tree(tree, folder)
    latest = tree.index.latest.release if tree.index and tree.index.latest else ""
    return Publication(definition.id, len(tree.entries), latest, tree.problems)


def publish_release(
    data: DataFolder, definition: Definition, release: str, deed: Deed, *, audience: Audience
) -> Publication:
    """Publish an approved release to members or the public.

    Raises:
        ReleasesError: its files are not those that were approved, or work is open that keeps it from the public.
        ReleaseError: it is not approved.
        PromiseError: the reason says what may not leave.
        PublicationError: it is published, but the public site does not show it.
    """
    problems = verify_release(folder_of(data, definition, release))
    if problems:
        raise ReleasesError(f"{release}: {problems[0]}; it is not what was approved.")
    standing = life.standings(data.releases(definition.id)).get(release)
    # What is not approved yet is refused for that, below.
    is_next = standing is not None and standing.state == "approved"
    still_open = open_work(data, definition) if is_next and audience == "public" else ()
    if still_open:
        raise ReleasesError(f"{release} may not go to the public yet. {still_open[0]}")
    _check_reason(data, definition, deed)
    life.publish(data.releases(definition.id), release, deed, audience=audience)
    why = deed.reason or definition.policy.publication.purpose
    what = f"release {release} to {audience}"
    note_export(data.audit(definition.id), who=deed.officer, why=why, what=what, at=deed.at)
    return _follow(data, definition)


def correct_release(
    data: DataFolder, definition: Definition, release: str, deed: Deed, *, successor: str
) -> Publication:
    """Say that another published release takes the place of this one, and why.

    Raises:
        ReleaseError: one of the two is not published, or no reason is given.
        PromiseError: the reason says what may not leave.
        PublicationError: it is noted, but the public site does not show it.
    """
    _check_reason(data, definition, deed)
    life.correct(data.releases(definition.id), release, deed, successor=successor)
    return _follow(data, definition)


def withdraw_release(data: DataFolder, definition: Definition, release: str, deed: Deed) -> Publication:
    """Withdraw a release: the public site loses its files, and says when and why.

    Raises:
        ReleaseError: it is withdrawn already, or no reason is given.
        PromiseError: the reason says what may not leave.
        PublicationError: it is noted, but the public site may still hold the files.
    """
    _check_reason(data, definition, deed)
    life.withdraw(data.releases(definition.id), release, deed)
    return _follow(data, definition)


def _follow(data: DataFolder, definition: Definition) -> Publication:
    """Let the public site follow the register, which is noted already and stays."""
    try:
        publication = build_publication(data, definition)
    except (YourSayError, OSError) as error:
        why = str(error) if isinstance(error, YourSayError) else "the files cannot be written."
        raise PublicationError(
            f"The step is noted, but the public site was not made anew: {why} Then run 'yoursay publication build'."
        ) from None
    if publication.problems:
        raise PublicationError(
            f"The step is noted, but the public site leaves a release out: {publication.problems[0]}"
            " Then run 'yoursay publication build'."
        )
    return publication


def _check_reason(data: DataFolder, definition: Definition, deed: Deed) -> None:
    """It is shown with the release, so it passes the gate as any prose does."""
    if deed.reason.strip():
        check_text(data, definition, {"--reason": deed.reason})
