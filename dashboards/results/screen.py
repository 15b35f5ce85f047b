"""The Streamlit screen: who is looking, which consultation and moment, and the page that was chosen."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboards.accounts import Account
from dashboards.errors import DashboardError
from dashboards.guard import SIGN_IN_PATH, session_cookie_name
from dashboards.results.content import pages_for
from dashboards.results.figures import View
from dashboards.results.live import LIVE_SECONDS, live_received
from dashboards.results.plain import notices, plain_address
from dashboards.results.read import current_name
from dashboards.results.rendering import markdown_text, show_downloads, show_page
from dashboards.results.settings import ResultsSettings, installed
from dashboards.results.views import LATEST, consultations, moment_label, moments_of, view_of
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
    view = latest if moment == LATEST else view_of(settings, consultation, moment)
    said = notices(settings, view.version.about.notices)
    pages = pages_for(view, account.role)
    drawn = {page.key: partial(show_page, page, view, said) for page in pages}
    menu = {page.key: page.menu for page in pages}
    drawn["downloads"] = partial(show_downloads, settings, consultation, account.role, view, said)
    menu["downloads"] = "Downloads"
    listed = [st.Page(draw, title=menu[key], url_path=key, default=key == pages[0].key) for key, draw in drawn.items()]
    chosen = st.navigation([*listed, *_pages_left_behind(set(drawn), drawn[pages[0].key])], expanded=True)
    st.sidebar.markdown(f"[The same figures without charts or scripts]({plain_address(consultation, moment)})")
    if moment == LATEST:
        _live(settings, view)
    chosen.run()
    _watch(settings, consultation, moment, view.version.about.version)


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
    cookies = st.context.cookies
    token = next((cookies[name] for name in map(session_cookie_name, ("wss", "ws")) if name in cookies), None)
    return find_session(settings.store, token, settings.clock.now(), seen=seen) if token else None
