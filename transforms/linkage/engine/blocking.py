"""Which pairs are looked at: those that share a key.

A key joins two pieces of evidence, so that its block is small, and of names it takes the sound, so that one slip of a
scanner or a hand leaves another key whole. A block larger than `MOST_IN_BLOCK` is a library's address or a letter that
many copied: of it the first arrivals are compared with one another, so that what comes later changes nothing.
"""

from collections.abc import Mapping

import duckdb

from transforms.linkage.engine.answers import AnswerColumns

MOST_IN_BLOCK = 40

# Each key by its kind; a response that lacks a part of it has no such key.
_KEYS = {
    "email": ("email",),
    "local": ("CASE WHEN length(local) >= 6 THEN local END", "family_sound"),
    "phone": ("phone",),
    "phone_end": ("right(phone, 4)", "family_sound"),
    "postcode_family": ("postcode", "family_sound"),
    "opening_family": ("opening", "family_sound"),
    "opening_postcode": ("opening", "postcode"),
    "initial": ("left(given_ocr, 1)", "family_ocr"),
    "initial_district": ("left(given_ocr, 1)", "family_ocr", "district"),
    "home": ("number", "street", "town"),
    "home_postcode": ("number", "postcode"),
    "home_family": ("number", "street_sound", "family_sound"),
    "organisation": ("organisation",),
    "organisation_official": ("organisation", "CASE WHEN capacity = 'organisation' THEN 1 END"),
    "initials_family": ("coalesce(acronym, initials)", "family_sound"),
    "initials_postcode": ("coalesce(acronym, initials)", "postcode"),
    "initials_role": ("coalesce(acronym, initials)", "role"),
}
# A short name may be of several names in full: a key for each.
_KEYS_BY_FORM = {
    "local_given": ("CASE WHEN length(local) >= 6 THEN local END", "form"),
    "postcode_given": ("postcode", "form_sound"),
    "names": ("least(form, family_ocr)", "greatest(form, family_ocr)"),
    "names_district": ("form_sound", "family_sound", "district"),
    "names_town": ("form_sound", "family_sound", "town"),
    "home_given": ("number", "street_sound", "form_sound"),
    "ip_given": ("ip_hash", "form_sound"),
    "text_given": ("text_whole", "form_sound"),
    "opening_given": ("opening", "form_sound"),
}
# Texts that are alike have most of these in common, also where some words are changed.
_KEYS_BY_TEXT = {
    "text_family": ("text_key", "family_sound"),
    "text_postcode": ("text_key", "postcode"),
    "text_organisation": ("text_key", "organisation"),
}

# One row = one key of one response.
_TABLE = """
CREATE OR REPLACE TEMP TABLE {out} AS
SELECT rid, key FROM (
    SELECT rid, unnest([{keys}]) AS key FROM {prepared}
    UNION ALL
    SELECT rid, unnest([{keys_by_form}]) AS key
    FROM (SELECT *, sound(form) AS form_sound FROM (SELECT *, unnest(forms) AS form FROM {prepared}))
    UNION ALL
    SELECT rid, unnest([{keys_by_text}]) AS key FROM (SELECT *, unnest(text_keys) AS text_key FROM {prepared})
) WHERE key IS NOT NULL
"""

_PAIRS = """
CREATE OR REPLACE TEMP TABLE {out} AS
WITH shared AS (
    SELECT key FROM {keys} GROUP BY key HAVING count(*) > 1
), blocks AS (
    -- room for the first arrivals is taken for each key, so keys of one response are put aside before
    SELECT min(rid, {most}) AS members FROM {keys} SEMI JOIN shared USING (key) GROUP BY key
), firsts AS (
    SELECT members, unnest(members) AS a FROM blocks
), pairs AS (
    SELECT a, unnest(members) AS b FROM firsts
)
SELECT DISTINCT a, b FROM pairs WHERE a < b
"""


def make_keys(connection: duckdb.DuckDBPyConnection, prepared: str, answers: AnswerColumns, out: str) -> None:
    """Make the table `out` of the keys of prepared responses."""
    numbers = {f"number_{place}": (f"a{place}",) for place in range(len(answers.compared)) if answers.is_number(place)}
    connection.execute(
        _TABLE.format(
            out=out,
            prepared=prepared,
            keys=_hashes(_KEYS | numbers),
            keys_by_form=_hashes(_KEYS_BY_FORM),
            keys_by_text=_hashes(_KEYS_BY_TEXT),
        )
    )


def _hashes(kinds: Mapping[str, tuple[str, ...]]) -> str:
    """SQL: each key as a hash of its kind and parts, NULL where a part is missing."""
    hashes = []
    for kind, parts in kinds.items():
        present = " AND ".join(f"({part}) IS NOT NULL" for part in parts)
        hashes.append(f"CASE WHEN {present} THEN hash('{kind}', {', '.join(parts)}) END")
    return ", ".join(hashes)


def candidate_pairs(connection: duckdb.DuckDBPyConnection, keys: str, out: str) -> None:
    """Make the table `out` of pairs (a, b), a before b, that share a key within the caps."""
    connection.execute(_PAIRS.format(out=out, keys=keys, most=MOST_IN_BLOCK))
