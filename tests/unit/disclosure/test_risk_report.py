"""The risk report: what it says, and that the same facts give the same bytes."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pytest

from schemas.definition import Definition
from transforms.disclosure.contract import table_of
from transforms.disclosure.findings import Audit, ColumnLoss, Measure, Protected, RowsFindings
from transforms.disclosure.report import (
    INTRUDER_QUESTIONS,
    IntruderAnswer,
    Override,
    Removed,
    RiskReport,
    render_html,
    render_pdf,
    risk_report,
)
from transforms.disclosure.vocabulary import Rule

ABOUT = {"as_at": "2007-04-04T16:00:00+00:00", "status": "closed"}
RULE = Rule(threshold=10, rounding=5, step=10, detail_from=100)
TYPES = [("a", "A", 20, False, 40), ("b", "B", None, True, 40), ("c", "C", None, True, 40)]
PASSED = Audit(tables=3, examined=2, rounded=1, recoverable=0, narrow=0, narrowest=15, asked=10, programs=4)


@pytest.fixture
def report(parks: Definition) -> RiskReport:
    protected = Protected(
        {"respondent_types": table_of("respondent_types", TYPES), "quotes": table_of("quotes", [])},
        PASSED,
        (Measure("positions_by_type", "q1", "b", "held", "Fewer than ten are new."),),
    )
    rows = RowsFindings(100, 5, 2, 9, 3, 0.125, (ColumnLoss("age", 1, 3, 3),))
    at = datetime(2007, 4, 5, 9, 30, tzinfo=UTC)
    return risk_report(
        parks,
        ABOUT,
        RULE,
        protected,
        rows=rows,
        why_rows="An officer approved rows.",
        intruder={"press": IntruderAnswer("o.rees", "Looked through <two> papers: nothing.")},
        overrides=[Override("p.lane", at, "The table of types was shown.", "All of them agreed in writing.")],
    )


def test_the_report_counts_what_is_hidden(report: RiskReport, parks: Definition) -> None:
    meaning = "One row is a respondent type; several may be ticked by one respondent."
    assert report.removed == (Removed("respondent_types", meaning, 3, 2),)
    assert report.as_at.isoformat() == "2007-04-04T17:00:00+01:00"
    assert report.interim
    assert report.open_questions == len(INTRUDER_QUESTIONS) - 1


def words_of(page: str) -> str:
    body = page.partition("<main>")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_page_says_each_finding(report: RiskReport) -> None:
    page = render_html(report)
    words = words_of(page)
    for said in (
        "No hidden count can be worked out from the tables, their totals and the ledger.",
        "The fewest possible values of any hidden count: 15 or more.",
        "positions_by_type q1 b held Fewer than ten are new.",
        "k: each combination is shared by 5 rows or more.",
        "l: within each combination every sensitive answer has 2 values or more.",
        "Of the detail of these columns 12.5% was lost.",
        "age 1 of 3 3",
        "2007-04-05T09:30+00:00 p.lane The table of types was shown. All of them agreed in writing.",
    ):
        assert said in words
    assert words.count("Not answered yet.") == len(INTRUDER_QUESTIONS) - 1
    assert "Looked through &lt;two&gt; papers" in page


def test_a_failed_audit_says_that_the_release_must_not_leave(report: RiskReport) -> None:
    failed = replace(report, audit=replace(PASSED, recoverable=1, narrow=2, narrowest=1))
    assert "3 hidden counts can be worked out too closely. This must not leave." in words_of(render_html(failed))


def test_the_pdf_is_tagged_titled_and_the_same_each_time(report: RiskReport) -> None:
    document = render_pdf(report)
    assert render_pdf(report) == document
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "en"
        assert str(pdf.docinfo.Title) == f"Risk report: {report.title}"


def test_an_answer_to_no_question_is_refused(parks: Definition) -> None:
    unknown: dict[str, Any] = {"pres": IntruderAnswer("o.rees", "Nothing.")}
    with pytest.raises(KeyError, match="no question 'pres'"):
        risk_report(parks, ABOUT, RULE, Protected({}, PASSED), intruder=unknown)
