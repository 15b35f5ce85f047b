"""What protection costs and leaves: `./run bench disclosure [--rows 1000000] [--tables 12]`.

Tables of the built-in consultations with invented answers are protected and audited; beside them the same tables with
small counts hidden and nothing else, attacked in the same way. What is hidden by respondent type, by channel and by who
sent a campaign's letter is told for consultations of four sizes, with channels and without. Rows are made anonymous and
checked by pycanon where it is installed (the extra `bench`, which `./run bench` sets up); the measure is one k-check by
DuckDB in the same run.
One JSON line for each measurement, then a table of the promises; exit code 1 where one is not kept.
"""

import argparse
import importlib.util
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

import duckdb

from benchmarks._table import Limit, print_table
from schemas.anonymity import Anonymity, Hierarchy
from schemas.definition import BUILT_IN, Definition, load_definition
from transforms.disclosure.anonymise import anonymise
from transforms.disclosure.audit import attack
from transforms.disclosure.audited import audited_tables
from transforms.disclosure.counts import Counts
from transforms.disclosure.known import linked_tables
from transforms.disclosure.linked import LinkedTables, Number
from transforms.disclosure.vocabulary import Rule, coded_fields, group_of, limbs_of, position_codes, type_codes
from transforms.marts import CAMPAIGN, CHANNEL, OWN_WORDS

_SIZES = (120, 400, 2_000)
_CHANNEL_SIZES = (100, 300, 1_000, 5_000)
_CHANNELS = {"web": 0.55, "email": 0.25, "post": 0.15, "assisted": 0.05}
_LETTERS = 0.2
_PEOPLE = """
CREATE TABLE people AS
SELECT (16 + random() * 80)::INTEGER AS age, (random() * random() * 3000)::INTEGER::VARCHAR AS ward,
    (random() * random() * 400)::INTEGER::VARCHAR AS trade, (random() * 12)::INTEGER::VARCHAR AS arrived,
    (random() * random() * 9)::INTEGER::VARCHAR AS tenure, (random() * 2)::INTEGER::VARCHAR AS kind,
    (random() * 4)::INTEGER::VARCHAR AS answer, (random() * random() * 40)::INTEGER::VARCHAR AS view
FROM range($rows)
"""
_K_CHECK = """
SELECT min(n) FROM (SELECT count(*) AS n FROM people GROUP BY age, ward, trade, arrived, tenure, kind)
"""
_QUASI = ["age", "ward", "trade", "arrived", "tenure", "kind"]
_SENSITIVE = ["answer", "view"]


@dataclass(frozen=True)
class Measured:
    """One set of tables."""

    counts: int
    hidden: int
    recoverable_before: int
    recoverable: int
    narrow: int
    seconds: float


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--tables", type=int, default=12)
    options.add_argument("--seed", type=int, default=101)
    chosen = options.parse_args()
    tables = [measure_tables(chosen.seed + number, number) for number in range(chosen.tables)]
    for one in tables:
        print(json.dumps({"what": "tables"} | vars(one)))
    for size in _CHANNEL_SIZES:
        print(json.dumps({"what": "channels", "respondents": size} | measure_channels(size, chosen.seed)))
    ratio, k, l_reached, canon = measure_rows(chosen.rows, chosen.seed)
    limits = [
        Limit("hidden counts exactly recoverable", sum(one.recoverable for one in tables), at_most=0),
        Limit("hidden counts known too closely", sum(one.narrow for one in tables), at_most=0),
        Limit("CPU seconds to protect and audit a consultation", max(one.seconds for one in tables), at_most=10),
        Limit("rows: times one k-check", ratio, at_most=15),
        Limit("rows: k reached", k, at_least=5),
        Limit("rows: l reached", l_reached, at_least=2),
    ]
    if canon is not None:
        limits += [
            Limit("rows: k by pycanon", canon[0], at_least=5),
            Limit("rows: l by pycanon", canon[1], at_least=2),
        ]
    print_table(limits)
    return 0 if all(limit.kept for limit in limits) else 1


def measure_tables(seed: int, number: int) -> Measured:
    """Protect the tables of invented answers, for members and as a final release in turn."""
    definition = load_definition(BUILT_IN / "third-sector-2007")
    rule = Rule.for_members(definition.policy) if number % 2 else Rule.for_release(definition.policy, "final")
    counts = invented(definition, _SIZES[number % len(_SIZES)], seed)
    started = time.process_time()
    protected = audited_tables(counts, definition, rule)
    seconds = time.process_time() - started
    before = attack(small_hidden_alone(linked_tables(protected.tables, counts, definition, rule), rule), rule.threshold)
    hidden = [row for table in protected.tables.values() for row in table.column("hidden").to_pylist()]
    audit = protected.audit
    recoverable = before.audit.recoverable
    return Measured(len(hidden), sum(hidden), recoverable, audit.recoverable, audit.narrow, round(seconds, 2))


def measure_channels(many: int, seed: int) -> dict[str, float]:
    """The share of hidden counts by group of rows, and of types where channels and letters are not told."""
    definition = load_definition(BUILT_IN / "third-sector-2007")
    rule = Rule.for_members(definition.policy)
    counts = invented(definition, many, seed)
    started = time.process_time()
    beside = audited_tables(counts, definition, rule)
    seconds = time.process_time() - started
    alone = audited_tables(replace(counts, channels={}, sides={}), definition, rule)
    rows = {"beside": beside, "alone": alone}
    found: dict[str, list[bool]] = {}
    for name, one in rows.items():
        for row in one.tables["positions_by_type"].to_pylist():
            found.setdefault(f"{group_of(row['type_code'])} {name}", []).append(row["hidden"])
    shares = {name: round(sum(hidden) / len(hidden), 3) for name, hidden in sorted(found.items())}
    return shares | {"seconds": round(seconds, 2)}


def small_hidden_alone(linked: LinkedTables, rule: Rule) -> LinkedTables:
    """The same tables with counts under the threshold hidden, and nothing else."""
    numbers = {}
    for key, number in linked.numbers.items():
        small = 0 < number.true < rule.threshold and key[0] in ("position", "types")
        known = Number(number.true, number.true, number.true)
        numbers[key] = Number(number.true, 0, 10**6, 2) if small else known
    return LinkedTables(numbers, linked.sums, linked.tables)


def invented(definition: Definition, many: int, seed: int) -> Counts:
    """The counts of so many respondents, everybody coded; some types and codes are rare."""
    chance = random.Random(seed)
    types = [of for of in type_codes(definition) if of != "none_given"]
    weights = [chance.random() ** 2 + 0.02 for _ in types]
    frames = {
        (one.id, limb): list(position_codes(definition, one.id, collapsed=False))
        for one in coded_fields(definition)
        for limb in limbs_of(definition, one.id)
    }
    liked = {key: [chance.random() ** 2 + 0.01 for _ in codes] for key, codes in frames.items()}
    by_type: Counter[str] = Counter()
    told: Counter[str] = Counter()
    coded: Counter[tuple[str, str]] = Counter()
    positions: Counter[tuple[str, str, str, str]] = Counter()
    for _ in range(many):
        ticked = sorted(set(chance.choices(types, weights, k=chance.choice([1, 1, 1, 1, 2]))))
        by_type.update(ticked)
        channel = chance.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
        side = CAMPAIGN if chance.random() < _LETTERS else OWN_WORDS
        beside = [f"{CHANNEL}{channel}", side, f"{CHANNEL}{channel}{side}"]
        told.update(beside)
        groups = ["", *ticked, *beside]
        coded.update((name, of) for name in {field for field, _ in frames} for of in groups)
        for (name, limb), codes in frames.items():
            code = chance.choices(codes, liked[name, limb])[0]
            positions.update((name, limb, code, of) for of in groups)
    everybody = {name: many for name, of in coded if of == ""}
    ledger = {("web", "included"): many}
    channels, sides, both = ({o: n for o, n in told.items() if group_of(o) == g} for g in ("channels", "sides", "both"))
    plain = Counts(ledger, {}, dict(by_type), dict(coded), {}, dict(positions), dict(coded), everybody, {})
    return replace(plain, channels=channels, sides=sides, both=both)


def measure_rows(rows: int, seed: int) -> tuple[float, int, int, tuple[int, int] | None]:
    """How many k-checks it costs to make rows anonymous, what is reached, and what pycanon says."""
    with duckdb.connect() as connection:
        connection.execute("SELECT setseed($seed)", {"seed": (seed % 1000) / 1000})
        connection.execute(_PEOPLE, {"rows": rows})
        marks = [time.process_time()]
        for _ in range(3):
            connection.execute(_K_CHECK).fetchone()
            marks.append(time.process_time())
        check = min(after - before for before, after in pairwise(marks))
        started = time.process_time()
        found = anonymise(connection, "people", wanted())
        seconds = time.process_time() - started
        canon = by_pycanon(found.rows) if importlib.util.find_spec("pycanon") else None
    facts = {"rows": rows, "check": round(check, 3), "seconds": round(seconds, 3), "ratio": round(seconds / check, 1)}
    lost = {"lost": found.findings.information_lost, "rows_with_removals": found.findings.suppressed_rows}
    print(json.dumps({"what": "rows"} | facts | lost | {"pycanon": canon}))
    return seconds / check, found.findings.k, found.findings.l or 0, canon


def wanted() -> Anonymity:
    """Six quasi-identifiers, of which three have hierarchies, and two sensitive columns."""
    wards, districts = (
        {f"{n}": f"ward {n // 20}" for n in range(3_001)},
        {f"ward {n}": f"{n // 20}" for n in range(151)},
    )
    hierarchies = {
        "age": Hierarchy(bands=(5, 10, 20, 40)),
        "ward": Hierarchy(levels=(wards, districts)),
        "trade": Hierarchy(levels=({f"{n}": f"trade {n // 20}" for n in range(401)},)),
    }
    quasi = {name: hierarchies.get(name, Hierarchy()) for name in _QUASI}
    return Anonymity(quasi_identifiers=quasi, sensitive=tuple(_SENSITIVE))


def by_pycanon(rows: duckdb.DuckDBPyRelation) -> tuple[int, int]:
    """k, and the smallest l of the sensitive columns, as pycanon counts them."""
    from pycanon import anonymity

    frame = rows.df()
    k = anonymity.k_anonymity(frame, _QUASI)
    return int(k), min(int(anonymity.l_diversity(frame, _QUASI, [name])) for name in _SENSITIVE)


if __name__ == "__main__":
    sys.exit(main())
