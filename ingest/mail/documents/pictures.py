"""Photos and scans of the paper form that came with a message: read as paper is."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ingest.mail.bounded_child import grant
from ingest.mail.limits import MAX_PICTURE_PAGES
from ingest.mail.message.parts import Attachment
from ingest.parsed_response import ParsedResponse
from ingest.post.scans.crops import crops_of_images
from ingest.post.scans.page_images import PageImage, ScanError, open_scan
from ingest.post.scans.read_scan import read_facts
from ingest.post.scans.recognise import PageFacts, page_facts
from schemas.definition import Definition

TOO_MANY_PAGES = "the message has more pages of pictures than are read"
_OURS = ("form", "unregistered", "other_version")
# Processor seconds for a page, and once for drawing the blank form that pages are held against.
_PAGE_SECONDS, _FIRST_SECONDS = 3, 20


@dataclass
class Pictures:
    """The paper forms among a letter's files. `rest` are the files in which no page of the form was found.

    `pages` are (file, page in it) of each page that was read, in order.
    """

    responses: list[ParsedResponse] = field(default_factory=list)
    pages: list[tuple[Attachment, int]] = field(default_factory=list)
    rest: list[Attachment] = field(default_factory=list)
    too_many: bool = False


def read_pictures(attachments: Sequence[Attachment], definition: Definition, sender: str | None) -> Pictures:
    """Read pictures, and documents that may be pictures of pages. Never raises on their content."""
    found, facts, looked_at = Pictures(), list[PageFacts](), 0
    for one in attachments:
        try:
            scan = open_scan(one.content)
            looked_at += scan.count
            if looked_at > MAX_PICTURE_PAGES:
                found.too_many = True
                raise ScanError("too many pages")
            grant(scan.count * _PAGE_SECONDS + _FIRST_SECONDS)
            numbers = range(1, scan.count + 1)
            of_file = [page_facts(scan.page(number).grey, len(facts) + number, definition) for number in numbers]
        except ScanError:
            of_file = []
        if any(page.kind in _OURS for page in of_file):
            facts += of_file
            found.pages += [(one, number) for number in range(1, len(of_file) + 1)]
        else:
            found.rest.append(one)
    if facts:
        prefix = "pictures" if len({id(one) for one, _ in found.pages}) > 1 else found.pages[0][0].part
        found.responses = [_named(one, prefix, sender) for one in read_facts(facts, definition).responses]
    return found


def _named(response: ParsedResponse, prefix: str, sender: str | None) -> ParsedResponse:
    readings = tuple(replace(one, part=f"{prefix}, {one.part}") for one in response.readings)
    return replace(response, sender=sender, readings=readings)


def crops_in(pictures: Pictures, response: object, column: str, definition: Definition) -> list[bytes]:
    """PNG pictures of an answer of one of these responses; none where it is not among them."""
    ordinal = next((n for n, one in enumerate(pictures.responses, 1) if is_same(one, response)), None)
    if ordinal is None:
        return []
    images = [
        PageImage(at, open_scan(one.content).page(number).grey)
        for at, (one, number) in enumerate(pictures.pages, 1)
    ]  # fmt: skip
    return crops_of_images(images, ordinal, column, definition)


def is_same(one: ParsedResponse, other: object) -> bool:
    """Whether a response is this one, though readings were added to it: its answers are the very same."""
    return isinstance(other, ParsedResponse) and one.answers is other.answers
