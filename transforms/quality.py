"""How the work on the responses was done, in exact counts: linkage, masking, coding, and the reading of paper and mail.

Counts are of responses, pairs, stretches and answers, never of who; agreement is that of coders. Confidential: what of
it is shown is decided by `transforms.disclosure.quality_table`.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import duckdb

from schemas.decisions import Coding, CodingUndo, Decided
from schemas.definition import Definition
from transforms.coding.agreement import agreement_of
from transforms.coding.rules import Asked, Said, independent
from transforms.coding.themes import Themes

AREAS = ("linkage", "masking", "coding", "reading")
# One row = one limb of a coded field: how many answers two people coded apart from each other, and how far they agree.
AGREEMENT = "field VARCHAR, limb VARCHAR, answers BIGINT, alike BIGINT, alpha DOUBLE, kappa DOUBLE"
_COUNTS = """
INSERT INTO part.mart_quality
WITH verdict AS (
    SELECT least(first, second) AS one, greatest(first, second) AS two, arg_max(verdict, seq) AS verdict
    FROM links GROUP BY ALL
), named AS (
    SELECT a.rid AS one, b.rid AS two FROM verdict AS v
    JOIN received AS a ON a.response_id = v.one JOIN received AS b ON b.response_id = v.two WHERE v.verdict = 'same'
), by_officers AS (
    SELECT unnest([n.one, n.two]) AS rid FROM named AS n
    JOIN outcomes AS a ON a.rid = n.one JOIN outcomes AS b ON b.rid = n.two WHERE a.respondent = b.respondent
), redacted AS (
    SELECT coalesce(body->>'$.change', 'translated') AS change, response_id, field, body->>'$.words' AS words,
        body->>'$.before' AS before, body->>'$.after' AS after, seq
    FROM redactions
), standing AS (
    SELECT arg_max(change, seq) AS change FROM redacted GROUP BY response_id, field, words, before, after
), keyed_answers AS (
    SELECT response_id, field, count(DISTINCT lower(trim(officer))) FILTER (role = 'keying') AS people
    FROM keyed WHERE role IN ('keying', 'settling') GROUP BY ALL
)
SELECT 'linkage', 'pairs_waiting', '', count(*) FROM link_candidates
UNION ALL SELECT 'linkage', 'kept_apart', '', count(*) FROM verdict WHERE verdict = 'different'
UNION ALL SELECT 'linkage', 'merged', CASE WHEN rid IN (SELECT rid FROM by_officers) THEN 'officers' ELSE 'rule' END,
    count(*) FROM outcomes WHERE line = 'merged' GROUP BY ALL
UNION ALL SELECT 'linkage', 'campaigns', '', count(*) FROM campaigns
UNION ALL SELECT 'masking', 'masked', label, count(*) FROM finds WHERE masked GROUP BY ALL
UNION ALL SELECT 'masking', 'doubtful', '', count(*) FROM finds WHERE NOT masked
UNION ALL SELECT 'masking', 'redactions', change, count(*) FROM standing WHERE change <> 'undo' GROUP BY ALL
UNION ALL SELECT 'masking', 'withheld', '', count(*) FROM languages WHERE withheld
UNION ALL SELECT 'coding', 'coded', field, responses FROM mart_coded WHERE type_code = ''
UNION ALL SELECT 'reading', CASE WHEN review IS NOT NULL THEN 'waiting' WHEN how = 'keyed' THEN 'person' ELSE 'machine'
    END AS measure, channel, count(*) FROM readings JOIN received USING (rid) GROUP BY ALL
UNION ALL SELECT 'reading', 'keyed_twice', '', count(*) FROM keyed_answers WHERE people > 1
"""
# The codings of answers that two people coded. Of a respondent with several responses those of the answer that stands.
_CODED_TWICE = """
WITH said AS (
    SELECT o.respondent, c.* FROM codings AS c JOIN received AS r USING (response_id) JOIN outcomes AS o USING (rid)
    WHERE o.respondent IS NOT NULL AND c.limb <> '~themes' AND (
        o.respondent NOT IN (SELECT rid FROM sources)
        OR (o.respondent, c.field, o.rid) IN (SELECT (rid, field, member) FROM sources)
    )
), twice AS (
    SELECT respondent, field, bool_or(campaign IS NOT NULL) AS lettered FROM said WHERE role = 'coding'
    GROUP BY ALL HAVING count(DISTINCT lower(trim(officer))) > 1
)
SELECT respondent, field, seq, officer, limb, code, role FROM said JOIN twice USING (respondent, field)
WHERE role = 'undo' OR (role = 'coding' AND (campaign IS NOT NULL OR NOT lettered)) ORDER BY field, respondent, seq
"""
_AGREES = "INSERT INTO part.agreement VALUES ($1, $2, $3, $4, $5, $6)"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def count(connection: duckdb.DuckDBPyConnection, definition: Definition) -> None:
    """Fill the part's `mart_quality` and `agreement`, from the views of the version that is made."""
    connection.execute(_COUNTS)
    for field, coded in _coded_twice(connection, definition).items():
        asked = Asked(definition.policy.frames[field], Themes(), twice=True)
        for limb in agreement_of(asked, coded):
            # Of the two who coded most together; who they are is nobody's business.
            pair = max(limb.pairs, key=lambda one: one.answers, default=None)
            kappa = pair.kappa if pair else None
            connection.execute(_AGREES, (field, limb.what, limb.answers, limb.alike, limb.alpha, kappa))


def _coded_twice(connection: duckdb.DuckDBPyConnection, definition: Definition) -> dict[str, list[Mapping[str, Said]]]:
    """For each field what the first two coders of each answer said when neither knew of the other."""
    found: dict[str, list[Mapping[str, Said]]] = {}
    for field, decided in _by_answer(connection):
        frame = definition.policy.frames.get(field)
        said = independent(decided, Asked(frame, Themes(), twice=True)) if frame else {}
        if said:
            found.setdefault(field, []).append(said)
    return found


def _by_answer(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, list[Decided]]]:
    answers: dict[tuple[str, int], list[Decided]] = {}
    for respondent, field, *row in connection.execute(_CODED_TWICE).fetchall():
        answers.setdefault((field, respondent), []).append(_decided(field, *row))
    for (field, _), decided in answers.items():
        yield field, decided


def _decided(field: str, seq: int, officer: str, *said: Any) -> Decided:
    limb, code, role = said
    coding = Coding(response="", field=field, limb=limb, code=code)
    return Decided(seq, _NEVER, officer, CodingUndo(response="", field=field) if role == "undo" else coding)
