"""What an acknowledgement says, in every language of the consultation: `acknowledgement.toml`, else English."""

import tomllib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from ingest.mail.acknowledging.acknowledge_rules import Reply
from ingest.mail.intake.mail_settings import AcknowledgementSettings
from schemas.definition import Definition
from schemas.receipts import reference_of

_TEXTS = Path(__file__).parent / "acknowledgement.toml"
_FALLBACK = "en"
_BETWEEN = "\n* * *\n\n"
# Nothing that a server on the way must be able to carry but letters and digits.
_POLICY = SMTP.clone(cte_type="7bit")


def acknowledgement_of(
    artefact_id: str, reply: Reply, definition: Definition, settings: AcknowledgementSettings, now: datetime
) -> bytes:
    """The acknowledgement of one message: the same whenever it is made, but for its date."""
    reference = reference_of(definition.id, artefact_id)
    mailbox, _, domain = settings.from_address.partition("@")
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(settings.from_name, mailbox, domain)
    message["To"] = reply.address
    message["Subject"] = _texts(definition.questionnaire.languages[0])["subject"].format(reference=reference)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<received.{artefact_id.removeprefix('mail-')[:32]}@{domain}>"
    if reply.message_id:
        message["In-Reply-To"] = message["References"] = reply.message_id
    # So that no program answers this one.
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_text(definition, reference))
    return message.as_bytes()


def _text(definition: Definition, reference: str) -> str:
    """The text in each language, the first one first; a language that is not known here says it in English."""
    texts = [
        _texts(language)["text"]
        .lstrip()
        .format(reference=reference, title=definition.questionnaire.title.in_language(language))
        for language in definition.questionnaire.languages
    ]
    return _BETWEEN.join(texts)


@cache
def _all_texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(_TEXTS.read_text("utf-8"))


def _texts(language: str) -> dict[str, str]:
    known = _all_texts()
    return known.get(language) or known.get(language.partition("-")[0]) or known[_FALLBACK]
