"""Filled forms, scanned in many ways, are read: what is sure as an answer, what is not by a person."""

from collections.abc import Callable

import pillow_heif
import pytest

from ingest.parsed_response import ParsedResponse, Reading
from ingest.post.scans.form_answers import CONTINUED, HANDWRITING, NO_TICK, NOT_CLEAR, SEVERAL_TICKS
from ingest.post.scans.read_scan import Envelope, ScanDescription, pack_scan, read_scan
from tests.integration.post.paper import (
    Grey,
    as_fax,
    as_pdf,
    as_picture,
    as_tiff,
    covered,
    definition_of,
    filled,
    letter,
    line,
    printed,
    scrawl,
    turned,
    upside_down,
    white,
    with_thumb,
)

PARKS, THIRD_SECTOR = "parks-and-libraries-2007", "third-sector-2007"
TICKS = {
    "q1_use": ["libraries"],
    "q4_satisfied": ["4"],
    "r1_capacity": ["resident", "worker"],
    "r4_age": ["from_25_to_44"],
    "p1_publish": ["no"],
}
ANSWERS = {
    "q1_use": "libraries",
    "q4_satisfied": "4",
    "r1_capacity": ["resident", "worker"],
    "r4_age": "from_25_to_44",
    "p1_publish": "no",
}


def read(content: bytes, consultation: str = PARKS, *envelopes: Envelope) -> list[ParsedResponse]:
    description = ScanDescription(consultation, "Tuesday", "2007-05-02", envelopes)
    return read_scan(pack_scan(description, content), definition_of(consultation))


def waiting(response: ParsedResponse) -> dict[str, str | None]:
    """The columns that wait for a person, and why."""
    return {one.column: one.review for one in response.readings if one.review}


@pytest.mark.parametrize("as_file", [as_pdf, as_tiff, as_fax], ids=["PDF", "TIFF in grey", "fax"])
def test_a_filled_form_gives_exactly_its_answers(as_file: Callable[[list[Grey]], bytes]) -> None:
    pages = filled(printed(), TICKS, words=["q5_proposal"])
    (response,) = read(as_file(pages))
    assert (response.state, response.answers, response.language) == ("response", ANSWERS, "en")
    assert waiting(response) == {"q5_proposal": HANDWRITING}
    assert [one for one in response.readings if one.column == "q5_proposal"] == [
        Reading("q5_proposal", "handwriting", "page 2", 0.0, HANDWRITING, picture=True)
    ]


def test_every_answer_says_how_it_was_read_and_from_which_page() -> None:
    (response,) = read(as_pdf(filled(printed(), TICKS)))
    assert [(one.column, one.how, one.part, one.review) for one in response.readings] == [
        ("q1_use", "tick", "page 1", None),
        ("q4_satisfied", "tick", "page 2", None),
        ("r1_capacity", "tick", "page 3", None),
        ("r4_age", "tick", "page 3", None),
        ("p1_publish", "tick", "page 4", None),
    ]
    assert all(0.9 < one.confidence <= 1 for one in response.readings)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "HEIF"])
def test_a_single_page_is_read_from_a_picture_and_the_others_are_missing(kind: str) -> None:
    pillow_heif.register_heif_opener(thumbnails=False)
    (response,) = read(as_picture(filled(printed(), TICKS)[1], kind))
    assert response.answers == {"q4_satisfied": "4"}
    assert waiting(response) == {
        "q1_use": "page 1 is missing",
        "q1_use_other": "page 1 is missing",
        "q2_visits": "page 1 is missing",
        "r1_capacity": "page 3 is missing",
        "r2_organisation": "page 3 is missing",
        "r3_role": "page 3 is missing",
        "r4_age": "page 3 is missing",
        "r5_district": "page 3 is missing",
        "c1_given_name": "page 3 is missing",
        "c2_family_name": "page 4 is missing",
        "c3_email": "page 4 is missing",
        "c4_phone": "page 4 is missing",
        "p1_publish": "page 4 is missing",
    }


def test_pages_fed_askew_upside_down_and_in_any_order_are_the_same_form() -> None:
    first, second, third, fourth = filled(printed(), TICKS)
    (response,) = read(as_pdf([turned(third, 2.5), upside_down(first), turned(fourth, -1.5), upside_down(second)]))
    assert (response.answers, waiting(response)) == (ANSWERS, {})


def test_a_thumb_on_a_corner_hides_nothing_that_matters() -> None:
    (response,) = read(as_pdf([with_thumb(turned(page, 1)) for page in filled(printed(), TICKS)]))
    assert (response.answers, waiting(response)) == (ANSWERS, {})


def test_marks_alone_say_which_page_it_is() -> None:
    blank = printed()
    pages = filled(blank, TICKS)
    without = [covered(page, one.code_area) for page, one in zip(pages, blank.layout.pages, strict=True)]
    (response,) = read(as_pdf([turned(page, -2) for page in without]))
    assert (response.answers, waiting(response)) == (ANSWERS, {})


def test_two_marks_and_the_code_are_enough() -> None:
    blank = printed()
    pages = filled(blank, TICKS)
    cut = [
        covered(page, *(mark.area for mark in one.marks[2:]))
        for page, one in zip(pages, blank.layout.pages, strict=True)
    ]
    (response,) = read(as_pdf([turned(page, 1) for page in cut]))
    assert (response.answers, waiting(response)) == (ANSWERS, {})


def test_the_code_alone_is_enough() -> None:
    blank = printed()
    pages = filled(blank, TICKS)
    bare = [
        covered(page, *(mark.area for mark in one.marks)) for page, one in zip(pages, blank.layout.pages, strict=True)
    ]
    (response,) = read(as_pdf(bare))
    assert (response.answers, waiting(response)) == (ANSWERS, {})


def test_an_arabic_form_says_its_language() -> None:
    (response,) = read(as_pdf(filled(printed(language="ar"), TICKS)))
    assert (response.language, response.answers) == ("ar", ANSWERS)


def test_large_print_is_read_as_well() -> None:
    (response,) = read(as_pdf(filled(printed(variant="large"), TICKS)))
    assert (response.answers, waiting(response)) == (ANSWERS, {})


def test_interleaved_respondents_are_read_apart() -> None:
    one = filled(printed(serial="AA-2222"), TICKS)
    other = filled(printed(serial="BB-3333"), TICKS | {"q1_use": ["parks"], "r1_capacity": []})
    mixed = [page for pair in zip(one, other, strict=True) for page in pair]
    first, second = read(as_pdf(mixed))
    assert first.answers == ANSWERS
    assert second.answers == {name: answer for name, answer in ANSWERS.items() if name != "r1_capacity"} | {
        "q1_use": "parks"
    }


def test_a_sheet_fed_twice_counts_once() -> None:
    pages = filled(printed(), TICKS)
    (response,) = read(as_pdf([pages[0], pages[1], turned(pages[1], 0.7), pages[2], pages[3]]))
    assert (response.answers, waiting(response)) == (ANSWERS, {})


def test_one_form_after_another_without_serials() -> None:
    one, other = filled(printed(serial=None), TICKS), filled(printed(serial=None), TICKS | {"q1_use": ["parks"]})
    assert [response.answers for response in read(as_pdf([*one, *other]))] == [ANSWERS, ANSWERS | {"q1_use": "parks"}]


def test_blank_backs_are_left_out_and_a_covering_letter_is_kept_with_its_form() -> None:
    pages = filled(printed(), TICKS)
    (response,) = read(as_pdf([pages[0], white(), pages[1], white(), pages[2], white(), pages[3], white(), letter()]))
    assert response.answers == ANSWERS
    assert response.readings[-1] == Reading("", "letter", "page 9", 0.0, picture=True)


def test_a_single_choice_with_no_tick_or_two_goes_to_a_person() -> None:
    ticks = TICKS | {"q4_satisfied": ["1", "2"], "r4_age": []}
    (response,) = read(as_pdf(filled(printed(), ticks)))
    assert response.answers == {name: ANSWERS[name] for name in ("q1_use", "r1_capacity", "p1_publish")}
    assert waiting(response) == {"q4_satisfied": SEVERAL_TICKS, "r4_age": NO_TICK}


def test_a_struck_out_tick_goes_to_a_person() -> None:
    blank = printed()
    pages = filled(blank, TICKS)
    struck = next(box for box in blank.layout.pages[0].boxes if box.code == "libraries")
    area = struck.area
    for shift in (0.3, 0.5, 0.65):
        y = area.y + shift * area.height
        line(pages[0], (area.x - 2.5, y + 0.4), (area.x + area.width + 2.5, y - 0.4))
    (response,) = read(as_pdf(pages))
    assert (waiting(response), response.answers.get("q1_use")) == ({"q1_use": NOT_CLEAR}, None)


def test_a_continuation_sheet_has_a_person_look_at_every_answer_in_words() -> None:
    blank = printed()
    sheet = blank.pictures[-1].copy()
    scrawl(sheet, blank.layout.continuation.spaces[1].area)
    (response,) = read(as_pdf([*filled(blank, TICKS), sheet]))
    assert (response.answers, waiting(response)) == (ANSWERS, {"q5_proposal": CONTINUED})
    assert response.readings[-1] == Reading("", "letter", "page 5", 0.0, picture=True)


def test_an_empty_continuation_sheet_is_nothing() -> None:
    blank = printed()
    (response,) = read(as_pdf([*filled(blank, TICKS), blank.pictures[-1]]))
    assert (response.answers, waiting(response)) == (ANSWERS, {})


def test_faint_pencil_in_a_space_is_writing() -> None:
    blank = printed()
    pages = filled(blank, TICKS)
    space = next(space for space in blank.layout.pages[1].spaces if space.column == "q5_proposal")
    scrawl(pages[1], space.area, grey=195)
    (response,) = read(as_pdf(pages))
    assert waiting(response) == {"q5_proposal": HANDWRITING}


def test_a_form_of_another_consultation_is_quarantined() -> None:
    assert read(as_pdf(filled(printed(), TICKS)), THIRD_SECTOR) == [
        ParsedResponse(
            state="quarantined", reason="the form is of another version or another consultation (pages 1, 2, 3 and 4)"
        )
    ]


def test_pages_that_are_not_the_form_are_for_an_officer() -> None:
    assert read(as_pdf([letter(), white()])) == [
        ParsedResponse(
            state="in_review",
            reason="not the form: an officer decides (page 1)",
            readings=(Reading("", "letter", "page 1", 0.0, picture=True),),
        )
    ]


def test_nothing_but_blank_pages_is_no_response() -> None:
    assert read(as_pdf([white()])) == [ParsedResponse(state="not_a_response", reason="every page is blank")]


def test_each_form_has_the_postmark_of_its_envelope() -> None:
    one, other = filled(printed(serial="AA-2222"), TICKS), filled(printed(serial="BB-3333"), TICKS)
    found = read(as_pdf([*one, *other]), PARKS, Envelope(1, "2007-04-30"), Envelope(5, "illegible"))
    assert [response.postmark for response in found] == ["2007-04-30", "illegible"]


def test_a_form_with_no_tick_box_on_most_pages_is_read_too() -> None:
    ticks = {"r1_type": ["derby_resident", "other"]}
    (response,) = read(as_pdf(filled(printed(THIRD_SECTOR), ticks, words=["q1a_term", "r1_type_other"])), THIRD_SECTOR)
    assert response.answers == {"r1_type": ["derby_resident", "other"]}
    assert waiting(response) == {"q1a_term": HANDWRITING, "r1_type_other": HANDWRITING}


def test_what_is_no_scan_is_quarantined_in_words() -> None:
    assert [response.reason for response in read(b"%PDF-1.7 broken")] == ["the scan cannot be read: the PDF is damaged"]
    assert [response.reason for response in read_scan(b"no zip", definition_of(PARKS))] == [
        "the scan cannot be read: the body is not a scan with its description"
    ]
