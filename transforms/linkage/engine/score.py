"""What a pair's agreement weighs: the sums against a stranger and against another of the same home, and the band.

One row of a scored table = one pair: each comparison's level (`<name>`) and weight (`<name>_weight`); `weight`, their
sum with the prior; `against`, the likelier explanation that had to be ruled out ('stranger' or 'home'); `veto`, where
names, titles or capacities tell two respondents; and `waits`, where a first name is missing.
"""

import math

import duckdb

from transforms.linkage.engine.compare import COMPARISONS
from transforms.linkage.engine.model import Engine
from transforms.linkage.engine.statistics import Statistics
from transforms.linkage.engine.weights import Weights

# Every comparison that has a weight, in the order in which a pair is explained.
WEIGHED = (*COMPARISONS, "answers", "numbers", "text")
# Numbers that agree outweigh a first name that differs from here on.
NUMBERS_OVER_NAMES = 4.0
# A number has some sixty others that a slip makes of it: so many bits less tells one that is near.
_NEAR_NUMBERS = 6.0
_SAME_ORGANISATION = "organisation IN ('exact', 'initials', 'similar')"

_WEIGHED = """
CREATE OR REPLACE TEMP TABLE {out} AS
WITH sums AS (
    SELECT *, both_official AND {same_organisation} AS official FROM {compared}
), weighed AS (
    SELECT *, {identity} FROM sums
)
SELECT * FROM (
    SELECT *, {prior} + {stranger_sum} AS stranger, {home_prior} + {home_sum} AS home, {stranger_sum} AS identity
    FROM weighed
) {worth}
"""
_SCORED = """
CREATE OR REPLACE TEMP TABLE {out} AS
WITH agreed AS (
    SELECT *, {numbers} AS numbers_weight, {text} AS said_text, {clash} AS clash,
        -- Ticks that are alike beside texts that differ are what neighbours and fathers and sons share.
        least({most}, greatest({least}, {answers} - CASE WHEN text IN ('little', 'other') THEN {beside} ELSE 0 END))
            AS said_answers
    FROM {compared}
), heard AS (
    -- What is said proves nothing where names or titles tell two people.
    SELECT *,
        CASE WHEN clash THEN least(said_answers, 0) ELSE said_answers END AS answers_weight,
        CASE WHEN clash THEN least(said_text, 0) ELSE said_text END AS text_stranger
    FROM agreed
), summed AS (
    SELECT *, least(text_stranger, {most_at_home}) AS text_home,
        stranger + numbers_weight + answers_weight + text_stranger AS over_stranger,
        home + numbers_weight + answers_weight + least(text_stranger, {most_at_home}) AS over_home
    FROM heard
)
SELECT a, b, round(least(over_stranger, over_home), 4) AS weight,
    CASE WHEN over_home < over_stranger THEN 'home' ELSE 'stranger' END AS against,
    round(CASE WHEN over_home < over_stranger THEN {home_prior} ELSE {prior} END, 4)::DOUBLE AS prior,
    generation = 'different' OR capacity = 'different' OR (clash AND numbers_weight < {numbers_over_names}) AS veto,
    {waits} AND numbers_weight < {numbers_over_names} AS waits,
    round(identity + greatest(numbers_weight, 0), 4) AS identity,
    {levels},
    CASE WHEN said_answers > 0 THEN 'alike' WHEN said_answers < 0 THEN 'different' ELSE 'missing' END AS answers,
    CASE WHEN numbers_weight > 0 THEN 'alike' WHEN numbers_weight < 0 THEN 'different' ELSE 'missing' END AS numbers,
    text, {weights}
FROM summed
"""
_CLASH = "(NOT official AND (given_name IN ('different', 'alike') OR title = 'different'))"
# Without a first name on both sides it may be another of the home, who copied; with the same name it may be father and
# son, unless what is their own says otherwise: answers, texts, and addresses of e-mail and telephones against another
# of the home. Where no text tells, the rest has to say more.
_WAITS = """(NOT official AND (
    (given_name = 'missing' AND title <> 'same'
        AND NOT (email IN ('exact', 'similar', 'local') AND text IN ('near', 'close')))
    OR (over_home < over_stranger AND answers_weight + text_home + email_home + phone_home
        < CASE WHEN text IN ('missing', 'some') THEN {without_text} ELSE {with_text} END)
))"""
# Contacts of an organisation's official responses may be anybody's of it.
_OF_CONTACTS = ("email", "phone", "address", "town", "postcode")


def score(connection: duckdb.DuckDBPyConnection, compared: str, engine: Engine, out: str, least: float | None) -> None:
    """Make the table `out`: pairs with the weights of names, homes and workplaces, and both sums of them.

    Those that answers and texts at their best could not lift to `least` are left out.
    """
    answers, weights = engine.answers, engine.weights
    at_best = (
        (weights.answers.most if answers.codes else 0)
        + (weights.answers.most_numbers if answers.numbers else 0)
        + (weights.text.most if answers.texts else 0)
    )
    identity = [
        f"{_level_weight(name, weights, home=home)} AS {name}_{'home' if home else 'stranger'}"
        for name in COMPARISONS
        for home in (False, True)
    ]
    connection.execute(
        _WEIGHED.format(
            out=out,
            compared=compared,
            same_organisation=_SAME_ORGANISATION,
            identity=", ".join(identity),
            prior=weights.prior,
            home_prior=engine.statistics.home_prior,
            stranger_sum=" + ".join(f"{name}_stranger" for name in COMPARISONS),
            home_sum=" + ".join(f"{name}_home" for name in COMPARISONS),
            worth="" if least is None else f"WHERE least(stranger, home) >= {least - at_best}",
        )
    )


def score_answers(connection: duckdb.DuckDBPyConnection, compared: str, engine: Engine, out: str) -> None:
    """Make the table `out`: scored pairs, complete."""
    answers, weights, statistics = engine.answers, engine.weights, engine.statistics
    waits = (
        _WAITS.format(with_text=weights.home.namesake, without_text=weights.home.namesake_without_text)
        if engine.asks_names
        else "false"
    )
    bounds = weights.answers
    codes = [_answer_weight(place, statistics) for place in range(len(answers.codes))]
    numbers = [_number_weight(place, statistics) for place in range(len(answers.codes), len(answers.compared))]
    text = " ".join(f"WHEN '{level}' THEN {weight}" for level, weight in statistics.text.items())
    binding = {
        name: f"CASE WHEN over_home < over_stranger THEN {name}_home ELSE {name}_stranger END"
        for name in (*COMPARISONS, "text")
    } | {name: f"{name}_weight" for name in ("answers", "numbers")}
    shown = [f"round({weight}, 4)::DOUBLE AS {name}_weight" for name, weight in binding.items()]
    connection.execute(
        _SCORED.format(
            out=out,
            compared=compared,
            numbers=_bounded(numbers, bounds.least_numbers, bounds.most_numbers),
            answers=" + ".join(codes) or "0.0::DOUBLE",
            most=bounds.most,
            least=bounds.least,
            beside=bounds.beside_other_text if codes else 0,
            # A letter that many copied says little of who sent it.
            text=f"least(CASE text {text} ELSE 0 END, text_rarity)",
            most_at_home=weights.text.most_at_home,
            prior=weights.prior,
            home_prior=statistics.home_prior,
            clash=_CLASH,
            waits=waits,
            numbers_over_names=NUMBERS_OVER_NAMES,
            levels=", ".join(COMPARISONS),
            weights=", ".join(
                [*shown, *(f"round({name}_weight, 4)::DOUBLE AS {name}_weight" for name in ("answers", "numbers"))]
            ),
        )
    )


def _number_weight(place: int, statistics: Statistics) -> str:
    near = max(0.0, math.log2(statistics.same[place] / statistics.chance[place]) - _NEAR_NUMBERS)
    return f"CASE WHEN near_{place} THEN {near} ELSE {_answer_weight(place, statistics)} END"


def _answer_weight(place: int, statistics: Statistics) -> str:
    same, chance = statistics.same[place], statistics.chance[place]
    agrees, differs = math.log2(same / chance), math.log2((1 - same) / (1 - chance))
    return f"CASE same_{place} WHEN true THEN {max(0.0, agrees)} WHEN false THEN {min(0.0, differs)} ELSE 0 END"


def _bounded(sums: list[str], least: float, most: float) -> str:
    return f"greatest({least}, least({most}, {' + '.join(sums)}))" if sums else "0.0::DOUBLE"


def _level_weight(name: str, weights: Weights, *, home: bool) -> str:
    """SQL: what a comparison's level weighs."""
    cases = []
    for level, chances in weights.of(name).items():
        weight = f"{chances.against_home if home else chances.against_stranger:.6f}"
        if chances.u == "frequency" and not home:
            weight = f"{weight} + {name}_rarity"
        if name in _OF_CONTACTS and level == "different":
            weight = f"CASE WHEN official THEN 0 ELSE {weight} END"
        # A father's address is his son's as well, whose first name is his: it is personal where that name is missing.
        personal = "email = 'exact' AND personal AND given_name = 'missing'"
        condition = personal if level == "personal" else f"{name} = '{level}'"
        cases.append((level == "personal", f"WHEN {condition} THEN {weight}"))
    # A personal address is asked for first, since it is exact as well.
    ordered = [case for _, case in sorted(cases, key=lambda case: not case[0])]
    if name == "given_name":
        official = weights.official
        ordered = [
            f"WHEN official THEN CASE WHEN given_name IN ('exact', 'nickname', 'similar') THEN {official.same_name}"
            f" WHEN given_name IN ('different', 'alike') THEN {official.other_name} ELSE 0 END",
            *ordered,
        ]
    if name == "family_name":
        ordered = ["WHEN official THEN 0", *ordered]
    if name == "title":
        ordered = ["WHEN title = 'same' AND given_name <> 'missing' THEN 0", "WHEN official THEN 0", *ordered]
    if name == "town":
        ordered = ["WHEN postcode <> 'missing' OR address IN ('exact', 'similar') THEN 0", *ordered]
    if name == "address":
        # Who moved has another postcode as well: that counts once.
        ordered = ["WHEN address = 'different' AND postcode IN ('different', 'district') THEN 0", *ordered]
    return f"CASE {' '.join(ordered)} ELSE 0 END::DOUBLE"
