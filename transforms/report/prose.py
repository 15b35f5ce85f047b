"""What officers write: paragraphs, lists and figures by their addresses. Nothing of it is markup."""

import re
from collections.abc import Callable, Iterator

from transforms.report.document import Bullets, Figure, Paragraph, Runs

_ADDRESSED = re.compile(r"\{([^{}\s]+)\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# Numbers that are no results: days, years, and what a paper or a form is numbered with.
_NO_FIGURE = re.compile(
    rf"\b\d{{1,2}} (?:{_MONTHS})(?: \d{{4}})?\b|\b(?:19|20)\d\d(?:-\d\d)?\b|\b[Qq]uestions? \d+(?:(?:,| and| to) \d+)*"
    r"|\b[Pp]aragraphs? \d+(?:\.\d+)*|\b[Pp]hase \d+|\b[Aa]ppendix \d+"
)
_NUMBER = re.compile(r"\d[\d,.]*")


def blocks_of(text: str, figure_at: Callable[[str], Figure]) -> tuple[Paragraph | Bullets, ...]:
    """Paragraphs, parted by empty lines; lines that start with `- ` are a list.

    Raises:
        ReportError: an address is that of no figure.
    """
    found: list[Paragraph | Bullets] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        if lines and all(line.startswith("- ") for line in lines):
            found.append(Bullets(tuple(_runs(line[2:], figure_at) for line in lines)))
        elif lines:
            found.append(Paragraph(_runs(" ".join(lines), figure_at)))
    return tuple(found)


def without_addresses(text: str) -> str:
    """The words alone, for the gate."""
    return _ADDRESSED.sub(" ", text)


def addresses_in(text: str) -> list[str]:
    """The addresses of the figures that a text asks for."""
    return _ADDRESSED.findall(text)


def typed_numbers(text: str) -> list[str]:
    """Numbers that somebody typed where a figure of the release should stand by its address."""
    return [found.rstrip(",.") for found in _NUMBER.findall(_NO_FIGURE.sub(" ", without_addresses(text)))]


def is_plain(text: str) -> bool:
    """Whether a text has no control characters."""
    return _CONTROL.search(text) is None


def _runs(text: str, figure_at: Callable[[str], Figure]) -> Runs:
    return tuple(_parts(text, figure_at))


def _parts(text: str, figure_at: Callable[[str], Figure]) -> Iterator[str | Figure]:
    for place, part in enumerate(_ADDRESSED.split(text)):
        if place % 2:
            yield figure_at(part)
        elif part:
            yield part
