"""The words of the pages of results, and how they write days, moments, numbers and sizes: `locales/<language>.toml`."""

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal

from schemas.questionnaire import RIGHT_TO_LEFT

LOCALES = Path(__file__).parent / "locales"
FIRST = "en"


@dataclass(frozen=True)
class Wording:
    """The texts in one language."""

    language: str
    texts: dict[str, str] = field(repr=False)

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    @property
    def name(self) -> str:
        """The language's own name for itself."""
        return self.texts["language"]

    def text(self, key: str, **values: object) -> str:
        """The text of that key with its {names} filled in. Raises KeyError for an unknown key."""
        return self.texts[key].format(**values)

    def day(self, day: date) -> str:
        return str(format_date(day, "long", locale=self._locale))

    def moment(self, moment: datetime) -> str:
        """Date and time, in the zone that `moment` carries."""
        return str(format_datetime(moment, "d MMMM y, HH:mm", locale=self._locale))

    def number(self, number: float) -> str:
        return str(format_decimal(number, locale=self._locale))

    def count(self, count: int | None) -> str:
        """A count, or what stands for one that is hidden; it need not be small."""
        return self.text("not_shown") if count is None else self.number(count)

    def all_of(self, items: list[str]) -> str:
        """`a, b and c`."""
        return str(format_list(items, locale=self._locale))

    def size(self, size: int) -> str:
        """A file's size as people say it."""
        if size < 1_000:
            return self.text("bytes", number=self.number(size))
        if size < 1_000_000:
            return self.text("kilobytes", number=self.number(round(size / 1_000)))
        return self.text("megabytes", number=self.number(round(size / 1_000_000, 1)))

    def format_of(self, name: str) -> str:
        """What kind of file this is, by its ending."""
        key = f"format_{name.rpartition('.')[2].lower()}"
        return self.texts.get(key, self.texts["format_other"])

    @property
    def _locale(self) -> Locale:
        # English here is that of the council's own forms: day before month.
        return Locale.parse("en-GB" if self.language == FIRST else self.language, sep="-")


def has_wording(language: str) -> bool:
    """Whether pages can be made in this language."""
    return (LOCALES / f"{language}.toml").is_file()


@cache
def wording_in(language: str) -> Wording:
    """The texts in one of the languages that there are."""
    return Wording(language, tomllib.loads((LOCALES / f"{language}.toml").read_text("utf-8")))
