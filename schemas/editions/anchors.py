"""The visible marks by the answers of an edition whose fields may get lost: [Q3] by a text, [Q3.2] by a box.

A word processor other than the one a form was made for drops what a field is called; it keeps what can be read.
"""

import re
from collections.abc import Iterator
from string import ascii_lowercase

from schemas.editions.pdf_fields import ChoiceField, choices_of, code_of_other
from schemas.fields import OTHER_SUFFIX, AnyField
from schemas.questionnaire import Question, Questionnaire

ANCHOR = re.compile(r"\[\s*([A-Za-z][A-Za-z0-9]{0,15}(?:\.[0-9]{1,3}|\+)?)\s*\]")
_NOT_LETTER_OR_DIGIT = re.compile(r"[^A-Za-z0-9]")


def anchors_of(questionnaire: Questionnaire) -> dict[str, str]:
    """Name of each form field (`pdf_fields.form_fields`) -> its anchor, without the brackets, in the form's order.

    A question's anchor is its printed number, `Q1`; one without a number is counted, `R1`. Several fields of a question
    have letters, `Q1a`; the boxes of a choice are counted, `R1.2`; the text beside one of them is `R1+`.
    """
    anchors: dict[str, str] = {}
    for one, anchor in _distinct(_anchors_of_fields(questionnaire)):
        if not isinstance(one, ChoiceField):
            anchors[one.id] = anchor
            continue
        for place, (code, _) in enumerate(choices_of(one, questionnaire.languages[0]), 1):
            anchors[f"{one.id}__{code}"] = f"{anchor}.{place}"
            if code == code_of_other(one):
                anchors[one.id + OTHER_SUFFIX] = f"{anchor}+"
    return anchors


def _anchors_of_fields(questionnaire: Questionnaire) -> Iterator[tuple[AnyField, str]]:
    counted = 0
    for question in questionnaire.questions:
        number = _NOT_LETTER_OR_DIGIT.sub("", question.number or "")[:8]
        counted += not number
        base = f"Q{number}" if number else f"R{counted}"
        yield from zip(question.fields, _of_fields(question, base), strict=True)


def _of_fields(question: Question, base: str) -> Iterator[str]:
    if len(question.fields) == 1:
        yield base
        return
    for place in range(len(question.fields)):
        first, second = divmod(place, len(ascii_lowercase))
        yield base + (ascii_lowercase[first - 1] if first else "") + ascii_lowercase[second]


def _distinct(anchors: Iterator[tuple[AnyField, str]]) -> Iterator[tuple[AnyField, str]]:
    """The same with an `x` behind an anchor that is taken: a question 1a beside the first field of question 1."""
    taken: set[str] = set()
    for one, anchor in anchors:
        distinct = anchor
        while distinct.upper() in taken:
            distinct += "x"
        taken.add(distinct.upper())
        yield one, distinct
