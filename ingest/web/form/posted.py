"""What a posted form says: its answers as they were given, and what in them may be a slip.

Nothing is refused for its content: a slip is shown once and can be sent as it is. Refused is only what no page of
ours can have sent (an unknown field or choice).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl

from ingest.web.chrome import Chrome
from ingest.web.errors import RefusedError
from schemas.questionnaire import (
    OTHER_SUFFIX,
    POSTCODE_DISTRICT,
    AgeBand,
    AnyField,
    Contact,
    Date,
    MultipleChoice,
    Number,
    OpenText,
    Permission,
    PostcodeDistrict,
    Questionnaire,
    Scale,
    ShortText,
    SingleChoice,
)
from schemas.response import RawAnswer

# The form's own fields hold a hyphen, which no answer's field may.
CSRF, RETURN, SLIPS_SHOWN = "form-csrf", "form-return", "form-slips-shown"
OWN_FIELDS = (CSRF, RETURN, SLIPS_SHOWN)
MAX_FIELDS = 2_000
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Posted:
    """A posted form: the answers that are not empty, and the form's own fields."""

    answers: dict[str, RawAnswer]
    own: dict[str, str]


def read_posted(body: bytes, questionnaire: Questionnaire) -> Posted:
    """Read an `application/x-www-form-urlencoded` body.

    Raises:
        RefusedError: not such a body, or not of this questionnaire.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise RefusedError("The form could not be read; open the form's page again and send it from there.") from None
    columns = questionnaire.answer_columns()
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in columns and name not in OWN_FIELDS:
            raise RefusedError("The form holds a field that this consultation does not ask; open the form again.")
        values.setdefault(name, []).append(_as_typed(value))
    answers: dict[str, RawAnswer] = {}
    for name, given in values.items():
        if name in columns and (answer := _answer(name, columns[name], given)):
            answers[name] = answer
    return Posted(answers, {name: values.get(name, [""])[-1] for name in OWN_FIELDS})


def slips(questionnaire: Questionnaire, answers: Mapping[str, RawAnswer], chrome: Chrome) -> dict[str, str]:
    """What may be a slip: field -> a sentence in the page's language, never the answer."""
    found = {}
    for name, one in questionnaire.answer_columns().items():
        answer = answers.get(name)
        if isinstance(answer, str) and name == one.id and (sentence := _slip(one, answer, chrome)):
            found[name] = sentence
    return found


def _as_typed(value: str) -> str:
    """Browsers send line ends as CR LF, whatever was typed."""
    return value.replace("\r\n", "\n")


def _answer(name: str, one: AnyField, given: list[str]) -> RawAnswer | None:
    filled = [value for value in given if value.strip()]
    if isinstance(one, MultipleChoice) and not name.endswith(OTHER_SUFFIX):
        _check_codes(one.codes, filled)
        return list(dict.fromkeys(filled)) or None
    if len(filled) > 1:
        raise RefusedError("A question that takes one answer was given several; open the form again.")
    if isinstance(one, SingleChoice | AgeBand | Permission) and name == one.id:
        _check_codes(one.codes, filled)
    if isinstance(one, Scale):
        _check_codes(("1", "2", "3", "4", "5"), filled)
    return filled[0] if filled else None


def _check_codes(codes: tuple[str, ...], given: list[str]) -> None:
    if not set(given) <= set(codes):
        raise RefusedError("The form holds a choice that this consultation does not offer; open the form again.")


def _slip(one: AnyField, answer: str, chrome: Chrome) -> str | None:
    if isinstance(one, OpenText | ShortText | Contact) and len(answer) > one.max_length:
        return chrome.text("problem_length", maximum=one.max_length)
    if isinstance(one, Number) and not _number_fits(one, answer):
        key = "problem_number" if one.whole else "problem_decimal"
        return chrome.text(key, minimum=f"{one.minimum:g}", maximum=f"{one.maximum:g}")
    if isinstance(one, Date):
        day = as_day(answer)
        if day is None or not one.earliest <= day <= one.latest:
            span = {"earliest": chrome.day(one.earliest), "latest": chrome.day(one.latest)}
            return chrome.text("problem_date", example=day_first(one.latest), **span)
    if isinstance(one, PostcodeDistrict) and not POSTCODE_DISTRICT.match(answer.strip().upper()):
        return chrome.text("problem_district")
    return None


def _number_fits(one: Number, answer: str) -> bool:
    try:
        number = float(answer)
    except ValueError:
        return False
    return one.minimum <= number <= one.maximum and (not one.whole or number.is_integer())


def as_day(answer: str) -> date | None:
    """The day of YYYY-MM-DD or DD/MM/YYYY; None where it is no day."""
    text = answer.strip()
    try:
        if found := _ISO_DATE.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY_FIRST.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    return None


def day_first(day: date) -> str:
    return f"{day:%d/%m/%Y}"
