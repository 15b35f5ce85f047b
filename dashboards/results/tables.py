"""The protected tables of a public version as rows with types. A count is None where it is hidden."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class LedgerRow:
    channel: str
    line: str
    responses: int


@dataclass(frozen=True)
class OfWhichRow:
    channel: str
    kind: str
    responses: int


@dataclass(frozen=True)
class CampaignRow:
    description: str | None
    members: int
    unedited: int | None


@dataclass(frozen=True)
class ReceivedRow:
    """How many responses had been received by the end of a day, rounded down to the policy's step."""

    day: date
    received_so_far: int


@dataclass(frozen=True)
class QuestionRow:
    """One field. `coded` is how many answers are coded; positions show the first `coded_shown` of them."""

    field: str
    number: str | None
    label: str
    kind: str
    included: int
    answered: int | None
    coded: int | None
    coded_shown: int | None


@dataclass(frozen=True)
class TypeRow:
    code: str
    label: str
    responses: int | None
    hidden: bool
    base: int | None


@dataclass(frozen=True)
class PositionRow:
    field: str
    limb: str
    limb_label: str
    code: str
    label: str
    responses: int | None
    hidden: bool
    base: int | None
    collapsed: bool


@dataclass(frozen=True)
class PositionByTypeRow:
    field: str
    limb: str
    code: str
    label: str
    type_code: str
    type_label: str
    responses: int | None
    hidden: bool
    base: int | None


@dataclass(frozen=True)
class ClosedRow:
    field: str
    code: str
    label: str
    responses: int | None
    hidden: bool
    base: int | None


@dataclass(frozen=True)
class ClosedByTypeRow:
    field: str
    code: str
    label: str
    type_code: str
    type_label: str
    responses: int | None
    hidden: bool
    base: int | None


@dataclass(frozen=True)
class NumberRow:
    """A number's summary; all None where too few answered."""

    field: str
    base: int | None
    mean: float | None
    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None


@dataclass(frozen=True)
class QuoteRow:
    field: str
    text: str


@dataclass(frozen=True)
class MeetingRow:
    id: str
    label: str
    at: datetime


@dataclass(frozen=True)
class ThemeRow:
    """How many respondents raised a theme in their answer to a field; one answer may raise several."""

    field: str
    theme: str
    label: str
    responses: int | None
    hidden: bool
    base: int | None


@dataclass(frozen=True)
class QualityRow:
    """One measure of how well an area of the work is done; `value` is None where hidden or not given."""

    area: str
    measure: str
    label: str
    value: float | None
    unit: str
    note: str


@dataclass(frozen=True)
class OutreachRow:
    """Who was told of the consultation, when (None where nobody wrote it down) and how."""

    day: date | None
    who: str
    how: str
    note: str


@dataclass(frozen=True)
class About:
    """What a version is of. `notices` are sentences that every page shows.

    `final_hash` is empty until the results are signed off; `correction` is 0 for the first final results.
    """

    consultation: str
    title: str
    version: str
    as_at: datetime
    status: str
    opens: date
    closes: date
    zone: ZoneInfo
    notices: tuple[str, ...]
    answers_pending: int
    hidden_below: int
    percentages_from: int
    final_hash: str = ""
    signed_off_at: datetime | None = None
    correction: int = 0


@dataclass(frozen=True)
class PublicVersion:
    """One public version, whole: each attribute is a table in the order in which it was written."""

    about: About
    ledger: tuple[LedgerRow, ...]
    of_which: tuple[OfWhichRow, ...]
    campaigns: tuple[CampaignRow, ...]
    received_over_time: tuple[ReceivedRow, ...]
    questions: tuple[QuestionRow, ...]
    respondent_types: tuple[TypeRow, ...]
    positions: tuple[PositionRow, ...]
    positions_by_type: tuple[PositionByTypeRow, ...]
    closed_answers: tuple[ClosedRow, ...]
    closed_by_type: tuple[ClosedByTypeRow, ...]
    number_summary: tuple[NumberRow, ...]
    quotes: tuple[QuoteRow, ...]
    meetings: tuple[MeetingRow, ...]
    themes: tuple[ThemeRow, ...] = ()
    quality: tuple[QualityRow, ...] = ()
    outreach: tuple[OutreachRow, ...] = ()
