"""Pages for training alone: full of boxes of all sizes, borders and labels, marked in every way, then scanned.

They are not the consultations' forms, so that what is learned there is how boxes are marked, and not how our forms
look. All numbers come from the development stream.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks._scan_synthesis import Page, Random, random_of, way_of
from benchmarks._scan_synthesis_paper import WAYS, scan
from benchmarks._scan_synthesis_pens import (
    Hand,
    Pen,
    beside,
    cross,
    dot,
    fill,
    hand_with,
    hesitation,
    long_tick,
    mark,
    ring,
    scribble,
    slash,
    star,
    strike,
    tick,
    write,
)
from ingest.post.scans.blanks import RESOLUTION, blank_page
from ingest.post.scans.box_patches import box_patch
from ingest.post.scans.find_page import find_marks, place_by_marks
from ingest.post.scans.register import register
from schemas.editions.print_layout import PAGE_HEIGHT, PAGE_WIDTH, Area, Mark, PrintedPage, TickBox

_STREAM = 4242
_WORDS = (
    "the of council park library open Sunday yes no other agree disagree resident business group please say more less "
    "often never support strongly"
).split()
# How often a box is marked in each way, and the class it is learned as: 0 empty, 1 ticked, 2 filled, 3 doubtful.
_KINDS: dict[str, tuple[float, int]] = {
    "empty": (0.40, 0),
    "near": (0.05, 0),
    "tick": (0.27, 1),
    "fill": (0.06, 2),
    "struck": (0.045, 3),
    "row struck": (0.015, 3),
    "scribbled": (0.03, 3),
    "scribble": (0.01, 3),
    "ringed": (0.025, 3),
    "ringed and ticked": (0.015, 3),
    "beside": (0.02, 3),
    "hesitation": (0.02, 3),
    "crossed": (0.02, 3),
    "ticked and crossed": (0.01, 3),
}


@dataclass(frozen=True)
class Examples:
    """Patches (number, 2, side, side), their classes, and in which way each was scanned."""

    patches: NDArray[np.uint8]
    classes: NDArray[np.uint8]
    ways: NDArray[np.uint8]


def examples(number: int, fonts: list[Path]) -> Examples | None:
    """The boxes of one training page; None for a page that could not be found again."""
    random = random_of("development", _STREAM, number)
    way, resolution = way_of(random)
    scale = resolution / 25.4
    seed = int(random.integers(1 << 30))
    picture, page = dense_page(np.random.default_rng(seed), resolution, fonts)
    blank = blank_page(page, dense_page(np.random.default_rng(seed), RESOLUTION, fonts)[0])
    back = picture[::-1].copy()
    hands = [_some_hand(way, scale, random) for _ in range(3)]
    kinds, chances = list(_KINDS), np.array([chance for chance, _ in _KINDS.values()])
    classes = []
    for box in page.boxes:
        kind = str(random.choice(kinds, p=chances / chances.sum()))
        _mark(picture, box.area, kind, hand=hands[random.integers(3)], scale=scale, random=random)
        classes.append(_KINDS[kind][1])
    scanned = scan(picture, back, resolution, way, random=random, hidden=random.random() < 0.1)
    placed = place_by_marks(page, find_marks(scanned.image))
    if placed is None:
        return None
    sheet = register(scanned.image, placed[0], blank, sure=placed[1] == 4)
    patches = [box_patch(sheet, box) for box in page.boxes]
    return Examples(
        np.array([[one.seen, one.printed] for one in patches], np.uint8),
        np.array(classes, np.uint8),
        np.full(len(patches), list(WAYS).index(way), np.uint8),
    )


def _some_hand(way: str, scale: float, random: Random) -> Hand:
    """Any pen there may be; a fax gets none so pale that nothing of it arrives."""
    width = (0.25, 1.0) if random.random() < 0.75 else (1.0, 1.9)
    darkness = (0.22, 1.0) if random.random() < 0.7 else (0.2, 0.5)
    hand = hand_with(Pen("any", width, darkness, float(random.choice([0, 0, 0.3, 0.6]))), random, scale)
    if way == "fax" and hand.darkness < 0.45:
        return replace(hand, darkness=random.uniform(0.45, 1), grain=hand.grain * 0.5)
    return hand


def _mark(picture: Page, area: Area, kind: str, *, hand: Hand, scale: float, random: Random) -> None:
    centre = ((area.x + area.width / 2) * scale, (area.y + area.height / 2) * scale)
    size = area.width * scale
    ticks = (tick, tick, tick, cross, cross, slash, dot, long_tick, star, _wander, _part_fill)

    def put(shape: Any) -> None:
        mark(picture, shape(random), centre, size, hand=hand, random=random)

    if kind in ("tick", "struck", "row struck", "scribbled", "ringed and ticked", "ticked and crossed"):
        put(ticks[random.integers(len(ticks))])
    added = {"struck": strike, "row struck": _row_strike, "scribbled": scribble, "scribble": scribble, "beside": beside}
    added |= {"ringed": ring, "ringed and ticked": ring, "hesitation": hesitation, "fill": fill}
    if kind in added:
        put(added[kind])
    if kind == "fill" and random.random() < 0.3:
        put(fill)
    if kind in ("crossed", "ticked and crossed"):
        at = (centre[0] - random.uniform(0.3, 2.5) * size, centre[1] + random.uniform(0, 0.5) * size)
        height = size * random.uniform(0.5, 0.9)
        write(picture, at, height, int(random.integers(5, 12)), hand=hand, random=random)
    if kind == "near":
        below = -random.uniform(0.75, 1.1) if random.random() < 0.5 else random.uniform(1.3, 1.7)
        at = (centre[0] - random.uniform(0.3, 2) * size, centre[1] + below * size)
        height = size * random.uniform(0.4, 0.65)
        write(picture, at, height, int(random.integers(4, 10)), hand=hand, random=random)


def _wander(random: Random) -> list[Any]:
    """Any line at all within the box."""
    reach = random.uniform(0.2, 0.5)
    return [[(random.uniform(-reach, reach), random.uniform(-reach, reach)) for _ in range(random.integers(3, 8))]]


def _part_fill(random: Random) -> list[Any]:
    """A part of the box coloured in."""
    edge, rows = random.uniform(0.2, 0.42), int(random.integers(4, 10))
    x, y = random.uniform(-0.1, 0.1, 2)
    points: list[tuple[float, float]] = []
    for row in range(rows):
        level = -edge + 2 * edge * row / (rows - 1) + y
        ends = [
            (-edge * random.uniform(0.5, 1) + x, level),
            (edge * random.uniform(0.5, 1) + x, level + random.uniform(-0.1, 0.1)),
        ]
        points += ends if row % 2 else ends[::-1]
    return [points]


def _row_strike(random: Random) -> list[Any]:
    """Box and label struck through in one line, or two."""
    side, y = random.choice([-1, 1]), random.uniform(-0.25, 0.25)
    start = (-side * random.uniform(0.6, 1.5), y)
    end = (side * random.uniform(2, 7), y + random.uniform(-0.4, 0.4))
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + random.uniform(-0.1, 0.1))
    second = [[(start[0], y + 0.2), (end[0], end[1] + 0.15)]] if random.random() < 0.5 else []
    return [[start, middle, end], *second]


def dense_page(random: Random, resolution: int, fonts: list[Path]) -> tuple[Page, PrintedPage]:
    """A page full of boxes with labels, and where everything is on it."""
    scale = resolution / 25.4
    image = Image.new("L", (round(PAGE_WIDTH * scale), round(PAGE_HEIGHT * scale)), 255)
    draw = ImageDraw.Draw(image)
    size, gap_below, columns = random.uniform(4.5, 8.5), random.uniform(3, 5), int(random.integers(2, 6))
    border, grey, to_the_left = random.uniform(0.22, 0.6), int(random.uniform(0, 90)), random.random() < 0.25
    width = (PAGE_WIDTH - 36) / columns
    font = ImageFont.truetype(str(fonts[random.integers(len(fonts))]), max(8, int(random.uniform(3.2, 6) * scale)))
    boxes: list[TickBox] = []
    y = 26.0
    while y + size < PAGE_HEIGHT - 26:
        for column in range(columns):
            if random.random() < 0.12:
                continue
            left = 18 + column * width
            x = left + width - size - 2 if to_the_left else left + 2
            boxes.append(TickBox(f"c{len(boxes) // 4}", f"k{len(boxes) % 4}", Area(x, y, size, size)))
            corners = [x * scale, y * scale, (x + size) * scale - 1, (y + size) * scale - 1]
            draw.rectangle(corners, outline=grey, width=max(1, round(border * scale)))
            gap, label = random.uniform(1.3, 3.0), " ".join(random.choice(_WORDS, int(random.integers(1, 4))))
            while len(label) > 2 and draw.textlength(label, font=font) > (width - size - 6) * scale:
                label = label[:-1]
            length = draw.textlength(label, font=font)
            at = (x - gap) * scale - length if to_the_left else (x + size + gap) * scale
            draw.text((at, (y + size / 2) * scale), label, font=font, fill=0, anchor="lm")
        y += size + gap_below
    picture = np.array(image)
    marks = tuple(_printed_mark(picture, place, scale) for place in range(4))
    return picture, PrintedPage(1, marks, Area(100, 8, 15, 15), tuple(boxes), ())


def _printed_mark(picture: Page, place: int, scale: float) -> Mark:
    x, y = ((7.0, 7.0), (193.0, 7.0), (193.0, 280.0), (7.0, 280.0))[place]
    side = round(10 * scale)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_250)
    top, left = round(y * scale), round(x * scale)
    picture[top : top + side, left : left + side] = cv2.aruco.generateImageMarker(dictionary, place, side)
    return Mark(place, Area(x, y, 10, 10))
