"""Every number of a report is that of a table of its release, in HTML, PDF and Word alike."""

import io
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pyarrow.parquet as pq
import pypdfium2
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Walk(HTMLParser):
    """Reads the words of a page, and which of them are figures, dates, quoted or an officer's."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.figures: list[tuple[str, str, str]] = []
        self.bare: list[str] = []
        self.words: list[str] = []
        self.alternatives: list[str] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(page.split("<body>")[1])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.alternatives.append(given["alt"])
        elif tag != "br":
            self._open.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        own = next((given for tag, given in reversed(self._open) if tag == "data"), None)
        if own is not None:
            self.figures.append((own["data-figure"], own["value"], data))
        elif not any(self._is_no_figure(tag, given) for tag, given in self._open):
            self.bare += _NUMBER.findall(data)

    @staticmethod
    def _is_no_figure(tag: str, given: dict[str, str]) -> bool:
        return tag == "time" or given.get("class") in ("quoted", "written")


def walk(report: Path, name: str = "report.html") -> Walk:
    return Walk((report / name).read_text("utf-8"))


def value_in(dataset: Path, figure: dict[str, Any]) -> Any:
    """The value that the release's own files have for a figure."""
    if figure["table"] == "manifest":
        found = json.loads((dataset / "manifest.json").read_bytes())
        for key in figure["where"]["path"].split("."):
            found = found[key]
        return found
    rows = pq.read_table(dataset / f"tables/{figure['table']}.parquet").to_pylist()
    rows = [row for row in rows if all(str(row[key]) == value for key, value in figure["where"].items())]
    if figure["how"] == "sum":
        return sum(row[figure["column"]] for row in rows)
    (row,) = rows
    return row[figure["column"]]


def test_no_number_stands_in_the_report_that_is_not_a_figure_with_its_source(report: Path) -> None:
    for name in ("report.html", "you-said-we-did.html"):
        assert walk(report, name).bare == []


def test_every_figure_is_the_value_in_the_release_s_tables(report: Path, dataset: str) -> None:
    listed = json.loads((report / "figures.json").read_bytes())
    shown = [*walk(report).figures, *walk(report, "you-said-we-did.html").figures]
    assert listed["release"] == dataset
    assert {one for one, _, _ in shown} <= set(listed["figures"])
    for address, value, text in shown:
        figure = listed["figures"][address]
        actual = value_in(report.parent / dataset, figure)
        assert (figure["value"], figure["text"]) == (actual, text), address
        assert value == ("" if actual is None else str(actual)), address
    counts = {address: text for address, _, text in shown}
    assert counts["ledger/all/responses"] == "12"
    assert counts["questions/q1_where/coded"] == "10"


def test_charts_say_their_figures_in_words(report: Path) -> None:
    page = walk(report)
    figures = Counter(text for _, _, text in page.figures)
    (words,) = page.alternatives
    assert words.startswith("10 of 10 coded answers: Names a place. Bar chart. Positions, coded answers.")
    values = re.findall(r": (\d+|not shown)[;.]", words.split("Bar chart.")[1])
    assert values == ["10", "0"]
    assert all(figures[one] for one in values)


def numbers(texts: list[str]) -> Counter[str]:
    return Counter(number for text in texts for number in _NUMBER.findall(text))


def test_the_word_document_has_the_same_numbers_in_the_same_order(report: Path) -> None:
    document = docx.Document(io.BytesIO((report / "report.docx").read_bytes()))
    texts: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            texts.append(block.text)
        elif isinstance(block, Table):
            texts += [cell.text for row in block.rows for cell in row.cells]
    in_word = [number for text in texts for number in _NUMBER.findall(text)]
    in_page = [number for text in walk(report).words for number in _NUMBER.findall(text)]
    assert in_word == in_page


def test_the_word_document_is_accessible(report: Path) -> None:
    document: Any = docx.Document(io.BytesIO((report / "report.docx").read_bytes()))
    headings = [one for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert [one.text for one in headings if one.style.name == "Heading 1"] == ["Bus shelters"]
    assert "Results by question" in [one.text for one in headings if one.style.name == "Heading 2"]
    assert document.tables
    assert all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in document.tables)
    (chart,) = document.inline_shapes
    assert chart._inline.docPr.get("descr") == walk(report).alternatives[0]
    assert (document.core_properties.title, document.core_properties.language) == ("Bus shelters", "en")


def test_the_pdf_is_tagged_and_has_the_same_numbers(report: Path) -> None:
    with pikepdf.open(report / "report.pdf") as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "en"
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as metadata:
            assert (metadata["dc:title"], metadata["pdfuaid:part"]) == ("Bus shelters", "1")
        alternatives = [str(one.Alt) for one in _elements(pdf.Root.StructTreeRoot) if "/Alt" in one]
    page = walk(report)
    assert alternatives == page.alternatives
    document = pypdfium2.PdfDocument(report / "report.pdf")
    printed = numbers([document[number].get_textpage().get_text_range() for number in range(len(document))])
    shown = numbers(page.words)
    assert shown - printed == Counter()
    of_pages = {str(number) for number in range(1, len(document) + 1)}
    assert set(printed) <= {*shown, *of_pages}


def _elements(node: Any) -> list[Any]:
    found = [node]
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            found += _elements(kid)
    return found


def test_the_report_says_what_it_is(report: Path, dataset: str) -> None:
    page = (report / "report.html").read_text("utf-8")
    words = " ".join(" ".join(walk(report).words).split())
    assert f"Interim, as at 10 May 2007, 10:00 . From release {dataset}" in words
    assert "This is not a poll." in words
    assert "Less" not in words
    assert list(re.findall(r"<h2[^>]*>([^<]+)</h2>", page)) == [
        "To", "Report of", "Recommendation", "Supporting information", "Method", "Results by question",
        "Equalities and outreach", "Confidentiality", "Implications", "For more information",
        "Appendix: how the work was done, in figures", "Appendix: the questions", "Where the figures come from",
    ]  # fmt: skip


def test_while_figures_move_in_steps_so_many_or_more_answered(report: Path) -> None:
    words = " ".join(" ".join(walk(report).words).split())
    assert "10 or more of 12 included responses answer this." in words
