"""Exact marts made by hand from a few responses, independent of the pipeline that makes them in earnest."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb
import pyarrow as pa
import pytest

from schemas.decisions import ThemeChange
from schemas.definition import BUILT_IN, Definition, load_definition
from transforms.marts import CAMPAIGN, CHANNEL, OWN_WORDS
from transforms.quality import AGREEMENT

_COUNT = pa.int64()
# What officers wrote, and what it is held against.
_TOLD = (
    "CREATE TABLE theme_changes (seq BIGINT, body VARCHAR)",
    "CREATE TABLE outreach (seq BIGINT, day DATE, who VARCHAR, how VARCHAR, note VARCHAR, corrects BIGINT,"
    " withdrawn BOOLEAN)",
    f"CREATE TABLE agreement ({AGREEMENT})",
)
_LAYERS = ("CREATE TABLE vault (response_id VARCHAR, sender VARCHAR)", "CREATE TABLE clean (response_id VARCHAR)")


@dataclass(frozen=True)
class Respondent:
    """One included response: what it ticked, answered and was coded as. Lists of these are in order of arrival.

    `positions` is keyed by field, then limb; a field that is there is coded on every limb. `themes` is keyed by field.
    """

    types: tuple[str, ...] = ()
    closed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    positions: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    channel: str = "web"
    day: date = date(2007, 3, 5)
    line: str = "included"
    letter: bool = False
    themes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def groups(self) -> tuple[str, ...]:
        """The respondent types it counts under, how it came and whether as a letter; '' is everybody."""
        side, channel = CAMPAIGN if self.letter else OWN_WORDS, f"{CHANNEL}{self.channel}"
        return ("", *(self.types or ("none_given",)), side, channel, f"{channel}{side}")


class Marts:
    """Counts the contract's marts from responses and writes them into a connection."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.ledger: Counter[tuple[object, ...]] = Counter()
        self.types: Counter[tuple[object, ...]] = Counter()
        self.answered: Counter[tuple[object, ...]] = Counter()
        self.closed: Counter[tuple[object, ...]] = Counter()
        self.numbers: Counter[tuple[object, ...]] = Counter()
        self.positions: Counter[tuple[object, ...]] = Counter()
        self.coded: Counter[tuple[object, ...]] = Counter()
        self.held_back: Counter[tuple[object, ...]] = Counter()
        self.of_which: Counter[tuple[object, ...]] = Counter()
        self.themed: Counter[tuple[object, ...]] = Counter()
        self.themes: Counter[tuple[object, ...]] = Counter()
        self.letters = 0

    def count(self, responses: Sequence[Respondent]) -> "Marts":
        for one in responses:
            self.ledger[one.channel, one.day, one.line] += 1
        included = [one for one in responses if one.line == "included"]
        self.letters = sum(one.letter for one in included)
        for one in included:
            self.of_which[one.channel, "campaign_unedited" if one.letter else "individual"] += 1
        self._count_types(included)
        for name in sorted({name for one in included for name in one.closed}):
            answering = [one for one in included if name in one.closed]
            for place, one in enumerate(answering):
                for group in one.groups:
                    self._add(self.answered, "answered", (name, group), self._waits(place, answering))
                    for code in one.closed[name]:
                        self._add(self.closed, "closed", (name, code, group), self._waits(place, answering))
        for name in sorted({name for one in included for name in one.positions}):
            coded = [one for one in included if name in one.positions]
            for place, one in enumerate(coded):
                for group in one.groups:
                    self.answered[name, group] += 1
                    self._add(self.coded, "coded", (name, group), self._waits(place, coded))
                    for limb, code in one.positions[name].items():
                        self._add(self.positions, "position", (name, limb, code, group), self._waits(place, coded))
        for name in sorted({name for one in included for name in one.themes}):
            looked = [one for one in included if name in one.themes]
            for place, one in enumerate(looked):
                self._add(self.themed, "themed", (name,), self._waits(place, looked))
                for theme in one.themes[name]:
                    self._add(self.themes, "theme", (name, theme), self._waits(place, looked))
        for one in included:
            for name, value in one.numbers.items():
                self.numbers[name, value] += 1
        return self

    def write(self, connection: duckdb.DuckDBPyConnection) -> None:
        text = pa.string()
        self._create(connection, "mart_ledger", self.ledger, {"channel": text, "day": pa.date32(), "line": text})
        self._create(connection, "mart_types", self.types, {"type_code": text})
        self._create(connection, "mart_answered", self.answered, {"field": text, "type_code": text})
        self._create(connection, "mart_closed", self.closed, {"field": text, "code": text, "type_code": text})
        self._create(connection, "mart_numbers", self.numbers, {"field": text, "value": pa.float64()})
        position = {"field": text, "limb": text, "code": text, "type_code": text}
        self._create(connection, "mart_positions", self.positions, position)
        self._create(connection, "mart_coded", self.coded, {"field": text, "type_code": text})
        self._create(connection, "mart_held_back", self.held_back, {"measure": text} | position)
        self._create(connection, "mart_of_which", self.of_which, {"channel": text, "kind": text})
        self._create(connection, "mart_themed", self.themed, {"field": text})
        self._create(connection, "mart_themes", self.themes, {"field": text, "theme": text})
        self._create(connection, "mart_quality", Counter(), {"area": text, "measure": text, "of": text})
        for statement in _TOLD:
            connection.execute(statement)
        changes = [
            ThemeChange(field=name, theme=theme, change="named", label=theme.replace("_", " ").capitalize())
            for name, theme in self.themes
        ]
        for seq, change in enumerate(sorted(changes, key=lambda one: (one.field, one.theme)), 1):
            connection.execute("INSERT INTO theme_changes VALUES ($1, $2)", (seq, change.model_dump_json()))
        rows = [(None, self.letters, self.letters)] if self.letters else []
        connection.execute("CREATE TABLE campaigns (description VARCHAR, members BIGINT, unedited BIGINT)")
        for row in rows:
            connection.execute("INSERT INTO campaigns VALUES ($1, $2, $3)", row)

    def _count_types(self, included: Sequence[Respondent]) -> None:
        for place, one in enumerate(included):
            for group in one.groups[1:]:
                self._add(self.types, "type", (group,), self._waits(place, included))

    def _waits(self, place: int, ordered: Sequence[Respondent]) -> bool:
        return place >= len(ordered) - len(ordered) % self.step

    def _add(self, mart: Counter[tuple[object, ...]], measure: str, key: tuple[str, ...], waits: bool) -> None:
        mart[key] += 1
        if waits:
            names = {
                "position": ("field", "limb", "code", "type"),
                "coded": ("field", "type"),
                "answered": ("field", "type"),
                "closed": ("field", "code", "type"),
                "type": ("type",),
                "themed": ("field",),
                "theme": ("field", "code"),
            }[measure]
            found = dict(zip(names, key, strict=True))
            self.held_back[(measure, *(found.get(n) for n in ("field", "limb", "code", "type")))] += 1

    @staticmethod
    def _create(
        connection: duckdb.DuckDBPyConnection,
        name: str,
        mart: Counter[tuple[object, ...]],
        columns: dict[str, pa.DataType],
    ) -> None:
        schema = pa.schema([*columns.items(), ("responses", _COUNT)])
        rows = [dict(zip(schema.names, (*key, count), strict=True)) for key, count in mart.items()]
        connection.from_arrow(pa.Table.from_pylist(rows, schema=schema)).create(name)


MartsOf = Callable[..., duckdb.DuckDBPyConnection]


@pytest.fixture
def marts_of() -> MartsOf:
    """Makes a connection with the marts of these respondents."""

    def build(responses: Sequence[Respondent], step: int = 10) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        Marts(step).count(responses).write(connection)
        for statement in _LAYERS:
            connection.execute(statement)
        return connection

    return build


@pytest.fixture
def respondent() -> type[Respondent]:
    return Respondent


@pytest.fixture(scope="session")
def third_sector_built_in() -> Definition:
    return load_definition(BUILT_IN / "third-sector-2007")


@pytest.fixture(scope="session")
def parks() -> Definition:
    return load_definition(BUILT_IN / "parks-and-libraries-2007")
