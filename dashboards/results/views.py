"""Which view somebody looks at: a consultation, now or as at an earlier moment."""

from pathlib import Path

from dashboards.errors import DashboardError
from dashboards.results import wording
from dashboards.results.addresses import LATEST
from dashboards.results.figures import View
from dashboards.results.gate import check_version
from dashboards.results.read import as_at_moments, read_as_at, read_current
from dashboards.results.settings import ResultsSettings
from dashboards.results.tables import PublicVersion
from schemas.local_time import local_moment


def consultations(settings: ResultsSettings) -> dict[str, str]:
    """Every consultation with its title, those that have results first; one that has none yet goes by its id."""
    titles: dict[str, str] = {}
    waiting: dict[str, str] = {}
    for name, public in settings.warehouses.items():
        try:
            titles[name] = read_current(public).about.title
        except DashboardError:
            waiting[name] = name
    return titles | waiting


def moments_of(settings: ResultsSettings, consultation: str) -> tuple[str, ...]:
    """`latest`, and the earlier moments that can be shown.

    Raises:
        DashboardError: there is no such consultation here.
    """
    return (LATEST, *as_at_moments(_public(settings, consultation)))


def view_of(settings: ResultsSettings, consultation: str, moment: str = LATEST) -> View:
    """The view of a consultation at one of its moments.

    Raises:
        DashboardError: no such consultation, no such moment, nothing published, or a version that cannot be read
            or would break a promise.
    """
    public = _public(settings, consultation)
    version = read_current(public) if moment == LATEST else read_as_at(public, moment)
    sides = check_version(settings, consultation, version.about.version)
    return View(version, settings.clock.now() if moment == LATEST else version.about.as_at, sides)


def moment_label(version: PublicVersion, moment: str) -> str:
    """`4 April 2007, 17:00: Papers sent to the Commission`, or `Latest`."""
    if moment == LATEST:
        return "Latest"
    at = local_moment(moment, version.about.zone)
    names = [meeting.label for meeting in version.meetings if meeting.at == at]
    return ": ".join([wording.moment(at), *names[:1]])


def _public(settings: ResultsSettings, consultation: str) -> Path:
    if consultation not in settings.warehouses:
        raise DashboardError("There is no such consultation here.")
    return settings.warehouses[consultation]
