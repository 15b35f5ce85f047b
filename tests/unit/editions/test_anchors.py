"""The visible marks of the word-processor edition, and the line that says which form it is."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.definition import BUILT_IN, load_definition
from schemas.editions.anchors import ANCHOR, anchors_of
from schemas.editions.form_line import form_line, identity_in
from schemas.editions.pdf_fields import IDENTITY, form_fields
from schemas.questionnaire import Questionnaire
from schemas.texts import LocalisedText

PARKS = load_definition(BUILT_IN / "parks-and-libraries-2007")
THIRD = load_definition(BUILT_IN / "third-sector-2007")


def with_numbers(*numbers: str | None) -> Questionnaire:
    """The seed's questionnaire with other numbers for its first questions."""
    questions = list(THIRD.questionnaire.questions)
    for place, number in enumerate(numbers):
        questions[place] = questions[place].model_copy(update={"number": number})
    return THIRD.questionnaire.model_copy(update={"questions": tuple(questions)})


def test_anchors_follow_the_printed_numbers() -> None:
    assert list(anchors_of(THIRD.questionnaire).values()) == [
        *("Q1a", "Q1b", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "R1.1", "R1.2", "R1.3", "R1.4", "R1.5", "R1+", "R2", "R3")
    ]


def test_every_form_field_has_an_anchor_of_its_own_in_the_forms_order() -> None:
    for questionnaire in (THIRD.questionnaire, PARKS.questionnaire):
        anchors = anchors_of(questionnaire)
        assert list(anchors) == [one.name for one in form_fields(questionnaire, questionnaire.languages[0])]
        assert len({anchor.upper() for anchor in anchors.values()}) == len(anchors)


def test_numbers_that_would_share_an_anchor_are_told_apart() -> None:
    anchors = anchors_of(with_numbers("1", "1a", "1 (a)", "٤", None))
    assert [anchors[one.id] for one in list(THIRD.questionnaire.fields())[:6]] == [
        *("Q1a", "Q1b", "Q1ax", "Q1axx", "R1", "R2")
    ]


@given(st.lists(st.one_of(st.none(), st.text(max_size=6)), min_size=1, max_size=7))
def test_every_anchor_is_known_again_whatever_the_numbers(numbers: list[str | None]) -> None:
    anchors = list(anchors_of(with_numbers(*numbers)).values())
    assert len({anchor.upper() for anchor in anchors}) == len(anchors)
    assert [found.group(1) for anchor in anchors if (found := ANCHOR.fullmatch(f"[{anchor}]"))] == anchors


@given(st.text(min_size=1, max_size=60))
def test_the_form_line_says_which_form_it_is_whatever_the_version(version: str) -> None:
    identity = dict(
        zip(IDENTITY, ("some-id-2007", version, "0123456789abcdef" * 4, "zh-Hant", "as_worded"), strict=True)
    )
    found = identity_in(f"words before {form_line(identity)} and after")
    assert {key: found[key] for key in IDENTITY if not key.endswith("version")} == {
        key: value[:12] if key.endswith("hash") else value
        for key, value in identity.items()
        if not key.endswith("version")
    }


def test_a_title_is_no_form_line() -> None:
    assert identity_in(f"[YourSay] {LocalisedText('x')} [YourSay: a, b]") == {}
