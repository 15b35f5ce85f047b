"""Draws pages with Streamlit: headings, charts with their tables beside them, and the watermark on every one."""

import re

import streamlit as st

from dashboards.results import wording
from dashboards.results.addresses import csv_address, pdf_address, plain_address
from dashboards.results.drawing import describe, draw
from dashboards.results.figures import Figure, Line, Page
from dashboards.results.releases import download_address, list_releases, release_title, standing_sentence
from dashboards.results.screen_table import STYLE, table_markup
from dashboards.results.selection import Selection

# What Markdown, and Streamlit's additions to it, would read as more than text.
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#~$|]|:(?=[\w+-])|(?m:^)[-+=]|(?m:^)\d+(?=[.)]))")


def markdown_text(text: str) -> str:
    """`text` written so that Markdown shows it as it is."""
    return _MARKDOWN.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    written = found.group(0)
    # A number before a full stop would begin a list: the stop is what is escaped, by a joiner that shows nothing.
    return f"{written}\u2060" if written[0].isdigit() else f"\\{written}"


def show_page(page: Page, selection: Selection, beside: str | None = None) -> None:
    """One page of results below its heading; `beside` is the moment that it compares with."""
    for sentence in page.news:
        st.success(markdown_text(sentence), icon=None)
    if page.key_figures:
        # Text of the first bundle: what is looked for first never waits for the scripts of tables and charts.
        with st.container(horizontal=True, gap="large", key="key_figures"):
            for name, value in page.key_figures:
                st.markdown(f"**{markdown_text(value)}**  \n{markdown_text(name)}", width="content")
    for sentence in page.summary:
        st.markdown(markdown_text(sentence))
    for place, figure in enumerate(page.figures, 1):
        csv = csv_address(selection.consultation, page.key, figure.key, selection.moment, beside)
        _show_figure(figure, selection.view.watermark, csv, f"{page.title}, {place}")
    for quote in page.quotes:
        st.markdown(f"> {markdown_text(' '.join(quote.split()))}")
    pdf = pdf_address(selection.consultation, page.key, selection.moment, beside)
    plain = plain_address(selection.consultation, page.key, selection.moment, beside)
    st.markdown(f"This page: [as PDF]({pdf}), [without charts or scripts]({plain})")


def show_downloads(selection: Selection) -> None:
    """All results as one file, and the releases whose files this role may have, by links to guarded routes."""
    view = selection.view
    st.markdown(f"[All results as PDF]({pdf_address(selection.consultation, moment=selection.moment)})")
    releases = list_releases(selection.settings, selection.consultation, selection.role)
    if not releases:
        st.markdown("There is no release that you may download yet.")
    for release in releases:
        st.header(markdown_text(release_title(release, view.version.about.zone)), anchor=False)
        if standing := standing_sentence(release):
            st.warning(markdown_text(standing))
        links = [
            f"- [{markdown_text(file.name)}]({download_address(release, file)}), {wording.number(file.size)} bytes"
            for file in release.files
        ]
        st.markdown("\n".join(links))


def show_heading(title: str, selection: Selection) -> None:
    """The consultation, the page's title, the watermark and the notices: the same on every page."""
    view, about = selection.view, selection.view.version.about
    st.markdown(f"**{markdown_text(about.title)}**")
    st.title(markdown_text(title), anchor=False)
    st.html(STYLE)
    sentences = (f"**{markdown_text(view.watermark)}**", *map(markdown_text, (*selection.notices, wording.NOT_A_POLL)))
    st.info("  \n".join(sentences))


def _show_figure(figure: Figure, watermark: str, csv: str, place: str) -> None:
    st.header(markdown_text(figure.headline), anchor=False)
    chart = draw(figure, watermark)
    if chart is not None:
        st.vega_lite_chart(chart, theme=None, alt=describe(figure, watermark))
    elif figure.base:
        st.markdown(markdown_text(figure.base))
    if isinstance(figure.chart, Line):
        # One row a day: folded, and reached by keyboard like any button.
        with st.expander(f"Table: {markdown_text(figure.table.caption)}"):
            st.html(table_markup(figure.table, place))
    else:
        st.html(table_markup(figure.table, place))
    if figure.notes:
        st.markdown("\n".join(f"- {markdown_text(note)}" for note in figure.notes))
    st.markdown(f"[{markdown_text(figure.title)}: these figures as CSV]({csv})")
