"""Makes the pages of results: a release's figures, and the words around them, in the site's look."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from schemas.definition import Definition
from schemas.policy import Licence
from schemas.questionnaire import RIGHT_TO_LEFT
from transforms.ledger_words import ledger_paragraph
from transforms.release.licences import LICENCES
from transforms.site import figures
from transforms.site.addresses import Site, question_page, release_file, release_page
from transforms.site.figures import Bar, Chart, Question
from transforms.site.history import PublicRelease
from transforms.site.look import components, environment
from transforms.site.media import use_of
from transforms.site.read import Held, ReleaseFile
from transforms.site.wording import Wording

# What a person reads of a report, in this order; the words name what they are.
DOCUMENTS = ("report.html", "report.pdf", "report.docx", "you-said-we-did.html")
_TABLES = ("tables", "rows")


@dataclass(frozen=True)
class Known:
    """A release that the public has or had; `held` is None where its files may not or cannot be handed out."""

    history: PublicRelease
    held: Held | None


@dataclass(frozen=True)
class Pages:
    """One consultation's pages in one language.

    Attributes:
        style: the address of the pages' own style sheet.
        notices: what the releases say of themselves on every page, in their language.
        translations: the wording and the site of each language that there is.
    """

    definition: Definition
    site: Site
    wording: Wording
    releases: Sequence[Known]
    style: str
    notices: Sequence[str]
    translations: Sequence[tuple[Wording, Site]]

    def index(self, latest: Known | None) -> str:
        """The consultation's results as they stand: `latest` in short, the reports, every release."""
        listed = [(one.history, _kind_of(one)) for one in reversed(self.releases)]
        current = [one.held for one in reversed(self.releases) if one.held and one.history.state == "published"]
        values: dict[str, Any] = {"latest": None}
        if latest and latest.held:
            values = self._overview(latest.held) | {"latest": latest.held, "latest_history": latest.history}
        reports = [(held, _documents(held)) for held in current if held.is_report]
        return self._page("index.html", "", listed=listed, reports=reports, **values)

    def release(self, known: Known) -> str:
        """The overview of a release, or what became of it."""
        held, history, at = known.held, known.history, release_page(known.history.id)
        if history.state == "withdrawn":
            return self._page("withdrawn.html", at, history=history)
        if held is None:
            return self._page("unavailable.html", at, history=history)
        if held.is_report:
            based_on = self._history_of(str(held.manifest.get("based_on")))
            return self._of_release("report.html", at, known, held, documents=_documents(held), based_on=based_on)
        return self._of_release(
            "release.html",
            at,
            known,
            held,
            ledger=figures.ledger(held),
            speakers=figures.speakers(held),
            types=figures.respondent_types(held),
            days=held.rows("received_over_time"),
            campaigns=held.rows("campaigns"),
            outreach=held.rows("outreach"),
            quality=held.rows("quality"),
            **self._overview(held),
        )

    def question(self, known: Known, held: Held, questions: Sequence[Question], place: int) -> str:
        """One of a release's questions."""
        question = questions[place]
        return self._of_release(
            "question.html",
            question_page(held.id, question.id),
            known,
            held,
            question=question,
            preamble=self._preamble(held, question),
            previous=questions[place - 1] if place else None,
            next=questions[place + 1] if place + 1 < len(questions) else None,
        )

    def data(self, known: Known, held: Held) -> str:
        """The files of a release, with what they are and how to check them."""
        described = held.descriptions
        tables = [file for file in held.files if file.name.split("/", 1)[0] in _TABLES and "/" in file.name]
        others = [file for file in held.files if file not in tables]
        groups = [
            (heading, [(file, described.get(file.name, "")) for file in sorted(files, key=lambda one: one.name)])
            for heading, files in ((self._text("data_tables"), tables), (self._text("data_files"), others))
            if files
        ]
        licence: Licence | None = held.manifest.get("licence")
        return self._of_release(
            "data.html",
            release_page(held.id, "data"),
            known,
            held,
            groups=groups,
            licence=LICENCES.get(licence) if licence else None,
            rows=held.manifest.get("rows"),
        )

    def _preamble(self, held: Held, question: Question) -> list[str]:
        """What respondents read before the question, in paragraphs, where they read the very questionnaire at hand."""
        if held.manifest["questionnaire_hash"] != self.definition.questionnaire_hash:
            return []
        before = [
            one.preamble.in_language(self.wording.language)
            for one in self.definition.questionnaire.questions
            if one.preamble and any(of.id == question.id for of in one.fields)
        ]
        return [paragraph for text in before for paragraph in re.split(r"\n\s*\n", text.strip())]

    def _of_release(self, template: str, at: str, known: Known, held: Held, **values: Any) -> str:
        history = known.history
        successor = self._history_of(history.successor)
        address = self.site.here(release_page(successor.id)) if successor and successor.state != "withdrawn" else ""
        values |= {"release": held, "history": history, "successor_address": address}
        values |= {"protection": held.manifest.get("protection")}
        return self._page(template, at, **(values | self._sentences(held)))

    def _overview(self, held: Held) -> dict[str, Any]:
        lines, kinds = (held.rows(name) for name in ("ledger", "of_which"))
        paragraph = ledger_paragraph(
            {(row["channel"], row["line"]): row["responses"] for row in lines},
            {(row["channel"], row["kind"]): row["responses"] for row in kinds},
        )
        return {"paragraph": paragraph, "questions": figures.questions_of(held)} | self._sentences(held)

    def _page(self, template: str, at: str, **values: Any) -> str:
        common = {
            "site": self.site,
            "w": self.wording,
            "t": self._text,
            "released": self._released,
            "style": self.style,
            "notices": self.notices,
            "translations": [(wording, site.here(at)) for wording, site in self.translations],
            "day_of": lambda moment: self.wording.day(moment.astimezone(self.site.zone).date()),
            "release_address": lambda release, rest="": self.site.here(release_page(release, rest)),
            "question_address": lambda held, question: self.site.here(question_page(held.id, question.id)),
            "file_address": lambda held, name: self.site.file(release_file(held.id, name)),
            "is_document": lambda name: use_of(name) == "document",
            **components(),
        }
        return environment().get_template(template).render(common | values)

    def _sentences(self, held: Held) -> dict[str, Callable[..., str]]:
        """What is said about figures: the same words on every page of a release."""
        moment = self.wording.moment(self._local(str(held.manifest["as_at"])))

        def statistical(chart: Chart, what: str, of: str) -> str:
            if chart.base is None:
                return self._text("statistical_without_base", what=what, of=of, moment=moment, release=held.id)
            base = self.wording.number(chart.base)
            return self._text("statistical", what=what, of=of, base=base, moment=moment, release=held.id)

        return {
            "moment": lambda as_at: self.wording.moment(self._local(as_at)),
            "headline": self._headline,
            "statistical": statistical,
            "alt": self._alt,
            "coverage": self._coverage,
            "title_of": self._title_of,
            "of_question": lambda question: self._text("coded_answers" if question.is_coded else "answers"),
            "over_time_alt": self._over_time_alt,
            "points": _points,
        }

    def _headline(self, chart: Chart, of: str) -> str:
        """The largest count shown, as a count: a hidden one may be larger, which the words do not deny."""
        if not chart.largest or chart.base is None:
            return self._text("headline_hidden")
        count, base = self.wording.number(chart.largest_count), self.wording.number(chart.base)
        if len(chart.largest) > 1:
            places = self.wording.all_of([f"“{{{place}}}”" for place in range(len(chart.largest))])
            labels = Markup(places).format(*map(self._released, chart.largest))  # noqa: S704 - places alone
            return self._text("headline_shared", count=count, base=base, of=of, labels=labels)
        return self._text("headline", count=count, base=base, of=of, label=self._released(chart.largest[0]))

    def _alt(self, chart: Chart) -> str:
        """What a chart shows, for who cannot see it."""
        bars = [self._bar(bar) for bar in (*chart.bars, *chart.outside)]
        return self._text("chart_alt", bars="; ".join(bars), base=self.wording.count(chart.base))

    def _bar(self, bar: Bar) -> str:
        return self._text("bar", label=bar.label, count=self.wording.count(bar.responses))

    def _coverage(self, question: Question) -> str:
        number = self.wording.number
        if question.coded is not None:
            return self._text("coded_of", coded=number(question.coded), included=number(question.included))
        if question.answered is None:
            return self._text("answered_hidden")
        # Rounded, it may come to more than there are.
        if question.answered >= question.included > 0:
            return self._text("answered_by_all", included=number(question.included))
        words = "answered_at_least" if question.moves_in_steps else "answered_of"
        return self._text(words, answered=number(question.answered), included=number(question.included))

    def _title_of(self, question: Question) -> str:
        return self._released(f"{question.number}. {question.label}" if question.number else question.label)

    def _over_time_alt(self, days: Sequence[Mapping[str, Any]]) -> str:
        first, last = days[0], days[-1]
        return self._text(
            "over_time_alt",
            first=self.wording.number(first["received_so_far"]),
            first_day=self.wording.day(first["day"]),
            last=self.wording.number(last["received_so_far"]),
            last_day=self.wording.day(last["day"]),
        )

    def _history_of(self, release: str) -> PublicRelease | None:
        return next((one.history for one in self.releases if one.history.id == release), None)

    def _local(self, as_at: str) -> datetime:
        return datetime.fromisoformat(as_at).astimezone(self.site.zone)

    def _text(self, key: str, **values: object) -> str:
        """The text of that key; as HTML where something in it is HTML already, and then all else is escaped."""
        if any(hasattr(value, "__html__") for value in values.values()):
            return Markup(self.wording.texts[key]).format(**values)  # noqa: S704 - the texts are ours
        return self.wording.text(key, **values)

    def _released(self, text: str) -> str:
        """A text of the release, marked where its language is another than the page's."""
        language = self.site.release_language
        if language == self.wording.language:
            return text
        direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        return Markup('<span lang="{}" dir="{}">{}</span>').format(language, direction, text)


def _kind_of(known: Known) -> str:
    if known.held is None:
        return ""
    return "report" if known.held.is_report else "data"


def _documents(held: Held) -> list[ReleaseFile]:
    return [file for name in DOCUMENTS for file in held.files if file.name == name]


def _points(days: Sequence[Mapping[str, Any]]) -> str:
    """The line of what was received so far, in a field of 100 by 40."""
    highest = max(row["received_so_far"] for row in days) or 1
    step = 100 / max(1, len(days) - 1)
    points = ((place * step, 40 - 40 * row["received_so_far"] / highest) for place, row in enumerate(days))
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
