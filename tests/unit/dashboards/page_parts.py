"""Parts of pages, by the names that their readers have for them."""

from dashboards.results.content import pages_for
from dashboards.results.figures import Figure, Page, View


def page_of(view: View, key: str) -> Page:
    return next(page for page in pages_for(view, "member") if page.key == key)


def figure_of(page: Page, caption: str) -> Figure:
    return next(figure for figure in page.figures if figure.table.caption == caption)


def shown(count: object) -> str:
    return "not shown" if count is None else f"{count:,}"
