"""The feed of a consultation's releases: Atom, an entry a release, changed when it is corrected or withdrawn."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as XML

from transforms.site.addresses import Site, release_page
from transforms.site.pages import Known
from transforms.site.wording import Wording

ATOM = "http://www.w3.org/2005/Atom"
# An entry's id must stay whatever address the site has, so it is no address.
_NAMES = uuid.UUID("7c2e0d2f-5a0b-5f3d-9d8e-9b6d5f3c2a10")


def feed(site: Site, wording: Wording, releases: Sequence[Known]) -> bytes:
    """The feed, the release that changed last first. It needs at least one release."""
    XML.register_namespace("", ATOM)
    latest_first = sorted(releases, key=lambda one: (one.history.changed_at, one.history.id), reverse=True)
    root = XML.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": wording.language})
    _add(root, "id", entry_id(site.id, ""))
    _add(root, "title", wording.text("results_of", title=site.title))
    _add(root, "updated", _moment(latest_first[0].history.changed_at))
    author = XML.SubElement(root, f"{{{ATOM}}}author")
    _add(author, "name", ", ".join(site.asked_by))
    _link(root, "self", site.file("feed.xml"), "application/atom+xml")
    _link(root, "alternate", site.here(), "text/html")
    for one in latest_first:
        _entry(root, site, wording, one)
    content: bytes = XML.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def entry_id(consultation: str, release: str) -> str:
    """The lasting id of a release's entry; of the feed itself where no release is named."""
    return uuid.uuid5(_NAMES, f"{consultation}/{release}").urn


def _entry(root: XML.Element, site: Site, wording: Wording, known: Known) -> None:
    history, held = known.history, known.held
    entry = XML.SubElement(root, f"{{{ATOM}}}entry")
    _add(entry, "id", entry_id(site.id, history.id))
    _add(entry, "title", _title(wording, known))
    _add(entry, "published", _moment(history.published_at))
    _add(entry, "updated", _moment(history.changed_at))
    _link(entry, "alternate", site.here(release_page(history.id)), "text/html")
    if history.reason:
        _add(entry, "summary", wording.text("corrected_why", reason=history.reason))
    elif held is not None:
        moment = wording.moment(datetime.fromisoformat(str(held.manifest["as_at"])).astimezone(site.zone))
        _add(entry, "summary", wording.text("interim" if held.manifest["interim"] else "final", moment=moment))


def _title(wording: Wording, known: Known) -> str:
    """What the release is, and first of all what became of it."""
    history = known.history
    heading = wording.text("release_heading", release=history.id)
    if known.held is not None and history.state != "withdrawn":
        kind = wording.text("of_kind_report" if known.held.is_report else "of_kind_data")
        heading = f"{heading} ({kind})"
    if history.state == "published":
        return heading
    return wording.text(f"feed_{history.state}", heading=heading)


def _add(parent: XML.Element, name: str, text: str) -> None:
    XML.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _link(parent: XML.Element, relation: str, address: str, media_type: str) -> None:
    XML.SubElement(parent, f"{{{ATOM}}}link", {"rel": relation, "href": address, "type": media_type})


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
