"""The print edition's words as HTML: what stands on the pages, in which sizes, and what each page says of itself."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup

from schemas.definition import Definition
from schemas.editions.easy_words import questionnaire_of
from schemas.editions.phrases import edition_line
from schemas.editions.print_layout import Variant
from schemas.editions.templates import HERE, render
from schemas.editions.wording import wording
from schemas.fields import AnyField, Contact, OpenText
from schemas.questionnaire import Questionnaire

FONTS = HERE / "fonts"
# A line of handwriting holds about so many characters.
_CHARACTERS_A_LINE = 60
_FEWEST_LINES, _MOST_LINES = 3, 10
_ADDRESS_LINES = 4
# Lines that stay together where a space goes on on the next page.
_LINES_TOGETHER = 4


@dataclass(frozen=True)
class Sizes:
    """A variant's type sizes (points), and its boxes and lines (millimetres)."""

    text: float
    hint: float
    title: float
    foot: float
    box: float
    line: float
    bottom: float
    more_lines: int


SIZES: Mapping[Variant, Sizes] = {
    "standard": Sizes(text=11, hint=10, title=18, foot=8, box=5.5, line=8.5, bottom=24, more_lines=21),
    "large": Sizes(text=18, hint=18, title=26, foot=18, box=8, line=12, bottom=34, more_lines=11),
    "easy_read": Sizes(text=15, hint=14, title=22, foot=14, box=6.5, line=10, bottom=28, more_lines=14),
}


@dataclass(frozen=True)
class PageWords:
    """What a page says in its head and its foot."""

    head: str
    foot: str


def print_content(definition: Definition, language: str, variant: Variant, page_words: Sequence[PageWords] = ()) -> str:
    """The whole form and its continuation sheet as one HTML document; `page_words` are those of its pages.

    Raises:
        EditionError: there are no easy words for an easy-read edition.
    """
    form = questionnaire_of(definition, easy_read=variant == "easy_read")
    return render(
        "print.html",
        form,
        language,
        body_class=variant,
        sizes=SIZES[variant],
        print_words=print_wording(language),
        page_words=[(_css_text(one.head), _css_text(one.foot)) for one in page_words],
        chunks=_chunks,
        lines=_lines,
    )


def words_of_pages(
    definition: Definition, language: str, variant: Variant, questions: Sequence[Sequence[int]]
) -> list[PageWords]:
    """Head and foot of each page; `questions` are the positions of the questions that each page shows a part of.

    The continuation sheet follows as the last page.
    """
    form = questionnaire_of(definition, easy_read=variant == "easy_read")
    line, words = edition_line(definition, language), print_wording(language)
    pages = []
    for number, on_page in enumerate(questions, 1):
        goes_on = number > 1 and bool(on_page) and on_page[0] in questions[number - 2]
        page = words["page"].format(page=number, pages=len(questions))
        pages.append(PageWords(_heading(form, language, on_page, goes_on=goes_on), f"{line}\n{page}"))
    return [*pages, PageWords(words["more_room"], line)]


@cache
def print_wording(language: str) -> Mapping[str, Any]:
    """The printed editions' own words in `language`, else in it without its region or script, else in English."""
    tables: dict[str, dict[str, Any]] = tomllib.loads((HERE / "print_wording.toml").read_text("utf-8"))
    return tables.get(language) or tables.get(language.split("-", maxsplit=1)[0]) or tables["en"]


def _heading(form: Questionnaire, language: str, on_page: Sequence[int], *, goes_on: bool) -> str:
    words = print_wording(language)
    parts = []
    if goes_on:
        first, *on_page = on_page
        parts.append(words["continued"].format(question=_name(form, language, first)))
    numbered = [number for number in (form.questions[position].number for position in on_page) if number]
    if len(numbered) > 1:
        parts.append(words["questions"].format(first=numbered[0], last=numbered[-1]))
    elif numbered:
        parts.append(words["question"].format(number=numbered[0]))
    others = [_name(form, language, position) for position in on_page if not form.questions[position].number]
    return " · ".join(part for part in dict.fromkeys([*parts, *others]) if part)


def _name(form: Questionnaire, language: str, position: int) -> str:
    question = form.questions[position]
    if question.number:
        return str(print_wording(language)["question"].format(number=question.number))
    first = form.first_about_you()
    return wording(language)["about_you"] if first is not None and position >= first else ""


def _lines(one: AnyField) -> int:
    if isinstance(one, OpenText):
        return min(_MOST_LINES, max(_FEWEST_LINES, -(-one.max_length // _CHARACTERS_A_LINE)))
    return _ADDRESS_LINES if isinstance(one, Contact) and one.detail == "address" else 1


def _chunks(lines: int) -> list[int]:
    """The lines in groups that no page break divides, none of them small."""
    groups = max(1, lines // _LINES_TOGETHER)
    return [lines // groups + (1 if position < lines % groups else 0) for position in range(groups)]


def _css_text(text: str) -> Markup:
    """A text as CSS' string, each letter but plain ones as its number."""
    plain = (c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in text)
    return Markup('"{}"').format(Markup("").join(plain))  # ours: nothing but letters, digits, `\` and spaces
