"""A campaign's members with what each added to the letter, changed in it or left out: for officers alone."""

import duckdb

from transforms.campaigns.words import changes
from transforms.layout import Layout
from transforms.sql import identifier

Member = tuple[str, str, float, list[str]]

# The letter is what its template's sender wrote, or what was registered.
_LETTER = """
SELECT coalesce(
    (SELECT concat_ws(chr(10), {texts}) FROM campaigns AS c JOIN received AS r ON r.response_id = c.template
        JOIN answers AS a USING (rid) WHERE c.campaign = $campaign),
    (SELECT arg_max(text, seq) FROM campaign_changes WHERE campaign = $campaign AND change = 'registered')
)
"""
_MEMBERS = """
SELECT r.response_id, m.variant, round(m.similarity, 2), concat_ws(chr(10), {texts})
FROM campaign_members AS m JOIN received AS r USING (rid) JOIN answers AS a USING (rid)
WHERE m.campaign = $campaign ORDER BY r.rid
"""
_KINDS = {"added": "added", "left_out": "left out", "changed": "changed"}


def member_changes(connection: duckdb.DuckDBPyConnection, layout: Layout, campaign: str) -> list[Member]:
    """The members of a campaign of the version that is open: (response, variant, similarity, changes in words).

    Where nobody sent the letter as it is and it was not registered, nothing is said of changes.
    """
    texts = ", ".join(f"a.{identifier(name)}" for name in layout.open_texts)
    row = connection.execute(_LETTER.format(texts=texts), {"campaign": campaign}).fetchone()
    letter = row[0] if row else None
    found = connection.execute(_MEMBERS.format(texts=texts), {"campaign": campaign}).fetchall()
    return [
        (response, variant, similarity, _told(letter, text) if letter and variant != "standard" else [])
        for response, variant, similarity, text in found
    ]


def _told(letter: str, text: str) -> list[str]:
    return [
        f"{_KINDS[one.kind]}: {' -> '.join(part for part in (one.template, one.text) if part)}"
        for one in changes(letter, text)
    ]
