"""The corpus: sealed files of the offline form, and the single-file edition saved as a page."""

import base64
import json
import uuid

from benchmarks._mail_sample import Expected, Kind, Maker, Sample
from schemas.change_code import ALPHABET, LENGTH
from schemas.definition import Definition
from schemas.envelope import Envelope, SealedFile
from schemas.response import RawAnswer, ResponseDocument, encode_response
from schemas.sealing import Recipients, new_identity, seal


def sealed_file(maker: Maker) -> Sample:
    answers = maker.answers()
    name = maker.random.choice(("reply.yoursay", "reply.json", "reply.yoursay.txt", "unnamed"))
    raw = maker.with_files((name, _sealed(maker, [answers])))
    return maker.sample(raw, Expected(answers=answers))


def sealed_file_of_two(maker: Maker) -> Sample:
    each = [maker.answers(), maker.answers()]
    raw = maker.with_files(("reply.yoursay", _sealed(maker, each)))
    return maker.sample(raw, *(Expected(answers=one) for one in each))


def sealed_for_another_key(maker: Maker) -> Sample:
    stranger = new_identity().recipient
    content = _sealed(maker, [maker.answers()], Recipients(stranger, stranger))
    reason = "the seal cannot be opened: damaged, or made for another key"
    return maker.sample(maker.with_files(("reply.yoursay", content)), Expected("quarantined", reason))


def sealed_for_another_consultation(maker: Maker) -> Sample:
    content = _sealed(maker, [maker.answers()])
    reason = "a sealed file is of another consultation"
    raw = maker.with_files(("reply.yoursay", content))
    return maker.sample(raw, Expected("quarantined", reason), about=maker.parks)


def sealed_in_place_of_another(maker: Maker) -> Sample:
    answers = maker.answers()
    content = json.loads(_sealed(maker, [answers]))
    content["envelopes"][0]["replaces"] = {"reference": "ABCD-EFGH", "change_code": ALPHABET[:LENGTH]}
    raw = maker.with_files(("reply.yoursay", json.dumps(content).encode()))
    reason = "the sealed response says that it takes the place of an earlier one: an officer decides"
    return maker.sample(raw, Expected("in_review", reason, answers))


def damaged_sealed_file(maker: Maker) -> Sample:
    content = _sealed(maker, [maker.answers()])
    raw = maker.with_files(("reply.yoursay", content[: len(content) // 2]))
    return maker.sample(raw, Expected("quarantined", "a sealed file is damaged"))


def saved_page(maker: Maker) -> Sample:
    page = _page(maker.seed, '<textarea name="q2_place">Yes</textarea><input name="r1_type" value="other" checked>')
    raw = maker.with_files(("form.html", page))
    if maker.random.random() < 0.5:
        mail = maker.mail()
        mail.add_attachment(page.decode(), subtype="html", filename="form.html", disposition="inline")
        raw = mail.as_bytes()
    return maker.sample(raw, Expected(answers={"q2_place": "Yes", "r1_type": ["other"]}))


def saved_page_without_answers(maker: Maker) -> Sample:
    raw = maker.with_files(("form.html", _page(maker.seed, '<textarea name="q2_place"></textarea>')))
    reason = "the form was saved as a page, without its answers: ask the sender for the sealed file"
    return maker.sample(raw, Expected("in_review", reason))


def _sealed(maker: Maker, each: list[dict[str, RawAnswer]], recipients: Recipients | None = None) -> bytes:
    envelopes = []
    for answers in each:
        identity = str(uuid.UUID(int=maker.random.getrandbits(128)))
        document = ResponseDocument(
            id=identity,
            consultation=maker.seed.id,
            questionnaire_hash=maker.seed.questionnaire_hash,
            answers=answers,
        )
        body = seal(encode_response(document), recipients or maker.recipients)
        envelopes.append(
            Envelope(
                id=identity,
                consultation=maker.seed.id,
                questionnaire_hash=maker.seed.questionnaire_hash,
                sealed=base64.b64encode(body).decode(),
            )
        )
    return SealedFile(envelopes=tuple(envelopes)).model_dump_json(exclude_none=True).encode()


def _page(definition: Definition, controls: str) -> bytes:
    """A page as a browser saves the single-file edition: its data, and controls with what was typed in them."""
    said = {"consultation": definition.id, "questionnaire_hash": definition.questionnaire_hash, "language": "en"}
    data = f'<script type="application/json" id="yoursay-form">{json.dumps(said)}</script>'
    return f"<!doctype html><html><body><form>{controls}</form>{data}</body></html>".encode()


SEALED: tuple[Kind, ...] = (
    sealed_file, sealed_file_of_two, sealed_for_another_key, sealed_for_another_consultation,
    sealed_in_place_of_another, damaged_sealed_file, saved_page, saved_page_without_answers,
)  # fmt: skip
