"""The multipart body of an OpenRosa submission: the form's XML, and nothing else that says anything."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from ingest.web.errors import RefusedError
from schemas.envelope import MAX_SEALED_BYTES

XML_PART, INCOMPLETE = "xml_submission_file", "*isIncomplete*"
MAX_BODY_BYTES = MAX_SEALED_BYTES
_MAX_PARTS = 50
# What clients put beside the form for themselves.
_OF_CLIENTS = frozenset({INCOMPLETE, "Date", "deviceID", "__csrf"})


@dataclass(frozen=True)
class Parts:
    """`incomplete` says that files are to follow in another request."""

    xml: bytes = field(repr=False)
    incomplete: bool


class _InMemory(MultiPartParser):
    """A large part would otherwise be written to a temporary file, in clear."""

    spool_max_size = MAX_BODY_BYTES + 1


async def read_parts(headers: Headers, body: bytes) -> Parts:
    """Take a body apart.

    Raises:
        RefusedError: 400 where it is not such a body, 422 where it holds files: no form of ours asks for any, and
            they would be lost.
    """

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    parser = _InMemory(headers, whole(), max_files=_MAX_PARTS, max_fields=_MAX_PARTS, max_part_size=MAX_BODY_BYTES)
    try:
        form = await parser.parse()
    except MultiPartException:
        raise RefusedError("The request is no multipart body that can be read; send the form again.", 400) from None
    try:
        xml: list[bytes] = []
        incomplete = False
        for name, value in form.multi_items():
            content = await value.read() if isinstance(value, UploadFile) else value.encode()
            if name == XML_PART:
                xml.append(content)
            elif isinstance(value, UploadFile) or name not in _OF_CLIENTS:
                _check_nothing_is_lost(content)
            incomplete = incomplete or (name == INCOMPLETE and content.strip().lower() == b"yes")
    finally:
        await form.close()
    if len(xml) != 1:
        raise RefusedError(f"A submission holds one part named '{XML_PART}'; send the form again.", 400)
    return Parts(xml[0], incomplete)


def _check_nothing_is_lost(content: bytes) -> None:
    if content.strip():
        raise RefusedError("This form takes no files, and what comes with it would be lost; send it without them.", 422)
