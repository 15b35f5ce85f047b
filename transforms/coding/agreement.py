"""How far coders agree beyond chance: Cohen's kappa and Krippendorff's alpha, for positions and for themes.

None is given under fifty answers that two people coded apart from each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from transforms.coding.rules import Asked, Said

LEAST_ANSWERS = 50


@dataclass(frozen=True)
class PairAgreement:
    """Two coders and Cohen's kappa of what both coded; none under fifty, or where all was coded alike."""

    coders: tuple[str, str]
    answers: int
    kappa: float | None


@dataclass(frozen=True)
class Agreement:
    """One limb of a question, or one of its themes: how many answers two people coded, and how many alike."""

    what: str
    answers: int
    alike: int
    alpha: float | None
    pairs: tuple[PairAgreement, ...]


def agreement_of(asked: Asked, coded: Sequence[Mapping[str, Said]]) -> list[Agreement]:
    """The agreement on each limb, and then on each theme, over answers with what each coder said of them."""
    found = []
    for limb in asked.frame.limb_ids:
        values = [{name: said.positions[limb].code for name, said in one.items()} for one in coded]
        found.append(_agreement(limb, values))
    looked = [{name: asked.themes_in(said) for name, said in one.items()} for one in coded]
    themed = [one for one in looked if len(one) > 1 and None not in one.values()]
    for theme in asked.themes.active:
        marks = [{name: str(theme.id in (themes or ())) for name, themes in one.items()} for one in themed]
        found.append(_agreement(theme.id, marks))
    return found


def _agreement(what: str, values: Sequence[Mapping[str, str]]) -> Agreement:
    alike = sum(len(set(one.values())) == 1 for one in values)
    enough = len(values) >= LEAST_ANSWERS
    alpha = krippendorff_alpha([list(one.values()) for one in values]) if enough else None
    by_pair: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for one in values:
        for first, second in combinations(sorted(one), 2):
            by_pair.setdefault((first, second), []).append((one[first], one[second]))
    pairs = [
        PairAgreement(names, len(both), cohen_kappa(both) if len(both) >= LEAST_ANSWERS else None)
        for names, both in sorted(by_pair.items())
    ]
    return Agreement(what, len(values), alike, alpha, tuple(pairs))


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa (1960) of two coders; none where chance alone would let them always agree, or nothing is coded."""
    n = len(pairs)
    first, second = Counter(one for one, _ in pairs), Counter(two for _, two in pairs)
    by_chance = sum(count * second[code] for code, count in first.items())
    if by_chance == n * n:
        return None
    observed = sum(one == two for one, two in pairs)
    return (observed * n - by_chance) / (n * n - by_chance)


def krippendorff_alpha(units: Iterable[Sequence[str]]) -> float | None:
    """Krippendorff's alpha (2011) for nominal data: a list of codes for each unit, of two coders or more.

    A unit with one code is passed over. None where all codes are alike, or nothing is coded twice.
    """
    coincidences: dict[tuple[str, str], float] = {}
    for codes in units:
        for pair in permutations(codes, 2):
            coincidences[pair] = coincidences.get(pair, 0) + 1 / (len(codes) - 1)
    totals: dict[str, float] = {}
    for (code, _), count in coincidences.items():
        totals[code] = totals.get(code, 0) + count
    n = sum(totals.values())
    expected = sum(totals[one] * totals[two] for one, two in permutations(totals, 2))
    if expected == 0:
        return None
    observed = sum(count for (one, two), count in coincidences.items() if one != two)
    return 1 - (n - 1) * observed / expected
