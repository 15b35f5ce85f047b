"""The same pages as a tagged PDF (PDF/UA-1) with a title and a language; equal content gives equal bytes."""

import hashlib
from functools import cache, lru_cache

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from dashboards.pages import render
from dashboards.results import wording
from dashboards.results.figures import Page, View
from dashboards.results.markup import drawn_page
from schemas.editions.print_content import FONTS

# A document of all pages is some hundred kilobytes.
_KEPT = 24


@lru_cache(maxsize=_KEPT)
def _written(html: str) -> bytes:
    fonts, sheets = _fonts()
    document = HTML(string=html, url_fetcher=_no_fetching)
    identifier = hashlib.sha256(html.encode()).digest()[:16]
    written = document.write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=identifier, font_config=fonts, stylesheets=sheets
    )
    assert isinstance(written, bytes)
    return written


def pdf_of(pages: tuple[Page, ...], view: View, notices: tuple[str, ...]) -> bytes:
    """One document of `pages`. Written once for what stands in it, and kept."""
    about = view.version.about
    title = f"{about.title}: {pages[0].title if len(pages) == 1 else 'results'}"
    return _written(
        render(
            "results_pdf.html",
            title=title,
            about=about,
            watermark=view.watermark,
            notices=notices,
            not_a_poll=wording.NOT_A_POLL,
            pages=[drawn_page(page, view.watermark) for page in pages],
        )
    )


def _no_fetching(url: str) -> object:
    """The document brings all it needs; nothing that stands in it is ever fetched."""
    raise ValueError(url)


@cache
def _fonts() -> tuple[FontConfiguration, list[CSS]]:
    """The printed editions' fonts where they are built; the system's else."""
    fonts, sheet = FontConfiguration(), FONTS / "fonts.css"
    return fonts, [CSS(sheet, font_config=fonts)] if sheet.exists() else []
