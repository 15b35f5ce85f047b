"""What a benchmark promises, and the table that says whether it was kept."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """One promise: what was measured, and the most or the least that it may be."""

    what: str
    measured: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def kept(self) -> bool:
        return (self.at_most is None or self.measured <= self.at_most) and (
            self.at_least is None or self.measured >= self.at_least
        )

    @property
    def bound(self) -> str:
        return f"<= {self.at_most:g}" if self.at_most is not None else f">= {self.at_least:g}"


def print_table(limits: list[Limit]) -> None:
    """The limits, one a line."""
    print(f"\n{'what':52} {'measured':>9} {'promised':>9}")
    for limit in limits:
        print(f"{limit.what:52} {limit.measured:9.3f} {limit.bound:>9}  {'kept' if limit.kept else 'NOT KEPT'}")
