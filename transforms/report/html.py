"""A document as one page of HTML that needs nothing else, and the same as a tagged PDF (PDF/UA-1)."""

import base64
import hashlib
from pathlib import Path

import jinja2
from markupsafe import Markup
from weasyprint import HTML

from transforms.report.charts import chart_svg, in_words
from transforms.report.document import Chart, Day, Document, Figure, Quoted, Runs, text_of


def _runs(runs: Runs) -> Markup:
    """Runs as markup: a figure carries its address, and words of the definition say that they are."""
    return Markup("").join(_run(run) for run in runs)


def _run(run: str | Figure | Day | Quoted) -> Markup | str:
    match run:
        case Figure():
            value = "" if run.value is None else str(run.value)
            return Markup('<data value="{}" data-figure="{}">{}</data>').format(value, run.id, run.text)
        case Day():
            return Markup('<time datetime="{}">{}</time>').format(run.at.isoformat(), run.text)
        case Quoted():
            return Markup('<span class="quoted">{}</span>').format(run.text)
        case _:
            return run


def _picture(chart: Chart, mark: Runs) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(chart_svg(chart, text_of(mark)).encode()).decode()


def _described(chart: Chart, mark: Runs) -> str:
    return in_words(chart, text_of(mark))


_PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters |= {
    "runs": _runs, "words": text_of, "picture": _picture, "described": _described,
    "kind": lambda block: type(block).__name__,
}  # fmt: skip


def render_html(document: Document) -> str:
    """The document as one page of HTML."""
    return _PAGES.get_template("document.html").render(document=document)


def render_pdf(page: str) -> bytes:
    """A page that `render_html` made, as a tagged PDF; the same page gives the same bytes."""
    identifier = hashlib.sha256(page.encode()).digest()[:16]
    document = HTML(string=page).write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    assert isinstance(document, bytes)
    return document
