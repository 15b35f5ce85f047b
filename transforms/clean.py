"""From checked rows to the layers of a part: received, clean (typed), vault, masked cells, quarantine, keys.

Each statement takes the temporary tables `parsed` and `failing` of one chunk and adds to the tables of the part.
"""

from schemas import frames
from transforms.layout import NO_TYPE, Layout
from transforms.sql import columns, identifier, literal

# One row = one response, whatever became of it. `blank`: nothing was answered. `content`: equal answers, equal number;
# while answers wait for a person (`pending`) nobody knows whether they are equal to others.
RECEIVED = """
INSERT INTO part.received
SELECT p.rid, p.response_id, p.artefact_id, p.ordinal, p.seq, p.known_at, p.event, p.relates_to, p.channel,
    p.questionnaire_hash, p.received_at, p.device_time, p.started_at, p.postmark, p.language,
    CASE WHEN f.response_id IS NOT NULL THEN 'quarantined' ELSE p.state END AS state,
    p.reason, {blank} AS blank, hash({content}, CASE WHEN w.pending > 0 THEN p.rid END) AS content,
    coalesce(w.pending, 0) AS pending, p.same_as
FROM parsed AS p LEFT JOIN (SELECT DISTINCT response_id FROM failing) AS f USING (response_id)
LEFT JOIN waiting AS w USING (rid)
"""

FAILURES = """
INSERT INTO part.failures SELECT p.rid, f."column", f.rule FROM failing AS f JOIN parsed AS p USING (response_id)
"""

# What did not pass, by number: few rows. They are taken out by a join, because a filter on a column would be handed to
# Arrow, which copies every column that passes it. What was erased is not taken in again, whatever is handed over.
ERASED = """
CREATE OR REPLACE TEMP TABLE erased AS
SELECT rid FROM parsed WHERE artefact_id IN (SELECT relates_to FROM new_events WHERE event = 'tombstone')
"""
HELD = """
CREATE OR REPLACE TEMP TABLE held AS
SELECT rid FROM not_responses UNION SELECT rid FROM erased
UNION SELECT rid FROM parsed WHERE response_id IN (SELECT response_id FROM failing)
"""
PASSED = "CREATE OR REPLACE TEMP VIEW passed AS SELECT * FROM parsed ANTI JOIN held USING (rid)"

CLEAN = "INSERT INTO part.answers BY NAME SELECT rid, {typed}, {types} AS types, {answered}{said} FROM passed"

VAULT = """
INSERT INTO part.identifiers SELECT rid, sender{direct} FROM parsed ANTI JOIN erased USING (rid)
WHERE coalesce(sender{any_direct}) IS NOT NULL
"""


def received(layout: Layout) -> str:
    blank = " AND ".join(f"p.{identifier(name)} IS NULL" for name in layout.answers)
    return RECEIVED.format(blank=f"({blank})", content=columns(layout.clean, "p"))


def clean(layout: Layout) -> str:
    """SQL: typed answers, the respondent's types as one text, the masks of what is answered, hashes of texts."""
    typed = ", ".join(f"{typed_answer(layout, name)} AS {identifier(name)}" for name in layout.clean)
    answered = [
        f"({' | '.join(f'(({identifier(field)} IS NOT NULL)::BIGINT << {bit})' for bit, field in bits)}) AS {name}"
        for name, bits in layout.answered_words()
    ]
    said = "".join(
        f", CASE WHEN {identifier(name)} IS NOT NULL THEN hash({identifier(name)}) END AS {column}"
        for name, column in layout.said.items()
    )
    return CLEAN.format(typed=typed, types=_types(layout), answered=", ".join(answered), said=said)


def typed_answer(layout: Layout, name: str) -> str:
    """SQL: the typed value of a parsed answer; codes of a list sorted, each once."""
    expression = frames.cast_expression(layout.answers[name], name)
    if layout.is_list(name):
        return (
            f"CASE WHEN len({identifier(name)}) > 1 THEN list_sort(list_distinct({expression})) ELSE {expression} END"
        )
    return expression


def _types(layout: Layout) -> str:
    if layout.type_field is None:
        return "NULL::VARCHAR"
    typed = typed_answer(layout, layout.type_field)
    joined = f"array_to_string({typed}, '|')" if layout.is_list(layout.type_field) else typed
    return f"coalesce({joined}, {literal(NO_TYPE)})"


def vault(layout: Layout) -> str:
    direct = "".join(f", {identifier(name)}" for name in layout.vault)
    return VAULT.format(direct=direct, any_direct=direct)
