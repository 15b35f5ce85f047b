"""What the report says, in the order of the council's papers: the words of the program and the figures of a release."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from schemas.definition import Definition
from schemas.policy import Meeting
from transforms.disclosure.members import moment_of
from transforms.disclosure.vocabulary import in_words
from transforms.ledger_words import CHANNELS, LINES
from transforms.report.document import (
    Block,
    Bullets,
    Day,
    Document,
    Heading,
    Paragraph,
    Quoted,
    Run,
    Runs,
    Table,
    Written,
)
from transforms.report.prose import blocks_of
from transforms.report.questions import breakdown_tables, question_blocks
from transforms.report.sections import OF_QUESTION, Sections, section_of
from transforms.report.sources import Sources

NOT_A_POLL = (
    "This is not a poll. A consultation hears from those who chose to answer; its figures do not measure how many "
    "people support something."
)
_NOT_ASKED = "The form did not ask who belongs to which group, so no answer is reported by such a group."
_HIDDEN = "'Not shown' stands for a count that is small, or from which a small one could be worked out."
_KINDS = (
    ("organisation", "name an organisation"),
    ("individual", "are individuals'"),
    ("campaign_unedited", "sent a campaign's letter as it is"),
    ("campaign_edited", "sent such a letter with changes"),
)


@dataclass(frozen=True)
class Report:
    """What a report is made of: the consultation, the release with its figures, and what officers wrote."""

    definition: Definition
    sources: Sources
    sections: Sections

    @property
    def as_at(self) -> datetime:
        return moment_of({"as_at": self.sources.manifest["as_at"]}).astimezone(self.definition.zone)

    @property
    def interim(self) -> bool:
        return bool(self.sources.manifest["interim"])

    @property
    def meeting(self) -> Meeting | None:
        """The first meeting after the moment that the report shows, where the policy has one."""
        later = [one for one in self.definition.policy.meetings if one.at > self.as_at]
        return min(later, key=lambda one: one.at) if later else None

    def written(self, section: str) -> Written:
        """What officers wrote in a section."""
        one, text = section_of(self.definition, section), self.sections.text(section)
        blocks = tuple(block for block in blocks_of(text, self.sources.at))
        return Written(section, blocks, "" if text or not one.needed else one.asks)

    def optional(self, section: str, *before: Block) -> list[Block]:
        """The section with what stands before it, or nothing where nobody wrote it."""
        return [*before, self.written(section)] if self.sections.text(section) else []


def report_document(report: Report) -> Document:
    """The whole report.

    Raises:
        ReportError: a section asks for a figure that the release does not have.
    """
    title = in_words(report.definition.questionnaire.title)
    return Document(
        title=title,
        mark=_mark(report),
        notice=report.sources.manifest.get("notice") or "",
        language="en",
        blocks=(
            *_front(report, title),
            *_supporting(report),
            *_method(report),
            *_who(report),
            *_results(report),
            *_themes(report),
            *_equalities(report),
            *_confidentiality(report),
            *_ending(report),
            *_appendices(report),
        ),
    )


def moment(value: datetime) -> Day:
    return Day(value, f"{value.day} {value:%B %Y, %H:%M}")


def day(value: date) -> Day:
    return Day(value, f"{value.day} {value:%B %Y}")


def heading(level: int, *runs: Run, anchor: str = "") -> Heading:
    words = "".join(run if isinstance(run, str) else run.text for run in runs)
    return Heading(level, runs, anchor or re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60])


def _mark(report: Report) -> Runs:
    start = "Interim, as at " if report.interim else "Final, as at "
    return (start, moment(report.as_at), ". From release ", Quoted(report.sources.release))


def _front(report: Report, title: str) -> Iterator[Block]:
    yield Heading(1, (Quoted(title),), "title")
    if report.interim:
        yield Paragraph(("Interim results: responses may still come in, or be read.",), strong=True)
    yield Paragraph((NOT_A_POLL,))
    meeting = report.meeting
    if meeting:
        at = meeting.at.astimezone(report.definition.zone).date()
        yield Paragraph(("For the meeting of ", day(at), ": ", Quoted(meeting.label), "."))
    yield heading(2, "To")
    yield report.written("committee")
    yield heading(2, "Report of")
    yield report.written("report_of")
    yield heading(2, "Recommendation")
    yield report.written("recommendation")


def _supporting(report: Report) -> Iterator[Block]:
    form, dates = report.definition.questionnaire, report.definition.policy.dates
    yield heading(2, "Supporting information")
    yield report.written("background")
    yield heading(3, "Phases of the consultation")
    yield from report.optional("phases")
    yield Paragraph((Quoted(" and ".join(form.asked_by)), " asked. The consultation is open from ", day(dates.opens),
                     " to ", day(dates.closes), ", the first and the last day included."))  # fmt: skip
    if dates.discrepancy:
        yield Paragraph((Quoted(dates.discrepancy),))
    outreach = report.sources.rows("outreach")
    if outreach:
        yield _outreach_table(outreach)


def _outreach_table(rows: list[dict[str, Any]]) -> Table:
    cells: list[tuple[Runs, ...]] = [
        ((Quoted(row["who"]),), (Quoted(row["how"]),), (day(row["day"]) if row["day"] else "not known",),
         (Quoted(row["note"]),))
        for row in rows
    ]  # fmt: skip
    columns: tuple[Runs, ...] = (("Who was told",), ("How",), ("When",), ("Note",))
    return Table(("Outreach log: who was told, when and how",), columns, tuple(cells), notes=((_NOT_ASKED,),))


def _method(report: Report) -> Iterator[Block]:
    sources = report.sources
    yield heading(2, "Method")
    yield Paragraph((
        "Responses came on the web form, with help, by e-mail and by post, and every one of them is in one line of the "
        "ledger below. Answers to open questions are in the respondents' own words. Officers read each answer and "
        "coded its position; nobody ticked one. 'Coded' says how many answers were read so far: one that is not coded "
        "is neither a position nor silence.",
    ))  # fmt: skip
    yield Paragraph(_protection(sources))
    yield from report.optional("method")
    yield heading(3, "Ledger: from received to included")
    yield Paragraph(_ledger_sentence(sources))
    yield _ledger_table(sources)


def _quality(sources: Sources) -> Iterator[Block]:
    """Each measure that is shown: most of a small consultation's are not, and would fill pages with nothing."""
    rows = [row for row in sources.rows("quality") if row["value"] is not None]
    if not rows:
        return
    yield heading(2, "Appendix: how the work was done, in figures")
    cells: list[tuple[Runs, ...]] = [
        ((Quoted(row["label"]),), (sources.cell("quality", row, "value"),), (Quoted(row["unit"]),),
         (Quoted(row["note"]),))
        for row in rows
    ]  # fmt: skip
    columns: tuple[Runs, ...] = (("Measure",), ("Value",), ("Unit",), ("Note",))
    left_out: Runs = ("Measures that are small or cannot be given yet are left out.",)
    yield Table(("Linkage, masking, coding and reading",), columns, tuple(cells), notes=(left_out,))


def _protection(sources: Sources) -> Runs:
    rule = sources.manifest["protection"]
    runs: list[Run] = ["So that nobody's answer can be worked out, counts under ",
                       sources.of_manifest("protection", "threshold"), " are not shown"]  # fmt: skip
    if rule["rounding"] > 1:
        runs += [" and others are rounded to the nearest ", sources.of_manifest("protection", "rounding")]
    if rule["step"] > 1:
        runs += [". Positions move in steps of ", sources.of_manifest("protection", "step"), " respondents"]
    return (*runs, ". The ledger is exact. ", _HIDDEN)


def _ledger_sentence(sources: Sources) -> Runs:
    less = [(line, sources.total("ledger", "responses", line=line)) for line in LINES if line != "included"]
    taken: list[Run] = []
    for line, figure in less:
        if figure.value:
            taken += [", " if taken else "", figure, f" {LINES[line].lower()}"]
    runs: list[Run] = [sources.total("ledger", "responses"), " responses were received. "]
    runs += ["Less ", *taken, ", "] if taken else ["Nothing is taken off: "]
    runs += [sources.total("ledger", "responses", line="included"), " are included."]
    kinds = [(words, sources.total("of_which", "responses", kind=kind)) for kind, words in _KINDS]
    for place, (words, figure) in enumerate((words, figure) for words, figure in kinds if figure.value):
        runs += [" Of these, " if not place else ", ", figure, f" {words}"]
    return (*runs, "." if any(figure.value for _, figure in kinds) else "")


def _ledger_table(sources: Sources) -> Table:
    rows = sources.rows("ledger")
    channels = list(dict.fromkeys(row["channel"] for row in rows))
    lines = [line for line in LINES if sources.total("ledger", "responses", line=line).value]

    def cells(line: str) -> tuple[Runs, ...]:
        of_line = {row["channel"]: row for row in rows if row["line"] == line}
        by_channel: list[Runs] = [(sources.cell("ledger", of_line[one], "responses"),) for one in channels]
        return ((LINES[line],), *by_channel, (sources.total("ledger", "responses", line=line),))

    by_channel: list[Runs] = [(sources.total("ledger", "responses", channel=one),) for one in channels]
    received: tuple[Runs, ...] = (("Received",), *by_channel, (sources.total("ledger", "responses"),))
    columns: tuple[Runs, ...] = (("Line",), *((CHANNELS.get(one, one),) for one in channels), ("All",))
    return Table(("Ledger: responses by line and channel",), columns, (*(cells(line) for line in lines), received))


def _who(report: Report) -> Iterator[Block]:
    sources = report.sources
    rows = sources.rows("respondent_types")
    if not rows:
        return
    yield heading(2, "Who responded")
    base = sources.cell("respondent_types", rows[0], "base")
    cells: list[tuple[Runs, ...]] = [
        ((Quoted(row["label"]),), (sources.cell("respondent_types", row, "responses"),)) for row in rows
    ]
    note: Runs = ("Base: ", base, " respondents. Several could be ticked or none, so the figures need not add up.")
    columns: tuple[Runs, ...] = (("Type of respondent",), ("Respondents",))
    yield Table(("Respondents by what they say they are",), columns, tuple(cells), notes=(note,))


def _results(report: Report) -> Iterator[Block]:
    yield heading(2, "Results by question")
    for row in report.sources.rows("questions"):
        yield from question_blocks(report.definition, report.sources, row)
        yield from report.optional(f"{OF_QUESTION}{row['field']}")


def _themes(report: Report) -> Iterator[Block]:
    found = report.sources.rows("themes")
    if not found and not report.sections.text("themes"):
        return
    yield heading(2, "Themes")
    if found:
        yield Paragraph(
            ("Themes were named by officers and stand with each question; an answer may speak of several.",)
        )
    yield from report.optional("themes")


def _equalities(report: Report) -> Iterator[Block]:
    yield heading(2, "Equalities and outreach")
    yield report.written("equalities")
    yield Paragraph((_NOT_ASKED,))
    yield from report.optional("outreach")


def _confidentiality(report: Report) -> Iterator[Block]:
    definition = report.definition
    yield heading(2, "Confidentiality")
    yield Paragraph(("Respondents were promised:",))
    yield Bullets(tuple((Quoted(in_words(one.text)),) for one in definition.questionnaire.promises))
    left_out = [] if definition.policy.publication.verbatim else ["no answer in its own words"]
    left_out += [] if definition.policy.publication.organisation_list else ["no list of organisations"]
    if left_out:
        yield Paragraph((f"So this report has {' and '.join(left_out)}, and no name of a respondent.",))


def _ending(report: Report) -> Iterator[Block]:
    yield heading(2, "Implications")
    for section, words in (
        ("financial", "Financial"),
        ("legal", "Legal"),
        ("personnel", "Personnel"),
        ("priorities", "Corporate priorities"),
    ):
        yield heading(3, words)
        yield report.written(section)
    yield heading(2, "For more information")
    yield report.written("contact")
    yield from report.optional("papers", heading(2, "Background papers"))


def _appendices(report: Report) -> Iterator[Block]:
    tables = list(breakdown_tables(report.definition, report.sources))
    if tables:
        yield heading(2, "Appendix: results by who answered and how")
        yield from tables
    yield from _quality(report.sources)
    yield heading(2, "Appendix: the questions")
    for question in report.definition.questionnaire.questions:
        name = f"Question {question.number}" if question.number else in_words(question.fields[0].label)
        yield Heading(3, (Quoted(name),), f"asked-{question.fields[0].id}")
        for text in (question.preamble, *(one.label for one in question.fields)):
            if text and in_words(text) != name:
                yield from (Paragraph((Quoted(part.strip()),)) for part in in_words(text).split("\n\n"))
    yield heading(2, "Where the figures come from")
    yield Paragraph((
        "Every figure is that of a table of release ", Quoted(report.sources.release),
        ". The file figures.json beside this report says for each of them the table, its keys and the value.",
    ))  # fmt: skip
