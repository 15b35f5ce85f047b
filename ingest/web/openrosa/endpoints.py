"""OpenRosa 1.0 for ODK Collect, Enketo and their relatives: the list of forms, the form, and submissions.

Every request needs a sender's token, as the password of HTTP Basic. What arrives is sealed at once, and nothing of
the XML is kept. docs/odk.md describes it.
"""

import hashlib
import hmac
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from xml.sax.saxutils import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingest.web.consultations import Offered
from ingest.web.errors import RefusedError
from ingest.web.openrosa.instance import Instance, read_instance
from ingest.web.openrosa.parts import MAX_BODY_BYTES, read_parts
from ingest.web.openrosa.sender import OpenRosaSender, openrosa_sender
from ingest.web.service import address_of, media_type_of, read_body, service_of
from schemas.definition import Definition
from schemas.editions.errors import EditionError
from schemas.editions.xform import build_xform
from schemas.editions.xlsform import form_version
from schemas.response import Assistance, ResponseDocument, encode_response

_log = logging.getLogger(__name__)
_MEDIA_TYPE = "text/xml; charset=utf-8"
_HEADERS = {
    "x-openrosa-version": "1.0",
    "x-openrosa-accept-content-length": str(MAX_BODY_BYTES),
    "content-language": "en",
}
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_OWN_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
# Files are not asked for, so that a form is whole with its XML: what is kept may be looked at later, and is not sent
# again. 202 says so; 409 would make a client try for ever.
_CONFLICT = "Received. Other content came under this instanceID before, and both are kept. Reference {reference}."
_RECEIVED = "Received. Reference {reference}."
_forms: dict[str, bytes] = {}

Handler = Callable[[Request], Awaitable[Response]]


def message(sentence: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """An answer as OpenRosa clients read it: an envelope with one sentence."""
    envelope = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message>{escape(sentence)}</message>'
        "</OpenRosaResponse>\n"
    )
    return Response(envelope, status, _HEADERS | dict(headers or {}), _MEDIA_TYPE)


def _in_openrosa(handler: Handler) -> Handler:
    """Refusals in the envelope that these clients show to whoever holds the device."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except RefusedError as error:
            headers = {"retry-after": str(error.retry_after)} if error.retry_after else {}
            if error.status == 401:
                headers["www-authenticate"] = 'Basic realm="YourSay", charset="UTF-8"'
            return message(str(error), error.status, headers)

    return answer


@_in_openrosa
async def form_list(request: Request) -> Response:
    """The forms to load: the consultation's, until it closes."""
    offered, _ = await _offered(request)
    asked_for = request.query_params.get("formID", offered.id)
    listed = ""
    if offered.state_at(service_of(request).clock.now()) != "closed" and asked_for == offered.id:
        questionnaire = offered.definition.questionnaire
        listed = _listed(
            offered.definition,
            questionnaire.title.in_language(questionnaire.languages[0]),
            await run_in_threadpool(_form, offered.definition),
            f"{_address(request)}/openrosa/{offered.id}/form.xml",
        )
    xforms = f'<xforms xmlns="http://openrosa.org/xforms/xformsList">{listed}</xforms>\n'
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{xforms}', 200, _HEADERS, _MEDIA_TYPE)


@_in_openrosa
async def form_xml(request: Request) -> Response:
    """The form."""
    offered, _ = await _offered(request)
    return Response(await run_in_threadpool(_form, offered.definition), 200, _HEADERS, _MEDIA_TYPE)


@_in_openrosa
async def submission(request: Request) -> Response:
    """HEAD: whether a submission may be sent, and where. POST: take one in."""
    if request.method == "HEAD":
        offered, _ = await _offered(request)
        return Response(None, 204, _HEADERS | {"location": f"{_address(request)}/openrosa/{offered.id}/submission"})
    # The whole request is taken in first: a client that is answered while it still sends may not listen.
    body = await read_body(request, MAX_BODY_BYTES)
    offered, sender = await _offered(request)
    service_of(request).limiter.count_submissions(address_of(request), sender.key)
    if offered.state_at(service_of(request).clock.now()) == "not_yet":
        raise RefusedError("This consultation is not open yet; send the form again when it is.", 403)
    if media_type_of(request) != "multipart/form-data":
        raise RefusedError("A submission is sent as multipart/form-data.", 415)
    parts = await read_parts(request.headers, body)
    instance = await run_in_threadpool(read_instance, parts.xml, offered.definition)
    return await _take(request, offered, sender, instance, parts.incomplete)


async def _take(
    request: Request, offered: Offered, sender: OpenRosaSender, instance: Instance, incomplete: bool
) -> Response:
    service, named = service_of(request), sender.sender
    document = ResponseDocument(
        id=instance.id,
        consultation=offered.id,
        questionnaire_hash=offered.definition.questionnaire_hash,
        language=instance.language,
        answers=instance.answers,
        started_at=instance.started_at,
        assistance=Assistance(means="other", helper=named.name) if named.channel == "assisted" else None,
    )
    told_by = _fingerprint(service.secrets.idempotency, sender.token, encode_response(document))
    taken = await service.intake.take_document(offered, document, told_by, channel=named.channel)
    reference = taken.receipt.reference
    if taken.outcome == "conflict":
        return message(_CONFLICT.format(reference=reference), 202)
    return message(_RECEIVED.format(reference=reference), 202 if incomplete else 201)


def _fingerprint(key: bytes, token: str, plaintext: bytes) -> str:
    """Equal exactly for the same answers sent with the same token, which is kept nowhere: whoever holds the server's
    folder cannot try answers against it."""
    return hmac.new(key, b"instance\0" + token.encode() + b"\0" + plaintext, hashlib.sha256).hexdigest()


async def _offered(request: Request) -> tuple[Offered, OpenRosaSender]:
    offered = service_of(request).consultations.find(request.path_params["consultation"])
    return offered, await openrosa_sender(request, offered)


def _form(definition: Definition) -> bytes:
    """The form, made once for each questionnaire."""
    try:
        if definition.questionnaire_hash not in _forms:
            _forms[definition.questionnaire_hash] = build_xform(definition)
    except EditionError as error:
        _log.warning("%s", error)
        raise RefusedError(
            "This consultation cannot be answered in this app; see its page for other ways.", 404
        ) from None
    return _forms[definition.questionnaire_hash]


def _listed(definition: Definition, name: str, form: bytes, address: str) -> str:
    # MD5 because the specification knows no other; it tells clients when to load the form again, and protects nothing.
    digest = hashlib.md5(form, usedforsecurity=False).hexdigest()
    parts = {
        "formID": definition.id,
        "name": name,
        "version": form_version(definition),
        "hash": f"md5:{digest}",
        "downloadUrl": address,
    }
    return f"<xform>{''.join(f'<{key}>{escape(value)}</{key}>' for key, value in parts.items())}</xform>"


def _address(request: Request) -> str:
    """This server as the client named it. Away from its own machine it is reached by TLS, which a proxy may end."""
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        raise RefusedError("The request names no host; check the server's address in the app.", 400)
    scheme = request.url.scheme if request.url.hostname in _OWN_HOSTS else "https"
    return f"{scheme}://{host}"


ROUTES = [
    Route("/openrosa/{consultation}/formList", form_list, methods=["GET"]),
    Route("/openrosa/{consultation}/form.xml", form_xml, methods=["GET"]),
    Route("/openrosa/{consultation}/submission", submission, methods=["HEAD", "POST"]),
]
