"""Writes one PDF in a process of its own: HTML from standard input, a tagged PDF (PDF/UA-1) to standard output.

    python -m dashboards.results.pdf_writer FONTS.css

Laying out takes a processor for seconds. Here it takes it from nobody who reads results, and a document that is never
done is stopped by the limits.
"""

import hashlib
import resource
import sys
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

_CPU_SECONDS = 60
_MOST_MEMORY = 2 * 1024**3


def write_pdf(html: str, fonts_sheet: Path) -> bytes:
    """The document as a PDF; equal content gives equal bytes. Nothing that stands in it is ever fetched.

    Args:
        html: the document, with its styles.
        fonts_sheet: a style sheet of fonts; the system's are used where it is not there.
    """
    fonts = FontConfiguration()
    sheets = [CSS(fonts_sheet, font_config=fonts)] if fonts_sheet.exists() else []
    written = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
        font_config=fonts,
        stylesheets=sheets,
    )
    assert isinstance(written, bytes)
    return written


def main() -> None:
    """Write what is given, within the limits of time and memory."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    sys.stdout.buffer.write(write_pdf(sys.stdin.buffer.read().decode(), Path(sys.argv[1])))


if __name__ == "__main__":
    main()
