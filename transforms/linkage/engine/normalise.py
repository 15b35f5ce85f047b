"""One form for what people write in many ways.

One row of a normalised table = one response, by its arrival number `rid`. Where a role has no column, or nothing was
written, the value is NULL. Letters that a scanner takes for each other are made one in all but `given` and `family`.
"""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from schemas.policy import DEFAULT_EMPTIES
from transforms.linkage.engine.answers import AnswerColumns
from transforms.linkage.engine.roles import Role, Roles
from transforms.linkage.engine.vocabulary import given_name_forms, vocabulary
from transforms.sql import identifier, literal

# Words of a text that are kept as its sketch: those with the smallest hashes, so that like texts keep the same ones.
SKETCH_WORDS = 24
# A text of fewer words is too short to be told from another.
LEAST_WORDS = 4
_OPENING_WORDS = 7
# Of a text so many letters are looked at: its beginning tells it from others as well as the whole.
_LETTERS = 400

# A macro's argument should be a column: DuckDB computes it wherever the macro names it.
_MACROS = (
    # Small letters and digits, words parted by one space.
    "words(t) AS trim(regexp_replace(lower(strip_accents(t)), '[^\\pL\\pN]+', ' ', 'g'))",
    "squash(t) AS replace(t, ' ', '')",
    # What a scanner confuses: rn/m, vv/w, cl/d, 0/O, 1/I/l, 2/Z, 5/S, 6/8/B, 9/g/q.
    "ocr(t) AS translate(replace(replace(replace(t, 'rn', 'm'), 'vv', 'w'), 'cl', 'd'), '0125689iq', 'olzsbbglg')",
    # The sound of a name: classes of consonants, without vowels and what is taken for them.
    """consonants(t) AS replace(replace(replace(replace(replace(translate(
        replace(replace(t, 'rn', 'm'), 'ph', 'f'),
        'bpfv8cgkqjsxz2569dtmnraeiouyhwl01', '1111122222222222233556'
    ), '11', '1'), '22', '2'), '33', '3'), '55', '5'), '66', '6')""",
    "sound(t) AS CASE WHEN t <> '' THEN concat(consonants(t), '.', length(t) // 12) END",
    # Digits, where a scanner may have read letters.
    "digits(t) AS regexp_replace(translate(lower(t), 'oilzsbgq', '01125899'), '[^0-9]+', '', 'g')",
)
# What was written, joined by role; NULL where it stands for nothing.
_WRITTEN = "SELECT rid, {written} FROM {source}"

# Accents, signs and capitals go; each column is the words of its role.
_WORDS = """
SELECT rid, words(title) AS title, words(given) AS given, words(family) AS family,
    lower(regexp_replace(email, '\\s+', '', 'g')) AS email, right(digits(phone), 9) AS phone,
    words(address) AS address, words(town) AS town, words(postcode) AS postcode,
    words(organisation) AS organisation, words(role) AS role, words(capacity) AS capacity,
    lower(trim(ip_hash)) AS ip_hash,
    string_split(translate(
        replace(replace(lower(text), ',', ' '), '.', ' '), '0125689iq', 'olzsbbglg'), ' ') AS said {answers}
FROM ({written})
"""

# Titles and words such as 'junior' are taken out of names, and short words put for long ones.
_PARTS = """
SELECT * REPLACE (
        CASE WHEN contains(given, ' ') THEN words(regexp_replace(given, {no_name}, ' ', 'g')) ELSE given END AS given,
        CASE WHEN contains(family, ' ') THEN words(regexp_replace(family, {no_name}, ' ', 'g')) ELSE family END
            AS family,
        words({address}) AS address
    ),
    CASE WHEN contains({titled}, ' ') THEN regexp_extract({titled}, {titles}) ELSE title END AS title_word,
    CASE WHEN contains(concat(given, family, title), ' ')
        THEN regexp_extract(concat_ws(' ', title, given, family), {generations}) END AS generation_word,
    trim({phrases}) AS organisation_phrases
FROM ({words})
"""

_SPLIT = """
SELECT * EXCLUDE (given, family), {given} AS given, {family} AS family,
    regexp_extract(address, '\\b[0-9]+[a-z]?\\b') AS number,
    squash(regexp_replace(address, '\\b[0-9]+[a-z]?\\b', ' ', 'g')) AS street,
    list_filter(string_split(address, ' '), lambda w: length(w) > 3) AS street_words,
    split_part(split_part(email, '@', 1), '+', 1) AS local,
    list_sort(list_filter(string_split({organisation}, ' '), lambda w: w <> '')) AS organisation_words,
    list_filter(string_split(organisation_phrases, ' '), lambda w: w NOT IN ({small_words})) AS organisation_spoken,
    ocr(squash({organisation})) AS organisation_written
FROM ({parts})
"""

_SQUASHED = """
SELECT * REPLACE (
        squash(given) AS given, squash(family) AS family, squash(postcode) AS postcode,
        ocr(email) AS email, ocr(local) AS local, ocr(street) AS street, ocr(squash(town)) AS town,
        ocr(squash(role)) AS role
    ),
    split_part(given, ' ', 1) AS first,
    ocr(array_to_string(organisation_words, '')) AS organisation_key,
    list_sort(list_distinct(list_transform(
        said, lambda w: CASE WHEN length(w) > 3 THEN hash(w) END)))[:{sketch_words}] AS sketch
FROM ({split})
"""

_NORMALISED = """
CREATE OR REPLACE TEMP TABLE {out} AS
SELECT s.rid,
    nullif(first, '') AS given, nullif(s.given, '') AS given_all, nullif(ocr(s.given), '') AS given_ocr,
    CASE WHEN first <> s.given THEN ocr(first) END AS first_ocr,
    CASE WHEN first <> '' THEN coalesce(f.forms, [first]) END AS forms,
    nullif(s.family, '') AS family, nullif(ocr(s.family), '') AS family_ocr, sound(s.family) AS family_sound,
    t.sex, g.generation,
    nullif(email, '') AS email, nullif(local, '') AS local,
    CASE WHEN length(phone) >= 6 THEN phone END AS phone,
    nullif(number, '') AS number, nullif(street, '') AS street, sound(street) AS street_sound,
    CASE WHEN len(street_words) > 1 THEN street_words END AS street_words,
    CASE WHEN address <> '' THEN concat(ocr(number), street) END AS address,
    nullif(town, '') AS town, nullif(ocr(postcode), '') AS postcode,
    CASE WHEN length(postcode) >= 4 THEN ocr(left(postcode, -3)) END AS district,
    nullif(organisation_key, '') AS organisation, nullif(s.organisation_written, '') AS organisation_written,
    CASE WHEN organisation_key <> '' THEN organisation_words END AS organisation_words,
    CASE WHEN len(organisation_spoken) > 1 THEN array_to_string(list_transform(
        organisation_spoken, lambda w: CASE WHEN w IN ({acronyms}) THEN w ELSE w[1] END), '')
    END AS initials,
    CASE WHEN len(organisation_spoken) = 1 AND length(organisation_spoken[1]) BETWEEN 2 AND 6
        THEN organisation_spoken[1] END AS acronym,
    nullif(role, '') AS role,
    CASE WHEN regexp_matches(capacity, {organisation_capacity}) THEN 'organisation'
         WHEN regexp_matches(capacity, {person_capacity}) THEN 'person' END AS capacity,
    nullif(ip_hash, '') AS ip_hash,
    sketch,
    CASE WHEN len(sketch) >= {least_words} THEN [
        hash(sketch[1], sketch[2], sketch[3]), hash(sketch[1], sketch[2], sketch[4]),
        hash(sketch[1], sketch[3], sketch[4]), hash(sketch[2], sketch[3], sketch[4])
    ] END AS text_keys,
    CASE WHEN len(sketch) >= {least_words} THEN hash(sketch[1], sketch[2], sketch[3], sketch[4]) END AS text_whole,
    CASE WHEN len(said) >= {opening} THEN hash(said[:{opening}]) END AS opening
    {answer_names}
FROM ({squashed}) AS s
LEFT JOIN link_forms AS f ON f.name = s.first
LEFT JOIN link_titles AS t ON t.word = s.title_word
LEFT JOIN link_generations AS g ON g.word = s.generation_word
"""


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros and small tables that normalising needs on this connection."""
    for macro in _MACROS:
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {macro}")
    forms = given_name_forms()
    _small_table(connection, "link_forms", {"name": list(forms), "forms": list(forms.values())})
    pairs = [(spelling, form) for spelling, found in forms.items() for form in found]
    pairs += [(form, form) for form in vocabulary()["given_names"]]
    spellings: dict[str, list[object]] = {"spelling": [one for one, _ in pairs], "form": [form for _, form in pairs]}
    _small_table(connection, "link_spellings", spellings)
    titles, generations = vocabulary()["titles"], vocabulary()["generations"]
    sexes = [sex or None for sex in titles.values()]
    _small_table(connection, "link_titles", {"word": list(titles), "sex": sexes})
    _small_table(connection, "link_generations", {"word": list(generations), "generation": list(generations.values())})


def normalise(
    connection: duckdb.DuckDBPyConnection, source: str, roles: Roles, answers: AnswerColumns, out: str
) -> None:
    """Make the normalised table `out` of the relation `source`, which has `rid` beside the columns of the roles."""
    words = vocabulary()
    organisations = words["organisations"]
    small_words = [word for word, short in organisations["words"].items() if not short]
    whole_name = not roles.columns("given_name")
    split = _SPLIT.format(
        # A name in one column: the last word is the family's.
        given="regexp_replace(family, ' ?[^ ]+$', '')" if whole_name else "given",
        family="regexp_extract(family, '[^ ]+$')" if whole_name else "family",
        organisation=_replaced(_apart("organisation_phrases"), organisations["words"]),
        small_words=_literals(small_words),
        parts=_PARTS.format(
            no_name=literal(_any_word((*words["titles"], *words["generations"]))),
            titled="concat_ws(' ', title, family)" if whole_name else "concat_ws(' ', title, given)",
            titles=literal(_any_word(words["titles"])),
            generations=literal(_any_word(words["generations"])),
            address=_replaced(_apart("address"), words["addresses"]["words"]),
            phrases=_replaced("' ' || organisation || ' '", organisations["phrases"]),
            words=_words(source, roles, answers),
        ),
    )
    connection.execute(
        _NORMALISED.format(
            out=out,
            acronyms=_literals({short for short in organisations["phrases"].values() if short}),
            organisation_capacity=literal("|".join(words["capacities"]["organisation"])),
            person_capacity=literal("|".join(words["capacities"]["person"])),
            least_words=LEAST_WORDS,
            opening=_OPENING_WORDS,
            answer_names="".join(f", nullif(a{place}, '') AS a{place}" for place in range(len(answers.compared))),
            squashed=_SQUASHED.format(split=split, sketch_words=SKETCH_WORDS),
        )
    )


def _words(source: str, roles: Roles, answers: AnswerColumns) -> str:
    first: tuple[Role, ...] = (
        "title", "email", "phone", "town", "postcode", "organisation", "role", "capacity", "ip_hash",
    )  # fmt: skip
    written: dict[str, str] = {role: _first(roles.columns(role)) for role in first}
    written |= {name: _joined(roles.columns(role)) for name, role in _JOINED.items()}
    texts = [f"left({identifier(column)}::VARCHAR, {_LETTERS // 2})" for column in answers.texts]
    written["text"] = f"left(concat_ws(' ', {', '.join(texts)}), {_LETTERS})" if texts else "NULL::VARCHAR"
    written |= {f"a{place}": f"{identifier(column)}::VARCHAR" for place, column in enumerate(answers.compared)}
    return _WORDS.format(
        answers="".join(
            f", {_plain(f'a{place}', answers.is_number(place))} AS a{place}" for place in range(len(answers.compared))
        ),
        written=_WRITTEN.format(
            source=source, written=", ".join(f"{value} AS {identifier(name)}" for name, value in written.items())
        ),
    )


_JOINED: dict[str, Role] = {"given": "given_name", "family": "family_name", "address": "address"}


def _plain(value: str, number: bool) -> str:
    """SQL: an answer without capitals and spaces; of a number also without signs and what a scanner confuses."""
    return f"ocr(squash(words({value})))" if number else f"squash(lower({value}))"


def _present(column: str) -> str:
    """SQL: what was written, NULL where it stands for nothing."""
    value = f"{identifier(column)}::VARCHAR"
    # Not as `NOT IN`, of which DuckDB makes a join for each column: three times as long where there are few rows.
    return f"CASE WHEN NOT list_contains([{_literals(DEFAULT_EMPTIES)}], lower(trim({value}))) THEN {value} END"


def _first(names: Sequence[str]) -> str:
    return f"coalesce({', '.join(map(_present, names))})" if names else "NULL::VARCHAR"


def _joined(names: Sequence[str]) -> str:
    return f"concat_ws(' ', {', '.join(map(_present, names))})" if names else "NULL::VARCHAR"


def _apart(value: str) -> str:
    return f"' ' || replace({value}, ' ', '  ') || ' '"


def _replaced(value: str, words: Mapping[str, str]) -> str:
    """SQL: each word of a padded text in its short form."""
    for word, short in words.items():
        value = f"replace({value}, {literal(f' {word} ')}, {literal(f' {short} ')})"
    return value


def _any_word(words: Sequence[str] | Mapping[str, str]) -> str:
    return rf"\b({'|'.join(words)})\b"


def _literals(words: Sequence[str] | set[str]) -> str:
    return ", ".join(literal(word) for word in sorted(words))


def _small_table(connection: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, list[object]]) -> None:
    connection.register("link_small", pa.table(dict(values)))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM link_small")
    connection.unregister("link_small")
