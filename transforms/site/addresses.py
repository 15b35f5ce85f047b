"""The addresses of the pages of results: stable, and read by people."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote
from zoneinfo import ZoneInfo

from schemas.definition import Definition
from transforms.disclosure.vocabulary import REPORT_LANGUAGE
from transforms.site.wording import FIRST


@dataclass(frozen=True)
class Site:
    """One consultation's pages of results in one language.

    Attributes:
        prefix: what the addresses of this language begin with; empty for the first.
        release_language: the language of every text that a release holds.
    """

    id: str
    title: str
    asked_by: tuple[str, ...]
    opens: date
    closes: date
    zone: ZoneInfo
    prefix: str
    release_language: str

    @classmethod
    def of(cls, definition: Definition, language: str) -> "Site":
        """The consultation's site in a language."""
        questionnaire, dates = definition.questionnaire, definition.policy.dates
        known = questionnaire.languages
        return cls(
            id=definition.id,
            title=questionnaire.title.in_language(language),
            asked_by=questionnaire.asked_by,
            opens=dates.opens,
            closes=dates.closes,
            zone=definition.zone,
            prefix="" if language == FIRST else f"{language}/",
            release_language=REPORT_LANGUAGE if REPORT_LANGUAGE in known else known[0],
        )

    def here(self, rest: str = "") -> str:
        """A page in this language; `rest` is its address inside the site."""
        return f"/results/{self.id}/{quote(self.prefix + rest)}"

    def file(self, rest: str) -> str:
        """What is the same in every language."""
        return f"/results/{self.id}/{quote(rest)}"


def release_page(release: str, rest: str = "") -> str:
    """A page of a release, inside a site."""
    return f"releases/{release}/{rest}"


def question_page(release: str, question: str) -> str:
    return release_page(release, f"questions/{question}")


def release_file(release: str, name: str) -> str:
    """A file of a release, inside a site."""
    return release_page(release, f"files/{name}")
