"""Synthetic scans: forms filled with simulated pens, with the truth of every box.

Seeds come in two streams, 'development' and 'test', which share no random number, and whose pens and marks differ.
"""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks._scan_synthesis_paper import RESOLUTIONS, WAYS
from benchmarks._scan_synthesis_pens import (
    PENS,
    TICKED,
    Hand,
    beside,
    fill,
    hand_with,
    hesitation,
    mark,
    ring,
    scribble,
    strike,
    write,
)
from schemas.definition import Definition
from schemas.editions.print_layout import PrintedPage, PrintLayout, TickBox
from schemas.fields import MultipleChoice

Page = NDArray[np.uint8]
Random = np.random.Generator
Stream = Literal["development", "test"]
State = Literal["empty", "ticked", "doubtful"]


@dataclass(frozen=True)
class BoxTruth:
    """What is in a box: 'doubtful' is for a person by design. `meant` is what the respondent wanted to say."""

    box: TickBox
    state: State
    meant: bool


@dataclass
class FilledPage:
    """A filled page before it is scanned."""

    page: PrintedPage
    image: Page
    boxes: list[BoxTruth] = field(default_factory=list)
    written: set[int] = field(default_factory=set)


def random_of(stream: Stream, *numbers: int) -> Random:
    """The random numbers of one form or page of a stream."""
    return np.random.default_rng([int.from_bytes(hashlib.sha256(stream.encode()).digest()[:4]), *numbers])


def fill_form(
    layout: PrintLayout,
    blanks: list[Page],
    resolution: int,
    *,
    definition: Definition,
    stream: Stream,
    random: Random,
    least_dark: float = 0.0,
) -> list[FilledPage]:
    """One respondent fills one form: ticks by a habit, now and then a correction, words in the spaces.

    On a form that is copied or faxed nothing is paler than `least_dark`: what a copy has lost, nobody can read.
    """
    scale = resolution / 25.4
    pens = PENS[stream]
    hand = hand_with(pens[random.integers(len(pens))], random, scale)
    if hand.darkness < least_dark:
        hand = replace(hand, darkness=random.uniform(least_dark, 1), grain=hand.grain / 2)
    habit = _some_shape(stream, random)
    pages = [FilledPage(page, image.copy()) for page, image in zip(layout.pages, blanks, strict=True)]
    everything = [(page, box) for page in pages for box in page.page.boxes]
    columns = dict.fromkeys(box.column for _, box in everything)
    for column in columns:
        boxes = [(page, box) for page, box in everything if box.column == column]
        many = isinstance(definition.questionnaire.field(column), MultipleChoice)
        states = _several(len(boxes), random) if many else _one(len(boxes), random)
        for (page, box), state in zip(boxes, states, strict=True):
            _mark_box(page, box, state, habit=habit, hand=hand, scale=scale, stream=stream, random=random)
    for page in pages:
        for number, space in enumerate(page.page.spaces):
            if random.random() < 0.55:
                page.written.add(number)
                _write_in(page.image, space.area, hand, scale, random)
    return pages


def _some_shape(stream: Stream, random: Random) -> Any:
    shapes = TICKED[stream]
    weights = np.array(list(shapes.values()))
    return list(shapes)[int(random.choice(len(shapes), p=weights / weights.sum()))]


def _one(count: int, random: Random) -> list[str]:
    """How the boxes of a choice of one are marked."""
    states = ["empty"] * count
    chosen, other = random.permutation(count)[:2] if count > 1 else (0, 0)
    luck = random.random()
    if luck < 0.82:
        states[chosen] = "ticked"
    elif luck < 0.89:
        pass
    elif luck < 0.92:
        states[chosen], states[other] = "ticked", "ticked"
    elif luck < 0.97:
        states[other] = str(random.choice(["struck", "scribbled", "blackened"]))
        states[chosen] = "ticked"
    else:
        states[chosen] = str(random.choice(["ringed", "ringed and ticked", "beside", "hesitation", "crossed"]))
    return states


def _several(count: int, random: Random) -> list[str]:
    doubtful = ["struck", "scribbled", "ringed", "beside", "hesitation", "crossed"]
    return [
        "empty" if luck < 0.62 else "ticked" if luck < 0.985 else str(random.choice(doubtful))
        for luck in random.random(count)
    ]


def _mark_box(
    page: FilledPage,
    box: TickBox,
    state: str,
    *,
    habit: Any,
    hand: Hand,
    scale: float,
    stream: Stream,
    random: Random,
) -> None:
    area = box.area
    centre = ((area.x + area.width / 2) * scale, (area.y + area.height / 2) * scale)
    size = min(area.width, area.height) * scale

    def put(shape: Any) -> None:
        mark(page.image, shape(random), centre, size, hand=hand, random=random)

    def put_a_tick() -> None:
        put(habit if random.random() < 0.85 else _some_shape(stream, random))

    if state in ("ticked", "struck", "scribbled", "ringed and ticked"):
        put_a_tick()
    if state in ("struck", "scribbled"):
        put(strike if state == "struck" else scribble)
    if state in ("ringed", "ringed and ticked"):
        put(ring)
    if state == "blackened":
        put(fill)
        put(fill)
    if state == "beside":
        put(beside)
    if state == "hesitation":
        put(hesitation)
    if state == "crossed":
        x, y = centre[0] - random.uniform(0.2, 2.5) * size, centre[1] + random.uniform(0, 0.5) * size
        write(
            page.image, (x, y), size * random.uniform(0.5, 0.9), int(random.integers(5, 14)), hand=hand, random=random
        )
    kinds: dict[str, tuple[State, bool]] = {"empty": ("empty", False), "ticked": ("ticked", True)}
    truth, meant = kinds.get(state, ("doubtful", state in ("ringed", "ringed and ticked", "beside")))
    page.boxes.append(BoxTruth(box, truth, meant))


def _write_in(image: Page, area: Any, hand: Hand, scale: float, random: Random) -> None:
    """Words on the first lines of a space, sometimes beyond its edge."""
    height = min(random.uniform(3.5, 6.5), area.height * 0.8) * scale
    lines = max(1, min(int(area.height * scale / (height * 1.5)), int(random.integers(1, 7))))
    for line in range(lines):
        x = (area.x + random.uniform(-0.5, 4)) * scale
        y = area.y * scale + height * (1 + 1.4 * line) + random.normal(0, 0.6)
        room = (area.width * scale - 4 * scale) / (height * 0.55)
        letters = int(random.uniform(0.15, 1.0 if line < lines - 1 else 0.7) * room)
        for start in range(0, max(letters, 3), 7):
            count = min(7, max(letters, 3) - start)
            write(image, (x + start * height * 0.52, y), height, count, hand=hand, random=random)


def way_of(random: Random) -> tuple[str, int]:
    """A way to scan and a resolution, as often as they come."""
    way = str(random.choice(list(WAYS), p=list(WAYS.values())))
    return way, int(random.choice(RESOLUTIONS[way]))
