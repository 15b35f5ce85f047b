"""An officer's browser on the pages of review, and what the journal then says."""

import html
import re
from dataclasses import dataclass
from typing import Any

import httpx

from ingest.journal import Journal
from schemas.data_folder import DataFolder
from schemas.sealing import read_identity
from tests.integration.desk.running import plain
from tests.integration.keying.running import PARKS


@dataclass(frozen=True)
class Reviewer:
    """An officer at the desk, without a script."""

    client: httpx.Client

    def get(self, address: str) -> httpx.Response:
        return self.client.get(address, follow_redirects=True)

    def post(self, page: httpx.Response, action: str, place: int = 0, **fields: Any) -> httpx.Response:
        """Send the page's form to `action` (of several the one at this place) with these fields."""
        return self.client.post(action, data=forms(page, action)[place] | fields)


def forms(page: httpx.Response, action: str) -> list[dict[str, Any]]:
    """What each of the page's forms to `action` would send as it stands, buttons left out."""
    found = []
    for form in re.findall(r"<form.*?</form>", page.text, re.DOTALL):
        if f'action="{action}"' in form:
            found.append(_fields(form))
    assert found, f"no form to {action}: {plain(page)[:500]}"
    return found


def _fields(form: str) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, kind = _attribute(tag, "name"), _attribute(tag, "type") or "text"
        if kind in ("radio", "checkbox") and not re.search(r"\schecked\b", tag):
            continue
        if kind == "checkbox" or name == "column":
            sent.setdefault(name, []).append(_attribute(tag, "value"))
        elif name:
            sent[name] = _attribute(tag, "value")
    for tag, text in re.findall(r"(<textarea\b[^>]*>)(.*?)</textarea>", form, re.DOTALL):
        sent[_attribute(tag, "name")] = html.unescape(text).removeprefix("\n")
    for tag, options in re.findall(r"(<select\b[^>]*>)(.*?)</select>", form, re.DOTALL):
        values = re.findall(r"<option\b[^>]*>", options)
        chosen = [one for one in values if re.search(r"\sselected\b", one)] or values[:1]
        sent[_attribute(tag, "name")] = _attribute(chosen[0], "value") if chosen else ""
    return sent


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def heading(page: httpx.Response) -> str:
    """The words of the page's only first heading."""
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    assert len(found) == 1, plain(page)[:500]
    return html.unescape(re.sub(r"<[^>]*>", "", found[0])).strip()


def decisions(data: DataFolder) -> list[tuple[str, Any]]:
    """What the journal holds: who decided what, in order."""
    journal = Journal(data.journal(PARKS.id), data.clock)
    return [(one.officer, one.decision) for one in journal.read(read_identity(data.keys(PARKS.id)))]
