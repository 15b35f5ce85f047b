"""A field of the questionnaire as a component of the design system: which one, and its parameters."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from ingest.web.chrome import Chrome
from ingest.web.form.posted import day_first
from ingest.web.render import Renderer
from schemas.easy_read import EasyRead
from schemas.questionnaire import (
    OTHER_SUFFIX,
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
    SingleChoice,
)
from schemas.response import RawAnswer

Params = dict[str, Any]
# detail -> HTML autocomplete token (WCAG 1.3.5), input type, CSS width
_CONTACT = {
    "title": ("honorific-prefix", "text", "govuk-input--width-5"),
    "given_name": ("given-name", "text", "govuk-!-width-two-thirds"),
    "family_name": ("family-name", "text", "govuk-!-width-two-thirds"),
    "email": ("email", "email", "govuk-!-width-two-thirds"),
    "phone": ("tel", "tel", "govuk-input--width-20"),
    "address": ("street-address", "text", ""),
    "town": ("address-level2", "text", "govuk-!-width-two-thirds"),
    "postcode": ("postal-code", "text", "govuk-input--width-10"),
}


class FieldRenderer:
    """Renders the fields of one form: its language and edition, the answers it is filled with, the slips in them."""

    def __init__(
        self,
        renderer: Renderer,
        questionnaire: Questionnaire,
        chrome: Chrome,
        answers: Mapping[str, RawAnswer],
        found: Mapping[str, str],
        *,
        easy_read: EasyRead | None,
    ) -> None:
        self._input = renderer.component("input", "govukInput")
        self._textarea = renderer.component("textarea", "govukTextarea")
        self._counted = renderer.component("character-count", "govukCharacterCount")
        self._radios = renderer.component("radios", "govukRadios")
        self._checkboxes = renderer.component("checkboxes", "govukCheckboxes")
        self._questionnaire = questionnaire
        self._chrome = chrome
        self._answers = answers
        self._found = found
        self._easy_read = easy_read
        self._as_heading = False

    def render(self, one: AnyField, *, as_heading: bool = False) -> Markup:
        """The HTML of the field with its label or legend, hint, error and the answer it is filled with.

        `as_heading` makes the label the page's heading. A field with a condition is marked with it, for the script.
        """
        self._as_heading = as_heading
        html = self._control(one)
        if as_heading:
            # The script moves the focus to a page's heading.
            html = Markup(str(html).replace("<h1 ", '<h1 tabindex="-1" ', 1))  # noqa: S704 - the component's own markup
        if one.shown_when is None:
            return html
        return Markup('<div data-shown-when-field="{}" data-shown-when-any="{}">{}</div>').format(
            one.shown_when.field, " ".join(one.shown_when.any_of), html
        )

    def label_of(self, one: AnyField) -> str:
        """The question in the words of the edition."""
        easy = self._easy_read.of(one.id) if self._easy_read else None
        return self._say(easy.label if easy else one.label)

    def _control(self, one: AnyField) -> Markup:
        match one:
            case OpenText():
                return self._counted(self._text(one) | {"rows": 6} | self._count_params(one))
            case Contact(detail="address"):
                return self._textarea(self._text(one) | {"rows": 4, "autocomplete": "street-address"})
            case MultipleChoice():
                return self._checkboxes(
                    self._group(one) | {"items": self._items(one), "values": self._answers.get(one.id, [])}
                )
            case SingleChoice() | AgeBand() | Permission():
                return self._radios(self._group(one) | {"items": self._items(one) + self._no_answer()})
            case Scale():
                points = [
                    {"value": str(number), "text": self._say(point)} for number, point in enumerate(one.points, start=1)
                ]
                return self._radios(self._group(one) | {"items": points + self._no_answer()})
            case _:
                return self._input(self._text(one) | _input_params(one))

    def _say(self, text: Any) -> str:
        return str(text.in_language(self._chrome.language))

    def _text(self, one: AnyField) -> Params:
        params = self._shared(one) | {
            "id": one.id,
            "label": {
                "text": self.label_of(one),
                "classes": "govuk-label--l" if self._as_heading else "govuk-label--s",
                "isPageHeading": self._as_heading,
            },
            "value": self._answers.get(one.id, ""),
        }
        # What is written may run in another direction than the page does.
        return params | {"attributes": {"dir": "auto"}}

    def _group(self, one: AnyField) -> Params:
        legend = {
            "text": self.label_of(one),
            "classes": "govuk-fieldset__legend--l" if self._as_heading else "govuk-fieldset__legend--s",
            "isPageHeading": self._as_heading,
        }
        return self._shared(one) | {
            "idPrefix": one.id,
            "fieldset": {"legend": legend},
            "value": self._answers.get(one.id, ""),
        }

    def _shared(self, one: AnyField) -> Params:
        params: Params = {"name": one.id}
        if hint := " ".join(filter(None, [self._condition(one), self._hint(one)])):
            params["hint"] = {"text": hint}
        if one.id in self._found:
            params["errorMessage"] = {
                "text": self._found[one.id],
                "visuallyHiddenText": self._chrome.text("error_prefix").rstrip(":"),
            }
        return params

    def _condition(self, one: AnyField) -> str:
        if one.shown_when is None:
            return ""
        other = self._questionnaire.field(one.shown_when.field)
        labels = {choice.code: self._say(choice.label) for choice in getattr(other, "choices", ())}
        choices = self._chrome.one_of([labels[code] for code in one.shown_when.any_of])
        return self._chrome.text("answer_if", choices=choices)

    def _count_params(self, one: OpenText) -> Params:
        """The count is shown once half of what is foreseen is written; nothing stops anybody from writing more."""
        say = self._chrome.text
        return {
            "maxlength": one.max_length,
            "threshold": 50,
            "textareaDescriptionText": say("count_all", maximum=self._chrome.number(one.max_length)),
            "charactersUnderLimitText": {"other": say("count_left")},
            "charactersAtLimitText": say("count_none_left"),
            "charactersOverLimitText": {"other": say("count_over")},
        }

    def _hint(self, one: AnyField) -> str:
        easy = self._easy_read.of(one.id) if self._easy_read else None
        if easy and easy.hint:
            return self._say(easy.hint)
        if one.hint is not None:
            return self._say(one.hint)
        match one:
            case Number():
                key = "hint_whole_number" if one.whole else "hint_number"
                return self._chrome.text(key, minimum=f"{one.minimum:g}", maximum=f"{one.maximum:g}")
            case Date():
                return self._chrome.text("hint_date", example=day_first(one.latest))
            case PostcodeDistrict():
                return self._chrome.text("hint_district")
            case _:
                return ""

    def _items(self, one: SingleChoice | MultipleChoice | AgeBand | Permission) -> list[Params]:
        items: list[Params] = []
        for choice in one.choices:
            item: Params = {"value": choice.code, "text": self._say(choice.label)}
            if choice.please_say:
                item["conditional"] = {"html": self._please_say(one.id + OTHER_SUFFIX)}
            items.append(item)
        return items

    def _please_say(self, name: str) -> Markup:
        return self._input(
            {
                "id": name,
                "name": name,
                "label": {"text": self._chrome.text("please_say")},
                "value": self._answers.get(name, ""),
                "attributes": {"dir": "auto"},
                "classes": "govuk-!-width-two-thirds",
            }
        )

    def _no_answer(self) -> list[Params]:
        """A radio button cannot be taken back; this one can be chosen instead."""
        return [{"divider": self._chrome.text("or")}, {"value": "", "text": self._chrome.text("rather_not")}]


def _input_params(one: AnyField) -> Params:
    left_to_right = {"attributes": {"dir": "ltr"}}
    match one:
        case Contact():
            autocomplete, kind, width = _CONTACT[one.detail]
            params: Params = {"autocomplete": autocomplete, "type": kind, "classes": width, "spellcheck": False}
            return params | (left_to_right if kind != "text" or one.detail == "postcode" else {})
        case Number():
            return left_to_right | {
                "classes": "govuk-input--width-5",
                "inputmode": "numeric" if one.whole else "decimal",
            }
        case Date():
            return left_to_right | {"classes": "govuk-input--width-10", "autocomplete": "off"}
        case PostcodeDistrict():
            return left_to_right | {
                "classes": "govuk-input--width-5",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": False,
            }
        case _:
            return {}
