"""Pages that list what was decided, each line with a form of its own."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from dashboards.desk.forms import Desk, token_for

_SHOWN = 100


def listing(
    desk: Desk,
    request: Request,
    template: str,
    path: str,
    found: Sequence[object],
    *,
    posted_to: str | None = None,
    problem: str | None = None,
    status: int = 400,
) -> Response:
    """The first hundred of `found` in a template that extends `desk_listing.html`, and how many more there are.

    Their forms are posted to `posted_to`, else to the page itself; `status` is for a page that tells a problem.
    """
    action = posted_to or path
    return desk.page(
        template,
        at=path,
        status=status if problem else 200,
        problem=problem,
        rows=found[:_SHOWN],
        left_out=max(0, len(found) - _SHOWN),
        form_token=token_for(request, action),
        action=action,
    )
