"""The same filled answers by web, PDF, word-processor form, numbered e-mail and paper give equal clean records.

On paper the boxes are read by machine; what is written is keyed by two people from its picture.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from ingest.mail.read_message import read_message
from ingest.parsed import parse_document
from ingest.parsed_response import ParsedResponse, readings_json
from ingest.post.keyed.settling import settle_response
from ingest.post.scans.page_images import PageImage
from ingest.post.scans.read_scan import read_pages
from schemas.decisions import Decided, KeyedAnswer
from schemas.definition import Definition
from schemas.editions.docx_edition import build_docx
from schemas.editions.fill import fill_docx, fill_pdf
from schemas.editions.pdf import build_fillable_pdf
from schemas.editions.pdf_fields import ChoiceField, choices_of, code_of_other, values_from
from schemas.editions.print_edition import build_print_edition, print_layout
from schemas.editions.print_layout import Area, PrintedPage
from schemas.fields import OTHER_SUFFIX, AnyField, Date, MultipleChoice, Number
from schemas.response import RawAnswer, ResponseDocument, encode_response
from tests.integration.warehouse.conftest import Builder, History

Answers = dict[str, RawAnswer]
# Words of several scripts; no line of them can be taken for a question's number or a label.
_DOTS_PER_MM = 200 / 25.4
_WORDS = ("we", "agree", "Cymraeg", "ŵyl", "ليس", "دائمًا", "図書館", "🌳", "naïve", "half-hearted", "(mostly)", "50%")


def answers_to(definition: Definition) -> st.SearchStrategy[Answers]:
    """Any answers that the form allows, each left out now and then."""
    optional: dict[str, st.SearchStrategy[RawAnswer]] = {}
    for one in definition.questionnaire.fields():
        optional[one.id] = _answer(one)
    return st.fixed_dictionaries({}, optional=optional).flatmap(lambda given: _with_others(definition, given))


def _answer(one: AnyField) -> st.SearchStrategy[RawAnswer]:
    if isinstance(one, ChoiceField):
        codes = [code for code, _ in choices_of(one, "")] if one.kind == "scale" else list(one.codes)
        if isinstance(one, MultipleChoice):
            return st.lists(st.sampled_from(codes), min_size=1, unique=True).map(
                lambda chosen: [code for code in codes if code in chosen]
            )
        return st.sampled_from(codes)
    if isinstance(one, Number):
        return st.integers(int(one.minimum), int(one.maximum)).map(str)
    if isinstance(one, Date):
        return st.dates(one.earliest, one.latest).map(lambda day: day.strftime("%d/%m/%Y"))
    if one.kind == "postcode_district":
        return st.sampled_from(["DE1", "SW1A", "B9"])
    if one.kind == "contact" and one.detail == "email":
        return st.sampled_from(["ann@example.org", "o.neill@example.com"])
    line = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=6).map(" ".join)
    return st.lists(line, min_size=1, max_size=3).map("\n".join) if one.kind == "open_text" else line


def _with_others(definition: Definition, given: Answers) -> st.SearchStrategy[Answers]:
    others = {}
    for one in definition.questionnaire.fields():
        code = code_of_other(one) if isinstance(one, ChoiceField) else None
        if code and code in given.get(one.id, ()):
            others[one.id + OTHER_SUFFIX] = st.sampled_from(["a school", "rydym yn grŵp"])
    return st.fixed_dictionaries(others).map(lambda said: given | said)


class Channels:
    """One filled form, sent by each way, as the response that is read of it."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self._pdf = build_fillable_pdf(definition, "en")
        self._docx = build_docx(definition, "en")
        with pypdfium2.PdfDocument(build_print_edition(definition, "en", "standard", ["K7R42"])) as printed:
            self._pages = [page.render(scale=200 / 72, grayscale=True).to_numpy() for page in printed]

    def read(self, answers: Answers) -> Iterator[tuple[str, str, ParsedResponse]]:
        """(way, channel, response) for each way."""
        form = self.definition.questionnaire
        document = ResponseDocument(
            id="a", consultation=form.id, questionnaire_hash=self.definition.questionnaire_hash, answers=answers
        )
        yield "web", "web", _only(parse_document(encode_response(document), "a", self.definition))
        values = values_from(answers, form, "en")
        yield "pdf", "email", self._mailed(fill_pdf(self._pdf, values), "pdf")
        yield (
            "docx",
            "email",
            self._mailed(fill_docx(self._docx, values), "vnd.openxmlformats-officedocument.wordprocessingml.document"),
        )
        if answers:
            yield "body", "email", self._in_the_text(answers)
            yield "paper", "post", self._on_paper(answers)

    def _mailed(self, content: bytes, kind: str) -> ParsedResponse:
        message = EmailMessage()
        message.set_content("\n")
        message.add_attachment(content, maintype="application", subtype=kind, filename="form")
        return _only(read_message(message.as_bytes(), self.definition))

    def _on_paper(self, answers: Answers) -> ParsedResponse:
        layout = print_layout(self.definition, "en", "standard")
        pages = [_filled(image, page, answers) for image, page in zip(self._pages, layout.pages, strict=False)]
        images = [PageImage(number, image) for number, image in enumerate(pages, 1)]
        read = _only(read_pages(images, self.definition).responses)
        assert read.answers.items() <= answers.items()
        waiting = set(read.pending)
        assert set(answers) - set(read.answers) <= waiting
        keyed = [
            Decided(number, datetime(2007, 5, 2, tzinfo=UTC), officer, decision)
            for officer in ("one", "two")
            for number, decision in enumerate(
                KeyedAnswer(
                    response="a.1",
                    column=name,
                    role="keying",
                    outcome="answer" if name in answers else "blank",
                    answer=answers.get(name),
                )
                for name in waiting
            )
        ]
        return settle_response(read, "a.1", keyed, self.definition)

    def _in_the_text(self, answers: Answers) -> ParsedResponse:
        lines = []
        for question in self.definition.questionnaire.questions:
            for place, one in enumerate(question.fields):
                if one.id in answers:
                    letter = "abcdefgh"[place] if len(question.fields) > 1 else ""
                    label = one.label.in_language("en").split("...")[0].rstrip(".?: ")
                    start = f"{question.number}{letter}." if question.number else f"{label}:"
                    lines.append(f"{start} {_written(one, answers)}\n")
        message = EmailMessage()
        message.set_content("\n".join(lines))
        return _only(read_message(message.as_bytes(), self.definition))


def _filled(blank: np.ndarray, page: PrintedPage, answers: Answers) -> np.ndarray:
    """A page with crosses in the boxes that the answers tick, and a scrawl in the spaces for words."""
    image = blank.copy()
    for box in page.boxes:
        if box.code in answers.get(box.column, ()):
            x1, y1, x2, y2 = _pixels(box.area, 0.8)
            cv2.line(image, (x1, y1), (x2, y2), 40, 4, cv2.LINE_AA)
            cv2.line(image, (x1, y2), (x2, y1), 40, 4, cv2.LINE_AA)
    for space in page.spaces:
        if space.column in answers:
            x1, y1, _, _ = _pixels(space.area, 3)
            across = np.arange(0, 260, 4)
            scrawl = np.stack([x1 + across, y1 + 14 + 9 * np.sin(across / 7)], axis=1).astype(np.int32)
            cv2.polylines(image, [scrawl], False, 50, 3, cv2.LINE_AA)
    return image


def _pixels(area: Area, inset: float) -> tuple[int, int, int, int]:
    edges = (area.x + inset, area.y + inset, area.x + area.width - inset, area.y + area.height - inset)
    left, top, right, bottom = (round(edge * _DOTS_PER_MM) for edge in edges)
    return left, top, right, bottom


def _written(one: AnyField, answers: Answers) -> str:
    answer = answers[one.id]
    if not isinstance(one, ChoiceField):
        return str(answer)
    labels = dict(choices_of(one, "en"))
    said, other = answers.get(one.id + OTHER_SUFFIX), code_of_other(one)
    codes = [answer] if isinstance(answer, str) else answer
    return "; ".join(f"{labels[code]}: {said}" if code == other and said else labels[code] for code in codes)


def _only(found: list[ParsedResponse]) -> ParsedResponse:
    assert len(found) == 1
    return found[0]


def clean_records(builder: Builder, definition: Definition) -> dict[str, dict[str, Any]]:
    """The clean record and the vault's of each response by its id."""
    fields = [*definition.questionnaire.answer_columns()]
    with_vault = builder.query("DESCRIBE vault")
    vault = [name for name, *_ in with_vault if name in fields]
    clean = [name for name, *_ in builder.query("DESCRIBE clean") if name in fields]
    found: dict[str, dict[str, Any]] = {
        row[0]: dict(zip(clean, row[1:], strict=True))
        for row in builder.query(f"SELECT response_id, {', '.join(clean)} FROM clean")
    }
    for row in builder.query(f"SELECT response_id, {', '.join(vault)} FROM vault") if vault else []:
        found[row[0]] |= dict(zip(vault, row[1:], strict=True))
    return {name: {key: value for key, value in record.items() if value is not None} for name, record in found.items()}


@pytest.mark.parametrize("consultation", ["parks-and-libraries-2007", "third-sector-2007"])
def test_every_way_gives_the_same_clean_record(
    consultation: str, new_builder: Callable[..., Builder], definitions: dict[str, Definition]
) -> None:
    definition = definitions[consultation]
    channels = Channels(definition)
    in_words = [one.id for one in definition.questionnaire.fields() if one.kind in ("contact", "open_text")]
    counter = iter(range(1_000_000))

    # An example costs seconds, so that making a failing one smaller would take an hour.
    @settings(
        max_examples=4,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )
    @example([{name: "🌳"} for name in (in_words[0], in_words[-1])])
    @given(st.lists(answers_to(definition), min_size=3, max_size=6))
    def agree(many: list[Answers]) -> None:
        history, expected = History(definition.questionnaire_hash), {}
        for number, answers in enumerate(many):
            for way, channel, response in channels.read(answers):
                name = f"{way}-{number}"
                assert (response.state, response.pending) == ("response", ()), way
                history.arrive(name, {}, channel=channel)
                history.landing[-1] |= {
                    "answers": response.answers_json,
                    "readings": readings_json(response.readings),
                }
                expected[f"{name}.1"] = f"web-{number}.1"
        builder = new_builder(f"agree-{next(counter)}", definition)
        builder.build(history)
        records = clean_records(builder, definition)
        assert {name: records.get(name) for name in expected} == {
            name: records.get(web) for name, web in expected.items()
        }

    agree()
