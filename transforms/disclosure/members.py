"""The public version: every protected table in one small plain DuckDB file, for the council's screens."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.definition import Definition
from transforms.disclosure.audited import audited_tables
from transforms.disclosure.contract import TABLES, table_of
from transforms.disclosure.counts import read_counts
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.findings import Protected
from transforms.disclosure.overview import (
    as_positions_show,
    campaigns,
    ledger,
    meetings,
    number_summary,
    of_which,
    questions,
    received_over_time,
)
from transforms.disclosure.promises import check_promises
from transforms.disclosure.prose import Prose
from transforms.disclosure.quality_table import quality_table
from transforms.disclosure.shown import Register
from transforms.disclosure.theme_tables import theme_table
from transforms.disclosure.told import outreach_table, prose_of, words_of
from transforms.disclosure.views import MEMBERS, View, protect_view
from transforms.disclosure.vocabulary import Rule
from transforms.signoff.frozen import read_results
from transforms.warehouse.versions import sync_folder

# DuckDB's smallest block: the tables have a few hundred rows, and each column takes a block.
_STORAGE: dict[str, str | bool | int | float | list[str]] = {"default_block_size": "16384"}
_QUOTES = "SELECT field, text FROM approved_quotes ORDER BY ALL"


def write_protected_tables(
    private: duckdb.DuckDBPyConnection,
    public_file: Path,
    definition: Definition,
    about: dict[str, str],
    register: Register | None = None,
) -> None:
    """Write the members' tables of the private version that is open in `private`.

    Reads the exact marts alone, so that the cost does not depend on the number of responses. The file appears whole
    under its name or not at all.

    Args:
        private: a connection in which the marts are tables or views by their names.
        public_file: the file to write; its folder is there.
        definition: whose policy says what is shown.
        about: facts about the version, `as_at` among them; written as they are, beside the policy's limits.
        register: of all that was shown before, which the new tables must not be subtracted from.

    Raises:
        DisclosureError: the marts do not belong together, a hidden count could be worked out whatever is hidden with
            it, or `as_at` is no moment with a time zone.
        PromiseError: a table would hold what the policy forbids.
    """
    rule = Rule.for_members(definition.policy, about.get("status", ""))
    tables = dict(protect_tables(private, definition, rule, about, register=register).tables)
    publication = definition.policy.publication
    limits = {
        "time_zone": definition.policy.dates.time_zone,
        "member_threshold": str(publication.member_threshold),
        "member_step": str(publication.member_step),
        "percentages_from_base": str(publication.percentages_from_base),
        "breakdowns_from_included": str(publication.breakdowns_from_included),
    }
    tables["about"] = table_of("about", list((limits | about).items()))
    tables["meetings"] = meetings(definition)
    prose = prose_of(tables)
    check_promises(definition, tables, prose=Prose(prose, private) if prose else None)
    _write(public_file, tables)


def write_final_tables(public_file: Path, final: Path, about: Mapping[str, str]) -> None:
    """Write the tables that were signed off, as they are in the file `final`; `about` is said of them besides.

    Raises:
        TransformError: the file is missing or damaged.
    """
    tables = read_results(final)
    said = dict(zip(*tables["about"].to_pydict().values(), strict=True)) | dict(about)
    _write(public_file, tables | {"about": table_of("about", list(said.items()))})


def protected_tables(
    private: duckdb.DuckDBPyConnection, definition: Definition, rule: Rule, about: Mapping[str, str]
) -> dict[str, pa.Table]:
    """The tables of `protect_tables` alone.

    Raises:
        DisclosureError: as `protect_tables`.
    """
    return protect_tables(private, definition, rule, about).tables


def protect_tables(
    private: duckdb.DuckDBPyConnection,
    definition: Definition,
    rule: Rule,
    about: Mapping[str, str],
    *,
    register: Register | None = None,
    audience: str = MEMBERS,
) -> Protected:
    """The tables of counts, and the quotes that may be shown, protected by `rule`, with what their audit found.

    With a `register` they are protected together with all that was shown before, and registered as shown.

    Raises:
        DisclosureError: as `write_protected_tables`.
    """
    counts, words = read_counts(private, stepped=rule.step > 1), words_of(private, definition)
    as_at = moment_of(about)
    others = {
        "ledger": ledger(counts, definition),
        "of_which": of_which(counts, definition),
        "campaigns": campaigns(words.campaigns, rule),
        "received_over_time": received_over_time(counts, definition, as_at),
        "questions": questions(counts, definition, rule),
        "number_summary": number_summary(counts, definition, rule),
        "themes": theme_table(counts, words.themes, rule),
        "quality": quality_table(private, definition, rule),
        "outreach": outreach_table(words.outreach),
        "quotes": _quotes(private, definition),
    }
    if register is None:
        audited = audited_tables(counts, definition, rule)
    else:
        view = View(register, audience, as_at, rule)
        audited = protect_view(lambda stepped: read_counts(private, stepped=stepped), definition, view, words.themes)
    tables = others | audited.tables
    tables["questions"] = as_positions_show(tables["questions"], tables["positions"])
    in_order = {name: tables[name] for name in TABLES if name in tables}
    return Protected(in_order, audited.audit, audited.measures)


def moment_of(about: Mapping[str, str]) -> datetime:
    """The moment that a version is as at.

    Raises:
        DisclosureError: it is missing, or without a time zone.
    """
    try:
        as_at = datetime.fromisoformat(about["as_at"])
    except (KeyError, ValueError) as error:
        raise DisclosureError("'as_at' must be a moment such as 2007-04-04T17:00:00+01:00.") from error
    if as_at.tzinfo is None:
        raise DisclosureError("'as_at' must say its time zone, as in 2007-04-04T17:00:00+01:00.")
    return as_at


def has_table(private: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether a table or view can be read by that name alone."""
    try:
        private.table(name)
    except duckdb.CatalogException:
        return False
    return True


def _quotes(private: duckdb.DuckDBPyConnection, definition: Definition) -> pa.Table:
    """Approved masked texts. The view joins approval and permission; the policy is asked here again."""
    publication = definition.policy.publication
    if not publication.verbatim or publication.permission_field is None or not has_table(private, "approved_quotes"):
        return table_of("quotes", [])
    return table_of("quotes", private.execute(_QUOTES).fetchall())


def _write(file: Path, tables: Mapping[str, pa.Table]) -> None:
    temporary = file.with_name(f".{file.name}.part")
    temporary.unlink(missing_ok=True)
    temporary.with_name(f"{temporary.name}.wal").unlink(missing_ok=True)
    with duckdb.connect(str(temporary), config=_STORAGE) as connection:
        for name, table in tables.items():
            connection.from_arrow(table).create(name)
        connection.execute("CHECKPOINT")
    with temporary.open("rb") as handle:
        os.fsync(handle.fileno())
    temporary.replace(file)
    sync_folder(file.parent)
