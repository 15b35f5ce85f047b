"""The codebook of a release: every table, column, field, code and label, from the contract and the definition."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from schemas.definition import Definition
from schemas.questionnaire import AnyField
from transforms.disclosure.contract import CLOSED_KINDS, OTHER_DISTRICTS, TABLES
from transforms.disclosure.vocabulary import (
    OTHER_DISTRICTS_LABEL,
    breakdown_codes,
    coded_fields,
    codes_of,
    in_words,
    limbs_of,
    position_codes,
    reported_fields,
    tabulated_fields,
    type_codes,
)

KINDS_IN_WORDS = {
    "campaign_unedited": "sent a campaign's letter as it is",
    "campaign_edited": "sent a campaign's letter with changes",
    "organisation": "names an organisation",
    "individual": "all others",
}
LINES_IN_WORDS = {
    "erased": "erased at the respondent's wish",
    "not_a_response": "arrived, but is no response",
    "in_quarantine": "waits for an officer, because it breaks a rule",
    "invalid": "does not count, for a reason on record",
    "withdrawn": "withdrawn by the respondent",
    "superseded": "replaced by a later version of the same respondent",
    "out_of_time": "received after the closing rule",
    "blank": "answers nothing",
    "duplicate": "the same response again",
    "merged": "joined with others of the same respondent into one",
    "in_review": "waits for an officer's decision",
    "included": "counted in the results",
}
_COLUMNS = ("table", "column", "field", "code", "label", "meaning")


def codebook_table(definition: Definition, tables: Sequence[str], rows: Sequence[str]) -> pa.Table:
    """One row = a column of a table (`rows` for microdata), or a code that may stand in it."""
    lines = [line for table in tables for line in _lines_of_table(definition, table)]
    lines += _lines_of_rows(definition, rows)
    schema = pa.schema([(name, pa.string()) for name in _COLUMNS])
    return pa.Table.from_pylist([dict(zip(_COLUMNS, line, strict=True)) for line in lines], schema=schema)


def codebook_document(definition: Definition, tables: Sequence[str], rows: Sequence[str]) -> dict[str, Any]:
    """The same for programs: tables with their columns, and questions with their codes."""
    return {
        "tables": {
            name: {
                "meaning": TABLES[name].meaning,
                "columns": [
                    {"name": c.name, "type": str(c.type), "meaning": c.meaning, "may_be_empty": c.nullable}
                    for c in TABLES[name].columns
                ],
            }
            for name in tables
        },
        "fields": [
            {"field": one.id, "number": number, "label": in_words(one.label), "kind": one.kind}
            | _codes(definition, one)
            for number, one in reported_fields(definition)
        ],
        "respondent_types": type_codes(definition),
        "ledger_lines": LINES_IN_WORDS,
        "rows": list(rows),
    }


def _codes(definition: Definition, one: AnyField) -> dict[str, Any]:
    if one.id in {coded.id for coded in coded_fields(definition)}:
        return {
            "limbs": limbs_of(definition, one.id),
            "codes": position_codes(definition, one.id, collapsed=False),
            "collapsed_codes": position_codes(definition, one.id, collapsed=True),
        }
    codes = codes_of(one)
    return {"codes": codes} if codes else {}


_Line = tuple[str, str, str | None, str | None, str | None, str | None]


def _lines_of_table(definition: Definition, table: str) -> Iterator[_Line]:
    for column in TABLES[table].columns:
        yield table, column.name, None, None, None, column.meaning
        for field, codes in _codes_of_column(definition, table, column.name):
            for code, label in codes.items():
                yield table, column.name, field, code, label, None


def _codes_of_column(definition: Definition, table: str, column: str) -> Iterator[tuple[str | None, Mapping[str, str]]]:
    """The codes that may stand in a column, with the field that they belong to where that matters."""
    if table == "ledger" and column == "line":
        yield None, LINES_IN_WORDS
    if table == "of_which" and column == "kind":
        yield None, KINDS_IN_WORDS
    if column == "type_code":
        yield None, breakdown_codes(definition)
    if table == "respondent_types" and column == "code":
        yield None, type_codes(definition)
    if column == "field":
        yield None, {one.id: in_words(one.label) for one in _fields_of(definition, table)}
    if table in ("positions", "positions_by_type") and column in ("code", "limb"):
        for one in coded_fields(definition):
            if column == "limb":
                yield one.id, limbs_of(definition, one.id)
                continue
            # A broader code may share its name with one of those it joins; the label then says which it is.
            yield one.id, position_codes(definition, one.id, collapsed=False)
            yield one.id, position_codes(definition, one.id, collapsed=True)
    if table in ("closed_answers", "closed_by_type") and column == "code":
        for one in _fields_of(definition, table):
            is_district = one.kind == "postcode_district"
            yield one.id, {OTHER_DISTRICTS: OTHER_DISTRICTS_LABEL} if is_district else codes_of(one)


def _fields_of(definition: Definition, table: str) -> list[AnyField]:
    if table in ("positions", "positions_by_type"):
        return list(coded_fields(definition))
    if table in ("closed_answers", "closed_by_type"):
        types = definition.policy.respondent_type_field
        return [one for one in tabulated_fields(definition, CLOSED_KINDS) if one.id != types]
    if table == "number_summary":
        return list(tabulated_fields(definition, frozenset({"number"})))
    return [one for _, one in reported_fields(definition)]


def _lines_of_rows(definition: Definition, rows: Sequence[str]) -> Iterator[_Line]:
    for name in rows:
        one = definition.questionnaire.field(name)
        several = "; several codes are joined by semicolons" if one.kind == "multiple_choice" else ""
        broader = "; * or a broader value where it could single somebody out"
        yield "rows", name, name, None, in_words(one.label), f"one respondent's answer ({one.kind}){several}{broader}"
        for code, label in codes_of(one).items():
            yield "rows", name, name, code, label, None
