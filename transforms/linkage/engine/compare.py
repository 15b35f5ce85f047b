"""How far two responses agree: one level for each comparison, from the likest to the least alike."""

import duckdb

from transforms.linkage.engine.answers import AnswerColumns
from transforms.linkage.engine.normalise import LEAST_WORDS

# One row = one pair. Levels are words, so that a pair can be read as it is.
# Names in each other's place, both or the one that is left.
_SWAPPED = """(jaro_winkler_similarity(a.given_ocr, b.family_ocr) >= 0.9
    AND (jaro_winkler_similarity(a.family_ocr, b.given_ocr) >= 0.9 OR a.family IS NULL OR b.given IS NULL)
    OR jaro_winkler_similarity(a.family_ocr, b.given_ocr) >= 0.9 AND (a.given IS NULL OR b.family IS NULL))"""
_CROSSED = """(length(a.given) > 3 AND jaro_winkler_similarity(a.given_ocr, b.family_ocr) >= 0.9
    OR length(b.given) > 3 AND jaro_winkler_similarity(a.family_ocr, b.given_ocr) >= 0.9)"""
_GIVEN = """CASE
    WHEN a.given_ocr = b.given_ocr OR a.given = b.given THEN
        CASE WHEN length(a.given) = 1 AND length(b.given) = 1 THEN 'initial' ELSE 'exact' END
    WHEN {swapped} THEN 'swapped'
    WHEN a.given IS NULL OR b.given IS NULL THEN 'missing'
    WHEN length(a.given) = 1 OR length(b.given) = 1 THEN
        CASE WHEN left(ocr(a.given), 1) = left(ocr(b.given), 1) OR list_has_any(
            list_transform(a.forms, lambda f: f[1]), list_transform(b.forms, lambda f: f[1])) THEN 'initial'
        WHEN a.given_all[1] = b.given_all[1] THEN 'initial' ELSE 'different' END
    WHEN list_has_any(a.forms, b.forms) THEN 'nickname'
    WHEN {similar} OR (a.first_ocr IS NOT NULL OR b.first_ocr IS NOT NULL) AND {similar_first} OR {one_slip}
        THEN CASE WHEN a.given_common AND b.given_common THEN 'alike' ELSE 'similar' END
    WHEN {crossed} THEN 'crossed'
    ELSE 'different' END"""
_SIMILAR = """(jaro_winkler_similarity({a}, {b}) >= 0.88 OR (jaro_winkler_similarity({a}, {b}) >= 0.7
    AND length({a}) >= 3 AND damerau_levenshtein({a}, {b}) <= CASE WHEN length({a}) >= 6 THEN 2 ELSE 1 END))"""
_SIMILAR_GIVEN = _SIMILAR.format(a="a.given_ocr", b="b.given_ocr")
# Who writes a middle name now and then.
_SIMILAR_FIRST = _SIMILAR.format(a="coalesce(a.first_ocr, a.given_ocr)", b="coalesce(b.first_ocr, b.given_ocr)")
_ONE_SLIP = """(length(a.given) > 3 AND abs(length(a.given) - length(b.given)) <= 1
    AND damerau_levenshtein(a.given, b.given) = 1)"""
_FAMILY = """CASE
    WHEN a.family_ocr = b.family_ocr THEN 'exact'
    WHEN {swapped} THEN 'swapped'
    WHEN a.family IS NULL OR b.family IS NULL THEN 'missing'
    WHEN jaro_winkler_similarity(a.family_ocr, b.family_ocr) >= 0.9
        OR (jaro_winkler_similarity(a.family_ocr, b.family_ocr) >= 0.7
            AND damerau_levenshtein(a.family_ocr, b.family_ocr) <= 1 + (length(a.family_ocr) >= 7)::INTEGER)
        OR (length(a.family) >= 4 AND contains(b.family, a.family))
        OR (length(b.family) >= 4 AND contains(a.family, b.family))
        THEN CASE WHEN a.family_common AND b.family_common THEN 'alike' ELSE 'similar' END
    WHEN {crossed} THEN 'crossed'
    ELSE 'different' END"""
_PLAIN = """CASE
    WHEN a.{value} IS NULL OR b.{value} IS NULL THEN 'missing'
    WHEN a.{value} = b.{value} THEN '{same}' ELSE 'different' END"""
_EMAIL = """CASE
    WHEN a.email IS NULL OR b.email IS NULL THEN 'missing'
    WHEN a.email = b.email THEN 'exact'
    WHEN length(a.local) >= 5 AND a.local = b.local THEN 'local'
    WHEN jaro_winkler_similarity(a.email, b.email) >= 0.88 AND length(a.email) >= 10
        AND damerau_levenshtein(a.email, b.email) <= 2 THEN 'similar'
    ELSE 'different' END"""
_PHONE = """CASE
    WHEN a.phone IS NULL OR b.phone IS NULL THEN 'missing'
    WHEN a.phone = b.phone THEN 'exact'
    WHEN jaro_winkler_similarity(a.phone, b.phone) >= 0.8 AND damerau_levenshtein(a.phone, b.phone) = 1 THEN 'similar'
    ELSE 'different' END"""
# Words of a street in any order, or its name run together.
_SAME_STREET = """(jaro_winkler_similarity(a.street, b.street) >= 0.88 OR coalesce(
    2 * len(list_intersect(a.street_words, b.street_words))
        > least(len(a.street_words), len(b.street_words)), false))"""
_ADDRESS = f"""CASE
    WHEN a.street IS NULL OR b.street IS NULL THEN 'missing'
    WHEN a.address = b.address THEN 'exact'
    WHEN NOT {_SAME_STREET} THEN 'different'
    WHEN coalesce(a.number = b.number, true) THEN 'similar'
    ELSE 'number' END"""
_TOWN = """CASE
    WHEN a.town IS NULL OR b.town IS NULL THEN 'missing'
    WHEN a.town = b.town OR jaro_winkler_similarity(a.town, b.town) >= 0.9 THEN 'exact'
    ELSE 'different' END"""
_POSTCODE = """CASE
    WHEN a.postcode IS NULL OR b.postcode IS NULL THEN 'missing'
    WHEN a.postcode = b.postcode THEN 'exact'
    WHEN jaro_winkler_similarity(a.postcode, b.postcode) >= 0.8
        AND damerau_levenshtein(a.postcode, b.postcode) = 1 THEN 'similar'
    WHEN a.district = b.district THEN 'district'
    ELSE 'different' END"""
_ORGANISATION = """CASE
    WHEN a.organisation IS NULL OR b.organisation IS NULL THEN 'missing'
    WHEN a.organisation = b.organisation THEN 'exact'
    WHEN a.acronym = b.initials OR a.initials = b.acronym THEN 'initials'
    WHEN least(length(a.organisation_written), length(b.organisation_written)) >= 12 AND (
        starts_with(a.organisation_written, b.organisation_written)
        OR starts_with(b.organisation_written, a.organisation_written)) THEN 'similar'
    WHEN jaro_winkler_similarity(a.organisation, b.organisation) >= 0.92
        OR (least(len(a.organisation_words), len(b.organisation_words)) >= 2 AND (
            list_has_all(a.organisation_words, b.organisation_words)
            OR list_has_all(b.organisation_words, a.organisation_words)))
        OR (jaro_winkler_similarity(a.organisation, b.organisation) >= 0.7
            AND damerau_levenshtein(a.organisation, b.organisation) <= length(a.organisation) // 8) THEN 'similar'
    ELSE 'different' END"""
_CAPACITY = """CASE
    WHEN a.capacity = b.capacity THEN 'same'
    WHEN a.capacity <> b.capacity THEN 'different'
    WHEN coalesce(a.capacity, b.capacity) = 'organisation' THEN 'unclear'
    ELSE 'missing' END"""
_ROLE = """CASE
    WHEN a.role IS NULL OR b.role IS NULL THEN 'missing'
    WHEN a.role = b.role THEN 'exact'
    WHEN jaro_winkler_similarity(a.role, b.role) >= 0.9 THEN 'similar'
    ELSE 'different' END"""
COMPARISONS = {
    "given_name": _GIVEN.format(
        swapped=_SWAPPED, crossed=_CROSSED, similar=_SIMILAR_GIVEN, similar_first=_SIMILAR_FIRST, one_slip=_ONE_SLIP
    ),
    "family_name": _FAMILY.format(swapped=_SWAPPED, crossed=_CROSSED),
    "title": _PLAIN.format(value="sex", same="same"),
    "generation": _PLAIN.format(value="generation", same="same"),
    "email": _EMAIL,
    "phone": _PHONE,
    "address": _ADDRESS,
    "town": _TOWN,
    "postcode": _POSTCODE,
    "organisation": _ORGANISATION,
    "role": _ROLE,
    "capacity": _CAPACITY,
    "ip_hash": _PLAIN.format(value="ip_hash", same="exact"),
}
# What tells two people apart at once.
OF_NAMES = ("given_name", "family_name", "title", "generation", "capacity")
# The comparisons whose agreement weighs by how rare the value is.
RARE = ("given_name", "family_name", "email", "phone", "address", "postcode", "organisation", "ip_hash")
TEXT_LEVELS = ("near", "close", "some", "little", "other")

# Names come first: where they tell two people, and no number that nearly nobody shares agrees, that is enough.
_NAMES = """
CREATE OR REPLACE TEMP TABLE {out} AS
SELECT * FROM (
    SELECT p.a, p.b, {levels}, {rarities},
        -- least and greatest pass over a capacity that is not said
        coalesce(least(a.capacity, b.capacity) = greatest(a.capacity, b.capacity)
            AND least(a.capacity, b.capacity) = 'organisation', false) AS both_official,
        {same_number} AS same_number
    FROM {pairs} AS p JOIN {prepared} AS a ON a.rid = p.a JOIN {prepared} AS b ON b.rid = p.b
) {hopeful}
"""
_HOPEFUL = """
WHERE both_official OR same_number
    OR (given_name NOT IN ('different', 'alike') AND title <> 'different' AND capacity <> 'different'
        AND (family_name <> 'different' OR given_name <> 'missing'))
"""
_IDENTITY = """
CREATE OR REPLACE TEMP TABLE {out} AS
SELECT p.*, {levels}, {rarities}, least(a.text_rarity, b.text_rarity) AS text_rarity,
    length(a.given) >= 3 AND contains(a.local, a.given_ocr) AS personal
FROM {pairs} AS p JOIN {prepared} AS a ON a.rid = p.a JOIN {prepared} AS b ON b.rid = p.b
"""
# `same_<n>` is whether two answers agree, NULL where one is missing; `near_<n>` whether two numbers nearly do. Texts
# are compared by the words of their sketches.
_ANSWERS = f"""
CREATE OR REPLACE TEMP TABLE {{out}} AS
SELECT * EXCLUDE (shared), CASE
        WHEN shared IS NULL THEN 'missing'
        WHEN shared >= 0.75 THEN 'near' WHEN shared >= 0.5 THEN 'close'
        WHEN shared >= 0.35 THEN 'some' WHEN shared >= 0.2 THEN 'little' ELSE 'other' END AS text
FROM (
    SELECT p.*, {{answers}}
        CASE WHEN least(len(a.sketch), len(b.sketch)) >= {LEAST_WORDS}
            THEN len(list_intersect(a.sketch, b.sketch)) / least(len(a.sketch), len(b.sketch)) END AS shared
    FROM {{pairs}} AS p JOIN {{prepared}} AS a ON a.rid = p.a JOIN {{prepared}} AS b ON b.rid = p.b
)
"""


def compare_identity(
    connection: duckdb.DuckDBPyConnection,
    pairs: str,
    prepared: str,
    answers: AnswerColumns,
    out: str,
    *,
    hopeful: bool = True,
) -> None:
    """Make the table `out`: each pair (a, b) with its level in each comparison of names, homes and workplaces.

    With `hopeful`, pairs of which the names tell that they are two people are left out.
    """
    places = [place for place in range(len(answers.compared)) if answers.is_number(place)]
    numbers = [f"a.a{place} = b.a{place} OR {_near(place)}" for place in places]
    connection.execute(
        _NAMES.format(
            out="link_names",
            pairs=pairs,
            prepared=prepared,
            levels=_levels(OF_NAMES),
            rarities=_rarities(OF_NAMES),
            same_number=f"coalesce({' OR '.join(numbers)}, false)" if numbers else "false",
            hopeful=_HOPEFUL if hopeful else "",
        )
    )
    others = tuple(name for name in COMPARISONS if name not in OF_NAMES)
    connection.execute(
        _IDENTITY.format(
            out=out, pairs="link_names", prepared=prepared, levels=_levels(others), rarities=_rarities(others)
        )
    )
    connection.execute("DROP TABLE link_names")


def _levels(names: tuple[str, ...]) -> str:
    return ", ".join(f"{COMPARISONS[name]} AS {name}" for name in names)


def _rarities(names: tuple[str, ...]) -> str:
    return ", ".join(f"a.{name}_rarity" for name in names if name in RARE)


def compare_answers(
    connection: duckdb.DuckDBPyConnection, pairs: str, prepared: str, answers: AnswerColumns, out: str
) -> None:
    """Make the table `out`: the rows of `pairs` with which answers agree, and how far the texts do."""
    places = range(len(answers.compared))
    compared = "".join(f"a.a{place} = b.a{place} AS same_{place}, " for place in places)
    compared += "".join(f"{_near(place)} AS near_{place}, " for place in places if answers.is_number(place))
    connection.execute(_ANSWERS.format(out=out, pairs=pairs, prepared=prepared, answers=compared))


def _near(place: int) -> str:
    """SQL: whether two numbers differ by one slip."""
    a, b = f"a.a{place}", f"b.a{place}"
    return (
        f"({a} <> {b} AND length({a}) >= 6 AND jaro_winkler_similarity({a}, {b}) >= 0.8"
        f" AND damerau_levenshtein({a}, {b}) = 1)"
    )
