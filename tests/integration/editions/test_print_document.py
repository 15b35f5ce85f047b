"""What the print edition says on its pages, and how forms follow one another in it."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import pypdfium2
import pypdfium2.raw
import pytest
from pikepdf import Pdf

from schemas.definition import Definition
from schemas.editions.errors import EditionError
from schemas.editions.page_code import PageCode, decode_page_code
from schemas.editions.print_edition import build_print_edition, print_layout, print_variants
from schemas.editions.print_layout import VARIANTS, Variant
from schemas.editions.serials import serial_of
from tests.integration.editions.print_pages import Edition, around, drawn_pages, heads_of, texts_of


def without_breaks(text: str) -> str:
    """A text without any white space: where lines end is the page's affair."""
    return "".join(text.split())


def test_the_questionnaire_is_printed_to_the_letter(third: Definition) -> None:
    form = third.questionnaire
    everything = without_breaks("".join(texts_of(build_print_edition(third, "en", "standard"))))
    said = [form.title, form.summary, form.before_questions, form.before_about_you, form.return_address, form.thanks]
    said += [promise.text for promise in form.promises] + list(form.return_ways) + [form.other_formats]
    for question in form.questions:
        said.append(question.preamble)
        for one in question.fields:
            said += [one.label, *(choice.label for choice in getattr(one, "choices", ()))]

    missing = [text for text in said if text is not None and without_breaks(str(text)) not in everything]

    assert len(said) == 40
    assert missing == []


def test_the_easy_read_edition_is_in_easy_words(third: Definition) -> None:
    everything = without_breaks("".join(texts_of(build_print_edition(third, "en", "easy_read"))))
    assert third.easy_read

    said = [third.easy_read.introduction, *(one.label for one in third.easy_read.fields)]

    assert [text for text in said if without_breaks(str(text)) not in everything] == []
    assert "multi-agencypartnershipgroup" not in everything


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_page_says_which_form_and_page_it_is(third: Definition, variant: Variant) -> None:
    serials = [serial_of(1, 1), None, serial_of(1, 2)]
    edition = Edition(third, "en", variant)
    texts = texts_of(build_print_edition(third, "en", variant, serials))
    count = len(edition.layout.pages)
    line = (
        f"Consultation third-sector-2007, version 1, questionnaire {third.questionnaire_hash[:12]}; closes 31 May 2007"
    )

    assert len(texts) == 3 * (count + 1)
    for form, serial in enumerate(serials):
        of_form = texts[form * (count + 1) : (form + 1) * (count + 1)]
        for number, text in enumerate(of_form, 1):
            assert line in text
            assert (f"Page {number} of {count}" in text) is (number <= count)
            assert [one in text for one in serials if one] == [one == serial for one in serials if one]
        assert "More room for your answers" in of_form[-1]


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_page_says_which_questions_it_is_about(third: Definition, variant: Variant) -> None:
    edition = Edition(third, "en", variant)
    heads = heads_of(build_print_edition(third, "en", variant))
    numbers = {one.id: question.number for question in third.questionnaire.questions for one in question.fields}

    for head, page in zip(heads, edition.pages, strict=True):
        columns = {one.column.removesuffix("_other") for one in (*page.boxes, *page.spaces) if one.column}
        named = _named(head)
        assert {int(number) for column in columns if (number := numbers[column])} <= named
        assert ("About you" in head) is any(numbers[column] is None for column in columns)
    assert heads[-1] == "More room for your answers"
    assert heads[0] == ""


def test_a_page_on_which_a_question_goes_on_says_so(third: Definition) -> None:
    edition = Edition(third, "en", "large")
    heads = heads_of(build_print_edition(third, "en", "large"))
    seen: set[str] = set()

    for head, page in zip(heads, edition.layout.pages, strict=False):
        columns = [space.column for space in page.spaces]
        if columns and columns[0] in seen:
            assert "(continued)" in head
        seen |= set(columns)
    assert sum("(continued)" in head for head in heads) >= 4


def _named(head: str) -> set[int]:
    """The numbers of the questions that a page's head names, alone or as `Questions 2 to 4`."""
    alone = {int(number) for number in re.findall(r"Question (\d+)", head)}
    rows = re.findall(r"Questions (\d+) to (\d+)", head)
    return alone.union(*(range(int(first), int(last) + 1) for first, last in rows))


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_label_and_the_beginning_of_its_space_are_on_one_page(third: Definition, variant: Variant) -> None:
    edition = Edition(third, "en", variant)
    texts = [without_breaks(text) for text in texts_of(build_print_edition(third, "en", variant))]
    first_page: dict[str, int] = {}
    for page in edition.layout.pages:
        for one in (*page.boxes, *page.spaces):
            first_page.setdefault(one.column, page.number)

    for one in third.questionnaire.fields():
        easy = third.easy_read.of(one.id) if third.easy_read and variant == "easy_read" else None
        assert without_breaks(str(easy.label if easy else one.label)) in texts[first_page[one.id] - 1]


@pytest.mark.parametrize(("variant", "smallest"), [("standard", 8), ("large", 18), ("easy_read", 14)])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_letter_is_smaller_than_the_variant_promises(
    parks: Definition, language: str, variant: Variant, smallest: float
) -> None:
    sizes = set()
    with pypdfium2.PdfDocument(build_print_edition(parks, language, variant, [serial_of(1, 1)])) as pdf:
        for page in pdf:
            text = page.get_textpage()
            sizes |= {
                round(_drawn_size(text, position), 1)
                for position in range(text.count_chars())
                if chr(pypdfium2.raw.FPDFText_GetUnicode(text, position)).strip()
            }

    assert len(sizes) > 1
    assert min(sizes) >= smallest


def _drawn_size(text: pypdfium2.PdfTextPage, position: int) -> float:
    matrix = pypdfium2.raw.FS_MATRIX()
    assert pypdfium2.raw.FPDFText_GetMatrix(text, position, matrix)
    return float(pypdfium2.raw.FPDFText_GetFontSize(text, position) * abs(matrix.d))


def test_no_sheet_holds_pages_of_two_forms_when_printed_on_both_sides(third: Definition) -> None:
    serials = [serial_of(7, form) for form in (1, 2, 3)]
    one_sided = len(Edition(third, "en", "standard").pages)
    texts = texts_of(build_print_edition(third, "en", "standard", serials, double_sided=True))
    even = one_sided + one_sided % 2

    assert len(texts) == 3 * even
    for form, serial in enumerate(serials):
        of_form = texts[form * even : (form + 1) * even]
        assert all(serial in text for text in of_form[:one_sided])
        assert of_form[one_sided:] == [""] * (even - one_sided)


def test_the_square_code_is_read_by_other_programs_too(third: Definition) -> None:
    page = drawn_pages(build_print_edition(third, "en", "standard", [serial_of(1, 1)]))[2]
    code = around(page, print_layout(third, "en", "standard").pages[2].code_area, 2)

    text, _, _ = cv2.QRCodeDetector().detectAndDecode(cv2.resize(code, None, fx=2, fy=2))

    assert decode_page_code(text) == PageCode(third.questionnaire_hash[:12], "en", "standard", 3, serial_of(1, 1))


def test_one_form_is_tagged_and_says_its_title_and_language(parks: Definition) -> None:
    with Pdf.open(io.BytesIO(build_print_edition(parks, "ar", "standard"))) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "ar"
        assert str(pdf.docinfo["/Title"]) == parks.questionnaire.title.in_language("ar")
        assert len(pdf.Root.StructTreeRoot.K) > 0


def test_every_font_is_in_the_document(parks: Definition) -> None:
    for language in ("en", "ar"):
        with Pdf.open(io.BytesIO(build_print_edition(parks, language, "standard", [serial_of(1, 1)]))) as pdf:
            descriptors = [one for one in pdf.objects if getattr(one, "Type", None) == "/FontDescriptor"]
            assert len(descriptors) > 2
            assert all("/FontFile2" in one or "/FontFile3" in one for one in descriptors)


def test_the_same_form_is_the_same_file(third: Definition) -> None:
    serials = [serial_of(3, 1), serial_of(3, 2)]

    assert build_print_edition(third, "en", "large", serials) == build_print_edition(third, "en", "large", serials)


def test_the_layout_does_not_depend_on_the_fonts_of_the_machine(parks: Definition, tmp_path: Path) -> None:
    none = tmp_path / "fonts.conf"
    none.write_text('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>')
    code = (
        "from schemas.definition import BUILT_IN, load_definition\n"
        "from schemas.editions.print_edition import print_layout, print_variants\n"
        "one = load_definition(BUILT_IN / 'parks-and-libraries-2007')\n"
        "for variant in print_variants(one):\n"
        "    for language in one.questionnaire.languages: print(print_layout(one, language, variant))\n"
    )
    surroundings = {**os.environ, "FONTCONFIG_FILE": str(none), "LC_ALL": "C.UTF-8"}
    there = subprocess.run(
        [sys.executable, "-c", code], env=surroundings, capture_output=True, text=True, check=True, timeout=120
    )

    here = [
        str(print_layout(parks, language, variant))
        for variant in print_variants(parks)
        for language in parks.questionnaire.languages
    ]
    assert there.stdout.splitlines() == here


def test_easy_words_come_after_so_that_forms_in_use_keep_their_marks(
    third: Definition, without_easy_words: Definition, other_easy_words: Definition
) -> None:
    for variant in ("standard", "large"):
        before = print_layout(without_easy_words, "en", variant)
        assert print_layout(third, "en", variant) == print_layout(other_easy_words, "en", variant) == before
    assert print_layout(third, "en", "easy_read") != print_layout(other_easy_words, "en", "easy_read")
    assert print_variants(without_easy_words) == ("standard", "large")


def test_an_edition_that_there_is_not_is_refused_in_a_sentence(
    third: Definition, without_easy_words: Definition
) -> None:
    with pytest.raises(EditionError, match=r"^'third-sector-2007' is not in 'cy'; its languages: en\.$"):
        print_layout(third, "cy", "standard")
    with pytest.raises(
        EditionError, match=r"^'third-sector-2007' has no easy-read edition; add easy_read\.toml to its"
    ):
        build_print_edition(without_easy_words, "en", "easy_read")
