"""What somebody asked for: a consultation at one of its moments, with the pages that their role has."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from dashboards.accounts import Role
from dashboards.errors import DashboardError
from dashboards.results.addresses import LATEST
from dashboards.results.content import pages_for
from dashboards.results.content.compare import COMPARE, compare_page
from dashboards.results.content.overview import OVERVIEW
from dashboards.results.figures import Figure, Page, View
from dashboards.results.releases import list_releases
from dashboards.results.settings import ResultsSettings
from dashboards.results.tables import About
from dashboards.results.views import moments_of, view_of
from dashboards.results.visits import news, note_visit, sight_of

_KEPT = 64


@dataclass(frozen=True)
class Selection:
    """A view and its pages.

    Attributes:
        moment: the moment of the view, `latest` for the present.
        others: the other moments, with which it can be compared; none for a role that sees no results.
    """

    settings: ResultsSettings
    consultation: str
    moment: str
    role: Role
    view: View
    pages: tuple[Page, ...]
    others: tuple[str, ...]

    @property
    def notices(self) -> tuple[str, ...]:
        """What every page says above its figures: the consultation's notice, and the clock's where it is moved."""
        of_clock = self.settings.clock.notice
        return tuple(dict.fromkeys((*self.view.version.about.notices, *([of_clock] if of_clock else []))))

    def page(self, key: str, beside: str | None = None) -> Page:
        """The page of that address; `beside` is the moment that is compared with.

        Raises:
            DashboardError: there is no such page for this role, or no such moment.
        """
        if key == COMPARE and self.others:
            return self.compared_with(beside or self.others[-1])
        for page in self.pages:
            if page.key == key:
                return page
        raise DashboardError("There is no such page of results here.")

    def compared_with(self, moment: str) -> Page:
        """This view beside the one of another moment, the earlier first.

        Raises:
            DashboardError: there is no such moment.
        """
        other = view_of(self.settings, self.consultation, moment)
        earlier, later = sorted((self.view, other), key=lambda view: view.version.about.as_at)
        return compare_page(earlier, later)


def select(settings: ResultsSettings, role: Role, consultation: str, moment: str = LATEST) -> Selection:
    """What `role` may see of a consultation at a moment.

    Raises:
        DashboardError: as `view_of`.
    """
    view = view_of(settings, consultation, moment)
    others = tuple(one for one in moments_of(settings, consultation) if one != moment)
    shown = _Shown(settings.warehouses[consultation], view.version.about, view.period(), repr(view.sides), role, view)
    pages = _pages(shown)
    return Selection(settings, consultation, moment, role, view, pages, others if len(pages) > 1 else ())


@dataclass(frozen=True)
class _Shown:
    """What the pages of a version depend on: the version, the day, the policy's sides, and who looks."""

    public: Path
    about: About
    period: str
    sides: str
    role: Role
    view: View = field(compare=False)


@lru_cache(maxsize=_KEPT)
def _pages(shown: _Shown) -> tuple[Page, ...]:
    """The pages, made once: every run of everybody's screen shows the same."""
    return tuple(pages_for(shown.view, shown.role))


def with_news(selection: Selection, account: str, token: str) -> Selection:
    """The selection with what is new to an account since its last visit on its first page; that visit is noted.

    An earlier moment has no news, nor has a role that sees no results.
    """
    first, *rest = selection.pages
    if selection.moment != LATEST or first.key != OVERVIEW:
        return selection
    settings, consultation = selection.settings, selection.consultation
    releases = list_releases(settings, consultation, selection.role)
    now = sight_of(selection.view, releases, settings.clock.now())
    before = note_visit(settings.store, account, consultation, token, now)
    told = news(before, now, selection.view) if before else ()
    return replace(selection, pages=(replace(first, news=told), *rest))


def figure_of(page: Page, key: str) -> Figure:
    """The figure of that address on a page.

    Raises:
        DashboardError: the page has none.
    """
    for figure in page.figures:
        if figure.key == key:
            return figure
    raise DashboardError("There is no such figure on this page.")
