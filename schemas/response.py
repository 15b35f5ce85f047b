"""The plaintext of one response: what is inside the seal, whatever the channel.

Answers are as the respondent gave them (text; a list of codes for a multiple choice); they are typed and checked
later, in the transforms, so that nothing is refused at the door because of its content.
"""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import YourSayError

MEDIA_TYPE = "application/vnd.yoursay.response+json"
MAIL_MEDIA_TYPE = "message/rfc822"
RawAnswer = str | list[str]


class ResponseError(YourSayError):
    """A body inside a seal is not a response."""


AssistedBy = Literal["telephone", "in_person", "bsl_interpreter", "other"]


class Assistance(BaseModel):
    """How staff or a helper took down what somebody said: by which means, and who helped, if that is to be known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    means: AssistedBy
    helper: str | None = Field(default=None, max_length=1_000)


class ResponseDocument(BaseModel):
    """One response as it is sealed.

    `id`, `consultation` and `questionnaire_hash` repeat the envelope's; a mismatch goes to quarantine.
    `edition` is `easy_read` where the questions were read in easy words.
    `source_row` is the row of an import as it was, so that it can be mapped again.
    `postmark` is a day (YYYY-MM-DD), `none`, or `illegible`, for paper alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, max_length=128)
    consultation: str
    questionnaire_hash: str
    language: str = "en"
    answers: dict[str, RawAnswer]
    started_at: str | None = None
    sender: str | None = None
    postmark: str | None = None
    keyed_by: str | None = None
    assistance: Assistance | None = None
    edition: Literal["easy_read"] | None = None
    source_row: dict[str, Any] | None = None


def encode_response(document: ResponseDocument) -> bytes:
    """Canonical UTF-8 JSON: sorted keys, no spaces, nothing that is unset."""
    content = document.model_dump(mode="json", exclude_none=True)
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def decode_response(body: bytes) -> ResponseDocument:
    """The document in an opened body.

    Raises:
        ResponseError: not a response; the message names the key, never its value.
    """
    try:
        return ResponseDocument.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "the body"
        raise ResponseError(f"Not a response: {key} is not as it should be ({first['type']}).") from None
