"""How common values are, and how often answers stay the same: counted in the first responses to arrive.

The sample is the first 2^k arrivals, as many as there are and at most `sample` of the weights file. So the weights of a
pair depend on the sample and the pair alone: new responses change nothing in old pairs, except while there are few and
their number doubles. Then everything is scored anew, which costs little because there are few.
"""

import math
from dataclasses import dataclass

import duckdb

from transforms.linkage.engine.answers import AnswerColumns
from transforms.linkage.engine.blocking import candidate_pairs
from transforms.linkage.engine.compare import TEXT_LEVELS, compare_answers, compare_identity
from transforms.linkage.engine.weights import Level, Levels, Weights

# What is counted by value, and the column that holds it.
_TERMS = {
    "given_name": "forms[1]", "family_name": "family_ocr", "email": "email", "phone": "phone", "address": "address",
    "postcode": "postcode", "organisation": "organisation", "ip_hash": "ip_hash",
}  # fmt: skip
# A small sample says little of how common a value is: two responses of one person among three do not tell that most
# people have that person's name. So what is counted counts as among so many at least.
_FEWEST_PEOPLE = 1_024
# A given name that this share of the responses, and so many, hold is a name, not a slip.
_COMMON_SHARE = 0.0004
_COMMON_COUNT = 3

_COUNTED = """
CREATE OR REPLACE TEMP TABLE link_terms AS
SELECT kind, term, count(*) AS times FROM ({terms}) WHERE term IS NOT NULL GROUP BY ALL HAVING count(*) > 1
"""
_PREPARED = """
CREATE OR REPLACE TEMP TABLE {out} AS
SELECT n.* REPLACE (
        -- a short name may be a man's and a woman's
        coalesce(n.sex, CASE WHEN len(n.forms) = 1 THEN sexes.sex END) AS sex,
        CASE WHEN coalesce(given.times < {common}, true) THEN list_concat(n.forms, guesses.forms) ELSE n.forms END
            AS forms
    ), {rarities},
    least({most_rare}, log2({people} / coalesce(texts.times, 0.5))) AS text_rarity,
    coalesce(given.times >= {common}, false) AS given_common,
    coalesce(family.times >= {common}, false) AS family_common
FROM {normalised} AS n {joins}
LEFT JOIN link_terms AS given ON given.kind = 'given' AND given.term = hash(n.given)
LEFT JOIN link_terms AS family ON family.kind = 'family' AND family.term = hash(n.family)
LEFT JOIN link_text_times AS texts ON texts.rid = n.rid
LEFT JOIN link_guesses AS guesses ON guesses.given = n.given
LEFT JOIN link_sexes AS sexes ON sexes.given = n.given
"""
# How many responses have a text in part or as a whole; a slip in a copied letter leaves some of its keys whole.
_TEXT_TIMES = """
CREATE OR REPLACE TEMP TABLE link_text_times AS
SELECT rid, max(times) AS times FROM (SELECT rid, hash(unnest(text_keys)) AS term FROM {normalised})
JOIN (SELECT term, times FROM link_terms WHERE kind = 'text') USING (term) GROUP BY rid
"""
# A name that is none that is known may be one with a slip: it stands for what that one stands for, unless it is common.
_GUESSES = """
CREATE OR REPLACE TEMP TABLE link_guesses AS
SELECT given, list(DISTINCT form ORDER BY form) AS forms
FROM (
    SELECT DISTINCT given FROM {normalised}
    WHERE length(given) > 3 AND given NOT IN (SELECT spelling FROM link_spellings)
) JOIN link_spellings ON left(given, 1) = left(spelling, 1) AND abs(length(given) - length(spelling)) <= 1
WHERE damerau_levenshtein(given, spelling) = 1
GROUP BY given
"""
# Which sex the titles before a given name tell, where nearly all tell the same.
_SEXES = """
CREATE OR REPLACE TEMP TABLE link_sexes AS
SELECT given, mode(sex) AS sex FROM {sample} WHERE sex IS NOT NULL AND length(given) > 1
GROUP BY given HAVING count(*) >= 4 AND abs(count(*) FILTER (sex = 'm') - count(*) FILTER (sex = 'f')) >= 0.9 * count(*)
"""
# Pairs that are surely of one home or person, before anything is known of answers.
_STRONG_KEYS = """
CREATE OR REPLACE TEMP TABLE link_strong_keys AS
SELECT rid, hash('email', email) AS key FROM {prepared} WHERE email IS NOT NULL
UNION ALL SELECT rid, hash('phone', phone) FROM {prepared} WHERE phone IS NOT NULL
UNION ALL SELECT rid, hash('home', address, postcode) FROM {prepared} WHERE address <> '' AND postcode IS NOT NULL
UNION ALL SELECT rid, hash('name', given_ocr, family_ocr, postcode) FROM {prepared}
WHERE given IS NOT NULL AND family IS NOT NULL AND postcode IS NOT NULL
"""
_NUMBER_KEY = "UNION ALL SELECT rid, hash({place}, a{place}) FROM {prepared} WHERE a{place} IS NOT NULL"
# Pairs that share a number that nearly nobody shares, and a home: of one person, whatever their names look like.
_BY_NUMBER = (
    "same_number AND (postcode = 'exact' OR address IN ('exact', 'similar') OR email = 'exact' OR phone = 'exact')"
)
_SAME_NUMBERS = """
SELECT coalesce(sum(times * (times - 1) / 2), 0)::DOUBLE, coalesce(sum(times), 0)::DOUBLE
FROM (SELECT count(*) AS times FROM {prepared} WHERE a{place} IS NOT NULL GROUP BY a{place})
"""
_EXPLAINED_NUMBERS = f"""
SELECT count(*) FROM (SELECT a, b FROM link_strong WHERE {_BY_NUMBER}) AS s
JOIN {{prepared}} AS x ON x.rid = s.a JOIN {{prepared}} AS y ON y.rid = s.b WHERE x.a{{place}} = y.a{{place}}
"""
# What such pairs tell of how names and homes are written in this table.
_TOLD_BY_NUMBERS = ("given_name", "family_name", "address", "postcode", "email", "phone")
_ASSUMED_PAIRS = 100
# Pairs of one family's home, and of one person as far as names and home tell.
_AT_HOME = "family_name = 'exact' AND (email = 'exact' OR phone = 'exact' OR address = 'exact')"
_ONE_PERSON = f"""given_name IN ('exact', 'nickname') AND title <> 'different' AND capacity <> 'different'
    AND email IN ('exact', 'similar', 'missing') AND {_AT_HOME}"""
_AT_HOME_COUNTS = f"""
SELECT count(*) FILTER (given_name <> 'missing'), count(*) FILTER (given_name IN ('different', 'alike'))
FROM link_strong WHERE {_AT_HOME}
"""
_RANDOM_PAIRS = """
CREATE OR REPLACE TEMP TABLE link_random AS
WITH mixed AS (
    SELECT rid, lead(rid, 1) OVER w AS next, lead(rid, 2) OVER w AS second FROM {prepared}
    WINDOW w AS (ORDER BY hash(rid))
), pairs AS (
    SELECT rid, unnest([next, second]) AS other FROM mixed
)
SELECT least(rid, other) AS a, greatest(rid, other) AS b FROM pairs WHERE other IS NOT NULL
"""


@dataclass(frozen=True)
class Statistics:
    """What was counted in a sample.

    `same` and `chance` are, for each answer that is compared, how often it agrees between responses of one respondent
    and between strangers'; `text` is the weight of each level; `home_prior` is log2 of the odds that two responses from
    one home are of one person.
    """

    sampled: int
    same: tuple[float, ...]
    chance: tuple[float, ...]
    text: dict[str, float]
    home_prior: float


def sample_size(rows: int, most: int) -> int:
    """How many of the first arrivals are counted."""
    return min(most, 1 << (rows.bit_length() - 1)) if rows else 0


def count_terms(connection: duckdb.DuckDBPyConnection, sample: str) -> None:
    """Make `link_terms`, how many of the sample's responses hold a value that several hold, and `link_sexes`."""
    terms = [
        f"SELECT '{kind}' AS kind, hash({value}) AS term FROM {sample} WHERE {value} IS NOT NULL"
        for kind, value in {**_TERMS, "given": "given", "family": "family"}.items()
    ]
    terms.append(f"SELECT 'text', hash(unnest(text_keys)) FROM {sample}")
    connection.execute(_COUNTED.format(terms="\nUNION ALL\n".join(terms)))
    connection.execute(_SEXES.format(sample=sample))


def prepare_rows(
    connection: duckdb.DuckDBPyConnection, normalised: str, sampled: int, most_rare: float, out: str
) -> None:
    """Make the table `out`: normalised rows with how rare their values are, in bits."""
    people = max(sampled, _FEWEST_PEOPLE)
    rarities = ", ".join(
        f"least({most_rare}, log2({people} / coalesce({kind}.times, 0.5))) AS {kind}_rarity" for kind in _TERMS
    )
    joins = "\n".join(
        f"LEFT JOIN link_terms AS {kind} ON {kind}.kind = '{kind}' AND {kind}.term = hash(n.{value})"
        for kind, value in _TERMS.items()
    )
    common = max(_COMMON_COUNT, _COMMON_SHARE * sampled)
    connection.execute(_TEXT_TIMES.format(normalised=normalised))
    connection.execute(_GUESSES.format(normalised=normalised))
    connection.execute(
        _PREPARED.format(
            out=out,
            normalised=normalised,
            rarities=rarities,
            joins=joins,
            common=common,
            people=people,
            most_rare=most_rare,
        )
    )
    for table in ("link_text_times", "link_guesses"):
        connection.execute(f"DROP TABLE {table}")


def count_agreement(
    connection: duckdb.DuckDBPyConnection, sample: str, sampled: int, answers: AnswerColumns, weights: Weights
) -> Statistics:
    """Count in a prepared sample how often answers and texts agree, of one respondent's responses and of strangers'."""
    numbers = [place for place in range(len(answers.compared)) if answers.is_number(place)]
    number_keys = "\n".join(_NUMBER_KEY.format(place=place, prepared=sample) for place in numbers)
    connection.execute(_STRONG_KEYS.format(prepared=sample) + number_keys)
    candidate_pairs(connection, "link_strong_keys", "link_pairs")
    compare_identity(connection, "link_pairs", sample, answers, "link_strong", hopeful=False)
    home = connection.execute(_AT_HOME_COUNTS).fetchone()
    assert home is not None
    connection.execute(f"CREATE OR REPLACE TEMP TABLE link_sure AS SELECT a, b FROM link_strong WHERE {_ONE_PERSON}")
    draw_random_pairs(connection, sample)
    sure = _agreement(connection, "link_sure", sample, answers)
    random = _agreement(connection, "link_random", sample, answers)
    same, chance = [], []
    for place in range(len(answers.compared)):
        agreed, compared = sure[f"same_{place}"]
        same.append((agreed + weights.answers.same * weights.answers.pairs) / (compared + weights.answers.pairs))
        if answers.is_number(place):
            chance.append(_chance_of_number(connection, sample, place))
        else:
            agreed, compared = random[f"same_{place}"]
            chance.append((agreed + 1) / (compared + 2))
    return Statistics(
        sampled, tuple(same), tuple(chance), _text_weights(weights, sure, random), _home_prior(weights, *home)
    )


def draw_random_pairs(connection: duckdb.DuckDBPyConnection, sample: str) -> None:
    """Make the table `link_random` of pairs that chance brought together, two for each row."""
    connection.execute(_RANDOM_PAIRS.format(prepared=sample))


def fit_to_numbers(connection: duckdb.DuckDBPyConnection, weights: Weights) -> Weights:
    """The weights with `m` as counted in pairs that share a number and a home, where the table has such numbers."""
    fitted: dict[str, Levels] = {}
    for name in _TOLD_BY_NUMBERS:
        rows = connection.execute(
            f"SELECT {name}, count(*) FROM link_strong WHERE {_BY_NUMBER} AND {name} <> 'missing' GROUP BY ALL"
        ).fetchall()
        counted = dict(rows)
        pairs = sum(counted.values())
        fitted[name] = {
            level: chances.model_copy(update=_fitted(chances, counted.get(_COUNTED_AS.get(level, level), 0), pairs))
            for level, chances in weights.of(name).items()
        }
    return weights.model_copy(update=fitted)


def _fitted(chances: Level, counted: int, pairs: int) -> dict[str, float]:
    same = (counted + chances.m * _ASSUMED_PAIRS) / (pairs + _ASSUMED_PAIRS)
    # What people of one home have in common is written as one of them writes it.
    return {"m": same, "home": same if chances.home == chances.m else chances.home}


# A personal address is one that is the same.
_COUNTED_AS = {"personal": "exact"}


def _agreement(
    connection: duckdb.DuckDBPyConnection, pairs: str, sample: str, answers: AnswerColumns
) -> dict[str, tuple[int, int]]:
    """For each answer and each level of text: how many of the pairs agree so, of how many that have both."""
    compare_answers(connection, pairs, sample, answers, "link_compared")
    counted = {
        f"same_{place}": f"count(*) FILTER (same_{place}), count(same_{place})"
        for place in range(len(answers.compared))
    }
    counted |= {
        level: f"count(*) FILTER (text = '{level}'), count(*) FILTER (text <> 'missing')" for level in TEXT_LEVELS
    }
    row = connection.execute(f"SELECT {', '.join(counted.values())} FROM link_compared").fetchone()
    assert row is not None
    return {name: (row[2 * place], row[2 * place + 1]) for place, name in enumerate(counted)}


def _chance_of_number(connection: duckdb.DuckDBPyConnection, sample: str, place: int) -> float:
    """How often two responses share a number though nothing says that they are of one person."""
    counted = connection.execute(_SAME_NUMBERS.format(prepared=sample, place=place)).fetchone()
    explained = connection.execute(_EXPLAINED_NUMBERS.format(prepared=sample, place=place)).fetchone()
    assert counted is not None
    assert explained is not None
    same, given = counted
    return float((max(0, same - explained[0]) + 1) / (given * (given - 1) / 2 + 2))


def _text_weights(
    weights: Weights, sure: dict[str, tuple[int, int]], random: dict[str, tuple[int, int]]
) -> dict[str, float]:
    """What each level of likeness of texts weighs; a likelier level never weighs less than one less like."""
    found: dict[str, float] = {}
    pairs = weights.text.pairs
    for level in reversed(TEXT_LEVELS):
        assumed = getattr(weights.text, level)
        same = (sure[level][0] + assumed.m * pairs) / (sure[level][1] + pairs)
        chance = (random[level][0] + assumed.u * pairs) / (random[level][1] + pairs)
        weight = max(weights.text.least, min(weights.text.most, math.log2(same / chance)))
        found[level] = max([weight, *found.values()])
    return found


def _home_prior(weights: Weights, compared: int, others: int) -> float:
    """log2 of the odds that two responses from one home are of one person."""
    assumed, pairs = weights.home.others, weights.home.pairs
    share = (others + assumed * pairs) / (compared + pairs)
    # One person's responses differ in the first name now and then; two people who share a first name are not seen.
    different = weights.given_name["different"]
    seen = (share - different.m) / (different.home - different.m)
    of_two = min(0.8, max(weights.home.fewest_others, weights.home.unseen * seen))
    return math.log2((1 - of_two) / of_two)
