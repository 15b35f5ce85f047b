"""Campaigns among the respondents that are included: found in all texts at each build, then as officers decided.

What one respondent wrote in all open answers is one text. Campaigns never merge people; they say who sent a letter that
many sent, and whether as it was written.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from transforms.campaigns.decisions import (
    CampaignDecision,
    ExcludeResponse,
    JoinCampaigns,
    NameCampaign,
    RegisterLetter,
    RejectCampaign,
    SplitCampaign,
    apply_decisions,
    letters_of_decisions,
)
from transforms.layout import Layout
from transforms.linkage.pairs import PREPARED
from transforms.sql import identifier, literal
from transforms.warehouse.build import Staging
from transforms.warehouse.settling import scalar, settle_touched
from transforms.warehouse.tables import create_views
from transforms.warehouse.touched import find_touched_too

if TYPE_CHECKING:
    from transforms.campaigns.search import Id

# Fewer respondents are no campaign, unless its letter was registered.
FEWEST_MEMBERS = 3
# Shorter texts are never looked at; a text of fewer letters has no more characters than this, or is left to the search.
_FEWEST_CHARACTERS = 45
_BATCH = 16_384

_TEXTS = """
CREATE OR REPLACE TEMP TABLE campaign_texts AS
SELECT rid, text, hash(filled) AS filled FROM (
    SELECT o.rid, concat_ws(chr(10), {own}) AS text, [{own_filled}] AS filled
    FROM new_outcomes AS o JOIN new_answers AS a USING (rid)
    WHERE o.line = 'included' AND o.rid NOT IN (SELECT rid FROM new_composites)
    UNION ALL
    SELECT s.rid, concat_ws(chr(10), {words}) AS text, [{words_filled}] AS filled
    FROM new_sources AS s JOIN new_answers AS a ON a.rid = s.member WHERE s.stands GROUP BY s.rid
) WHERE length(text) >= {fewest}
"""
_CHANGES = """
SELECT campaign, change, description, joined, responses, text FROM new_campaign_changes
WHERE change <> 'undone' AND seq NOT IN (SELECT undoes FROM new_campaign_changes WHERE undoes IS NOT NULL) ORDER BY seq
"""
_NAMES = "SELECT rid, response_id FROM new_received WHERE rid IN (SELECT rid FROM found_members)"
_MEMBERS = """
INSERT INTO part.campaign_members
SELECT r.rid, d.campaign, hash(f.campaign, t.filled), f.similarity, f.variant
FROM decided_members AS d JOIN new_received AS r USING (response_id) JOIN found_members AS f USING (rid)
JOIN campaign_texts AS t USING (rid)
WHERE d.campaign IN (SELECT campaign FROM decided_members GROUP BY ALL HAVING count(*) >= $fewest)
    OR d.campaign IN (SELECT unnest($registered::VARCHAR[]))
"""
_CAMPAIGNS = """
INSERT INTO part.campaigns
WITH unedited AS (
    SELECT campaign, min(rid) AS rid FROM part.campaign_members WHERE variant = 'standard' GROUP BY ALL
), counted AS (
    SELECT campaign, count(*) AS members, count(*) FILTER (variant <> 'edited') AS unedited
    FROM part.campaign_members GROUP BY ALL
)
SELECT c.campaign, r.response_id, c.members, c.unedited, w.description,
    c.campaign IN (SELECT unnest($registered::VARCHAR[]))
FROM counted AS c LEFT JOIN unedited AS u USING (campaign) LEFT JOIN new_received AS r ON r.rid = u.rid
LEFT JOIN described AS w USING (campaign)
"""
# Who came, went, or stands otherwise to a letter; and who sent it unedited, where its coding may have changed.
_MOVED = """
CREATE OR REPLACE TEMP TABLE moved AS
WITH changed AS (
    SELECT coalesce(n.rid, o.rid) AS rid FROM part.campaign_members AS n FULL JOIN old_campaign_members AS o USING (rid)
    WHERE (n.campaign, n.letter, n.variant) IS DISTINCT FROM (o.campaign, o.letter, o.variant)
), coded AS (
    SELECT r.rid, o.respondent FROM new_codings AS c JOIN new_received AS r USING (response_id)
    LEFT JOIN new_outcomes AS o USING (rid) WHERE c.campaign IS NOT NULL
), letters AS (
    SELECT rid FROM coded WHERE rid IN (SELECT rid FROM touched) OR respondent IN (SELECT rid FROM changed)
    UNION SELECT respondent FROM coded WHERE rid IN (SELECT rid FROM touched) OR respondent IN (SELECT rid FROM changed)
)
SELECT rid FROM changed
UNION
SELECT rid FROM new_campaign_members WHERE variant = 'standard' AND letter IN (
    SELECT letter FROM new_campaign_members WHERE rid IN (SELECT rid FROM letters)
    UNION SELECT letter FROM old_campaign_members WHERE rid IN (SELECT rid FROM letters)
)
"""


def find_campaigns(staging: Staging) -> dict[str, int]:
    """Find the campaigns and settle anew who came, went or changed. Returns how many `campaigns` and `members`."""
    connection, layout = staging.connection, staging.layout
    if layout.open_texts:
        _record(connection, layout)
    create_views(connection, staging.parts, "new_")
    if staging.plan.previous:
        connection.execute(_MOVED)
        if find_touched_too(connection, "moved"):
            settle_touched(staging)
    connection.execute(f"DROP TABLE IF EXISTS {PREPARED}")
    return {
        "campaigns": scalar(connection, "SELECT count(*) FROM part.campaigns"),
        "members": scalar(connection, "SELECT count(*) FROM part.campaign_members"),
    }


def _record(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Fill the part's campaigns and their members."""
    changes = [one for row in connection.execute(_CHANGES).to_arrow_table().to_pylist() for one in _decisions(row)]
    letters = letters_of_decisions(changes)
    connection.execute(_texts(layout))
    if scalar(connection, "SELECT count(*) FROM campaign_texts") == 0:
        return
    # The compiled search takes a second to load, which most runs of most commands need not.
    from transforms.campaigns.search import read_responses, search

    # Letters have ids before those of all responses; a campaign is named by its letter, else by who sent it first.
    known: dict[Id, str] = {place - len(letters): text for place, text in enumerate(letters.values())}
    # Read from one table: a query over several parts whose result is taken in pieces may wait for itself.
    reader = connection.execute("SELECT rid, text FROM campaign_texts").to_arrow_reader(_BATCH)
    members, _ = search(read_responses(_columns(reader), pa.int64(), known))
    members = members.filter(pc.is_valid(members["campaign_id"])).rename_columns(
        ["rid", "campaign", "similarity", "variant"]
    )
    connection.register("found_members", members)
    names = dict(connection.execute(_NAMES).fetchall())
    names |= {place - len(letters): name for place, name in enumerate(letters)}
    found = {
        names[rid]: names[campaign]
        for rid, campaign in zip(members["rid"].to_pylist(), members["campaign"].to_pylist(), strict=True)
    }
    decided = apply_decisions(found, changes)
    _register(connection, "decided_members", ("response_id", "campaign"), decided.campaigns)
    _register(connection, "described", ("campaign", "description"), decided.descriptions)
    registered = {"registered": list(letters)}
    connection.execute(_MEMBERS, {"fewest": FEWEST_MEMBERS} | registered)
    connection.execute(_CAMPAIGNS, registered)
    connection.execute("DROP TABLE campaign_texts")
    for relation in ("found_members", "decided_members", "described"):
        connection.unregister(relation)


def _columns(reader: pa.RecordBatchReader) -> Iterator[tuple[pa.Array, pa.Array]]:
    for batch in reader:
        yield batch.column("rid"), batch.column("text")


def _register(
    connection: duckdb.DuckDBPyConnection, name: str, names: tuple[str, str], found: Mapping[str, str]
) -> None:
    first, second = names
    table = {first: pa.array(found.keys(), pa.string()), second: pa.array(found.values(), pa.string())}
    connection.register(name, pa.table(table))


def _texts(layout: Layout) -> str:
    words = [
        f"string_agg(a.{identifier(name)}, chr(10) ORDER BY s.member) FILTER (s.field = {literal(name)})"
        for name in layout.open_texts
    ]
    own = [f"a.{identifier(name)}" for name in layout.open_texts]
    return _TEXTS.format(
        own=", ".join(own),
        own_filled=", ".join(f"{text} IS NOT NULL" for text in own),
        words=", ".join(words),
        words_filled=", ".join(f"{text} IS NOT NULL" for text in words),
        fewest=_FEWEST_CHARACTERS,
    )


def _decisions(row: Mapping[str, Any]) -> list[CampaignDecision]:
    """A change of the journal, as the campaigns' decisions have it."""
    campaign, responses = row["campaign"], row["responses"]
    match row["change"]:
        case "named":
            return [NameCampaign(campaign, row["description"])]
        case "joined":
            return [JoinCampaigns(campaign, row["joined"])]
        case "split":
            return [SplitCampaign(campaign, frozenset(responses))]
        case "rejected":
            return [RejectCampaign(campaign)]
        case "registered":
            return [RegisterLetter(campaign, row["text"], row["description"])]
    return [ExcludeResponse(response) for response in responses]
