"""A consultation with answers from the web, its pipeline, the command line, and officers at the desk."""

import html
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from ingest.landing import Arrival
from orchestration.intake import landing_of, recipients_of
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.response import MEDIA_TYPE, ResponseDocument, encode_response
from schemas.sealing import seal

FIELD = "q5_proposal"
LIMBS = ("sunday_opening", "trees")


def land(data: DataFolder, definition: Definition, answers: Sequence[dict[str, Any]]) -> list[str]:
    """Land responses as the public server gives them out; the ids of the responses in this order."""
    landing, recipients = landing_of(data, definition), recipients_of(data, definition)
    arrivals = []
    for number, one in enumerate(answers, landing.log.last_seq() + 1):
        document = ResponseDocument(
            id=str(uuid.UUID(int=number)),
            consultation=definition.id,
            questionnaire_hash=definition.questionnaire_hash,
            answers=one,
        )
        arrivals.append(
            Arrival(
                artefact_id=document.id,
                consultation=definition.id,
                channel="web",
                received_at=data.clock.now(),
                source="sync",
                body=seal(encode_response(document), recipients),
                questionnaire_hash=definition.questionnaire_hash,
                media_type=MEDIA_TYPE,
                source_sequence=number,
            )
        )
    landing.append(arrivals)
    return [f"{one.artefact_id}.1" for one in arrivals]


@dataclass(frozen=True)
class Coder:
    """An officer's browser on the coding pages, without a script."""

    client: httpx.Client

    def get(self, address: str = "/coding") -> httpx.Response:
        return self.client.get(address, follow_redirects=True)

    def post(self, page: httpx.Response, do: str = "code", **more: Any) -> httpx.Response:
        """Send the page's first coding form with these fields; limbs and themes by their short names."""
        return self.client.post("/coding", data=hidden(page, "/coding") | {"do": do} | more)

    def code(self, code: str, quote: str = "1", page: httpx.Response | None = None, **more: Any) -> httpx.Response:
        """Give every limb of the next answer, or of this page, one code."""
        page = page or self.get()
        chosen = {f"code-{limb}": code for limb in LIMBS} | {f"quote-{limb}": quote for limb in LIMBS}
        return self.post(page, **chosen, **more)


def hidden(page: httpx.Response, action: str) -> dict[str, str]:
    """The hidden fields of the page's first form that goes to `action`."""
    for form in re.findall(r"<form.*?</form>", page.text, re.DOTALL):
        if f'action="{action}"' in form:
            found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
            return {name: html.unescape(value) for name, value in found}
    raise AssertionError(f"no form to {action}: {heading(page)}")


def heading(page: httpx.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found
    return html.unescape(found[1])


def plain(page: httpx.Response) -> str:
    """The words of a page in one line."""
    main = page.text.split("<main", 1)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())
