"""Fetches what the public server has committed, in its order, lands it, and tells the server how far that is."""

import base64
import hashlib
from typing import Any

import requests
from pydantic import ValidationError
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from ingest.errors import IngestError
from ingest.landing import Arrival, Landed, Landing
from ingest.web.feed import MEDIA_TYPE, FeedLine
from ingest.web.store.records import next_link

SOURCE = "web"
PAGE = 500
CONNECT_SECONDS, READ_SECONDS = 5.0, 60.0


def pull(base_url: str, token: str, landing: Landing, consultation: str, tries: int = 6) -> Landed:
    """Land every submission after the last one landed, page by page until none is left.

    A page is landed before the next is asked for, so an interrupted pull resumes where it stopped. At the end the
    server is told how far landing has come, so that it may purge bodies. A server that is away or busy is asked again
    up to `tries` times in all, after growing pauses or as its Retry-After says.

    Args:
        base_url: The public server, such as `https://consult.example.org`.
        token: The feed token.

    Returns:
        What this pull landed, in all pages together.

    Raises:
        IngestError: the server is away or refuses, a body is damaged, or a sequence number is missing.
    """
    after = landing.last_source_sequence(SOURCE)
    new = already = 0
    last_seq = landing.log.last_seq()
    last: FeedLine | None = None
    with feed_session(token, tries) as session:
        while page := _page(session, base_url, consultation, after, last):
            landed = landing.append(_arrival(line, consultation) for line in page)
            new, already, last_seq = new + landed.new, already + landed.already, landed.last_seq
            last, after = page[-1], page[-1].sequence
        if last is not None:
            _acknowledge(session, base_url, consultation, last)
    return Landed(new, already, last_seq)


def feed_session(token: str, tries: int) -> requests.Session:
    """A session that shows the feed token and asks a server that is away or busy again."""
    session = requests.Session()
    # A .netrc or a proxy of the environment must not replace the token or see it.
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {token}"
    retry = Retry(
        total=tries - 1,
        backoff_factor=0.2,
        backoff_jitter=0.2,
        backoff_max=30,
        status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=("GET", "POST"),
        respect_retry_after_header=True,
        redirect=False,
    )
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def ask(session: requests.Session, base_url: str, method: str, path: str, **arguments: Any) -> requests.Response:
    """What the server answers; anything but 200 is an error.

    Raises:
        IngestError: it cannot be reached, or refuses; says what to do.
    """
    address = f"{base_url.rstrip('/')}{path}"
    try:
        response = session.request(
            method, address, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False, **arguments
        )
    except requests.RequestException as error:
        what = f"The public server at {base_url} cannot be reached ({type(error).__name__})"
        raise IngestError(f"{what}; what was landed stays, pull again later.") from error
    if response.status_code != requests.codes.ok:
        raise IngestError(f"The feed at {address} answered {response.status_code}: {_reason(response)}")
    return response


def _page(
    session: requests.Session, base_url: str, consultation: str, after: int, last: FeedLine | None
) -> list[FeedLine]:
    """The lines that follow `after`, checked: none missing, each linked to the one before (to `last`, if given)."""
    path = f"/api/consultations/{consultation}/feed"
    response = ask(session, base_url, "GET", path, params={"after": after, "limit": PAGE})
    if not response.headers.get("content-type", "").startswith(MEDIA_TYPE):
        raise IngestError(f"What answers at {base_url}{path} is not the public server; check the address.")
    lines: list[FeedLine] = []
    for expected, text in enumerate(response.content.splitlines(), start=after + 1):
        try:
            line = FeedLine.model_validate_json(text)
        except ValidationError:
            raise IngestError(f"Line {expected} of the feed of '{consultation}' cannot be read; pull again.") from None
        if line.sequence != expected:
            missing = f"submission {expected} of '{consultation}' is missing in the feed, {line.sequence} came instead"
            raise IngestError(f"Nothing after {after} was landed: {missing}; compare the server's store.")
        if last is not None and line.chain != _link(last.chain, line):
            what = f"submission {expected} of '{consultation}' does not follow from the one before it"
            raise IngestError(f"Nothing after {after} was landed: {what}; compare the server's store.")
        lines.append(line)
        last = line
    return lines


def _link(chain: str, line: FeedLine) -> str:
    return next_link(chain, line.sequence, line.id, line.relates_to, line.sha256)


def _acknowledge(session: requests.Session, base_url: str, consultation: str, last: FeedLine) -> None:
    path = f"/api/consultations/{consultation}/feed/acknowledgement"
    ask(session, base_url, "POST", path, json={"through": last.sequence, "chain": last.chain})


def _arrival(line: FeedLine, consultation: str) -> Arrival:
    """What is landed for a line.

    Raises:
        IngestError: the body is not the one that the server committed.
    """
    if line.sealed is None:
        raise IngestError(
            f"Submission {line.sequence} of '{consultation}' was landed before and its body is gone from the server; "
            "restore landing from a backup."
        )
    try:
        body = base64.b64decode(line.sealed, validate=True)
    except ValueError:
        body = b""
    if hashlib.sha256(body).hexdigest() != line.sha256:
        raise IngestError(f"Submission {line.sequence} of '{consultation}' arrived damaged from the feed; pull again.")
    return Arrival(
        artefact_id=line.id,
        consultation=consultation,
        channel=line.channel,
        received_at=line.received_at,
        source=SOURCE,
        body=None if line.event == "withdraw" else body,
        event=line.event,
        relates_to=line.relates_to,
        questionnaire_hash=line.questionnaire_hash,
        media_type=line.media_type,
        device_time=line.device_time,
        device_offset_minutes=line.device_offset_minutes,
        source_sequence=line.sequence,
    )


def _reason(response: requests.Response) -> str:
    """What to do about a refusal."""
    if response.status_code == requests.codes.unauthorized:
        return "the feed token is not the server's; see 'feed.token' in its folder."
    if response.status_code == requests.codes.conflict:
        return "its chain is another than landing's; compare the server's store with landing."
    if response.status_code == requests.codes.not_found:
        return "the server does not offer this consultation; prepare it there."
    return "try again later."
