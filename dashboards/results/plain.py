"""Every figure as plain HTML: one page a consultation, tables with captions, no script."""

from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboards.accounts import Account
from dashboards.errors import DashboardError
from dashboards.pages import page
from dashboards.results import wording
from dashboards.results.content import pages_for
from dashboards.results.releases import download_address, list_releases, release_title, standing_sentence
from dashboards.results.settings import ResultsSettings
from dashboards.results.views import LATEST, consultations, moment_label, moments_of, view_of

_MOMENT = "as-at"


def plain_address(consultation: str, moment: str = LATEST) -> str:
    """The address of a consultation's plain page, at one of its moments."""
    query = "" if moment == LATEST else f"?{urlencode({_MOMENT: moment})}"
    return f"/results/{quote(consultation)}{query}"


def plain_routes(settings: ResultsSettings) -> list[Route]:
    """`/results` lists the consultations, `/results/<consultation>` shows one, `?as-at=` an earlier moment of it."""

    async def index(_request: Request) -> Response:
        known = await run_in_threadpool(consultations, settings)
        links = [(plain_address(name), title) for name, title in known.items()]
        return page("results_index.html", links=links)

    async def results(request: Request) -> Response:
        consultation = request.path_params["consultation"]
        moment = request.query_params.get(_MOMENT, LATEST)
        return await run_in_threadpool(_results, settings, request.state.account, consultation, moment)

    return [
        Route("/results", index, methods=["GET"]),
        Route("/results/{consultation}", results, methods=["GET"]),
    ]


def _results(settings: ResultsSettings, account: Account, consultation: str, moment: str) -> Response:
    try:
        view = view_of(settings, consultation, moment)
        moments = moments_of(settings, consultation)
        releases = list_releases(settings, consultation, account.role)
    except DashboardError as error:
        return page("results_missing.html", status=404, problem=str(error))
    about = view.version.about
    return page(
        "results.html",
        about=about,
        notices=notices(settings, about.notices),
        watermark=view.watermark,
        not_a_poll=wording.NOT_A_POLL,
        moments=[(plain_address(consultation, one), moment_label(view.version, one), one == moment) for one in moments],
        pages=pages_for(view, account.role),
        releases=[
            (
                release_title(release, about.zone),
                standing_sentence(release),
                [(file.name, file.size, download_address(release, file)) for file in release.files],
            )
            for release in releases
        ],
    )


def notices(settings: ResultsSettings, of_consultation: tuple[str, ...]) -> tuple[str, ...]:
    """What every page says above its figures: the consultation's notice, and the clock's where it is moved."""
    of_clock = settings.clock.notice
    return tuple(dict.fromkeys((*of_consultation, *([of_clock] if of_clock else []))))
