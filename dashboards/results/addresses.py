"""The addresses of the plain pages and files of results."""

from urllib.parse import quote, urlencode

LATEST = "latest"
MOMENT = "as-at"
BESIDE = "beside"


def plain_address(consultation: str, page: str | None = None, moment: str = LATEST, beside: str | None = None) -> str:
    """A consultation's plain page, or one page of it, at one of its moments; `beside` is the other in a comparison."""
    return _address(consultation, [page] if page else [], "", moment, beside)


def pdf_address(consultation: str, page: str | None = None, moment: str = LATEST, beside: str | None = None) -> str:
    """The same as a PDF."""
    return _address(consultation, [page] if page else [], ".pdf", moment, beside)


def csv_address(consultation: str, page: str, figure: str, moment: str = LATEST, beside: str | None = None) -> str:
    """The figures of one table as CSV."""
    return _address(consultation, [page, figure], ".csv", moment, beside)


def _address(consultation: str, parts: list[str], suffix: str, moment: str, beside: str | None) -> str:
    asked = ({} if moment == LATEST else {MOMENT: moment}) | ({BESIDE: beside} if beside else {})
    path = "/".join(map(quote, ("/results", consultation, *parts)))
    return f"{path}{suffix}{f'?{urlencode(asked)}' if asked else ''}"
