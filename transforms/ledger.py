"""The ledger: every response in exactly one line, by a written precedence; received is the sum of the lines.

The lines that a response earns by itself are given here; duplicates and composites follow from linkage among those that
are left (`transforms.linkage.respondents`).
"""

import duckdb

from transforms.closing import IN_TIME, Closing, parameters

# The first line that applies is the one.
LINES = (
    "erased",
    "not_a_response",
    "in_quarantine",
    "invalid",
    "withdrawn",
    "superseded",
    "out_of_time",
    "blank",
    "duplicate",
    "merged",
    "in_review",
    "included",
)

# A later version replaces an earlier one only while it stands itself: one that came too late, cannot be read or was
# found invalid leaves the earlier one in place. One that was withdrawn took the earlier one with it.
_FLAGS = """
CREATE OR REPLACE TEMP TABLE flags AS
SELECT rid, coalesce(same_as, artefact_id) AS submission, same_as, event, relates_to, received_at, content, state,
    blank, pending,
    artefact_id IN (SELECT relates_to FROM events WHERE event = 'tombstone') AS erased,
    coalesce(same_as, artefact_id) IN (SELECT relates_to FROM events WHERE event = 'withdraw') AS withdrawn,
    response_id IN (SELECT response_id FROM verdicts WHERE kind = 'invalidation') AS invalid,
    {in_time} OR response_id IN (SELECT response_id FROM verdicts WHERE kind = 'late_acceptance') AS in_time
FROM {work}
"""

_SUPERSEDED = """
CREATE OR REPLACE TEMP TABLE superseded AS
SELECT DISTINCT relates_to AS submission FROM flags
WHERE event = 'supersede' AND relates_to <> submission
    AND (erased OR (state IN ('response', 'in_review') AND NOT invalid AND in_time))
"""

# A sealed file may come by e-mail and its submission by web as well. It is one response: one that is in time before one
# that is not, else the first. A copy of what was withdrawn or replaced is so too.
_COPIES = """
CREATE OR REPLACE TEMP TABLE copies AS
SELECT rid FROM (
    SELECT rid, row_number() OVER (PARTITION BY submission ORDER BY in_time DESC, rid) AS place FROM flags
    WHERE submission IN (SELECT same_as FROM flags WHERE same_as IS NOT NULL)
        AND NOT erased AND NOT invalid AND state IN ('response', 'in_review')
) WHERE place > 1
"""

# NULL where linkage decides. What is in review is not yet known to be blank, and is no evidence for linkage. So is
# a response of which nothing is sure yet; where some answers are, it counts with them.
_STANDING = """
CREATE OR REPLACE TEMP TABLE standing AS
SELECT rid, received_at, content,
    CASE
        WHEN erased THEN 'erased'
        WHEN state = 'not_a_response' THEN 'not_a_response'
        WHEN state = 'quarantined' THEN 'in_quarantine'
        WHEN invalid THEN 'invalid'
        WHEN withdrawn THEN 'withdrawn'
        WHEN submission IN (SELECT submission FROM superseded) THEN 'superseded'
        WHEN NOT in_time THEN 'out_of_time'
        WHEN rid IN (SELECT rid FROM copies) THEN 'duplicate'
        WHEN state = 'in_review' OR (blank AND pending > 0) THEN 'in_review'
        WHEN blank THEN 'blank'
    END AS line
FROM flags
"""


def stand(connection: duckdb.DuckDBPyConnection, closing: Closing, work: str) -> None:
    """Make the table `standing(rid, received_at, content, line)` for the rows of the relation `work`.

    Reads the relations `events` and `verdicts`. `work` must hold, with a response, those that supersede it.
    """
    connection.execute(_FLAGS.format(in_time=IN_TIME, work=work), parameters(closing))
    connection.execute(_SUPERSEDED)
    connection.execute(_COPIES)
    connection.execute(_STANDING)
