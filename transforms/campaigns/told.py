"""A campaign's letter and its members, with what each added to it, changed in it or left out: for officers alone."""

from dataclasses import dataclass
from dataclasses import field as kept
from typing import Literal

import duckdb

from transforms.campaigns.words import changes
from transforms.layout import Layout
from transforms.sql import identifier

# What officers are shown of texts: as the pipeline masks them, or, for a logged reason, as they came.
Shown = Literal["masked", "clean"]

# The letter is what its template's sender wrote, or what was registered.
_LETTER = """
SELECT coalesce(
    (SELECT concat_ws(chr(10), {texts}) FROM campaigns AS c JOIN {shown} AS a ON a.response_id = c.template
        WHERE c.campaign = $campaign),
    (SELECT arg_max(text, seq) FROM campaign_changes WHERE campaign = $campaign AND change = 'registered'
        AND seq NOT IN (SELECT undoes FROM campaign_changes WHERE undoes IS NOT NULL))
)
"""
_MEMBERS = """
SELECT response_id, m.variant, round(m.similarity, 2), concat_ws(chr(10), {texts})
FROM campaign_members AS m JOIN received AS r USING (rid) JOIN {shown} AS a USING (response_id)
WHERE m.campaign = $campaign ORDER BY r.rid LIMIT $most OFFSET $after
"""
_EVERYBODY = 1 << 40
_KINDS = {"added": "added", "left_out": "left out", "changed": "changed"}


@dataclass(frozen=True)
class Member:
    """One who sent a letter: how (`standard`, `edited`, `mail_merge`), how like it, and what differs, in words."""

    response: str
    variant: str
    similarity: float
    changes: tuple[str, ...] = kept(repr=False)


def letter_of(connection: duckdb.DuckDBPyConnection, layout: Layout, campaign: str, shown: Shown) -> str | None:
    """The letter of a campaign of the version that is open; None where nobody sent it as it is or registered it."""
    query = _LETTER.format(texts=_texts(layout), shown=shown)
    row = connection.execute(query, {"campaign": campaign}).fetchone()
    return row[0] if row else None


def members_of(  # noqa: PLR0917 - the last two are which of them
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    campaign: str,
    shown: Shown,
    most: int = _EVERYBODY,
    after: int = 0,
) -> list[Member]:
    """The members of a campaign of the version that is open, in the order of their arrival; `most` after some.

    Where nobody sent the letter as it is and it was not registered, nothing is said of changes.
    """
    letter = letter_of(connection, layout, campaign, shown)
    query = _MEMBERS.format(texts=_texts(layout), shown=shown)
    found = connection.execute(query, {"campaign": campaign, "most": most, "after": after}).fetchall()
    return [
        Member(response, variant, similarity, _told(letter, text) if letter and variant != "standard" else ())
        for response, variant, similarity, text in found
    ]


def _texts(layout: Layout) -> str:
    return ", ".join(f"a.{identifier(name)}" for name in layout.open_texts)


def _told(letter: str, text: str) -> tuple[str, ...]:
    return tuple(
        f"{_KINDS[one.kind]}: {' -> '.join(part for part in (one.template, one.text) if part)}"
        for one in changes(letter, text)
    )
