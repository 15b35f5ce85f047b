"""A pair in words: a table of its comparisons and one sentence. Levels and weights only, never what was written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transforms.linkage.engine.score import WEIGHED

_LABELS = {
    "given_name": "first name", "family_name": "family name", "title": "title", "generation": "junior or senior",
    "email": "e-mail", "phone": "telephone", "address": "address", "town": "town", "postcode": "postcode",
    "organisation": "organisation", "role": "role", "capacity": "capacity", "ip_hash": "network address",
    "answers": "answers", "numbers": "numbers of their own", "text": "words of the texts",
}  # fmt: skip
_AGAINST = {"home": "another person of the same home or organisation", "stranger": "a stranger"}
_SPEAKS = 1.0


@dataclass(frozen=True)
class Explanation:
    """Rows of (comparison, level, weight), heaviest first, and a sentence."""

    rows: Sequence[tuple[str, str, float]]
    sentence: str


def explain(pair: Mapping[str, object]) -> Explanation:
    """Explain one row of the scored pairs, by column name."""
    compared = [(name, str(pair[name]), _weight(pair, name)) for name in WEIGHED if pair[name] != "missing"]
    rows = sorted(compared, key=lambda row: (-abs(row[2]), row[0]))
    labelled = [(_LABELS[name], level, round(weight, 1)) for name, level, weight in rows]
    speaks_for = [_LABELS[name] for name, _, weight in rows if weight >= _SPEAKS]
    speaks_against = [_LABELS[name] for name, _, weight in rows if weight <= -_SPEAKS]
    against = _AGAINST[str(pair["against"])]
    sentence = (
        f"Weight {_weight_of(pair['weight']):.1f} against {against}: "
        f"{_listed(speaks_for)} for one respondent, {_listed(speaks_against)} against it"
    )
    if pair.get("veto"):
        sentence += "; names, titles or capacities tell that they are two, so they never merge by themselves"
    elif pair.get("waits"):
        sentence += "; a first name is missing, so an officer decides"
    elif pair.get("band") == "merge":
        sentence += "; the two were merged"
    elif pair.get("band") == "review":
        sentence += "; an officer decides"
    return Explanation(labelled, sentence + ".")


def _weight(pair: Mapping[str, object], name: str) -> float:
    return _weight_of(pair[f"{name}_weight"])


def _weight_of(value: object) -> float:
    assert isinstance(value, int | float)
    return float(value)


def _listed(names: Sequence[str]) -> str:
    if not names:
        return "nothing speaks"
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{joined} {'speaks' if len(names) == 1 else 'speak'}"
