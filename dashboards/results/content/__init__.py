"""The content of each page of results, as figures. Nothing here draws, reads a file or knows who is looking."""

from dashboards.accounts import Role
from dashboards.results.content.ledger import ledger_page
from dashboards.results.content.outreach import outreach_page
from dashboards.results.content.overview import overview_page
from dashboards.results.content.quality import quality_page
from dashboards.results.content.questions import question_pages
from dashboards.results.content.responses import responses_page
from dashboards.results.figures import Page, View


def pages_for(view: View, role: Role) -> list[Page]:
    """The pages that somebody in `role` may see, the first one to open on first.

    An engineer sees whether the channels' counts add up, and no results.
    """
    if role == "engineer":
        return [ledger_page(view)]
    return [
        overview_page(view),
        responses_page(view),
        *question_pages(view),
        outreach_page(view),
        ledger_page(view),
        quality_page(view),
    ]
