"""The tables of a part, and how the parts of a version are read as one.

A version is one or more parts, oldest first. Rows are named by `rid` (see `transforms.parse.RID`). A part that writes
rows of an earlier part anew names them in `replaced_bodies` or `replaced_outcomes`; the latest part wins.
"""

from collections.abc import Sequence

import duckdb

from schemas import frames
from transforms.layout import Layout
from transforms.linkage import tables as linkage
from transforms.marts import MARTS, WHOLE_MARTS, create_tables
from transforms.masking.tables import TABLES as MASKED
from transforms.quality import AGREEMENT
from transforms.readings import COLUMNS as READINGS
from transforms.sql import identifier, union_all

# What a response holds: written once, and again only when an officer's release or keying changes how it is read.
_BODIES = {
    "received": "rid BIGINT, response_id VARCHAR, artefact_id VARCHAR, ordinal INTEGER, seq BIGINT,"
    " known_at TIMESTAMPTZ, event VARCHAR, relates_to VARCHAR, channel VARCHAR, questionnaire_hash VARCHAR,"
    " received_at TIMESTAMPTZ, device_time TIMESTAMPTZ, started_at TIMESTAMPTZ, postmark VARCHAR, language VARCHAR,"
    " state VARCHAR, reason VARCHAR, blank BOOLEAN, content UBIGINT, pending INTEGER, same_as VARCHAR",
    "answers": "rid BIGINT, {answers}",
    "identifiers": "rid BIGINT, sender VARCHAR{direct}",
    **MASKED,
    "readings": "rid BIGINT, " + ", ".join(f"{name} {kind}" for name, kind in READINGS.items()),
    "failures": 'rid BIGINT, "column" VARCHAR, rule VARCHAR',
}
# What became of it: may change with what arrives later, so it is narrow.
_OUTCOMES = {
    "outcomes": "rid BIGINT, respondent BIGINT, line VARCHAR",
    "composites": "rid BIGINT, {facts}",
    "sources": "rid BIGINT, field VARCHAR, member BIGINT, stands BOOLEAN",
    "coded": "rid BIGINT, field VARCHAR, seq BIGINT",
    "positions": "rid BIGINT, field VARCHAR, limb VARCHAR, code VARCHAR",
    "theme_said": "rid BIGINT, field VARCHAR, coder VARCHAR, role VARCHAR, seq BIGINT, themes VARCHAR,"
    " settled_with VARCHAR",
}
_REPLACED = {"replaced_bodies": "rid BIGINT", "replaced_outcomes": "rid BIGINT"}
# What was said about responses: only ever added to.
_SAID = {
    "events": "seq BIGINT, event VARCHAR, relates_to VARCHAR",
    "codings": "seq BIGINT, officer VARCHAR, response_id VARCHAR, field VARCHAR, limb VARCHAR, code VARCHAR,"
    " role VARCHAR, settled_with VARCHAR, campaign VARCHAR",
    "campaign_changes": "seq BIGINT, campaign VARCHAR, change VARCHAR, description VARCHAR, joined VARCHAR,"
    " responses VARCHAR[], text VARCHAR, undoes BIGINT",
    "theme_changes": "seq BIGINT, body VARCHAR",
    "outreach": "seq BIGINT, day DATE, who VARCHAR, how VARCHAR, note VARCHAR, corrects BIGINT, withdrawn BOOLEAN",
    "links": "seq BIGINT, first VARCHAR, second VARCHAR, verdict VARCHAR",
    "verdicts": "seq BIGINT, kind VARCHAR, response_id VARCHAR",
    "extensions": "seq BIGINT, closes DATE",
    "releases": "seq BIGINT, response_id VARCHAR, corrections VARCHAR",
    "keyed": "seq BIGINT, officer VARCHAR, response_id VARCHAR, field VARCHAR, role VARCHAR, outcome VARCHAR",
    "redactions": "seq BIGINT, response_id VARCHAR, field VARCHAR, body VARCHAR",
    "approvals": "seq BIGINT, what VARCHAR, response_id VARCHAR, field VARCHAR",
}
# Found in all texts at each build, so that a part holds them whole. `template` is a response that is the letter as it
# stands; nobody sent that of some mail-merge and registered letters. `letter` tells which of a campaign's letters it is
# (officers may have joined several), and in which answers it stands: who sent the same unedited said the same.
_CAMPAIGNS = {
    "campaign_members": "rid BIGINT, campaign VARCHAR, letter UBIGINT, similarity DOUBLE, variant VARCHAR",
    "campaigns": "campaign VARCHAR, template VARCHAR, members BIGINT, unedited BIGINT, description VARCHAR,"
    " registered BOOLEAN",
}
_QUALITY = {"agreement": AGREEMENT}
_WHOLE = (*MARTS, *WHOLE_MARTS, *_CAMPAIGNS, *_QUALITY)


def create_part(connection: duckdb.DuckDBPyConnection, layout: Layout, part: str = "part") -> None:
    """Make the empty tables in the attached database `part`."""
    types = frames.clean_types(layout.definition)
    types |= {"types": "VARCHAR"} | dict.fromkeys(layout.answered_columns, "BIGINT")
    texts = [f"{identifier(name)} VARCHAR USING COMPRESSION uncompressed" for name in layout.texts]
    facts = [f"{identifier(name)} {types[name]}" for name in layout.facts]
    said = [f"{column} UBIGINT" for column in layout.said.values()]
    written = {
        "answers": ", ".join(texts + facts + said),
        "facts": ", ".join(facts),
        "direct": "".join(f", {identifier(name)} VARCHAR" for name in layout.vault),
    }
    for table, own in {**_BODIES, **_OUTCOMES, **_REPLACED, **_SAID, **_CAMPAIGNS, **_QUALITY}.items():
        connection.execute(f"CREATE TABLE {part}.{table} ({own.format(**written)})")
    linkage.create_tables(connection, part)
    create_tables(connection, part)


def create_views(connection: duckdb.DuckDBPyConnection, parts: Sequence[str], prefix: str) -> None:
    """Temporary views `<prefix><table>` over the attached databases `parts`, oldest first, as one version."""
    for tables, replaced in ((_BODIES, "replaced_bodies"), (_OUTCOMES, "replaced_outcomes")):
        replacing = [part for part in parts if _has_rows(connection, part, replaced)]
        for table in tables:
            _view(connection, prefix + table, latest_rows(table, parts, replaced, replacing))
    for table in _SAID:
        _view(connection, prefix + table, union_all(f"SELECT * FROM {part}.{table}" for part in parts))
    linkage.create_views(connection, parts, prefix)
    for table in _WHOLE:
        _view(connection, prefix + table, f"SELECT * FROM {parts[-1]}.{table}")


def merge_parts(connection: duckdb.DuckDBPyConnection, parts: Sequence[str], into: str) -> None:
    """Fill the empty part `into` with what the attached `parts`, oldest first, say together."""
    create_views(connection, parts, "merged_")
    for table in (*_BODIES, *_OUTCOMES, *_SAID, *linkage.TABLES, *_WHOLE):
        connection.execute(f"INSERT INTO {into}.{table} SELECT * FROM merged_{table}")
    for table in _REPLACED:
        every = " UNION ".join(f"SELECT rid FROM {part}.{table}" for part in parts)
        connection.execute(f"INSERT INTO {into}.{table} {every}")


def latest_rows(table: str, parts: Sequence[str], replaced: str, replacing: Sequence[str]) -> str:
    """SQL: the rows of a table over the parts, without those that a later part wrote anew."""
    selects = []
    for place, part in enumerate(parts):
        later = [f"SELECT rid FROM {one}.{replaced}" for one in parts[place + 1 :] if one in replacing]
        without = f" ANTI JOIN ({union_all(later)}) AS later USING (rid)" if later else ""
        selects.append(f"SELECT * FROM {part}.{table}{without}")
    return union_all(selects)


def _has_rows(connection: duckdb.DuckDBPyConnection, part: str, table: str) -> bool:
    return connection.execute(f"SELECT rid FROM {part}.{table} LIMIT 1").fetchone() is not None


def _view(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")
