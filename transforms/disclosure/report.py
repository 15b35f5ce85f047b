"""The risk report of a release: what was removed, what an attacker could still work out, and who decided otherwise.

The same facts give the same bytes, in HTML and in PDF.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import jinja2
import pyarrow as pa
import pyarrow.compute as pc
from weasyprint import HTML

from schemas.definition import Definition
from transforms.disclosure.contract import TABLES
from transforms.disclosure.findings import Audit, Measure, Protected, RowsFindings
from transforms.disclosure.members import moment_of
from transforms.disclosure.vocabulary import Rule, in_words

_PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# What a person tries who wants to know one respondent, and no program can: an officer answers each.
INTRUDER_QUESTIONS: dict[str, str] = {
    "known-respondent": "Somebody knows that one organisation or person responded. Can they find that answer?",
    "own-answer": "A respondent knows their own answer. Does taking it away tell somebody else's?",
    "small-group": "A cluster group or partner knows who of them responded. Can they tell who said what?",
    "press": "With newspapers, social media and council papers beside it, does a figure point to anybody?",
    "earlier": "With earlier results, reports and answers to Freedom of Information requests, does a difference tell?",
}


@dataclass(frozen=True)
class Removed:
    """One table: how many counts it has, and how many of them are hidden."""

    table: str
    meaning: str
    counts: int
    hidden: int


@dataclass(frozen=True)
class IntruderAnswer:
    """How an officer answered one question of the motivated-intruder test."""

    officer: str
    answer: str


@dataclass(frozen=True)
class Override:
    """A person decided against what the rules say: who, when, what, and the reason."""

    officer: str
    at: datetime
    what: str
    reason: str


@dataclass(frozen=True)
class RiskReport:
    """The risk report of one release; every text in it may be read by anybody who may read the release."""

    title: str
    as_at: datetime
    notice: str | None
    interim: bool
    rule: Rule
    removed: tuple[Removed, ...]
    audit: Audit
    measures: tuple[Measure, ...]
    rows: RowsFindings | None
    why_rows: str
    intruder: tuple[tuple[str, IntruderAnswer | None], ...]
    overrides: tuple[Override, ...]

    @property
    def open_questions(self) -> int:
        """How many questions of the motivated-intruder test nobody has answered."""
        return sum(answer is None for _, answer in self.intruder)


def risk_report(
    definition: Definition,
    about: Mapping[str, str],
    rule: Rule,
    protected: Protected,
    *,
    rows: RowsFindings | None = None,
    why_rows: str = "The policy lets no rows leave.",
    intruder: Mapping[str, IntruderAnswer] | None = None,
    overrides: Sequence[Override] = (),
) -> RiskReport:
    """The risk report of a release.

    Args:
        definition: the consultation.
        about: facts about the version: `as_at` and `status` are needed.
        rule: how the tables were protected.
        protected: the tables that leave, with what was found and done.
        rows: what anonymising the rows came to, where rows leave.
        why_rows: a sentence on why rows leave or do not.
        intruder: officers' answers, by the keys of `INTRUDER_QUESTIONS`.
        overrides: what a person decided against the rules.

    Raises:
        DisclosureError: `as_at` is no moment with a time zone.
        KeyError: an answer is to a question that the test does not have.
    """
    answers = dict(intruder or {})
    asked = tuple((question, answers.pop(key, None)) for key, question in INTRUDER_QUESTIONS.items())
    if answers:
        raise KeyError(f"The motivated-intruder test has no question '{min(answers)}'.")
    return RiskReport(
        title=in_words(definition.questionnaire.title),
        as_at=moment_of(about).astimezone(definition.zone),
        notice=about.get("notice") or None,
        interim=about["status"] != "final",
        rule=rule,
        removed=tuple(
            _removed(name, table) for name, table in protected.tables.items() if "hidden" in table.schema.names
        ),
        audit=protected.audit,
        measures=protected.measures,
        rows=rows,
        why_rows=why_rows,
        intruder=asked,
        overrides=tuple(overrides),
    )


def render_html(report: RiskReport) -> str:
    """The report as one page of HTML that needs nothing else."""
    return _PAGES.get_template("risk_report.html").render(report=report)


def render_pdf(report: RiskReport) -> bytes:
    """The report as a tagged PDF (PDF/UA-1)."""
    page = render_html(report)
    identifier = hashlib.sha256(page.encode()).digest()[:16]
    document = HTML(string=page).write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    assert isinstance(document, bytes)
    return document


def _removed(name: str, table: pa.Table) -> Removed:
    return Removed(name, TABLES[name].meaning, table.num_rows, int(pc.sum(table["hidden"]).as_py() or 0))
