"""SQL made safe: identifiers quoted, values as literals."""

from collections.abc import Iterable
from datetime import date


def identifier(name: str) -> str:
    """`name` quoted, so that it can be nothing but a name."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | int | float | date) -> str:
    """A text, number or day as a SQL literal."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return str(value) if isinstance(value, int) else f"{value!r}::DOUBLE"


def listed(values: Iterable[str]) -> str:
    """Texts as a SQL list of literals."""
    return "[" + ", ".join(literal(value) for value in values) + "]"
