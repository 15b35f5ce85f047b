"""Simulated pens: strokes on paper, and the ways in which people mark a box. All sizes are in pixels of the page."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Page = NDArray[np.uint8]
Points = NDArray[np.float64]
Random = np.random.Generator
_FINER = 3


@dataclass(frozen=True)
class Pen:
    """A pen: the width of its line in millimetres, how dark it is in grey (0 to 1), and how much the grain shows."""

    name: str
    width: tuple[float, float]
    darkness: tuple[float, float]
    grain: float = 0.0


PENS = {
    "development": (
        Pen("ballpoint", (0.3, 0.6), (0.7, 0.95)),
        Pen("ballpoint, blue", (0.3, 0.6), (0.5, 0.8)),
        Pen("felt pen", (0.7, 1.6), (0.8, 1.0)),
        Pen("pencil", (0.35, 0.8), (0.35, 0.65), 0.5),
        Pen("pencil, hard", (0.3, 0.6), (0.22, 0.4), 0.6),
        Pen("red pen", (0.4, 0.8), (0.4, 0.6)),
    ),
    "test": (
        Pen("rollerball", (0.4, 0.8), (0.75, 1.0)),
        Pen("ballpoint, running dry", (0.25, 0.5), (0.45, 0.75), 0.35),
        Pen("marker", (0.9, 1.8), (0.75, 1.0)),
        Pen("pencil, soft", (0.5, 0.9), (0.4, 0.7), 0.45),
        Pen("pencil, light", (0.3, 0.55), (0.24, 0.4), 0.55),
        Pen("green pen", (0.35, 0.9), (0.42, 0.65)),
    ),
}


@dataclass(frozen=True)
class Hand:
    """A pen in somebody's hand: the line's width in pixels, its darkness, and how much the hand shakes."""

    width: float
    darkness: float
    grain: float
    shake: float


def hand_with(pen: Pen, random: Random, pixels_per_mm: float) -> Hand:
    """Somebody takes the pen."""
    return Hand(
        width=random.uniform(*pen.width) * pixels_per_mm,
        darkness=random.uniform(*pen.darkness),
        grain=pen.grain,
        shake=random.uniform(0.01, 0.06),
    )


def smooth(points: Any, per_piece: int = 8) -> Points:
    """A curve through the points (Catmull-Rom)."""
    given = np.asarray(points, dtype=np.float64)
    padded = np.vstack([2 * given[0] - given[1], given, 2 * given[-1] - given[-2]])
    steps = np.linspace(0, 1, per_piece, endpoint=False)[:, None]
    pieces = []
    for one in range(len(given) - 1):
        a, b, c, d = padded[one : one + 4]
        pieces.append(
            0.5
            * (2 * b + (c - a) * steps + (2 * a - 5 * b + 4 * c - d) * steps**2 + (3 * b - a - 3 * c + d) * steps**3)
        )
    return np.vstack([*pieces, given[-1:]])


def draw(page: Page, strokes: list[Points], hand: Hand, random: Random) -> float:
    """Draw strokes on the page; the share of them that is on it (0 when all of it is beyond the edge)."""
    everything = np.vstack(strokes)
    margin = hand.width * 2 + 3
    left, top = np.floor(everything.min(axis=0) - margin).astype(int)
    right, bottom = np.ceil(everything.max(axis=0) + margin).astype(int)
    left, top = max(left, 0), max(top, 0)
    right, bottom = min(right, page.shape[1]), min(bottom, page.shape[0])
    if right <= left or bottom <= top:
        return 0.0
    finer = np.zeros(((bottom - top) * _FINER, (right - left) * _FINER), np.uint8)
    for stroke in strokes:
        moved = (stroke - (left, top)) * _FINER
        pressure = 1 + 0.25 * np.sin(np.linspace(0, random.uniform(2, 9), len(moved)) + random.uniform(0, 6))
        for start, end, force in zip(moved[:-1], moved[1:], pressure, strict=False):
            thickness = max(1, round(hand.width * _FINER * force))
            ends = [tuple(int(v * 8) for v in point) for point in (start, end)]
            cv2.line(finer, ends[0], ends[1], 255, thickness, cv2.LINE_AA, 3)
    coverage = cv2.resize(finer, (right - left, bottom - top), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    if hand.grain:
        noise = random.random(coverage.shape, dtype=np.float32)
        coverage *= np.clip(1 - hand.grain * 1.6 * cv2.GaussianBlur(noise, (0, 0), 0.8) + 0.25 * hand.grain, 0, 1)
    spot = page[top:bottom, left:right]
    spot[:] = (spot * (1 - hand.darkness * coverage)).astype(np.uint8)
    return 1.0


def _shaken(points: Any, hand: Hand, random: Random, size: float) -> Points:
    curve = smooth(points)
    wobble = cv2.GaussianBlur(random.normal(0, 1, curve.shape).astype(np.float32), (1, 5), 1.5)
    shaken: Points = curve + wobble * hand.shake * size
    return shaken


def tick(random: Random) -> list[Any]:
    reach = random.uniform(0.55, 1.35)
    corner = (random.uniform(-0.2, 0.05), random.uniform(0.15, 0.45))
    start = (corner[0] - random.uniform(0.15, 0.4), corner[1] - random.uniform(0.15, 0.5))
    end = (corner[0] + reach * random.uniform(0.5, 0.8), corner[1] - reach * random.uniform(0.6, 1.0))
    return [[start, corner, end]]


def cross(random: Random) -> list[Any]:
    a, b = random.uniform(0.28, 0.75, 2)
    c = random.uniform(-0.08, 0.08, 8)
    return [[(-a + c[0], -b + c[1]), (a + c[2], b + c[3])], [(a + c[4], -b + c[5]), (-a + c[6], b + c[7])]]


def slash(random: Random) -> list[Any]:
    a, b = random.uniform(0.25, 0.7, 2)
    side = random.choice([-1, 1], p=[0.8, 0.2])
    return [[(-a * side, b), (random.uniform(-0.1, 0.1), random.uniform(-0.1, 0.1)), (a * side, -b)]]


def dot(random: Random) -> list[Any]:
    radius = random.uniform(0.1, 0.22)
    x, y = random.uniform(-0.15, 0.15, 2)
    around = np.linspace(0, random.uniform(7, 20), 14)
    return [[(x + radius * np.cos(t) * t / 20, y + radius * np.sin(t) * t / 20) for t in around]]


def fill(random: Random) -> list[Any]:
    """The whole box is coloured in."""
    edge = random.uniform(0.36, 0.52)
    rows = random.integers(7, 14)
    slant = random.uniform(-0.15, 0.15)
    points = []
    for row in range(rows):
        y = -edge + 2 * edge * row / (rows - 1)
        ends = [(-edge + random.normal(0, 0.04), y - slant), (edge + random.normal(0, 0.04), y + slant)]
        points += ends if row % 2 else ends[::-1]
    return [points]


def squiggle(random: Random) -> list[Any]:
    """A wave or a loop within the box."""
    turns = np.linspace(0, random.uniform(6, 14), 16)
    width = random.uniform(0.25, 0.45)
    return [[(-width + 2 * width * i / 15, 0.28 * np.sin(t)) for i, t in enumerate(turns)]]


def long_tick(random: Random) -> list[Any]:
    """A tick that goes far out of the box."""
    corner = (random.uniform(-0.15, 0.1), random.uniform(0.2, 0.5))
    reach = random.uniform(1.3, 2.0)
    start = (corner[0] - random.uniform(0.2, 0.6), corner[1] - random.uniform(0.2, 0.6))
    return [[start, corner, (corner[0] + reach * random.uniform(0.4, 0.75), corner[1] - reach * 0.8)]]


def star(random: Random) -> list[Any]:
    return [*cross(random), [(0, -random.uniform(0.3, 0.6)), (0, random.uniform(0.3, 0.6))]]


def upright_cross(random: Random) -> list[Any]:
    a, b = random.uniform(0.3, 0.6, 2)
    return [[(-a, 0), (a, random.uniform(-0.1, 0.1))], [(0, -b), (random.uniform(-0.1, 0.1), b)]]


def ring(random: Random) -> list[Any]:
    """A ring around the box."""
    wide, high = random.uniform(0.75, 1.35), random.uniform(0.7, 1.1)
    start = random.uniform(0, 6)
    around = np.linspace(start, start + random.uniform(5.9, 7.5), 16)
    return [[(wide * np.cos(t), high * np.sin(t)) for t in around]]


def strike(random: Random) -> list[Any]:
    """Lines through what is there already."""
    strokes = []
    for _ in range(random.integers(1, 4)):
        y = random.uniform(-0.3, 0.3)
        a = random.uniform(0.6, 1.3)
        tilt = random.uniform(-0.25, 0.25)
        strokes.append([(-a, y - tilt), (a * random.uniform(0.7, 1), y + tilt)])
    return strokes


def scribble(random: Random) -> list[Any]:
    """What is there already is made unreadable."""
    count = random.integers(10, 26)
    reach = random.uniform(0.55, 0.95)
    return [[(random.uniform(-reach, reach), random.uniform(-reach, reach) * 0.8) for _ in range(count)]]


def beside(random: Random) -> list[Any]:
    """A tick that misses its box: beside it, most of it outside."""
    side = random.choice([-1, 1])
    x, y = side * random.uniform(0.95, 1.3), random.uniform(-0.4, 0.4)
    return [[(px + x, py + y) for px, py in stroke] for stroke in cross(random)]


def hesitation(random: Random) -> list[Any]:
    """The pen rested: a point or the shortest of lines."""
    x, y = random.uniform(-0.3, 0.3, 2)
    return [[(x, y), (x + random.uniform(-0.12, 0.12), y + random.uniform(-0.1, 0.1))]]


def words(random: Random, letters: int) -> list[Any]:
    """Something like joined handwriting, about one unit high, from (0, 0) to the right."""
    x, strokes, current = 0.0, [], []
    for _ in range(letters):
        height = random.choice([0.45, 0.5, 0.95], p=[0.4, 0.35, 0.25])
        width = random.uniform(0.3, 0.6)
        current += [(x, 0.0), (x + width * 0.4, -height), (x + width * 0.7, -height * 0.5), (x + width, 0.05)]
        if random.random() < 0.15:
            current += [(x + width, 0.45), (x + width * 0.6, 0.2)]
        x += width
        if random.random() < 0.25:
            strokes.append(current)
            current = []
            x += random.uniform(0.15, 0.6)
    if len(current) > 1:
        strokes.append(current)
    return strokes


# How people mark a box they mean, and how often.
TICKED = {
    "development": {tick: 33, cross: 30, long_tick: 12, slash: 8, fill: 9, star: 4, dot: 4},
    "test": {tick: 33, cross: 30, long_tick: 12, slash: 8, fill: 9, squiggle: 2, upright_cross: 3, dot: 3},
}


def mark(page: Page, shape: list[Any], centre: tuple[float, float], size: float, *, hand: Hand, random: Random) -> None:
    """Draw a shape (in units of the box's side, from its centre) into a box of that size."""
    middle = np.asarray(centre) + random.normal(0, 0.05, 2) * size
    turn = random.normal(0, 0.1)
    turning = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    strokes = [_shaken(np.asarray(one) @ turning.T * size + middle, hand, random, size) for one in shape]
    draw(page, strokes, hand, random)


def write(page: Page, at: tuple[float, float], height: float, letters: int, *, hand: Hand, random: Random) -> None:
    """Write something like a word or two from `at`."""
    strokes = [
        _shaken(np.asarray(one) * height + np.asarray(at), hand, random, height) for one in words(random, letters)
    ]
    draw(page, strokes, hand, random)
