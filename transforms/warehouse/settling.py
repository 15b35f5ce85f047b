"""From checked responses to respondents: which pairs may be one, whose each response is, its line of the ledger."""

import duckdb

from transforms import ledger
from transforms.errors import TransformError
from transforms.linkage import pairs, respondents
from transforms.linkage.engine.weights import load_weights
from transforms.warehouse.build import Staging
from transforms.warehouse.tables import create_views
from transforms.warehouse.touched import find_touched

_REPLACED_BODIES = (
    "INSERT INTO part.replaced_bodies SELECT rid FROM part.received WHERE rid IN (SELECT rid FROM old_received)"
)
_REPLACED_OUTCOMES = (
    "INSERT INTO part.replaced_outcomes SELECT rid FROM touched WHERE rid IN (SELECT rid FROM old_outcomes)"
)
_WORK = "CREATE OR REPLACE TEMP TABLE work AS SELECT * FROM new_received WHERE rid IN (SELECT rid FROM touched)"
# What officers found invalid or accepted late, and nobody took back since.
_STANDING_VERDICTS = """
CREATE OR REPLACE TEMP VIEW verdicts AS
SELECT * FROM new_verdicts AS v WHERE kind <> 'verdict_undo' AND NOT EXISTS (
    FROM new_verdicts AS u WHERE u.kind = 'verdict_undo' AND u.response_id = v.response_id AND u.seq > v.seq
)
"""
_RELEASED_UNOPENED = """
SELECT count(*) FROM old_received
WHERE state IN ('quarantined', 'in_review') AND response_id IN (SELECT response_id FROM part.releases)
    AND rid NOT IN (SELECT rid FROM part.received)
"""


def link(staging: Staging) -> dict[str, int]:
    """Compare the new responses with those that may be of the same respondent. Returns how many `pairs` are kept.

    Raises:
        TransformError: a response that an officer released was not handed over again.
    """
    connection, previous = staging.connection, staging.plan.previous
    if previous:
        if scalar(connection, _RELEASED_UNOPENED):
            raise TransformError("A released response was not opened again; run the pipeline with --full.")
        connection.execute(_REPLACED_BODIES)
    create_views(connection, staging.parts, "new_")
    weights = load_weights(staging.warehouse.linkage_weights)
    staging.linked = pairs.extend(connection, staging.layout, weights, previous=previous is not None)
    create_views(connection, staging.parts, "new_")
    return {"pairs": scalar(connection, "SELECT count(*) FROM part.linkage_pairs")}


def settle(staging: Staging) -> dict[str, int]:
    """Say whose each response is and which line of the ledger it is in. Returns how many were `settled`."""
    connection, previous = staging.connection, staging.plan.previous
    if previous:
        everything = staging.linked is not None and staging.linked.anew
        find_touched(connection, everything=everything or _changes_everything(staging, previous.received))
    connection.execute(_STANDING_VERDICTS)
    for relation in ("events", "links", "codings"):
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {relation} AS SELECT * FROM new_{relation}")
    return settle_touched(staging)


def settle_touched(staging: Staging) -> dict[str, int]:
    """Settle every response, or in an increment those of the relation `touched`; again where it has grown."""
    connection, increment = staging.connection, staging.plan.previous is not None
    for table in ("outcomes", "composites", "sources", "replaced_outcomes"):
        connection.execute(f"DELETE FROM part.{table}")
    if increment:
        connection.execute(_REPLACED_OUTCOMES)
        connection.execute(_WORK)
    work, answers = ("work", "new_answers") if increment else ("part.received", "part.answers")
    ledger.stand(connection, staging.closing(), work)
    automatic = received(staging) >= staging.warehouse.definition.policy.linkage.automatic_merges_from
    engine = staging.linked.engine if staging.linked and automatic else None
    respondents.link(connection, staging.layout, engine, work=work, clean=answers)
    create_views(connection, staging.parts, "new_")
    settled = scalar(connection, "SELECT count(*) FROM part.outcomes")
    staging.counts["settled"] = settled
    return {"settled": settled}


def received(staging: Staging) -> int:
    """How many responses the version holds."""
    own = scalar(staging.connection, "SELECT count(*) FROM part.received")
    if staging.plan.previous is None:
        return own
    replaced = scalar(staging.connection, "SELECT count(*) FROM part.replaced_bodies")
    return own + staging.plan.previous.received - replaced


def _changes_everything(staging: Staging, before: int) -> bool:
    """Whether every response has to be settled again: the closing day moved, or evidence may merge from now on."""
    threshold = staging.warehouse.definition.policy.linkage.automatic_merges_from
    extended = scalar(staging.connection, "SELECT count(*) FROM part.extensions")
    return extended > 0 or (before >= threshold) != (received(staging) >= threshold)


def scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The one number that a query gives; 0 for none."""
    row = connection.execute(query).fetchone()
    return int(row[0]) if row and row[0] is not None else 0
