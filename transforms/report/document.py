"""A report before it is drawn: blocks of words, figures, tables and charts. HTML, PDF and Word draw the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Figure:
    """A number that stands in a table of the release: its address there, and how it is printed.

    Attributes:
        id: the address in one word: table, keys, column.
        how: `value` where it is one cell, `sum` where it is the sum of those that the keys find.
        value: None where it is hidden.
    """

    id: str
    table: str
    where: tuple[tuple[str, str], ...]
    column: str
    how: str
    value: int | float | None
    text: str


@dataclass(frozen=True)
class Day:
    """A day or a moment, which is no figure."""

    at: date | datetime
    text: str


@dataclass(frozen=True)
class Quoted:
    """Words of the definition, as it has them."""

    text: str


Run = str | Figure | Day | Quoted
Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; `number` is that of a paragraph of the paper, where it has one."""

    level: int
    runs: Runs
    anchor: str


@dataclass(frozen=True)
class Paragraph:
    runs: Runs
    strong: bool = False


@dataclass(frozen=True)
class Bullets:
    items: tuple[Runs, ...]


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row is its heading."""

    caption: Runs
    columns: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    notes: tuple[Runs, ...] = ()


@dataclass(frozen=True)
class Bar:
    """One bar: its label, the figure, and on which side of the matter it stands (for, against, or apart)."""

    label: str
    figure: Figure
    side: str = "apart"


@dataclass(frozen=True)
class Chart:
    """Counts to draw: a headline that says what is seen, a statistical title, and what the counts are out of."""

    headline: Runs
    title: str
    base: Runs
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Written:
    """What an officer wrote, by the section's id; `missing` says what is to be written where nothing is yet."""

    section: str
    blocks: tuple["Paragraph | Bullets", ...]
    missing: str = ""


Block = Heading | Paragraph | Bullets | Table | Chart | Written


@dataclass(frozen=True)
class Document:
    """A whole document.

    Attributes:
        mark: `Interim, as at ...`, or what it was made from; it stands on every page.
        notice: what has to be said on each page, such as that the answers are invented.
    """

    title: str
    mark: Runs
    blocks: tuple[Block, ...]
    notice: str = ""
    language: str = "en"
    about: tuple[tuple[str, str], ...] = field(default=())


def text_of(runs: Sequence[Run]) -> str:
    """Runs as plain words."""
    return "".join(run if isinstance(run, str) else run.text for run in runs)


def figures_in(document: Document) -> dict[str, Figure]:
    """Every figure of a document by its id."""
    return {one.id: one for runs in _all_runs(document) for one in runs if isinstance(one, Figure)}


def _all_runs(document: Document) -> Iterator[Sequence[Run]]:
    yield document.mark
    for block in document.blocks:
        yield from _runs_of(block)


def _runs_of(block: Block) -> Iterator[Sequence[Run]]:
    match block:
        case Heading() | Paragraph():
            yield block.runs
        case Bullets():
            yield from block.items
        case Table():
            yield block.caption
            yield from block.columns
            yield from block.notes
            for row in block.rows:
                yield from row
        case Chart():
            yield block.headline
            yield block.base
            yield [bar.figure for bar in block.bars]
        case Written():
            for one in block.blocks:
                yield from _runs_of(one)
