"""When responses arrive: a burst at the start, a rise after meetings, a rush before the last day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_POST_ARRIVES = time(10, 30)
# Hours of the day at which people write, by how many do.
_HOURS = {7: 1, 8: 3, 9: 7, 10: 9, 11: 8, 12: 7, 13: 6, 14: 7, 15: 7, 16: 6, 17: 4, 18: 4, 19: 6, 20: 8, 21: 7, 22: 3}


@dataclass(frozen=True)
class Season:
    """The days on which a consultation receives responses, and what makes some of them busier."""

    first: date
    last: date
    meetings: tuple[date, ...]
    holidays: tuple[tuple[date, date], ...]
    rush: bool

    def weights(self) -> dict[date, float]:
        """How busy each day is, an ordinary working day being 1."""
        days = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        return {day: self._weight(day) for day in days}

    def _weight(self, day: date) -> float:
        weight = 1.0 + max(0.0, 3.0 - 0.5 * (day - self.first).days)
        weight += 2.0 * sum(0 <= (day - meeting).days <= 2 for meeting in self.meetings)
        if self.rush:
            weight += max(0.0, 5.0 - 0.5 * (self.last - day).days)
        if day.weekday() >= 5:
            weight *= 0.4
        if any(start <= day <= end for start, end in self.holidays):
            weight *= 0.2
        return weight


def moments(season: Season, count: int, chance: Random) -> list[datetime]:
    """That many moments (UTC) of the season."""
    weights = season.weights()
    days = chance.choices(list(weights), list(weights.values()), k=count)
    return [moment_of(day, chance) for day in days]


def moment_of(day: date, chance: Random) -> datetime:
    """A moment (UTC) of that local day, when somebody might write."""
    hour = chance.choices(list(_HOURS), list(_HOURS.values()))[0]
    return local(day, time(hour, chance.randrange(60), chance.randrange(60)))


def local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, LONDON).astimezone(UTC)


def post_arrival(day: date, last: date) -> datetime:
    """When the post of that day is opened: the next working day's morning, not later than on `last`."""
    while day.weekday() >= 5 and day < last:
        day += timedelta(days=1)
    return local(day, _POST_ARRIVES)


def working_days(first: date, last: date, weekdays: Sequence[int]) -> list[date]:
    """Those weekdays (Monday is 0) between two days, both included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() in weekdays]
