"""One message of the corpus: its bytes, and what must become of it. Also what all kinds of messages are made with."""

import io
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

import pikepdf

from ingest.parsed_response import ParsedResponse, State
from schemas.definition import BUILT_IN, Definition, load_definition
from schemas.editions.docx_edition import build_docx
from schemas.editions.fill import fill_docx, fill_pdf
from schemas.editions.pdf import build_fillable_pdf
from schemas.editions.pdf_fields import values_from
from schemas.response import RawAnswer
from schemas.sealing import Identity, Recipients, new_identity

_WORDS = {
    "en": "we think the proposal would help small groups but funding must be clear and fair for every member here",
    "cy": "rydym yn credu bod y cynnig yn dda ond mae angen mwy o arian ar ein tŷ cymunedol bach a'r ŵyl",
    "ar": "نحن نعتقد أن هذا الاقتراح جيد لكن يجب أن يكون التمويل واضحًا وعادلًا للجميع",
    "zh": "我们 认为 这个 提案 很好 但是 资金 必须 公平",
    "signs": "👍🏽 – “quite so” … £500 & <b> 100% é ß",
}


@dataclass(frozen=True)
class Expected:
    """One line that a message must become. `waiting` are the columns that a person must look at; '' is a letter."""

    state: State = "response"
    reason: str | None = None
    answers: Mapping[str, RawAnswer] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sample:
    """A message and its expected lines; `about` is the consultation it was sent to."""

    kind: str
    raw: bytes = field(repr=False)
    lines: tuple[Expected, ...]
    about: Definition = field(repr=False)


def line_of(found: ParsedResponse) -> Expected:
    """What a message became, as it is expected."""
    return Expected(found.state, found.reason, found.answers, found.pending)


# A kind of message: a function that writes one.
Kind = Callable[["Maker"], Sample]


class Maker:
    """Writes messages at random from a seed: answers, senders, and the two built-in consultations' editions."""

    def __init__(self, seed: int, identity: Identity, editions: "Editions") -> None:
        self.random = random.Random(seed)
        self.identity = identity
        self.recipients = Recipients(identity.recipient, new_identity().recipient)
        self.editions = editions
        self.seed, self.parks = editions.seed, editions.parks
        self.sender = f"person{seed % 100_000}@example.org"

    def words(self, least: int = 2, most: int = 25, language: str | None = None) -> str:
        """A sentence without a digit, so that nothing in it looks like a number."""
        chosen = language or self.random.choice(list(_WORDS))
        words = _WORDS[chosen].split()
        text = " ".join(self.random.choice(words) for _ in range(self.random.randint(least, most)))
        # Whatever was drawn, it says something.
        return f"{text} indeed" if language is None else text

    def answers(self, count: int | None = None) -> dict[str, RawAnswer]:
        """Answers to some of the seed's questions, in their order; each begins with a letter."""
        columns = list(numbers_of(self.seed))
        chosen = self.random.sample(columns, count or self.random.randint(2, len(columns)))
        return {one: "Well " + self.words() for one in columns if one in chosen}

    def filled(self, answers: Mapping[str, RawAnswer]) -> bytes:
        """The seed's fillable form with these answers."""
        return fill_pdf(self.editions.pdf, values_from(answers, self.seed.questionnaire, "en"))

    def filled_docx(self, answers: Mapping[str, RawAnswer]) -> bytes:
        """The seed's word-processor form with these answers."""
        return fill_docx(self.editions.docx, values_from(answers, self.seed.questionnaire, "en"))

    def mail(self, text: str | None = "Please find it attached.", **headers: str) -> EmailMessage:
        """A message of a person; an underscore in a header's name stands for a hyphen."""
        mail = EmailMessage()
        usual = {"From": f"Pat Example <{self.sender}>", "To": "post@example.net", "Subject": "Consultation"}
        usual["Date"] = "Thu, 01 Mar 2007 09:00:00 +0000"
        usual["Message-ID"] = f"<{self.random.getrandbits(64):x}@example.org>"
        for name, value in (usual | headers).items():
            mail[name.replace("_", "-")] = value
        if text is not None:
            mail.set_content(text)
        return mail

    def with_files(self, *files: tuple[str, bytes], text: str = "Please find it attached.", **headers: str) -> bytes:
        """A message with files attached: (name, content)."""
        mail = self.mail(text, **headers)
        for name, content in files:
            main, sub = _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream").split("/")
            mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return mail.as_bytes()

    def sample(self, raw: bytes, *lines: Expected, about: Definition | None = None) -> Sample:
        return Sample("", raw, lines, about or self.seed)


_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "zip": "application/zip",
    "dat": "application/ms-tnef",
    "msg": "application/vnd.ms-outlook",
    "doc": "application/msword",
    "rtf": "application/rtf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class Editions:
    """The blank editions, each made once."""

    def __init__(self) -> None:
        self.seed = load_definition(BUILT_IN / "third-sector-2007")
        self.parks = load_definition(BUILT_IN / "parks-and-libraries-2007")
        self.pdf = build_fillable_pdf(self.seed, "en")
        self.parks_pdf = build_fillable_pdf(self.parks, "en")
        self.docx = build_docx(self.seed, "en")


def numbers_of(definition: Definition) -> dict[str, str]:
    """Field -> its question's number, for the first field of each numbered question."""
    return {one.fields[0].id: one.number for one in definition.questionnaire.questions if one.number}


def numbered(answers: Mapping[str, RawAnswer], definition: Definition, style: str = "{}. ") -> str:
    """The answers under their questions' numbers."""
    numbers = numbers_of(definition)
    return "\n".join(f"{style.format(numbers[name])}{answer}" for name, answer in answers.items())


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def each(kinds: Sequence[Kind], maker: Maker) -> Iterator[Sample]:
    """One message of each kind, named after its function."""
    for kind in kinds:
        found = kind(maker)
        yield Sample(kind.__name__, found.raw, found.lines, found.about)
