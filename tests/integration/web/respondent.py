"""Somebody with a browser that has no scripts: reads a page's forms, fills them in, follows redirects and links."""

import base64
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

import requests

from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.response import ResponseDocument, decode_response
from schemas.sealing import open_sealed, read_identity

Fields = dict[str, str | list[str]]
REFERENCE = re.compile(r"(?<![A-Z0-9-])[A-Z0-9]{4}-[A-Z0-9]{4}(?![A-Z0-9-])")
CHANGE_CODE = re.compile(r"(?<![A-Z0-9-])(?:[A-Z0-9]{5}-){3}[A-Z0-9]{5}(?![A-Z0-9-])")
_TIMEOUT = 20


@dataclass
class Form:
    """One form: where it is posted, what is hidden in it, its controls and what they are filled with."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    controls: dict[str, list[str]] = field(default_factory=dict)
    filled: dict[str, list[str]] = field(default_factory=dict)


class Shown(HTMLParser):
    """A page as it is shown."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.attributes: dict[str, str] = {}
        self.title = ""
        self.headings: list[str] = []
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.errors: list[str] = []
        self.rows: list[tuple[str, list[str]]] = []
        self._texts: list[str] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self._textarea: str | None = None
        self._link = ""
        self.feed(html)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self._texts)).strip()

    @property
    def form(self) -> Form:
        """The page's own form: the first one."""
        return self.forms[0]

    def _inside(self, name: str) -> bool:
        return any(name in given.get("class", "").split() for _, given in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value, kind = given.get("name", ""), given.get("value", ""), given.get("type", "text")
        if tag == "html":
            self.attributes = given
        elif tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "br":
            self._texts.append(" ")
        elif tag == "h1":
            self.headings.append("")
        elif tag == "a":
            self._link = given.get("href", "")
        elif tag == "textarea":
            self.form.controls.setdefault(name, []).append(tag)
            self._textarea = name
        elif tag == "input" and kind == "hidden":
            self.forms[-1].hidden[name] = value
        elif tag == "input":
            choice = kind in ("radio", "checkbox")
            self.forms[-1].controls.setdefault(name, []).append(value if choice else kind)
            if "checked" in given or (value and not choice):
                self.forms[-1].filled.setdefault(name, []).append(value)
        if tag not in ("input", "meta", "link", "br", "hr", "path"):
            self._open.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        if tag == "a":
            self._link = ""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        if "title" in tags:
            self.title += data
        if "script" in tags or "title" in tags:
            return
        self._texts.append(data)
        if "h1" in tags:
            self.headings[-1] = f"{self.headings[-1]}{data}".strip()
        if self._link:
            self.links[self._link] = f"{self.links.get(self._link, '')}{data}".strip()
        if not data.strip():
            return
        if self._inside("govuk-error-summary__list"):
            self.errors.append(data.strip())
        if self._inside("govuk-summary-list__key"):
            self.rows.append((data.strip(), []))
        if self._inside("govuk-summary-list__value"):
            self.rows[-1][1].append(data.strip())
        if self._textarea is not None:
            self.forms[-1].filled.setdefault(self._textarea, []).append(data.removeprefix("\n"))


class Respondent:
    """One person at one browser, filling in the form of one consultation."""

    def __init__(self, url: str, consultation: str, query: str = "") -> None:
        self.url = url
        self.consultation = consultation
        self.query = query
        self.session = requests.Session()
        self.answer = requests.Response()
        self.visited: list[str] = []

    @property
    def path(self) -> str:
        """The address of the page that is shown, from the consultation on."""
        return urlsplit(self.answer.url).path.removeprefix(f"/{self.consultation}")

    @property
    def page(self) -> Shown:
        return Shown(self.answer.text)

    def open(self, path: str = "/respond") -> "Respondent":
        """Go to a page of the consultation."""
        return self.follow(f"/{self.consultation}{path}{self.query}")

    def follow(self, href: str) -> "Respondent":
        """Go where a link leads."""
        here = self.answer.url or self.url
        # The bare "?" clears the query, which urljoin does not know.
        address = here.partition("?")[0] if href == "?" else urljoin(here, href)
        return self._show(self.session.get(address, timeout=_TIMEOUT))

    def give(self, fields: Fields | None = None, form: Form | None = None, at: str = "", **hidden: str) -> "Respondent":
        """Post the page's form with these fields, and its hidden ones (other ones where given)."""
        form = form or self.page.form
        return self.post(at or form.action, form.hidden | hidden | (fields or {}))

    def post(self, action: str, fields: Fields) -> "Respondent":
        headers = {"content-type": "application/x-www-form-urlencoded"}
        body = urlencode(fields, doseq=True)
        address = urljoin(self.answer.url, action)
        return self._show(self.session.post(address, data=body, headers=headers, timeout=_TIMEOUT))

    def fill(self, answers: Fields, until: str = "/respond/check") -> "Respondent":
        """Answer page after page; what no page asks is not given."""
        while self.path != until:
            asked = self.page.form.controls
            self.give({name: answer for name, answer in answers.items() if name in asked})
            assert self.answer.status_code == 200, self.page.errors
        return self

    def respond(self, answers: Fields) -> tuple[str, str]:
        """Fill in the whole form and send it; the reference and the change code."""
        self.open().fill(answers).give()
        return self.receipt()

    def receipt(self) -> tuple[str, str]:
        """The reference and the change code of the page that says that the answers were received."""
        assert self.path == "/respond/received"
        (reference,), (code,) = REFERENCE.findall(self.page.text), CHANGE_CODE.findall(self.page.text)
        return reference, code

    def _show(self, answer: requests.Response) -> "Respondent":
        self.answer = answer
        self.visited += [one.url for one in [*answer.history, answer]]
        return self


@dataclass(frozen=True)
class Arrived:
    """One event of the feed; `document` is what its seal holds, opened as the pipeline does."""

    id: str
    event: str
    channel: str
    relates_to: str | None
    document: ResponseDocument | None


def arrived(url: str, data: DataFolder, definition: Definition) -> list[Arrived]:
    """Everything that the server has stored of a consultation, in order."""
    token = (data.public_server / "feed.token").read_text().strip()
    address = f"{url}/api/consultations/{definition.id}/feed"
    feed = requests.get(address, headers={"authorization": f"Bearer {token}"}, timeout=_TIMEOUT)
    assert feed.status_code == 200
    identity = read_identity(data.keys(definition.id))
    events = []
    for line in map(json.loads, feed.text.splitlines()):
        sealed = base64.b64decode(line["sealed"])
        document = decode_response(open_sealed(sealed, identity)) if sealed else None
        assert document is None or document.id == line["id"]
        events.append(Arrived(line["id"], line["event"], line["channel"], line["relates_to"], document))
    return events
