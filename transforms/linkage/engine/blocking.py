"""Which pairs are looked at: those that share a key.

A key joins two pieces of evidence, so that its block is small, and of names it takes the sound, so that one slip of a
scanner or a hand leaves another key whole. A block larger than `MOST_IN_BLOCK` is a library's address or a letter that
many copied: of it the first arrivals are compared with one another, so that what comes later changes nothing.
"""

import duckdb

from transforms.linkage.engine.answers import AnswerColumns

MOST_IN_BLOCK = 40

# Each key by its kind. NULL where a part of it is missing: `||` and hash of a NULL part are guarded by `_KEY`.
_KEYS = {
    "email": ("email",),
    "local": ("CASE WHEN length(local) >= 6 THEN local END", "family_sound"),
    "local_given": ("CASE WHEN length(local) >= 6 THEN local END", "form"),
    "phone": ("phone",),
    "phone_end": ("right(phone, 4)", "family_sound"),
    "postcode_family": ("postcode", "family_sound"),
    "postcode_given": ("postcode", "form_sound"),
    "names": ("least(form, family_ocr)", "greatest(form, family_ocr)"),
    "names_spelled": ("least(given_ocr, family_ocr)", "greatest(given_ocr, family_ocr)"),
    "names_district": ("form_sound", "family_sound", "district"),
    "names_town": ("form_sound", "family_sound", "town"),
    "home_family": ("number", "street_sound", "family_sound"),
    "home_given": ("number", "street_sound", "form_sound"),
    "home": ("number", "street", "town"),
    "home_postcode": ("number", "postcode"),
    "organisation": ("organisation",),
    "organisation_official": ("organisation", "CASE WHEN capacity = 'organisation' THEN 1 END"),
    "initials_family": ("coalesce(acronym, initials)", "family_sound"),
    "initials_postcode": ("coalesce(acronym, initials)", "postcode"),
    "initials_role": ("coalesce(acronym, initials)", "role"),
    "ip_given": ("ip_hash", "form_sound"),
    "text_given": ("text_whole", "form_sound"),
    "text_family": ("text_key", "family_sound"),
    "text_postcode": ("text_key", "postcode"),
    "text_organisation": ("text_key", "organisation"),
    "initial_district": ("left(given_ocr, 1)", "family_ocr", "district"),
    "initial": ("left(given_ocr, 1)", "family_ocr"),
}

# One row = one key of one response.
_TABLE = """
CREATE OR REPLACE TEMP TABLE {out} AS
WITH spread AS (
    SELECT *, unnest(coalesce(forms, [NULL])) AS form FROM {prepared}
), sounded AS (
    SELECT *, sound(form) AS form_sound, NULL::UBIGINT AS text_key FROM spread
), texts AS (
    SELECT * REPLACE (unnest(text_keys) AS text_key) FROM sounded
)
SELECT DISTINCT rid, key FROM ({keys}) WHERE key IS NOT NULL
"""

_PAIRS = """
CREATE OR REPLACE TEMP TABLE {out} AS
WITH blocks AS (
    SELECT min(rid, {most}) AS members FROM {keys} GROUP BY key HAVING count(*) > 1
), firsts AS (
    SELECT members, unnest(members) AS a FROM blocks
), pairs AS (
    SELECT a, unnest(members) AS b FROM firsts
)
SELECT DISTINCT a, b FROM pairs WHERE a < b
"""


def make_keys(connection: duckdb.DuckDBPyConnection, prepared: str, answers: AnswerColumns, out: str) -> None:
    """Make the table `out` of the keys of prepared responses."""
    kinds = dict(_KEYS)
    for place in range(len(answers.compared)):
        if answers.is_number(place):
            kinds[f"number_{place}"] = (f"a{place}",)
    selects = []
    for kind, parts in kinds.items():
        present = " AND ".join(f"({part}) IS NOT NULL" for part in parts)
        relation = "texts" if "text_key" in parts else "sounded"
        selects.append(f"SELECT rid, hash('{kind}', {', '.join(parts)}) AS key FROM {relation} WHERE {present}")
    connection.execute(_TABLE.format(out=out, prepared=prepared, keys="\nUNION ALL\n".join(selects)))


def candidate_pairs(connection: duckdb.DuckDBPyConnection, keys: str, out: str) -> None:
    """Make the table `out` of pairs (a, b), a before b, that share a key within the caps."""
    connection.execute(_PAIRS.format(out=out, keys=keys, most=MOST_IN_BLOCK))
