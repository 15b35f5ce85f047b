"""The words around the questionnaire in the reader's language: `locales/<language>.toml`, else English."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal

from schemas.questionnaire import RIGHT_TO_LEFT

LOCALES = Path(__file__).parent / "locales"
FALLBACK = "en"


@dataclass(frozen=True)
class Chrome:
    """The page texts in one language; `language` is that of the questionnaire, `texts` may have fallen back."""

    language: str
    texts: dict[str, str] = field(repr=False)

    @property
    def direction(self) -> str:
        return "rtl" if self.language.split("-", maxsplit=1)[0] in RIGHT_TO_LEFT else "ltr"

    def text(self, key: str, **values: object) -> str:
        """The text of that key with its {names} filled in. Raises KeyError for an unknown key."""
        return self.texts[key].format(**values)

    def day(self, day: date) -> str:
        return str(format_date(day, "long", locale=_locale(self.language)))

    def moment(self, moment: datetime) -> str:
        """Date and time, in the zone that `moment` carries."""
        return str(format_datetime(moment, "d MMMM y, HH:mm", locale=_locale(self.language)))

    def number(self, number: int) -> str:
        return str(format_decimal(number, locale=_locale(self.language)))

    def one_of(self, items: Sequence[str]) -> str:
        """`“a”, “b” or “c”`."""
        return str(format_list([f"“{item}”" for item in items], style="or", locale=_locale(self.language)))


@cache
def chrome_in(language: str) -> Chrome:
    """The page texts in `language`, in English where we have none."""
    texts = catalogue(FALLBACK)
    file_name = language if (LOCALES / f"{language}.toml").exists() else FALLBACK
    return Chrome(language, texts | catalogue(file_name))


def language_name(language: str) -> str:
    """The language's own name for itself."""
    if (LOCALES / f"{language}.toml").exists():
        return catalogue(language)["language"]
    locale = _known_locale(language)
    return str(locale.get_language_name() or language) if locale else language


@cache
def catalogue(language: str) -> dict[str, str]:
    content: dict[str, str] = tomllib.loads((LOCALES / f"{language}.toml").read_text("utf-8"))
    return content


def _locale(language: str) -> Locale:
    return _known_locale(language) or Locale("en", "GB")


@cache
def _known_locale(language: str) -> Locale | None:
    # English here is that of the council's own forms: day before month.
    try:
        return Locale.parse("en-GB" if language == FALLBACK else language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
