"""The same pages as a tagged PDF (PDF/UA-1) with a title and a language; equal content gives equal bytes."""

import logging
import subprocess
import sys
from functools import lru_cache
from importlib.resources import files

from dashboards.errors import DashboardError
from dashboards.pages import render
from dashboards.results import wording
from dashboards.results.figures import Page, View
from dashboards.results.markup import drawn_page

_LOGGER = logging.getLogger(__name__)
# A document of all pages is some hundred kilobytes.
_KEPT = 24
_FONTS = files("schemas.editions") / "fonts" / "fonts.css"
_WRITER = [sys.executable, "-m", "dashboards.results.pdf_writer", str(_FONTS)]
_SECONDS = 180


def pdf_of(pages: tuple[Page, ...], view: View, notices: tuple[str, ...]) -> bytes:
    """One document of `pages`. Written once for what stands in it, by a process of its own, and kept.

    Raises:
        DashboardError: it could not be written within the limits.
    """
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


@lru_cache(maxsize=_KEPT)
def _written(html: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter and a module of ours
            _WRITER, input=html.encode(), capture_output=True, timeout=_SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        _LOGGER.error("A PDF of %d characters could not be written: %s", len(html), type(error).__name__)
        raise DashboardError("This PDF could not be written now; the same figures are on the plain page.") from None
    return done.stdout
