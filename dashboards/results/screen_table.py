"""Tables and key figures for the screen: HTML of its own, which appears long before Streamlit's tables would.

Streamlit's tables wait for a large script, have no caption, and name no row by its first cell.
"""

from functools import lru_cache
from html import escape

from dashboards.results.figures import Table

_KEPT = 512
STYLE = """<style>
.yoursay-scroll { overflow-x: auto; }
.yoursay-scroll:focus-visible { outline: 3px solid #0b0c0c; outline-offset: 2px; }
.yoursay-scroll table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; color: #0b0c0c; }
.yoursay-scroll caption { text-align: left; font-weight: 700; padding-bottom: 0.25rem; }
.yoursay-scroll th, .yoursay-scroll td { text-align: left; vertical-align: top; font-weight: 400;
  padding: 0.375rem 1rem 0.375rem 0; border-bottom: 1px solid #6f777b; }
.yoursay-scroll thead th { font-weight: 700; }
.yoursay-scroll td { font-variant-numeric: tabular-nums; }
.st-key-key_figures strong { font-size: 1.75rem; line-height: 1.3; }
</style>"""


@lru_cache(maxsize=_KEPT)
def table_markup(table: Table, place: str) -> str:
    """A table with its caption, that scrolls where it is wider than the screen.

    Args:
        place: where it stands, so that two tables of one caption have different names.
    """
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows = "".join(_row(row) for row in table.rows)
    name = escape(f"Table: {table.caption}, {place}")
    return (
        f'<div class="yoursay-scroll" role="region" tabindex="0" aria-label="{name}">'
        f"<table><caption>{escape(table.caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(cells: tuple[str, ...]) -> str:
    head, *others = map(escape, cells)
    return f'<tr><th scope="row">{head}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>'
