"""The desk: officers' pages behind the one middleware, which also asks for the role."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.accounts import unknown_name_hash
from dashboards.assets import asset_route
from dashboards.desk.access import AccessMiddleware, roles_for
from dashboards.desk.campaigns import campaign_routes
from dashboards.desk.coding import coding_routes
from dashboards.desk.final import final_routes
from dashboards.desk.forms import Desk
from dashboards.desk.jobs import OPERATIONS_PATH
from dashboards.desk.keying import keying_routes
from dashboards.desk.keying_forms import keying_form_routes
from dashboards.desk.links import link_routes
from dashboards.desk.operations import operations_routes
from dashboards.desk.quarantine import quarantine_routes
from dashboards.desk.redactions import redaction_routes
from dashboards.desk.releases import release_routes
from dashboards.desk.reports import report_routes
from dashboards.desk.themes import theme_routes
from dashboards.desk.translating import translation_routes
from dashboards.desk.work import work_routes
from dashboards.desk.work_list import WORK_PATH
from dashboards.guard import SessionMiddleware
from dashboards.incidents import IncidentMiddleware
from dashboards.sign_in import sign_in_routes
from dashboards.sign_in_settings import SignInSettings


def create_desk_app(sign_in: SignInSettings, desk: Desk) -> Starlette:
    """The ASGI application over one consultation's queues."""
    # Hashed now, so that the first unknown name takes no longer than the next.
    unknown_name_hash()

    async def home(request: Request) -> Response:
        role = request.state.account.role
        return RedirectResponse(WORK_PATH if role in roles_for(WORK_PATH) else OPERATIONS_PATH, 303)

    return Starlette(
        routes=[
            Route("/", home, methods=["GET"]),
            asset_route(),
            *sign_in_routes(sign_in),
            *work_routes(desk),
            *keying_routes(desk),
            *keying_form_routes(desk),
            *coding_routes(desk),
            *theme_routes(desk),
            *release_routes(desk),
            *translation_routes(desk),
            *link_routes(desk),
            *campaign_routes(desk),
            *redaction_routes(desk),
            *quarantine_routes(desk),
            *final_routes(desk),
            *report_routes(desk),
            *operations_routes(desk),
        ],
        middleware=[
            Middleware(
                SessionMiddleware,
                store=sign_in.store,
                clock=sign_in.clock,
                shut=(),
                content_security_policy="default-src 'none'; frame-ancestors 'none'",
            ),
            Middleware(AccessMiddleware),
            Middleware(IncidentMiddleware),
        ],
    )
