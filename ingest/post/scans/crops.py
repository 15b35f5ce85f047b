"""Pictures of one answer, cut out of the scanned pages, upright: what a person keys from."""

from collections.abc import Sequence

from ingest.post.scans.crop_places import crop, places_of
from ingest.post.scans.page_images import PageImage, ScanError
from ingest.post.scans.read_scan import SCAN_MEDIA_TYPE, read_facts, read_pages, unpack_scan
from ingest.post.scans.scan_child import crops_apart, facts_apart
from schemas.definition import Definition


def crops_of(media_type: str | None, body: bytes, ordinal: int, column: str, definition: Definition) -> list[bytes]:
    """PNG pictures of a column's boxes or spaces in the response with that ordinal; none where there is no picture.

    For the column '' the pages beside the form: letters and continuation sheets.

    Raises:
        ScanError: the artefact's body cannot be read as a scan.
    """
    if media_type != SCAN_MEDIA_TYPE:
        return []
    description, content = unpack_scan(body)
    facts = facts_apart(content, definition, description.first_page, description.last_page)
    places = places_of(read_facts(facts, definition).gathered, ordinal, column, definition)
    return crops_apart(content, definition, places)


def crops_of_images(images: Sequence[PageImage], ordinal: int, column: str, definition: Definition) -> list[bytes]:
    """The same from pictures that are decoded already; call it where time and memory are bounded."""
    by_number = {image.number: image.grey for image in images}
    places = places_of(read_pages(images, definition).gathered, ordinal, column, definition)
    return [crop(by_number[place.at], place, definition) for place in places]


__all__ = ["ScanError", "crops_of", "crops_of_images"]
