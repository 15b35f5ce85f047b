"""The easy-read edition: the same questions in easy words, for people who find the questionnaire hard to read.

An optional third file of a definition, hashed apart: the questionnaire's hash stays what it was.
"""

from collections.abc import Iterator

from pydantic import Field

from schemas.fields import FIELD_ID, Strict
from schemas.questionnaire import Questionnaire
from schemas.texts import LocalisedText


class EasyField(Strict):
    """A field's question in easy words; what is printed before the question is not shown with it."""

    field: str = Field(pattern=FIELD_ID)
    label: LocalisedText
    hint: LocalisedText | None = None


class EasyRead(Strict):
    """The edition: what the consultation is about, and its questions. Fields that are left out keep their words."""

    introduction: LocalisedText
    fields: tuple[EasyField, ...] = Field(min_length=1)

    def of(self, field_id: str) -> EasyField | None:
        """The easy words of a field, where it has some."""
        return next((one for one in self.fields if one.field == field_id), None)


def easy_read_faults(easy_read: EasyRead, questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """Where the edition does not fit the questionnaire: the key and what is wrong with it."""
    known = {one.id for one in questionnaire.fields()}
    seen: set[str] = set()
    texts = [("introduction", easy_read.introduction)]
    for position, one in enumerate(easy_read.fields, 1):
        if one.field not in known:
            yield f"fields[{position}].field", f"'{one.field}' is not a field of the questionnaire"
        if one.field in seen:
            yield f"fields[{position}].field", f"'{one.field}' is given twice"
        seen.add(one.field)
        texts += [(f"fields[{position}].label", one.label)]
        texts += [(f"fields[{position}].hint", one.hint)] if one.hint else []
    expected = frozenset(questionnaire.languages)
    for path, text in texts:
        if text.languages == {""} and len(expected) == 1:
            continue
        for language in sorted(expected - text.languages):
            yield path, f"there is no text in '{language}'"
        for language in sorted(text.languages - expected):
            yield path, f"'{language}' is not one of the questionnaire's languages"
