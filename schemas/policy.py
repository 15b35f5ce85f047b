"""The policy: how a consultation is run. Hashed apart, so that editing it never makes a form old."""

import datetime
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from schemas.anonymity import Hierarchy
from schemas.fields import FIELD_ID, Strict, Text, first_doubled

Id = Annotated[str, Field(pattern=FIELD_ID)]
Channel = Literal["web", "assisted", "email", "post", "import"]
CHANNELS: tuple[Channel, ...] = ("web", "assisted", "email", "post", "import")
Licence = Literal["OGL-UK-3.0", "CC-BY-4.0", "CC0-1.0"]
Side = Literal["for", "against"]
DisclosureClass = Literal["direct_identifier", "confidential_text", "quasi_identifier", "tabulated"]
LinkageRole = Literal[
    "title", "given_name", "family_name", "email", "phone", "address", "town", "postcode",
    "organisation", "role", "capacity",
]  # fmt: skip
DEFAULT_EMPTIES = ("-", "--", "n/a", "na", "none", "nil", "not provided", "not applicable", "no answer", ".", "*")


class Code(Strict):
    """One position an officer may code; `collapsed` is the broader code it becomes in small tables."""

    code: str = Field(pattern=FIELD_ID)
    label: Text
    collapsed: str = Field(pattern=FIELD_ID)


class Frame(Strict):
    """The coding frame of one field: its codes apply to each limb (to the answer as a whole where it has none)."""

    codes: tuple[Code, ...] = Field(min_length=1)
    limbs: dict[Id, Text] = Field(default_factory=dict, description="limb id -> label")
    collapsed_labels: dict[Id, Text] = Field(default_factory=dict, description="collapsed code -> label")

    @property
    def limb_ids(self) -> tuple[str, ...]:
        return tuple(self.limbs) or ("whole",)

    @property
    def code_ids(self) -> tuple[str, ...]:
        return tuple(code.code for code in self.codes)

    @property
    def collapsed_codes(self) -> dict[str, str]:
        """Every collapsed code with its label, in the order of the codes."""
        labels = {code.code: code.label for code in self.codes} | self.collapsed_labels
        return {code.collapsed: labels[code.collapsed] for code in self.codes}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        doubled = first_doubled(self.code_ids)
        if doubled:
            raise ValueError(f"codes: the code '{doubled}' is used twice")
        if "whole" in self.limbs:
            raise ValueError("limbs.whole: this id stands for an answer without limbs; choose another")
        collapsed = {code.collapsed for code in self.codes}
        unlabelled = sorted(collapsed - set(self.code_ids) - set(self.collapsed_labels))
        if unlabelled:
            raise ValueError(f"collapsed_labels: the collapsed code '{unlabelled[0]}' has no label")
        unused = sorted(set(self.collapsed_labels) - collapsed)
        if unused:
            raise ValueError(f"collapsed_labels.{unused[0]}: no code collapses to it")
        return self


class ClosingRule(Strict):
    """One rule for every channel; all moments are local to `time_zone`.

    A response is in time when received by the end of `closes`; paper also when postmarked by then and received
    within `post_grace_days`; an offline form also when started before and synced within `sync_grace_days`.
    """

    post_grace_days: int = Field(ge=0)
    sync_grace_days: int = Field(ge=0)


class Dates(Strict):
    """Days on which the consultation is open, first and last included."""

    opens: datetime.date
    closes: datetime.date
    time_zone: str = "Europe/London"
    discrepancy: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens > self.closes:
            raise ValueError("opens: is after closes")
        return self


class Publication(Strict):
    """What may leave. `rows` and `verbatim` also need an officer's approval each time.

    The limits may be set higher than here, never lower.
    """

    verbatim: bool
    rows: bool
    organisation_list: bool
    purpose: Text
    permission_field: str | None = None
    member_threshold: int = Field(default=5, ge=5)
    member_step: int = Field(default=10, ge=10)
    release_threshold: int = Field(default=10, ge=10)
    release_rounding: int = Field(default=5, ge=5)
    percentages_from_base: int = Field(default=50, ge=50)
    breakdowns_from_included: int = Field(default=100, ge=100)
    # Left out of the hash where it is as usual, so that a policy from before it keeps its hash.
    licence: Licence = Field(default="OGL-UK-3.0", exclude_if=lambda licence: licence == "OGL-UK-3.0")


class Linkage(Strict):
    """Which fields are evidence of who responds, from how many responses merges need no officer, and what becomes of
    one respondent's different versions: each answer the latest, or of texts all, each once.
    """

    roles: dict[str, LinkageRole] = Field(default_factory=dict)
    automatic_merges_from: int = Field(default=2_000, ge=0)
    # Left out of the hash where it is as usual, so that a policy from before it keeps its hash.
    composite: Literal["latest", "all_texts"] = Field(default="latest", exclude_if=lambda rule: rule == "latest")


class Keying(Strict):
    """How closely the reading of paper is checked: the share of answers that two people key, and that are audited."""

    double_key_share: float = Field(default=0.1, ge=0, le=1)
    audit_share: float = Field(default=0.02, ge=0, le=1)


class SecondCoding(Strict):
    """How many answers to each question two people code apart from each other: all, where there are fewer."""

    coded_twice: int = Field(default=50, ge=50)


class Microdata(Strict):
    """How rows are made anonymous where they may leave, and from how many rows on they do.

    `hierarchies` say how a column is made coarser; `sensitive` names the columns that need `l` values in each class
    (all that are no quasi-identifiers, where none is named). The limits may be set higher than here, never lower.
    """

    k: int = Field(default=5, ge=5)
    l: int = Field(default=2, ge=2)  # noqa: E741 - the field's own name for it
    minimum_rows: int = Field(default=100, ge=100)
    most_removed: float = Field(default=0.05, ge=0, le=1)
    hierarchies: dict[Id, Hierarchy] = Field(default_factory=dict)
    sensitive: tuple[Id, ...] = ()


class Meeting(Strict):
    """A moment whose view the council needs: when papers are dispatched, when the Commission meets."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    label: Text
    at: AwareDatetime


class Policy(Strict):
    """How a consultation is run, complete. See docs/definition.md for each key."""

    consultation: str
    dates: Dates
    closing: ClosingRule
    channels: tuple[Channel, ...] = Field(min_length=1)
    contact_post: Text
    partners: tuple[Text, ...] = ()
    lawful_basis: Text
    retention_days_after_final: int = Field(ge=0)
    respondent_type_field: str | None = None
    disclosure: dict[str, DisclosureClass]
    empties: tuple[str, ...] = DEFAULT_EMPTIES
    publication: Publication
    linkage: Linkage = Linkage()
    frames: dict[str, Frame] = Field(default_factory=dict)
    meetings: tuple[Meeting, ...] = ()
    never_tabulate: tuple[Text, ...] = ()
    # Left out of the hash where it is as usual, so that a policy from before it keeps its hash.
    keying: Keying = Field(default=Keying(), exclude_if=lambda keying: keying == Keying())
    coding: SecondCoding = Field(default=SecondCoding(), exclude_if=lambda coding: coding == SecondCoding())

    microdata: Microdata = Field(default=Microdata(), exclude_if=lambda microdata: microdata == Microdata())
    # Beside the frames and not in them: how a chart is drawn makes no frame another one.
    sides: dict[str, dict[Id, Side]] = Field(default_factory=dict, exclude_if=lambda sides: not sides)

    def sides_of(self, field: str) -> dict[str, Side]:
        """The side of each code, and of each collapsed code, of a field that stands on one; empty where none does."""
        sides = self.sides.get(field, {})
        codes = self.frames[field].codes if sides else ()
        return sides | {one.collapsed: sides[one.code] for one in codes if one.code in sides}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for key, values in (
            ("channels", self.channels),
            ("meetings", [meeting.id for meeting in self.meetings]),
            ("empties", [empty.casefold() for empty in self.empties]),
        ):
            doubled = first_doubled(values)
            if doubled:
                raise ValueError(f"{key}: '{doubled}' is given twice")
        return self
