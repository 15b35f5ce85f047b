"""Messages as respondents send them: with filled forms, with numbered answers, and what else reaches a mailbox."""

import io
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from orchestration.demonstration.answers import Form
from orchestration.demonstration.days import LONDON
from orchestration.demonstration.plan import MailMessage
from schemas.definition import Definition
from schemas.editions.fill import fill_pdf
from schemas.editions.pdf import build_fillable_pdf
from schemas.editions.pdf_fields import ChoiceField, choices_of, values_from
from schemas.fields import OTHER_SUFFIX, AnyField

# The mailbox is configuration, so that no person's address is written anywhere.
MAILBOX = "consultation@council.example.org"
_GREETING = "Hello,\n\nplease find my answers {where}.\n\n"
_QUESTION = (
    "Hello,\n\ncould you tell me whether there will be another meeting about this in the evening, and whether the"
    " library keeps a copy on paper?\n\nKind regards,\n{name}\n"
)
_AWAY = "I am away from my desk and read no messages until Monday. This is an automatic reply.\n"
_LETTERS = "abcdefgh"


class MessageWriter:
    """Writes the messages of one consultation; each language's fillable form is built once, when it is first needed."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._forms: dict[str, bytes] = {}

    def write(self, planned: MailMessage) -> bytes:
        """The message as it lies in the mailbox: bytes of an `.eml` file."""
        message = EmailMessage(policy=SMTP)
        sent = planned.at.astimezone(LONDON)
        message["Received"] = f"from post.example.org by mail.council.example.org; {format_datetime(sent)}"
        message["From"] = formataddr((planned.sender_name, planned.sender))
        message["To"] = MAILBOX
        message["Date"] = format_datetime(sent)
        message["Message-ID"] = planned.message_id
        message["Subject"] = str(self._definition.questionnaire.title.in_language("en"))
        if planned.layout == "numbered":
            where = "under the numbers of the questions below"
            answers = "".join(self._numbered(form) for form in planned.forms)
            message.set_content(f"{_GREETING.format(where=where)}{answers}\nKind regards,\n{planned.sender_name}\n")
        elif planned.layout == "pdf":
            letter = f"{_GREETING.format(where='in the attached form')}Regards\n{planned.sender_name}\n"
            message.set_content("\n" if planned.oddity == "blank" else letter)
            for number, form in enumerate(planned.forms, 1):
                _attach(message, self._filled(form), "pdf", f"form-{number}.pdf")
        else:
            self._write_odd(message, planned)
        if message.is_multipart():
            message.set_boundary(f"=_{planned.message_id.strip('<>').split('@')[0]}")
        return message.as_bytes()

    def _write_odd(self, message: EmailMessage, planned: MailMessage) -> None:
        greeting = _GREETING.format(where="in the attached file")
        if planned.oddity == "automatic_reply":
            message["Auto-Submitted"] = "auto-replied"
            message.replace_header("Subject", "Automatic reply: Your City, Your Say")
            message.set_content(_AWAY)
        elif planned.oddity == "question":
            message.replace_header("Subject", "A question about the consultation")
            message.set_content(_QUESTION.format(name=planned.sender_name))
        elif planned.oddity == "damaged_pdf":
            message.set_content(greeting)
            form = self._form("en")
            _attach(message, form[: len(form) // 3], "pdf", "form.pdf")
        else:
            message.set_content(greeting)
            _attach(message, _encrypted_zip(self._form("en")), "zip", "answers.zip")

    def _form(self, language: str) -> bytes:
        if language not in self._forms:
            self._forms[language] = build_fillable_pdf(self._definition, language)
        return self._forms[language]

    def _filled(self, form: Form) -> bytes:
        values = values_from(form.answers, self._definition.questionnaire, form.language)
        return fill_pdf(self._form(form.language), values)

    def _numbered(self, form: Form) -> str:
        """The answers under their numbers, and those about the respondent behind their labels."""
        lines = []
        for question in self._definition.questionnaire.questions:
            for place, one in enumerate(question.fields):
                if one.id in form.answers:
                    letter = _LETTERS[place] if len(question.fields) > 1 else ""
                    label = f"{question.number}{letter}." if question.number else f"{_short_label(one, form.language)}:"
                    lines.append(f"{label} {_written(one, form)}\n\n")
        return "".join(lines)


def _short_label(one: AnyField, language: str) -> str:
    """The label's first words, as people repeat them."""
    label = one.label.in_language(language)
    return label.split("...", maxsplit=1)[0] if "..." in label else label.rstrip(".?: ")


def _written(one: AnyField, form: Form) -> str:
    answer = form.answers[one.id]
    if not isinstance(one, ChoiceField):
        return str(answer)
    labels = dict(choices_of(one, form.language))
    said = form.answers.get(one.id + OTHER_SUFFIX)
    codes = [answer] if isinstance(answer, str) else answer
    return "; ".join(f"{code}: {said}" if said and code == "other" else labels.get(code, code) for code in codes)


def _attach(message: EmailMessage, content: bytes, subtype: str, name: str) -> None:
    message.add_attachment(content, maintype="application", subtype=subtype, filename=name)


def _encrypted_zip(content: bytes) -> bytes:
    """An archive that says it is encrypted; nobody has the password of what is in it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr(zipfile.ZipInfo("form.pdf", (2007, 5, 9, 12, 0, 0)), bytes(b ^ 0x5A for b in content[:4096]))
    packed = bytearray(archive.getvalue())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(signature) + flags] |= 1
    return bytes(packed)
