"""The gate: what leaves is checked against the definition, whoever made it, and a failure names the promise.

Every output passes it: the tables of a version that members see and of each page that shows them, the files of a
release when it is made and again when it is checked, and every text that a person wrote. It knows nothing of how an
output was made. A protected table may hold only the contract's columns, and in them only codes and labels that the
definition has; rows may hold only closed answers, and only where the policy permits rows; an output is for the purpose
that was promised; and prose says neither a name from the vault nor six words in a row of an answer.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NoReturn

import pyarrow as pa
import pyarrow.compute as pc

from schemas.definition import Definition
from schemas.questionnaire import OTHER_SUFFIX, POSTCODE_DISTRICT
from transforms.disclosure.contract import CLOSED_KINDS, LINES, OTHER_DISTRICTS, TABLES, TEXT_KINDS
from transforms.disclosure.errors import PromiseError
from transforms.disclosure.prose import WORDS_IN_A_ROW, Prose, leaks_of
from transforms.disclosure.vocabulary import (
    OTHER_DISTRICTS_LABEL,
    breakdown_codes,
    coded_fields,
    codes_of,
    in_words,
    limbs_of,
    never_tabulated,
    position_codes,
    tabulated_fields,
    type_codes,
)
from transforms.of_which import KINDS
from transforms.quality import AREAS

_NO_LIST = ", and the policy lets no list of organisations leave"
# Whom the council told may be a group that is never tabulated: it is no answer.
_FREE = frozenset({"about", "quotes", "ledger", "of_which", "campaigns", "quality", "outreach"})
_THEME = re.compile(r"theme_[1-9][0-9]*")
_LONGEST_THEME = 100


def check_promises(
    definition: Definition,
    tables: Mapping[str, pa.Table] | None = None,
    row_columns: Sequence[str] | None = None,
    *,
    purpose: str | None = None,
    prose: Prose | None = None,
    earlier_policy: bool = False,
) -> None:
    """Pass only what the policy permits to leave.

    Args:
        definition: whose promises are kept.
        tables: protected tables by name.
        row_columns: the columns of rows (microdata), where rows are to leave.
        purpose: what the output says that it is for, where it says so.
        prose: texts that a person wrote, or that stand beside figures.
        earlier_policy: the tables were made with an earlier policy, whose codes and labels are not known any more; all
            else of them is checked. Members still look at them as at an earlier moment.

    Raises:
        PromiseError: an output would break a promise; the message names its id, and the column or the numbers of the
            words, never a value.
    """
    if purpose is not None and purpose != definition.policy.publication.purpose:
        _fail(definition, "it is for another purpose than the one that was promised", about="purpose")
    for name, table in (tables or {}).items():
        _check_shape(definition, name, table)
        if not earlier_policy:
            _check_words(definition, name, table)
    if row_columns is not None:
        _check_rows(definition, row_columns)
    if prose is not None:
        _check_prose(definition, prose)


def broken_promise(definition: Definition, about: Literal["confidence", "permission", "purpose"] = "confidence") -> str:
    """The id of the promise that an output would break: that of permission or purpose, else that of confidence.

    Definitions choose their own ids; where none speaks of it, the first promise stands for all.
    """
    ids = [promise.id for promise in definition.questionnaire.promises]
    wanted = {"confidence": ["confiden"], "permission": ["permission", "confiden"], "purpose": ["purpose", "use"]}
    return next((one for word in wanted[about] for one in ids if word in one), ids[0])


def _check_shape(definition: Definition, name: str, table: pa.Table) -> None:
    if name not in TABLES:
        listed = name.startswith("organisation") and not definition.policy.publication.organisation_list
        _fail(definition, f"there is no protected table '{name}'{_NO_LIST if listed else ''}")
    shape = TABLES[name]
    for column in table.column_names:
        if column not in shape.schema.names:
            _fail(definition, f"'{name}' may not have a column '{column}'")
    if table.schema != shape.schema:
        _fail(definition, f"'{name}' does not have the columns agreed for it")
    if name == "quotes" and table.num_rows:
        _check_quotes(definition, table)
    if name == "ledger" and not set(table["line"].to_pylist()) <= set(LINES):
        _fail(definition, "'ledger' has a line of its own")
    if name == "quality" and not set(table["area"].to_pylist()) <= set(AREAS):
        _fail(definition, "'quality' has an area of its own")
    if name == "of_which" and not set(table["kind"].to_pylist()) <= set(KINDS):
        _fail(definition, "'of_which' has a kind of its own")


def _check_words(definition: Definition, name: str, table: pa.Table) -> None:
    if name in _FREE:
        return
    if name == "closed_answers":
        table = _without_districts(definition, table)
    if name == "themes":
        table = _without_themes(definition, table)
    vocabulary = _vocabulary(definition, name)
    for column in [field.name for field in table.schema if field.type == pa.string()]:
        words = set(pc.drop_null(table[column]).to_pylist())
        if words and not words <= vocabulary[column]:
            _fail(definition, f"'{name}.{column}' holds words that are not the definition's")


def _check_quotes(definition: Definition, table: pa.Table) -> None:
    publication = definition.policy.publication
    if not publication.verbatim or publication.permission_field is None:
        _fail(definition, "the policy lets no verbatim answer leave", about="permission")
    columns = definition.questionnaire.answer_columns()
    for field in set(table["field"].to_pylist()):
        if field not in columns or definition.policy.disclosure[field] == "direct_identifier":
            _fail(definition, "'quotes' holds a field that identifies a person", about="permission")


def _check_rows(definition: Definition, columns: Sequence[str]) -> None:
    publication = definition.policy.publication
    if not publication.rows or publication.permission_field is None:
        _fail(definition, "the policy lets no rows leave", about="permission")
    known = definition.questionnaire.answer_columns()
    never = never_tabulated(definition)
    for column in columns:
        if column not in known:
            _fail(definition, f"rows may not have a column '{column}'")
        disclosure = definition.policy.disclosure[column]
        if disclosure not in ("tabulated", "quasi_identifier"):
            _fail(definition, f"rows may not have '{column}', which is {disclosure}")
        is_other_text = known[column].id != column and column.endswith(OTHER_SUFFIX)
        if known[column].kind in TEXT_KINDS or is_other_text:
            _fail(definition, f"rows may not have '{column}', which is text")
        if column.casefold() in never:
            _fail(definition, f"rows may not have '{column}', which is never tabulated")


def _check_prose(definition: Definition, prose: Prose) -> None:
    for leak in leaks_of(definition, prose):
        words = f"word {leak.first}" if leak.first == leak.last else f"words {leak.first} to {leak.last}"
        what = "a name from the vault" if leak.is_name else f"{WORDS_IN_A_ROW} words in a row of an answer"
        _fail(definition, f"{leak.where}, {words}: {what}")


def _vocabulary(definition: Definition, table: str) -> dict[str, frozenset[str]]:
    """For each text column of a table, all that may stand in it."""
    if table == "meetings":
        meetings = definition.policy.meetings
        return {"id": frozenset(m.id for m in meetings), "label": frozenset(m.label for m in meetings)}
    if table == "questions":
        every = list(definition.questionnaire.fields())
        return {
            "field": frozenset(f.id for f in every if definition.policy.disclosure[f.id] != "direct_identifier"),
            "number": frozenset(q.number for q in definition.questionnaire.questions if q.number),
            "label": frozenset(in_words(f.label) for f in every),
            "kind": frozenset(f.kind for f in every),
        }
    if table == "respondent_types":
        return _words("", type_codes(definition))
    if table in ("positions", "positions_by_type"):
        coded = [one.id for one in coded_fields(definition)]
        limbs = _words("limb_", *(limbs_of(definition, field) for field in coded))
        codes = [position_codes(definition, field, collapsed=c) for field in coded for c in (False, True)]
        allowed = {"field": frozenset(coded), "limb": limbs["limb_code"], "limb_label": limbs["limb_label"]}
        return allowed | _words("", *codes) | _words("type_", breakdown_codes(definition))
    if table in ("closed_answers", "closed_by_type"):
        closed = list(tabulated_fields(definition, CLOSED_KINDS - {"postcode_district"}))
        allowed = {"field": frozenset(one.id for one in closed)}
        return allowed | _words("", *(codes_of(one) for one in closed)) | _words("type_", breakdown_codes(definition))
    fields = coded_fields(definition) if table == "themes" else tabulated_fields(definition, frozenset({"number"}))
    return {"field": frozenset(one.id for one in fields)}


def _without_districts(definition: Definition, table: pa.Table) -> pa.Table:
    """The other rows, once those of postcode districts are seen to hold districts alone: their codes are open."""
    fields = [one.id for one in tabulated_fields(definition, frozenset({"postcode_district"}))]
    of_districts = pc.is_in(table["field"], pa.array(fields, pa.string()))
    for row in table.filter(of_districts).to_pylist():
        district = POSTCODE_DISTRICT.fullmatch(row["code"]) and row["label"] == row["code"]
        if not district and (row["code"], row["label"]) != (OTHER_DISTRICTS, OTHER_DISTRICTS_LABEL):
            _fail(definition, f"'{row['field']}' holds what is not a postcode district")
    return table.filter(pc.invert(of_districts))


def _without_themes(definition: Definition, table: pa.Table) -> pa.Table:
    """The fields alone, once the themes are seen to have numbers, and short names: the gate of prose reads those."""
    for row in table.to_pylist():
        if not _THEME.fullmatch(row["theme"]) or len(row["label"]) > _LONGEST_THEME:
            _fail(definition, f"'{row['field']}' holds what is not a theme")
    return table.select(["field"])


def _words(prefix: str, *codes: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The codes and the labels of a pair of columns."""
    return {
        f"{prefix}code": frozenset(code for part in codes for code in part),
        f"{prefix}label": frozenset(label for part in codes for label in part.values()),
    }


def _fail(
    definition: Definition, what: str, *, about: Literal["confidence", "permission", "purpose"] = "confidence"
) -> NoReturn:
    raise PromiseError(f"The promise '{broken_promise(definition, about)}' forbids this output: {what}.")
