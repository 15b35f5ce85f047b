"""Why what somebody wrote freely for a question cannot stand as its answer: an officer mends it."""

from datetime import date

from schemas.fields import Date, MultipleChoice, Number, PostcodeDistrict, Scale, WithChoices
from schemas.frames.casts import read_answer
from schemas.questionnaire import AnyField
from schemas.response import RawAnswer

NO_CHOICE = "what is written names no choice of the question"
NO_NUMBER = "what is written is not a number that the question allows"
NO_DAY = "what is written is not a day that the question allows"
NO_DISTRICT = "what is written is not the first half of a postcode"


def fault_of(one: AnyField, column: str, given: RawAnswer) -> str | None:
    """The fault, in words that never show the answer; None where there is none."""
    if column != one.id:
        return None
    value = read_answer(one, column, given)
    fits, fault = True, NO_CHOICE
    match one:
        case MultipleChoice():
            fits = isinstance(value, list) and set(value) <= set(one.codes)
        case WithChoices():
            fits = value in one.codes
        case Scale():
            fits = isinstance(value, int) and 1 <= value <= 5
        case Number():
            fault = NO_NUMBER
            fits = isinstance(value, float) and one.minimum <= value <= one.maximum
            fits = fits and not (one.whole and isinstance(value, float) and not value.is_integer())
        case Date():
            fits, fault = isinstance(value, date) and one.earliest <= value <= one.latest, NO_DAY
        case PostcodeDistrict():
            fits, fault = value is not None, NO_DISTRICT
    return None if fits else fault
