"""One synthetic form of a stream filled, scanned, read and held against its truth: what `scans` counts."""

import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from benchmarks._scan_synthesis import FilledPage, Page, Stream, fill_form, random_of, way_of
from benchmarks._scan_synthesis_paper import LOSING, Scanned, scan
from ingest.post.scans.blanks import PIXELS_PER_MM
from ingest.post.scans.box_patches import BOX, PATCH, box_patch
from ingest.post.scans.boxes import BoxReading, read_boxes
from ingest.post.scans.form_answers import SEVERAL_TICKS, response_of
from ingest.post.scans.gather import Form
from ingest.post.scans.page_images import open_scan
from ingest.post.scans.recognise import PageFacts, Recognised, recognise
from ingest.post.scans.register import Sheet
from ingest.post.scans.spaces import is_written
from schemas.definition import BUILT_IN, Definition, load_definition
from schemas.editions.page_code import PageCode
from schemas.editions.print_edition import build_print_edition, print_layout, print_variants
from schemas.editions.print_layout import PrintLayout, Variant
from schemas.fields import MultipleChoice

CONSULTATIONS = ("parks-and-libraries-2007", "third-sector-2007")
# The baseline: a box is ticked when more than this share of its inside is darker than that (255 is the printed black).
# Both are the best on the development seeds.
BASELINE_SHARE, BASELINE_DARK = 0.084, 15
_REGISTERED_MM = 1.0


@dataclass
class Counts:
    """What was counted. A box that is doubtful by design and was read without a person counts as wrong."""

    pages: int = 0
    identified: int = 0
    registered: int = 0
    boxes: int = 0
    read: int = 0
    wrong: int = 0
    baseline_wrong: int = 0
    baseline: int = 0
    questions: int = 0
    questions_read: int = 0
    questions_wrong: int = 0
    spaces: int = 0
    spaces_missed: int = 0
    spaces_for_nothing: int = 0
    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Counts") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass(frozen=True)
class Edition:
    """An edition and its pages with serials, ready to be drawn."""

    definition: Definition
    layout: PrintLayout
    pdf: pypdfium2.PdfDocument
    serials: int


@cache
def editions() -> list[Edition]:
    """Every edition of both consultations."""
    found = []
    for consultation in CONSULTATIONS:
        definition = load_definition(BUILT_IN / consultation)
        for language in definition.questionnaire.languages:
            for variant in print_variants(definition):
                found.append(_edition(definition, language, variant))
    return found


def _edition(definition: Definition, language: str, variant: Variant) -> Edition:
    serials = ["AB-2345", "CD-6789", None]
    pdf = build_print_edition(definition, language, variant, serials)
    layout = print_layout(definition, language, variant)
    return Edition(definition, layout, pypdfium2.PdfDocument(pdf), len(serials))


def drawn(edition: Edition, copy: int, number: int, resolution: int) -> Page:
    """A page (by its place in the form) of one copy, grey."""
    count = len(edition.layout.pages) + 1
    bitmap = edition.pdf[copy * count + number].render(scale=resolution / 72, grayscale=True)
    picture = np.array(bitmap.to_numpy(), dtype=np.uint8)
    return picture.reshape(picture.shape[:2])


def trial(stream: Stream, number: int, *, hidden: bool = False, at_200: bool = False) -> Counts:
    """Fill, scan and read the pages of one form that have boxes, and one other."""
    random = random_of(stream, number, int(hidden))
    # Parks has more boxes than the other, so it comes as often.
    edition = editions()[int(random.integers(len(editions())))]
    way, resolution = ("office", 200) if at_200 else way_of(random)
    copy = int(random.integers(edition.serials))
    chosen = [place for place, page in enumerate(edition.layout.pages) if page.boxes]
    others = [place for place in range(len(edition.layout.pages)) if place not in chosen]
    if others:
        chosen.append(others[int(random.integers(len(others)))])
    pages = {place: drawn(edition, copy, place, resolution) for place in chosen}
    small = np.full((1, 1), 255, np.uint8)
    blanks = [pages.get(place, small) for place in range(len(edition.layout.pages))]
    filled = fill_form(
        edition.layout,
        blanks,
        resolution,
        definition=edition.definition,
        stream=stream,
        random=random,
        least_dark=0.5 if way in LOSING else 0.0,
    )
    counts, facts, truth = Counts(), {}, {}
    for place in chosen:
        back = pages[chosen[(chosen.index(place) + 1) % len(chosen)]]
        scanned = scan(filled[place].image, back, resolution, way, random=random, hidden=hidden)
        where = (
            f"{stream} {number} {edition.layout.language} {edition.layout.variant} page {place + 1}, {way} {resolution}"
        )
        read = _read(scanned, edition, filled[place], counts, where)
        truth[place + 1] = filled[place]
        if read is not None:
            facts[place + 1] = read
    _hold_boxes(edition, facts, truth, counts, f"{stream} {number} {way} {resolution}")
    return counts


def _read(scanned: Scanned, edition: Edition, filled: FilledPage, counts: Counts, where: str) -> PageFacts | None:
    packed = cv2.imencode(".jpg", scanned.image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
    began = time.process_time()
    image = open_scan(packed).page(1).grey
    found = recognise(image, edition.definition)
    sheet = found.sheet if isinstance(found, Recognised) else None
    boxes = read_boxes(sheet) if sheet else []
    written = [is_written(sheet, space.area) for space in sheet.blank.page.spaces] if sheet else []
    counts.seconds.append(time.process_time() - began)
    counts.pages += 1
    layout = edition.layout
    right = (
        found is not None
        and not isinstance(found, PageCode)
        and (found.edition, found.page) == ((layout.language, layout.variant), filled.page.number)
    )
    counts.identified += right
    if not right:
        counts.faults.append(f"not identified: {where}")
        return None
    assert isinstance(found, Recognised)
    if sheet is None or _error(sheet, scanned, filled) > _REGISTERED_MM:
        counts.faults.append(f"not registered: {where}, {found.marks} marks")
    else:
        counts.registered += 1
    for place, said in enumerate(written):
        counts.spaces += 1
        counts.spaces_missed += place in filled.written and not said
        counts.spaces_for_nothing += place not in filled.written and said
        if place in filled.written and not said:
            counts.faults.append(f"writing missed: {where}")
    if sheet:
        _baseline(sheet, filled, counts)
    return PageFacts(
        at=filled.page.number,
        kind="form" if sheet else "unregistered",
        language=layout.language,
        variant=layout.variant,
        page=filled.page.number,
        boxes=tuple(boxes),
        written=tuple(written),
    )


def _error(sheet: Sheet, scanned: Scanned, filled: FilledPage) -> float:
    """How far (millimetres) the worst of the page's boxes and spaces lies from where it was taken to be."""
    areas = [box.area for box in filled.page.boxes] + [space.area for space in filled.page.spaces]
    if not areas:
        areas = [mark.area for mark in filled.page.marks]
    middles = np.array([(area.x + area.width / 2, area.y + area.height / 2) for area in areas])
    shifts = np.array([sheet.shift_at(x * PIXELS_PER_MM, y * PIXELS_PER_MM) for x, y in middles]) / PIXELS_PER_MM
    taken = cv2.perspectiveTransform((middles + shifts)[None], sheet.placed)[0]
    true = scanned.place(middles * scanned.resolution / 25.4)
    apart: NDArray[np.float64] = np.hypot(*(taken - true).T) / (scanned.resolution / 25.4)
    return float(apart.max())


def _baseline(sheet: Sheet, filled: FilledPage, counts: Counts) -> None:
    """The plain pixel count: dark pixels inside a box, registered and its paper evened out as well as ours."""
    edge = (PATCH - BOX) // 2 + 4
    for truth in filled.boxes:
        inside = box_patch(sheet, truth.box).seen[edge:-edge, edge:-edge]
        share = float((inside > BASELINE_DARK).mean())
        counts.baseline += 1
        counts.baseline_wrong += (share > BASELINE_SHARE) != truth.meant


def _hold_boxes(
    edition: Edition, facts: dict[int, PageFacts], truth: dict[int, FilledPage], counts: Counts, where: str
) -> None:
    """Boxes and questions as they reach the record: what the whole form says of a filled box counts too."""
    form = Form((edition.layout.language, edition.layout.variant), None, 1, dict(facts))
    response = response_of(form, edition.definition)
    # Where several boxes are ticked and one is asked, a person decides between them.
    several = {one.column for one in response.readings if one.review == SEVERAL_TICKS}
    ticks = any(box.state == "ticked" for page in facts.values() for box in page.boxes)
    meant: dict[str, list[Any]] = {}
    for number, filled in truth.items():
        read: tuple[BoxReading | None, ...] = facts[number].boxes if number in facts else ()
        read = read or (None,) * len(filled.boxes)
        for true, one in zip(filled.boxes, read, strict=True):
            meant.setdefault(true.box.column, []).append(true)
            counts.boxes += 1
            if one is None or one.state == "doubtful" or (one.state == "filled" and ticks):
                continue
            if one.state != "empty" and true.box.column in several:
                continue
            counts.read += 1
            said = "empty" if one.state == "empty" else "ticked"
            if said != true.state:
                counts.wrong += 1
                counts.faults.append(
                    f"box {true.state} read as {one.state} ({one.confidence:.3f}): {where}, {true.box}"
                )
    for column, boxes in meant.items():
        if isinstance(edition.definition.questionnaire.field(column), MultipleChoice):
            continue
        counts.questions += 1
        answer = response.answers.get(column)
        if answer is not None:
            counts.questions_read += 1
            if [true.box.code for true in boxes if true.meant] != [answer]:
                counts.questions_wrong += 1
                counts.faults.append(f"question wrong: {where}, {column}")
