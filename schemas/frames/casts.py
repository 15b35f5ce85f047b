"""How a raw answer becomes a typed one: once as a DuckDB expression, once in Python. A property test holds them equal.

What cannot be read becomes NULL (None); the rule `readable` then flags it, so that nothing is lost unseen.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from schemas.definition import Definition
from schemas.frames.sql_text import identifier, listed, literal
from schemas.questionnaire import OTHER_SUFFIX, AnyField
from schemas.response import RawAnswer

Typed = str | list[str] | int | float | date

# Spaces of every sort that people paste, and the invisible marks of right-to-left text.
_SPACES = " \t\r\n\u00a0\u200e\u200f\ufeff"
# Digits and separators as Arabic, Persian and Urdu keyboards write them.
_EASTERN, _WESTERN = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬", "01234567890123456789.,"
_NUMBER = r"[+-]?([0-9]{1,3}(,[0-9]{3}){1,4}|[0-9]{1,15})([.][0-9]{1,15})?"
_SCALE = "[0-9]{1,2}"
_DAY = "[12][0-9]{3}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[12][0-9]{3}"
_DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")
_POSTCODE = r"([A-Za-z]{1,2}[0-9][A-Za-z0-9]?)( *[0-9][A-Za-z]{2})?"

# The keys that are not known, then the known ones whose answer is of another shape.
_MISFITS = """
list_concat(
    list_filter(json_keys({answers}), lambda key: NOT list_contains({names}, key)),
    list_transform(
        list_filter(
            list_zip({names}, {shapes}, json_type({answers}, {paths})),
            lambda one: one[3] <> one[2] AND one[3] <> 'NULL'),
        lambda one: one[1]))"""

_TYPES = {
    "multiple_choice": "VARCHAR[]",
    "scale": "TINYINT",
    "number": "DOUBLE",
    "date": "DATE",
}


def duckdb_type(field: AnyField) -> str:
    """The type of the field's answer in the clean layer (its `_other` text is VARCHAR)."""
    return _TYPES.get(field.kind, "VARCHAR")


def parsed_struct(definition: Definition) -> dict[str, str]:
    """Each answer column of the parsed layer with its type: VARCHAR, or VARCHAR[] for a multiple choice."""
    columns = definition.questionnaire.answer_columns()
    return {
        name: "VARCHAR[]" if field.kind == "multiple_choice" and name == field.id else "VARCHAR"
        for name, field in columns.items()
    }


def clean_types(definition: Definition) -> dict[str, str]:
    """Each answer column with the DuckDB type that it is read as, the vault's direct identifiers among them."""
    columns = definition.questionnaire.answer_columns()
    return {name: duckdb_type(field) if name == field.id else "VARCHAR" for name, field in columns.items()}


def layer_types(definition: Definition) -> dict[str, str]:
    """The answer columns of the clean and masked layers with their types: no direct identifier is among them."""
    classes = definition.policy.disclosure
    return {name: kind for name, kind in clean_types(definition).items() if classes[name] != "direct_identifier"}


def cast_expression(field: AnyField, column: str, source: str | None = None) -> str:
    """The DuckDB expression that reads a raw answer as its typed value, NULL where it cannot be read.

    `column` is the name of the answer column (the field's id, or that with `_other`); `source` is the SQL expression
    that holds the raw answer, where that is not simply the column.
    """
    raw = source or identifier(column)
    if column == field.id + OTHER_SUFFIX:
        return raw
    return _SQL_READERS.get(field.kind, _as_it_is)(raw)


def read_answer(field: AnyField, column: str, raw: RawAnswer) -> Typed | None:
    """What `cast_expression` does, in Python."""
    if isinstance(raw, list):
        return [_code(code) for code in raw]
    if column == field.id + OTHER_SUFFIX:
        return raw
    return _READERS.get(field.kind, _as_it_is)(raw)


def misfits(definition: Definition, answers: Mapping[str, RawAnswer]) -> list[str]:
    """The keys of `answers` that the parsed layer has no place for.

    They are unknown, or their answer is a list where a text belongs (or the other way round).
    """
    struct = parsed_struct(definition)
    return [
        key
        for key, value in answers.items()
        if struct.get(key) != ("VARCHAR[]" if isinstance(value, list) else "VARCHAR")
    ]


def misfits_expression(definition: Definition, answers: str) -> str:
    """The same as a DuckDB expression over a JSON object, `answers` being the SQL expression that holds it."""
    struct = parsed_struct(definition)
    return _MISFITS.format(
        answers=answers,
        names=listed(struct),
        paths=listed(f"$.{name}" for name in struct),
        shapes=listed("ARRAY" if kind == "VARCHAR[]" else "VARCHAR" for kind in struct.values()),
    )


def _as_it_is(raw: str) -> str:
    return raw


def _code(raw: str) -> str:
    # The capital dotted I is the one letter whose small form Python writes as two; DuckDB writes an i.
    return raw.strip(_SPACES).replace("İ", "i").lower()


def _digits(raw: str) -> str:
    return raw.strip(_SPACES).translate(str.maketrans(_EASTERN, _WESTERN))


def _scale(raw: str) -> int | None:
    text = _digits(raw)
    return int(text) if re.fullmatch(_SCALE, text) else None


def _number(raw: str) -> float | None:
    text = _digits(raw)
    return float(text.replace(",", "")) if re.fullmatch(_NUMBER, text) else None


def _day(raw: str) -> date | None:
    text = _digits(raw)
    if not re.fullmatch(_DAY, text):
        return None
    try:
        return datetime.strptime(text, _DAY_FORMATS["/" in text]).date()
    except ValueError:
        return None


def _district(raw: str) -> str | None:
    match = re.fullmatch(_POSTCODE, raw.strip(_SPACES))
    return match[1].upper() if match else None


def _sql_trimmed(raw: str) -> str:
    return f"trim({raw}, {literal(_SPACES)})"


def _sql_code(raw: str) -> str:
    return f"lower({_sql_trimmed(raw)})"


def _sql_digits(raw: str) -> str:
    return f"translate({_sql_trimmed(raw)}, {literal(_EASTERN)}, {literal(_WESTERN)})"


def _sql_if(pattern: str, text: str, reading: str) -> str:
    return f"CASE WHEN regexp_full_match({text}, {literal(pattern)}) THEN {reading} END"


def _sql_codes(raw: str) -> str:
    return f"list_transform({raw}, lambda code: {_sql_code('code')})"


def _sql_scale(raw: str) -> str:
    text = _sql_digits(raw)
    return _sql_if(_SCALE, text, f"TRY_CAST({text} AS TINYINT)")


def _sql_number(raw: str) -> str:
    text = _sql_digits(raw)
    return _sql_if(_NUMBER, text, f"TRY_CAST(replace({text}, ',', '') AS DOUBLE)")


def _sql_day(raw: str) -> str:
    text = _sql_digits(raw)
    return _sql_if(_DAY, text, f"CAST(try_strptime({text}, {listed(_DAY_FORMATS)}) AS DATE)")


def _sql_district(raw: str) -> str:
    text = _sql_trimmed(raw)
    return _sql_if(_POSTCODE, text, f"upper(regexp_extract({text}, {literal(f'^{_POSTCODE}$')}, 1))")


# A kind that is not named here is text, and stays as it is: nothing is computed over long answers.
_READERS: dict[str, Callable[[str], Typed | None]] = {
    "single_choice": _code,
    "age_band": _code,
    "permission": _code,
    "scale": _scale,
    "number": _number,
    "date": _day,
    "postcode_district": _district,
}
_SQL_READERS: dict[str, Callable[[str], str]] = {
    "single_choice": _sql_code,
    "age_band": _sql_code,
    "permission": _sql_code,
    "multiple_choice": _sql_codes,
    "scale": _sql_scale,
    "number": _sql_number,
    "date": _sql_day,
    "postcode_district": _sql_district,
}
