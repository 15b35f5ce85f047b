"""What the report says, in the order of the council's papers: the words of the program and the figures of a release."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.definition import Definition
from schemas.policy import Meeting
from transforms.disclosure.members import moment_of
from transforms.disclosure.vocabulary import in_words
from transforms.figure_words import SUM_OVER_TYPES
from transforms.ledger_words import WAYS, listed
from transforms.report.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Paragraph,
    Quoted,
    Runs,
    Table,
    Written,
)
from transforms.report.method import ledger_sentence, ledger_table, protection, quality_blocks
from transforms.report.prose import blocks_of
from transforms.report.questions import breakdown_tables, question_blocks
from transforms.report.sections import OF_QUESTION, Sections, section_of
from transforms.report.sources import Sources
from transforms.report.words import NOT_A_POLL, day, heading, moment

_CODED = (
    "Where positions are counted, answers are in the respondents' own words. Officers read each answer and coded its "
    "position; nobody ticked one. 'Coded' says how many answers were read so far: one that is not coded is neither a "
    "position nor silence."
)
_NOT_ASKED = "The form did not ask who belongs to which group, so no answer is reported by such a group."


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
    is_over = report.sources.manifest["status"] in ("closed", "final")
    yield Paragraph((Quoted(" and ".join(form.asked_by)), f" asked. The consultation {'was' if is_over else 'is'} open "
                     "from ", day(dates.opens), " to ", day(dates.closes),
                     ", the first and the last day included."))  # fmt: skip
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
    ways = [WAYS[one] for one in dict.fromkeys(row["channel"] for row in sources.rows("ledger"))]
    yield Paragraph(
        (f"Responses could come {listed(ways)}, and every one of them is in one line of the ledger below.",)
    )
    if report.definition.policy.frames:
        yield Paragraph((_CODED,))
    yield Paragraph(protection(sources))
    yield from report.optional("method")
    yield heading(3, "Ledger: from received to included")
    yield Paragraph(ledger_sentence(sources))
    yield ledger_table(sources)


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
    note: Runs = ("Base: ", base, " respondents. ", SUM_OVER_TYPES)
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
    yield from quality_blocks(report.sources)
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
