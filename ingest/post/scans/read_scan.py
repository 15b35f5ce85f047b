"""Scanned paper to responses: pages are recognised one by one, gathered into forms, and read.

`read_pages` works where it is called: call it in a child process. `read_scan` opens an artefact's body and has the
pages read in one (`ingest.post.scans.scan_child`).
"""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ingest.parsed_response import ParsedResponse, is_day, quarantined
from ingest.post.scans.form_answers import responses_of
from ingest.post.scans.gather import Gathered, gather
from ingest.post.scans.page_images import PageImage, ScanError
from ingest.post.scans.recognise import PageFacts, page_facts
from ingest.post.scans.scan_limits import MAX_SCAN_BYTES
from schemas.definition import Definition

SCAN_MEDIA_TYPE = "application/vnd.yoursay.scan+zip"
DESCRIPTION, FILE = "scan.json", "scan"
_MAX_DESCRIPTION_BYTES = 1024 * 1024


@dataclass(frozen=True)
class ScanReading:
    """What a file's pages are, how they go together, and the responses they hold."""

    pages: list[PageFacts]
    gathered: Gathered
    responses: list[ParsedResponse]


@dataclass(frozen=True)
class Envelope:
    """The envelope that a file's pages from `first_page` on came in: its postmark, a day, 'none' or 'illegible'."""

    first_page: int
    postmark: str


@dataclass(frozen=True)
class ScanDescription:
    """What is written down about a scanned file. `first_page` and `last_page` are the pages that belong to this one."""

    consultation: str
    batch: str
    received: str
    envelopes: tuple[Envelope, ...]
    first_page: int = 1
    last_page: int | None = None
    sheets: int | None = field(default=None)


def read_pages(images: Iterable[PageImage], definition: Definition) -> ScanReading:
    """Read the pages of one file or message, in their order. Call it where time and memory are bounded."""
    return read_facts([page_facts(image.grey, image.number, definition) for image in images], definition)


def read_facts(pages: Sequence[PageFacts], definition: Definition) -> ScanReading:
    """The same from what is known of the pages."""
    gathered = gather(pages)
    return ScanReading(list(pages), gathered, responses_of(gathered, definition))


def pack_scan(description: ScanDescription, content: bytes) -> bytes:
    """A scanned file's artefact before it is sealed: what is known about it, and the file as it came."""
    said = {
        "consultation": description.consultation,
        "batch": description.batch,
        "received": description.received,
        "envelopes": [{"first_page": one.first_page, "postmark": one.postmark} for one in description.envelopes],
        "first_page": description.first_page,
        "last_page": description.last_page,
        "sheets": description.sheets,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, part in ((DESCRIPTION, json.dumps(said, sort_keys=True).encode()), (FILE, content)):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part)
    return packed.getvalue()


def unpack_scan(body: bytes) -> tuple[ScanDescription, bytes]:
    """The description and the file in an artefact's body.

    Raises:
        ScanError: it is no such body.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            if sizes[DESCRIPTION] > _MAX_DESCRIPTION_BYTES or sizes[FILE] > MAX_SCAN_BYTES:
                raise ScanError("the scan is larger than is read")
            said, content = json.loads(archive.read(DESCRIPTION)), archive.read(FILE)
        return _description(said), content
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, NotImplementedError, RuntimeError, OSError):
        raise ScanError("the body is not a scan with its description") from None


def _description(said: dict[str, Any]) -> ScanDescription:
    envelopes = tuple(Envelope(int(one["first_page"]), str(one["postmark"])) for one in said["envelopes"])
    if not all(one.postmark in ("none", "illegible") or is_day(one.postmark) for one in envelopes):
        raise ValueError
    return ScanDescription(
        consultation=str(said["consultation"]),
        batch=str(said["batch"]),
        received=str(said["received"]),
        envelopes=envelopes,
        first_page=int(said["first_page"]),
        last_page=None if said["last_page"] is None else int(said["last_page"]),
        sheets=None if said["sheets"] is None else int(said["sheets"]),
    )


def read_scan(body: bytes, definition: Definition) -> list[ParsedResponse]:
    """The responses in a scan's opened body: at least one entry, whatever it holds. Never raises on its content."""
    from ingest.post.scans.scan_child import facts_apart

    try:
        description, content = unpack_scan(body)
        if description.consultation != definition.id:
            return [quarantined("the consultation inside the seal is not the one outside")]
        pages = facts_apart(content, definition, description.first_page, description.last_page)
    except ScanError as error:
        return [quarantined(f"the scan cannot be read: {error}")]
    reading = read_facts(pages, definition)
    return with_postmarks(reading, description.envelopes)


def with_postmarks(reading: ScanReading, envelopes: Sequence[Envelope]) -> list[ParsedResponse]:
    """The responses with the postmark of the envelope that their first page came in."""
    firsts = [form.first for form in reading.gathered.forms]
    firsts += [others.pages[0].at for others in reading.gathered.others]
    found = []
    for number, response in enumerate(reading.responses):
        first = firsts[number] if number < len(firsts) else 1
        before = [one for one in envelopes if one.first_page <= first]
        found.append(
            replace(response, postmark=max(before, key=lambda one: one.first_page).postmark if before else None)
        )
    return found
