"""Which fields may be tabulated, and the codes and labels of the tables. Every word in them is the definition's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from schemas.definition import Definition
from schemas.policy import Policy
from schemas.questionnaire import (
    AgeBand,
    AnyField,
    MultipleChoice,
    Permission,
    Scale,
    SingleChoice,
)
from schemas.texts import LocalisedText
from transforms.disclosure.contract import NONE_GIVEN, TEXT_KINDS, WHOLE_LIMB
from transforms.ledger_words import CHANNELS
from transforms.marts import CAMPAIGN, CHANNEL, OWN_WORDS

REPORT_LANGUAGE = "en"
NONE_GIVEN_LABEL = "None given"
WHOLE_LIMB_LABEL = "The answer as a whole"
OTHER_DISTRICTS_LABEL = "All other districts"
# Beside respondent types, breakdowns tell how people responded, and campaigns from the rest: all are of one of each.
CHANNEL_ROWS = {f"{CHANNEL}{channel}": words for channel, words in CHANNELS.items()}
SIDES = {CAMPAIGN: "Sent a campaign's letter", OWN_WORDS: "In their own words"}
GroupName = Literal["types", "channels", "sides", "both"]


@dataclass(frozen=True)
class Rule:
    """How counts are protected.

    Attributes:
        threshold: the smallest count shown.
        rounding: shown counts are multiples of this, the ledger aside; 1 leaves them as they are.
        step: positions and answers are as of the last so many responses; 1 takes every response.
        detail_from: from this base on codes are not collapsed and tables by respondent type exist.
    """

    threshold: int
    rounding: int
    step: int
    detail_from: int

    @classmethod
    def for_members(cls, policy: Policy, status: str = "") -> "Rule":
        """What members see on the screens: whole steps while results are interim, every response once they are final.

        Where a step was seen from which the last few could be told, the final view falls back to it as well.
        """
        p = policy.publication
        step = 1 if status == "final" else p.member_step
        return cls(p.member_threshold, 1, step, p.breakdowns_from_included)

    @classmethod
    def for_release(cls, policy: Policy, status: str) -> "Rule":
        """What a release holds: of whole steps while results are interim, of every response once they are final."""
        p = policy.publication
        step = 1 if status == "final" else p.member_step
        return cls(p.release_threshold, p.release_rounding, step, p.breakdowns_from_included)


def in_words(text: LocalisedText) -> str:
    """The text in English, else in its first language."""
    return text.in_language(REPORT_LANGUAGE)


def reported_fields(definition: Definition) -> Iterator[tuple[str | None, AnyField]]:
    """Fields whose number of answers is told, with the number printed: all but those that identify a person."""
    for question in definition.questionnaire.questions:
        for one in question.fields:
            if definition.policy.disclosure[one.id] != "direct_identifier":
                yield question.number, one


def tabulated_fields(definition: Definition, kinds: frozenset[str]) -> Iterator[AnyField]:
    """Fields of these kinds whose answers may be counted: never a text, nor what the policy says never to tabulate."""
    for one in definition.questionnaire.fields():
        if one.kind in kinds - TEXT_KINDS and may_be_counted(definition, one):
            yield one


def may_be_counted(definition: Definition, one: AnyField) -> bool:
    """Whether the policy lets the answers of this field be counted."""
    if definition.policy.disclosure[one.id] not in ("tabulated", "quasi_identifier"):
        return False
    return never_tabulated(definition).isdisjoint(_words_of(one))


def may_be_broken_down(definition: Definition, one: AnyField) -> bool:
    """Whether a table by respondent type is allowed: what might single a person out is not crossed with anything."""
    return definition.policy.disclosure[one.id] == "tabulated"


def never_tabulated(definition: Definition) -> frozenset[str]:
    """The words of groups and ids of fields that no table may have, in lower case."""
    return frozenset(word.casefold().strip() for word in definition.policy.never_tabulate)


def codes_of(one: AnyField) -> dict[str, str]:
    """The codes of a closed question with their labels; none for a postcode district, whose codes are open."""
    if isinstance(one, SingleChoice | MultipleChoice | AgeBand | Permission):
        return {choice.code: in_words(choice.label) for choice in one.choices}
    if isinstance(one, Scale):
        return {str(position): in_words(label) for position, label in enumerate(one.points, 1)}
    return {}


def type_codes(definition: Definition) -> dict[str, str]:
    """Respondent types with their labels, `none_given` last; empty where types are not asked or never tabulated."""
    name = definition.policy.respondent_type_field
    if name is None or not may_be_counted(definition, definition.questionnaire.field(name)):
        return {}
    return codes_of(definition.questionnaire.field(name)) | {NONE_GIVEN: NONE_GIVEN_LABEL}


def breakdown_codes(definition: Definition) -> dict[str, str]:
    """What a question is broken down by: types, channels, and who sent a campaign's letter, with their labels."""
    return type_codes(definition) | CHANNEL_ROWS | SIDES


@dataclass(frozen=True)
class Group:
    """Rows of a breakdown that belong together, with their labels. All but types part everybody: none is in two."""

    name: GroupName
    labels: Mapping[str, str]


def groups_of_rows(definition: Definition, channels: Mapping[str, int], sides: Mapping[str, int]) -> list[Group]:
    """The rows of every breakdown, the most important first: what is shown of one gives way to what was shown before.

    Respondent types; channels, where people came by several; who sent a campaign's letter or not, where anybody did.
    `channels` and `sides` say how many are included of each.
    """
    used = {code: words for code, words in CHANNEL_ROWS.items() if channels.get(code)}
    groups = [
        Group("types", type_codes(definition)),
        Group("channels", used if len(used) > 1 else {}),
        Group("sides", SIDES if sides.get(CAMPAIGN) else {}),
    ]
    return [group for group in groups if group.labels]


def group_of(code: str) -> GroupName:
    """Which rows of a breakdown a code is of; those of a channel and a side together are never shown."""
    if code in SIDES:
        return "sides"
    if code.startswith(CHANNEL):
        return "both" if code.endswith((CAMPAIGN, OWN_WORDS)) else "channels"
    return "types"


def limbs_of(definition: Definition, field_id: str) -> dict[str, str]:
    """The limbs of a coded field with their labels."""
    return dict(definition.policy.frames[field_id].limbs) or {WHOLE_LIMB: WHOLE_LIMB_LABEL}


def position_codes(definition: Definition, field_id: str, *, collapsed: bool) -> dict[str, str]:
    """The codes of a field's frame with their labels."""
    frame = definition.policy.frames[field_id]
    return frame.collapsed_codes if collapsed else {code.code: code.label for code in frame.codes}


def coded_fields(definition: Definition) -> Iterator[AnyField]:
    """Fields with a coding frame, in the order of the questionnaire, but those never to be tabulated."""
    never = never_tabulated(definition)
    for one in definition.questionnaire.fields():
        if one.id in definition.policy.frames and never.isdisjoint(_words_of(one)):
            yield one


def _words_of(one: AnyField) -> Iterator[str]:
    yield one.id.casefold()
    yield in_words(one.label).casefold()
    for code, label in codes_of(one).items():
        yield code.casefold()
        yield label.casefold()
