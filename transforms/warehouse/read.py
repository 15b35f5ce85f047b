"""Reading a private version: views for people who may, the ledger, and exports of a layer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import duckdb

from transforms.errors import TransformError
from transforms.layout import Layout
from transforms.linkage.respondents import CANDIDATES
from transforms.marts import MARTS, WHOLE_MARTS
from transforms.sql import columns, identifier, literal
from transforms.warehouse.approved import create_approved_views
from transforms.warehouse.connection import attach, connect
from transforms.warehouse.tables import create_views
from transforms.warehouse.versions import Warehouse, current_version, read_manifest

Layer = Literal["clean", "masked", "marts"]
Format = Literal["parquet", "csv"]

# One row = one response, whatever became of it: its artefact, channel, line, and whose it is. No answer, no sender.
_RESPONSES = """
SELECT r.response_id, r.artefact_id, r.ordinal, r.seq, r.known_at, r.channel, r.language, r.questionnaire_hash,
    r.received_at, r.started_at, r.postmark, r.state, r.reason, r.pending, o.line, f.response_id AS respondent
FROM received AS r JOIN outcomes AS o USING (rid) LEFT JOIN received AS f ON f.rid = o.respondent
"""
# One row = one response that passed the checks, its answers typed.
_CLEAN = """
SELECT r.response_id, r.channel, r.language, r.received_at, o.line, f.response_id AS respondent, {answers}
FROM answers AS a JOIN received AS r USING (rid) JOIN outcomes AS o USING (rid)
LEFT JOIN received AS f ON f.rid = o.respondent
"""
# The same with what masking found replaced.
_MASKED = """
SELECT r.response_id, r.channel, r.language, r.received_at, o.line, f.response_id AS respondent, {answers}
FROM answers AS a JOIN received AS r USING (rid) JOIN outcomes AS o USING (rid)
LEFT JOIN received AS f ON f.rid = o.respondent
LEFT JOIN ({cells}) AS m ON m.rid = a.rid
"""
# One row = one stretch of a text that masking found: masked, or only shown to an officer. Places are those of clean.
_TEXT_FINDS = "SELECT r.response_id, f.* EXCLUDE (rid) FROM finds AS f JOIN received AS r USING (rid)"
# One row = one text that is not in English: withheld until a person has redacted and translated it.
_TEXT_LANGUAGES = "SELECT r.response_id, l.* EXCLUDE (rid) FROM languages AS l JOIN received AS r USING (rid)"
# One row = one response with a sender or a direct identifier.
_VAULT = "SELECT r.response_id, i.* EXCLUDE (rid) FROM identifiers AS i JOIN received AS r USING (rid)"
# One row = one rule broken by one cell of a response in quarantine.
_QUARANTINE = 'SELECT r.response_id, f."column", f.rule FROM failures AS f JOIN received AS r USING (rid)'
# One row = one answer that was read from a message or a page: how, from which part, how surely, what waits and why.
_READ_ANSWERS = """
SELECT r.response_id, r.channel, o.line, i.* EXCLUDE (rid)
FROM readings AS i JOIN received AS r USING (rid) JOIN outcomes AS o USING (rid)
"""
# One row = one respondent whose responses differ: the answers received last.
_COMPOSITE = """
SELECT r.response_id AS respondent, {answers} FROM composites AS c JOIN received AS r USING (rid) LEFT JOIN (
    SELECT s.rid{words} FROM sources AS s JOIN answers AS a ON a.rid = s.member WHERE s.stands GROUP BY s.rid
) AS w ON w.rid = c.rid
"""
# One row = one coded position of a respondent.
_CODED = (
    "SELECT r.response_id AS respondent, p.field, p.limb, p.code FROM positions AS p JOIN received AS r USING (rid)"
)


@contextmanager
def open_private(warehouse: Warehouse, version: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads a version (the current one by default).

    Views: `responses`, `clean`, `masked`, `vault`, `quarantine`, `read_answers`, `composite_answers`,
    `coded_positions`, `text_finds`, `text_languages`, `link_candidates`, `linkage_pairs`, `campaigns`,
    `campaign_members`, `approvals`, each mart, and, where the definition asks for permission, `approved_rows` and
    `approved_quotes`.

    Raises:
        TransformError: there is no such version, or it cannot be opened.
    """
    name = version or current_version(warehouse)
    if name is None:
        raise TransformError(f"{warehouse.public}: nothing is published yet; run the pipeline.")
    manifest = read_manifest(warehouse, name)
    folder = warehouse.private / name
    with connect(folder / "spill") as connection:
        parts = []
        for number, part in enumerate(manifest.parts):
            attach(connection, folder / part, f"p{number}", warehouse.warehouse_key)
            parts.append(f"p{number}")
        create_views(connection, parts, "")
        layout = Layout(warehouse.definition)
        create_reader_views(connection, layout)
        create_approved_views(connection, layout)
        yield connection


def ledger(warehouse: Warehouse, version: str | None = None) -> list[dict[str, Any]]:
    """The ledger of a version: one object a channel with `channel`, `received` and `lines`.

    Raises:
        TransformError: there is no such version.
    """
    name = version or current_version(warehouse)
    if name is None:
        raise TransformError(f"{warehouse.public}: nothing is published yet; run the pipeline.")
    return read_manifest(warehouse, name).ledger_by_channel()


def export_layer(warehouse: Warehouse, layer: Layer, form: Format, out: Path, version: str | None = None) -> list[Path]:
    """Write a layer to `out`: one file for clean or masked, a folder of files for the marts. Returns the files.

    Rows are in the order of their keys, so that the same version gives the same bytes.

    Raises:
        TransformError: there is no such version, or `out` cannot be written.
    """
    options = "FORMAT parquet, COMPRESSION zstd" if form == "parquet" else "FORMAT csv, HEADER true"
    targets = {layer: out} if layer != "marts" else {mart: out / f"{mart}.{form}" for mart in (*MARTS, *WHOLE_MARTS)}
    try:
        for file in targets.values():
            file.parent.mkdir(parents=True, exist_ok=True)
        with open_private(warehouse, version) as connection:
            for view, file in targets.items():
                connection.execute(f"COPY (SELECT * FROM {view} ORDER BY ALL) TO {literal(str(file))} ({options})")
    except (OSError, duckdb.IOException) as error:
        raise TransformError(f"{out}: cannot be written; name a place that can.") from error
    return list(targets.values())


def create_reader_views(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Make the views for people who may read (see `open_private`) over the views of a version's tables."""
    roles = layout.definition.policy.linkage.roles
    masked = []
    for name in layout.clean:
        column = identifier(name)
        if name in roles:
            masked.append(f"CASE WHEN a.{column} IS NOT NULL THEN {literal(f'[{roles[name]}]')} END AS {column}")
        elif layout.is_text(name):
            masked.append(f"coalesce(m.{column}, a.{column}) AS {column}")
        else:
            masked.append(f"a.{column}")
    cells = ", ".join(f"any_value(text) FILTER (field = {literal(t)}) AS {identifier(t)}" for t in layout.texts)
    views = {
        "responses": _RESPONSES,
        "clean": _CLEAN.format(answers=columns(layout.clean, "a")),
        "masked": _MASKED.format(
            answers=", ".join(masked), cells=f"SELECT rid{', ' + cells if cells else ''} FROM masked_cells GROUP BY rid"
        ),
        "text_finds": _TEXT_FINDS,
        "text_languages": _TEXT_LANGUAGES,
        "vault": _VAULT,
        "quarantine": _QUARANTINE,
        "read_answers": _READ_ANSWERS,
        "composite_answers": _composite(layout),
        "coded_positions": _CODED,
        "link_candidates": CANDIDATES,
    }
    for view, query in views.items():
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {query}")


def read_about(warehouse: Warehouse, version: str) -> dict[str, str]:
    """What the public half of a version says about itself.

    Raises:
        TransformError: there is no such version.
    """
    file = warehouse.public / f"{version}.duckdb"
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            return dict(connection.execute("SELECT key, value FROM about").fetchall())
    except duckdb.Error:
        raise TransformError(f"{file}: cannot be read; run the pipeline again.") from None


def _composite(layout: Layout) -> str:
    words = "".join(
        f", string_agg(a.{identifier(name)}, chr(10) || chr(10) ORDER BY s.member)"
        f" FILTER (s.field = {literal(name)}) AS {identifier(name)}"
        for name in layout.texts
    )
    answers = ", ".join(f"{'w' if layout.is_text(name) else 'c'}.{identifier(name)}" for name in layout.clean)
    return _COMPOSITE.format(answers=f"{answers}, c.types", words=words)
