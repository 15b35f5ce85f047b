"""The Streamlit screen: who is looking, which consultation and moment, and the page that was chosen."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboards.accounts import Account
from dashboards.errors import DashboardError
from dashboards.guard import SIGN_IN_PATH, session_cookie_name
from dashboards.incidents import note_incident
from dashboards.results.addresses import LATEST, plain_address
from dashboards.results.content.compare import COMPARE
from dashboards.results.content.overview import OVERVIEW
from dashboards.results.figures import Page, View
from dashboards.results.live import LIVE_SECONDS, live_received
from dashboards.results.read import current_name
from dashboards.results.rendering import markdown_text, show_downloads, show_heading, show_page
from dashboards.results.selection import Selection, select, with_news
from dashboards.results.settings import ResultsSettings, installed
from dashboards.results.views import consultations, moment_label, moments_of, view_of
from dashboards.sessions import find_session
from dashboards.sign_in import SIGN_OUT_PATH

REFRESH_SECONDS = 10
_RERUN_BY_ITSELF = "rerun_by_itself"
_PAGES_SEEN = "pages_seen"


def show() -> None:
    """One run of the screen. Whose session is over sees nothing but the way to the sign-in form."""
    st.set_page_config(page_title="Results - YourSay", layout="wide")
    settings = installed()
    account = _account(settings, seen=not st.session_state.pop(_RERUN_BY_ITSELF, False))
    if account is None:
        st.title("You are signed out")
        st.markdown(f"[Sign in again]({SIGN_IN_PATH})")
        st.stop()
    try:
        _show_to(settings, account)
    except DashboardError as error:
        st.error(markdown_text(str(error)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the reader gets a sentence
        st.error(markdown_text(note_incident(error)))
    st.sidebar.markdown(f"Signed in as {markdown_text(account.name)} ({account.role}). [Sign out]({SIGN_OUT_PATH})")


def _show_to(settings: ResultsSettings, account: Account) -> None:
    titles = consultations(settings)
    if not titles:
        raise DashboardError("No consultation is published yet.")
    consultation = st.sidebar.selectbox(
        "Consultation", list(titles), format_func=titles.__getitem__, key="consultation"
    )
    latest = view_of(settings, consultation)
    moment = st.sidebar.selectbox(
        "Results as at",
        moments_of(settings, consultation),
        format_func=lambda one: moment_label(latest.version, one),
        key=f"moment of {consultation}",
    )
    selection = select(settings, account.role, consultation, moment)
    drawn = {page.key: partial(_show_page, selection, page, account) for page in selection.pages}
    menu = {page.key: page.menu for page in selection.pages}
    if selection.others:
        drawn[COMPARE], menu[COMPARE] = partial(_show_comparison, selection), "Compare"
    drawn["downloads"], menu["downloads"] = partial(_show_downloads, selection), "Downloads"
    first = selection.pages[0].key
    listed = [st.Page(draw, title=menu[key], url_path=key, default=key == first) for key, draw in drawn.items()]
    chosen = st.navigation([*listed, *_pages_left_behind(set(drawn), drawn[first])], expanded=True)
    st.sidebar.markdown(f"[The same figures without charts or scripts]({plain_address(consultation, moment=moment)})")
    st.set_page_config(page_title=f"{chosen.title}: {titles[consultation]} - YourSay")
    if moment == LATEST:
        _live(settings, selection.view)
    chosen.run()
    _watch(settings, consultation, moment, selection.view.version.about.version)


def _show_page(selection: Selection, page: Page, account: Account) -> None:
    token = _token()
    show_heading(page.title, selection)
    if page.key == OVERVIEW and token:
        page = with_news(selection, account.name, token).pages[0]
    show_page(page, selection)


def _show_comparison(selection: Selection) -> None:
    """Another moment beside the one that is looked at; which, is chosen on the page."""
    show_heading("Compare two moments", selection)
    version = selection.view.version
    beside = st.selectbox(
        "Beside",
        selection.others,
        index=len(selection.others) - 1,
        format_func=lambda one: moment_label(version, one),
        key=f"beside {selection.moment} of {selection.consultation}",
    )
    show_page(selection.compared_with(beside), selection, beside)


def _show_downloads(selection: Selection) -> None:
    show_heading("Downloads", selection)
    show_downloads(selection)


def _pages_left_behind(present: set[str], first: Callable[[], None]) -> list["st.Page"]:
    """Hidden pages under the addresses of another consultation's questions: they show the first page of this one."""
    seen: set[str] = st.session_state.setdefault(_PAGES_SEEN, set())
    seen |= present
    return [st.Page(first, title="Other question", url_path=key, visibility="hidden") for key in sorted(seen - present)]


@st.fragment(run_every=LIVE_SECONDS)
def _live(settings: ResultsSettings, view: View) -> None:
    """The live total above the page: it alone is drawn anew, so that nobody loses what they are looking at."""
    if _account(settings, seen=False) is not None:
        live = live_received(settings, view)
        st.markdown(f"**{live.sentence}** Counted at {live.at:%H:%M:%S}." if live else "")


@st.fragment(run_every=REFRESH_SECONDS)
def _watch(settings: ResultsSettings, consultation: str, moment: str, shown: str) -> None:
    """Looks every ten seconds whether a newer version is there or the session is over. That keeps no session alive."""
    is_over = _account(settings, seen=False) is None
    is_old = moment == LATEST and current_name(settings.warehouses[consultation]) != shown
    if is_over or is_old:
        st.session_state[_RERUN_BY_ITSELF] = True
        st.rerun()


def _account(settings: ResultsSettings, *, seen: bool) -> Account | None:
    """The account of the session that this page's websocket was opened with, with its present role."""
    token = _token()
    return find_session(settings.store, token, settings.clock.now(), seen=seen) if token else None


def _token() -> str | None:
    cookies = st.context.cookies
    return next((cookies[name] for name in map(session_cookie_name, ("wss", "ws")) if name in cookies), None)
