"""Small helpers for writing DuckDB SQL: quoting, and lists of columns. Values go in as parameters, not through here."""

from collections.abc import Iterable


def identifier(name: str) -> str:
    """`name` as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as a quoted string, for the few places of DuckDB's SQL that take no parameter."""
    return "'" + text.replace("'", "''") + "'"


def columns(names: Iterable[str], relation: str = "") -> str:
    """`"a", "b"`, or `r."a", r."b"`."""
    prefix = f"{relation}." if relation else ""
    return ", ".join(prefix + identifier(name) for name in names)


def union_all(selects: Iterable[str]) -> str:
    return "\nUNION ALL\n".join(selects)
