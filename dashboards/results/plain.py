"""Every figure without a script: plain HTML, one page or all, and the same as PDF and CSV."""

from collections.abc import Callable
from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboards.accounts import Account
from dashboards.errors import DashboardError
from dashboards.guard import session_token
from dashboards.pages import page
from dashboards.results import wording
from dashboards.results.addresses import BESIDE, LATEST, MOMENT, csv_address, pdf_address, plain_address
from dashboards.results.content.compare import COMPARE
from dashboards.results.content.overview import OVERVIEW
from dashboards.results.csv_file import csv_of
from dashboards.results.markup import drawn_page
from dashboards.results.pdf import pdf_of
from dashboards.results.releases import download_address, list_releases, release_title, standing_sentence
from dashboards.results.selection import Selection, figure_of, select, with_news
from dashboards.results.settings import ResultsSettings
from dashboards.results.views import consultations, moment_label

# A PDF takes a processor for seconds: one is written at a time. Who waits for one that is kept by then gets it at once.
_WAITING_FOR_PDF = 60
_BUSY = "Too many PDFs are being written at this moment; try again in a minute."


def plain_routes(settings: ResultsSettings) -> list[Route]:
    """`/results` lists the consultations, below it are the pages and files of one; `?as-at=` is an earlier moment."""
    limiter = CapacityLimiter(1)

    async def index(_request: Request) -> Response:
        known = await run_in_threadpool(consultations, settings)
        return page("results_index.html", links=[(plain_address(name), title) for name, title in known.items()])

    async def results(request: Request) -> Response:
        return await run_in_threadpool(_answer, settings, request, _all_pages)

    async def one_page(request: Request) -> Response:
        return await run_in_threadpool(_answer, settings, request, _one_page)

    async def csv_file(request: Request) -> Response:
        return await run_in_threadpool(_answer, settings, request, _csv)

    async def pdf(request: Request) -> Response:
        if limiter.statistics().tasks_waiting >= _WAITING_FOR_PDF:
            return PlainTextResponse(_BUSY, 503, {"Retry-After": "60"})
        return await to_thread.run_sync(partial(_answer, settings, request, _pdf), limiter=limiter)

    return [
        Route("/results", index, methods=["GET"]),
        Route("/results/{consultation}.pdf", pdf, methods=["GET"]),
        Route("/results/{consultation}", results, methods=["GET"]),
        Route("/results/{consultation}/{page}.pdf", pdf, methods=["GET"]),
        Route("/results/{consultation}/{page}/{figure}.csv", csv_file, methods=["GET"]),
        Route("/results/{consultation}/{page}", one_page, methods=["GET"]),
    ]


def _answer(settings: ResultsSettings, request: Request, answer: Callable[[Selection, Request], Response]) -> Response:
    """What `answer` makes of the selection, or a sentence where there is no such thing."""
    account: Account = request.state.account
    try:
        moment = request.query_params.get(MOMENT, LATEST)
        selection = select(settings, account.role, request.path_params["consultation"], moment)
        return answer(selection, request)
    except DashboardError as error:
        return page("results_missing.html", status=404, problem=str(error))


def _all_pages(selection: Selection, request: Request) -> Response:
    selection = _told(selection, request)
    settings, view, moment = selection.settings, selection.view, selection.moment
    releases = list_releases(settings, selection.consultation, selection.role)
    here = partial(plain_address, selection.consultation)
    return page(
        "results.html",
        about=view.version.about,
        notices=selection.notices,
        watermark=view.watermark,
        not_a_poll=wording.NOT_A_POLL,
        pdf=pdf_address(selection.consultation, moment=moment),
        compare=here(COMPARE, moment) if selection.others else None,
        moments=[
            (here(moment=one), moment_label(view.version, one), one == moment)
            for one in sorted((moment, *selection.others), key=lambda one: (one != LATEST, one))
        ],
        pages=[
            (drawn_page(one, view.watermark, _csv_addresses(selection, one.key)), here(one.key, moment))
            for one in selection.pages
        ],
        releases=[
            (
                release_title(release, view.version.about.zone),
                standing_sentence(release),
                [(file.name, file.size, download_address(release, file)) for file in release.files],
            )
            for release in releases
        ],
    )


def _one_page(selection: Selection, request: Request) -> Response:
    key, beside = request.path_params["page"], request.query_params.get(BESIDE)
    chosen = (_told(selection, request) if key == OVERVIEW else selection).page(key, beside)
    view, moment = selection.view, selection.moment
    compared = beside or selection.others[-1] if key == COMPARE else None
    others = selection.others if key == COMPARE else ()
    return page(
        "results_page.html",
        about=view.version.about,
        notices=selection.notices,
        watermark=view.watermark,
        not_a_poll=wording.NOT_A_POLL,
        drawn=drawn_page(chosen, view.watermark, _csv_addresses(selection, key, compared)),
        beside=[
            (plain_address(selection.consultation, key, moment, one), moment_label(view.version, one), one == compared)
            for one in others
        ],
        pdf=pdf_address(selection.consultation, key, moment, compared),
        all=plain_address(selection.consultation, moment=moment),
    )


def _pdf(selection: Selection, request: Request) -> Response:
    key = request.path_params.get("page")
    pages = (selection.page(key, request.query_params.get(BESIDE)),) if key else selection.pages
    name = "-".join([selection.consultation, *([key] if key else []), f"{selection.view.version.about.as_at:%Y-%m-%d}"])
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(pdf_of(pages, selection.view, selection.notices), 200, headers, "application/pdf")


def _csv(selection: Selection, request: Request) -> Response:
    key, figure = request.path_params["page"], request.path_params["figure"]
    chosen = figure_of(selection.page(key, request.query_params.get(BESIDE)), figure)
    headers = {"Content-Disposition": f'attachment; filename="{selection.consultation}-{key}-{figure}.csv"'}
    return Response(csv_of(chosen, selection.view), 200, headers, "text/csv; charset=utf-8; header=present")


def _told(selection: Selection, request: Request) -> Selection:
    """With what is new to who asks. A file is for everybody, and has none of it."""
    token = session_token(request)
    return with_news(selection, request.state.account.name, token) if token else selection


def _csv_addresses(selection: Selection, key: str, beside: str | None = None) -> Callable[[str], str]:
    return lambda figure: csv_address(selection.consultation, key, figure, selection.moment, beside)
