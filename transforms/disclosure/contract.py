"""The protected tables: names, columns, types and what each column means. The codebook is made from this.

Counts are null where they are hidden. Nothing here has a place for an answer's words but `quotes`.
"""

from dataclasses import dataclass

import pyarrow as pa

LINES = (
    "erased", "not_a_response", "in_quarantine", "invalid", "withdrawn", "superseded",
    "out_of_time", "blank", "duplicate", "merged", "in_review", "included",
)  # fmt: skip
CLOSED_KINDS = frozenset({"single_choice", "multiple_choice", "age_band", "permission", "scale", "postcode_district"})
TEXT_KINDS = frozenset({"open_text", "short_text", "contact"})
NONE_GIVEN = "none_given"
OTHER_DISTRICTS = "other_districts"
WHOLE_LIMB = "whole"

_TEXT, _COUNT = pa.string(), pa.int64()


@dataclass(frozen=True)
class Column:
    """One column of a protected table; `nullable` ones are null where hidden or where they do not apply."""

    name: str
    type: pa.DataType
    meaning: str
    nullable: bool = False


@dataclass(frozen=True)
class TableShape:
    """One protected table: its columns in order and what one row is."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in self.columns])


_FIELD = Column("field", _TEXT, "the field of the questionnaire")
_LIMB = Column("limb", _TEXT, "the part of the answer that was coded; 'whole' where it has no parts")
_CODE = Column("code", _TEXT, "the code counted")
_LABEL = Column("label", _TEXT, "the code in words")
_TYPE_CODE = Column(
    "type_code",
    _TEXT,
    "the respondent type; '~channel_...' parts all by how they responded, '~campaign' and '~own_words' by who sent a"
    " campaign's letter",
)
_TYPE_LABEL = Column("type_label", _TEXT, "the respondent type, or the other group, in words")
_LABEL_OF_MEASURE = Column("label", _TEXT, "the measure in words")
_RESPONSES = Column("responses", _COUNT, "how many respondents; empty where hidden", nullable=True)
_HIDDEN = Column("hidden", pa.bool_(), "true where the count is hidden, be it a zero, small or larger")
_BASE = Column("base", _COUNT, "how many respondents the count is out of; empty where hidden", nullable=True)

TABLES: dict[str, TableShape] = {
    shape.name: shape
    for shape in (
        TableShape("about", "One row is one fact about this version.", (
            Column("key", _TEXT, "which fact"),
            Column("value", _TEXT, "the fact"),
        )),
        TableShape("ledger", "One row is a channel and a line. Exact: received is the sum of a channel's lines.", (
            Column("channel", _TEXT, "how the response came in"),
            Column("line", _TEXT, "what became of the response"),
            Column("responses", _COUNT, "how many responses, exact"),
        )),
        TableShape("of_which", "One row is a channel and a kind of respondents that are included. Exact.", (
            Column("channel", _TEXT, "how the response came in"),
            Column("kind", _TEXT, "whether a campaign's letter, an organisation or an individual speaks"),
            Column("responses", _COUNT, "how many respondents, exact; each is counted once"),
        )),
        TableShape("campaigns", "One row is a campaign that enough respondents took part in.", (
            Column("description", _TEXT, "the officers' words for it; empty where they have none yet", nullable=True),
            Column("members", _COUNT, "how many respondents sent its letter, in steps or rounded"),
            Column("unedited", _COUNT, "how many of them as it is; empty where hidden", nullable=True),
        )),
        TableShape("received_over_time", "One row is a day, from the opening to the moment of this version.", (
            Column("day", pa.date32(), "the day, local time"),
            Column("received_so_far", _COUNT, "how many were received by the end of the day, rounded down to the step"),
        )),
        TableShape("questions", "One row is a field of the questionnaire that is reported.", (
            _FIELD,
            Column("number", _TEXT, "the number printed at the question", nullable=True),
            Column("label", _TEXT, "the question in words"),
            Column("kind", _TEXT, "the kind of the field"),
            Column("included", _COUNT, "how many respondents are included"),
            Column("answered", _COUNT, "how many of them answered, in steps or rounded", nullable=True),
            Column("coded", _COUNT, "how many of them are coded; empty where no answer is coded", nullable=True),
            Column("coded_shown", _COUNT, "how many coded answers the positions show", nullable=True),
        )),
        TableShape("respondent_types", "One row is a respondent type; several may be ticked by one respondent.", (
            _CODE, _LABEL, _RESPONSES, _HIDDEN, _BASE,
        )),
        TableShape("positions", "One row is a position on one part of one question, of all respondents.", (
            _FIELD, _LIMB, Column("limb_label", _TEXT, "the part in words"), _CODE, _LABEL, _RESPONSES, _HIDDEN, _BASE,
            Column("collapsed", pa.bool_(), "true where codes are joined into broader ones"),
        )),
        TableShape("positions_by_type", "One row is a position of one respondent type.", (
            _FIELD, _LIMB, _CODE, _LABEL, _TYPE_CODE, _TYPE_LABEL, _RESPONSES, _HIDDEN, _BASE,
        )),
        TableShape("closed_answers", "One row is a choice of a question with choices, of all respondents.", (
            _FIELD, _CODE, _LABEL, _RESPONSES, _HIDDEN, _BASE,
        )),
        TableShape("closed_by_type", "One row is a choice of one respondent type.", (
            _FIELD, _CODE, _LABEL, _TYPE_CODE, _TYPE_LABEL, _RESPONSES, _HIDDEN, _BASE,
        )),
        TableShape("number_summary", "One row is a question that asks for a number; empty where too few answered.", (
            _FIELD,
            Column("base", _COUNT, "how many answered", nullable=True),
            Column("mean", pa.float64(), "the mean", nullable=True),
            Column("median", pa.float64(), "the median", nullable=True),
            Column("lower_quartile", pa.float64(), "the lower quartile", nullable=True),
            Column("upper_quartile", pa.float64(), "the upper quartile", nullable=True),
        )),
        TableShape("themes", "One row is a theme that officers found in the answers to a question.", (
            _FIELD,
            Column("theme", _TEXT, "the theme counted"),
            Column("label", _TEXT, "the theme in the officers' words; a number where they would tell too much"),
            _RESPONSES, _HIDDEN, _BASE,
        )),
        TableShape("quality", "One row is a measure of how the work on the responses was done.", (
            Column("area", _TEXT, "which work: linkage, masking, coding or reading"),
            Column("measure", _TEXT, "the measure; what it is of stands behind a colon"),
            _LABEL_OF_MEASURE,
            Column("value", pa.float64(), "the measure; empty where it is hidden or cannot be given", nullable=True),
            Column("unit", _TEXT, "what is counted, or the kind of the figure"),
            Column("note", _TEXT, "what to know to read it; may be empty", nullable=True),
        )),
        TableShape("outreach", "One row is a time that somebody was told of the consultation.", (
            Column("day", pa.date32(), "the day; empty where it is not known", nullable=True),
            Column("who", _TEXT, "the group that was told, in words"),
            Column("how", _TEXT, "how it was told"),
            Column("note", _TEXT, "what else is to be known; may be empty", nullable=True),
        )),
        TableShape("quotes", "One row is a masked text whose writer and an officer both allow it.", (
            _FIELD,
            Column("text", _TEXT, "the masked text"),
        )),
        TableShape("meetings", "One row is a moment whose view the council needs.", (
            Column("id", _TEXT, "the meeting"),
            Column("label", _TEXT, "the meeting in words"),
            Column("at", pa.timestamp("us", tz="UTC"), "when"),
        )),
    )
}  # fmt: skip


def table_of(name: str, rows: list[tuple[object, ...]]) -> pa.Table:
    """`rows` as the protected table of that name, its columns in the contract's order and types."""
    schema = TABLES[name].schema
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
