"""Everything that is published of a consultation, as a function of its releases and their register."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schemas.definition import Definition
from schemas.published import LatestRelease, PublishedFile, PublishedIndex, Use
from transforms.site.addresses import Site, question_page, release_file, release_page
from transforms.site.errors import SiteError
from transforms.site.feed import feed
from transforms.site.figures import questions_of
from transforms.site.history import PublicRelease, public_releases
from transforms.site.look import TEMPLATES
from transforms.site.media import media_type_of, use_of
from transforms.site.pages import Known, Pages
from transforms.site.read import Held, read_release
from transforms.site.wording import FIRST, has_wording, wording_in

FEED = "feed.xml"
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Entry:
    """An address, and the content that answers it: bytes, or a file of a release, which is copied."""

    address: str
    file: PublishedFile
    content: bytes | Path


@dataclass(frozen=True)
class Tree:
    """What is published of a consultation.

    Attributes:
        index: None where the public never had a release.
        problems: releases that were left out because their files are damaged, each in a sentence.
    """

    index: PublishedIndex | None
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()


def build_tree(definition: Definition, releases: Path) -> Tree:
    """Every page and file of the consultation's public releases.

    A damaged release is left out and named, so that another one can always be withdrawn.

    Args:
        releases: the folder of the consultation's releases, with their register.

    Raises:
        RegisterError: the register was changed.
    """
    known, problems = _read_all(releases, public_releases(releases))
    if not known:
        return Tree(None)
    current = _latest(known)
    style = (TEMPLATES / "results.css").read_bytes()
    style_entry = _made(f"style/{_sha256(style)[:16]}.css", style, "text/css; charset=utf-8", "style")
    entries = [style_entry, *_files(known), *_pages(definition, known, current, style_entry.address)]
    index = PublishedIndex(
        consultation=definition.id,
        latest=_latest_said(current),
        files={entry.address: entry.file for entry in entries},
        withdrawn=tuple(one.history.id for one in known if one.history.state == "withdrawn"),
    )
    return Tree(index, tuple(entries), tuple(problems))


def _read_all(releases: Path, histories: Sequence[PublicRelease]) -> tuple[list[Known], list[str]]:
    known, problems = [], []
    for history in histories:
        held = None
        if history.state != "withdrawn":
            try:
                held = read_release(releases / history.id, history.manifest_sha256)
            except SiteError as error:
                problems.append(str(error))
        known.append(Known(history, held))
    return known, problems


def _latest(known: Sequence[Known]) -> Known | None:
    """The dataset that counts now, of those neither corrected nor withdrawn: a final one before interim ones, then the
    one that is as at the latest moment. A view of an earlier day that is published afterwards does not take its place.
    """
    found = [
        (not one.held.manifest["interim"], datetime.fromisoformat(str(one.held.manifest["as_at"])), place, one)
        for place, one in enumerate(known)
        if one.held and not one.held.is_report and one.history.state == "published"
    ]
    return max(found)[-1] if found else None


def _latest_said(current: Known | None) -> LatestRelease | None:
    if current is None or current.held is None:
        return None
    manifest = current.held.manifest
    return LatestRelease(release=current.held.id, as_at=str(manifest["as_at"]), interim=bool(manifest["interim"]))


def _files(known: Sequence[Known]) -> Iterator[Entry]:
    """The files of every release that is not withdrawn."""
    for held in (one.held for one in known if one.held):
        for file in held.files:
            use = use_of(file.name)
            published = PublishedFile(sha256=file.sha256, size=file.size, media_type=media_type_of(file.name), use=use)
            yield Entry(release_file(held.id, file.name), published, held.folder / file.name)


def _pages(definition: Definition, known: Sequence[Known], current: Known | None, style: str) -> Iterator[Entry]:
    languages = [FIRST, *(one for one in definition.questionnaire.languages if one != FIRST and has_wording(one))]
    sites = [(wording_in(language), Site.of(definition, language)) for language in languages]
    notices = [str(one.held.manifest["notice"]) for one in known if one.held and one.held.manifest.get("notice")]
    for wording, site in sites:
        pages = Pages(definition, site, wording, known, site.file(style), list(dict.fromkeys(notices)), sites)
        yield from _pages_in(pages, known, current)
    wording, site = sites[0]
    yield _made(FEED, feed(site, wording, known), "application/atom+xml; charset=utf-8", "feed")


def _pages_in(pages: Pages, known: Sequence[Known], current: Known | None) -> Iterator[Entry]:
    prefix = pages.site.prefix
    yield _page(prefix, pages.index(current))
    for one in known:
        yield _page(prefix + release_page(one.history.id), pages.release(one))
        if one.held:
            yield from _pages_of_release(pages, one, one.held)


def _pages_of_release(pages: Pages, known: Known, held: Held) -> Iterator[Entry]:
    prefix = pages.site.prefix
    yield _page(prefix + release_page(held.id, "data"), pages.data(known, held))
    questions = questions_of(held)
    for place, question in enumerate(questions):
        yield _page(prefix + question_page(held.id, question.id), pages.question(known, held, questions, place))


def _page(address: str, html: str) -> Entry:
    return _made(address, html.encode(), _HTML, "page")


def _made(address: str, content: bytes, media_type: str, use: Use) -> Entry:
    file = PublishedFile(sha256=_sha256(content), size=len(content), media_type=media_type, use=use)
    return Entry(address, file, content)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
