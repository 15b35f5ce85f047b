"""The corpus: what breaks standards, what is no response, what is too much, and what is sealed."""

import base64
import json
import uuid

from benchmarks._mail_sample import Expected, Kind, Maker, Sample, numbered
from schemas.change_code import ALPHABET, LENGTH
from schemas.definition import Definition
from schemas.envelope import Envelope, SealedFile
from schemas.response import RawAnswer, ResponseDocument, encode_response
from schemas.sealing import Recipients, new_identity, seal

LETTER = "a letter without a form: an officer decides"
TOO_MANY = "the message has more parts, or messages in messages, than are read"


def unknown_charset(maker: Maker) -> Sample:
    raw = b"From: a@example.org\nContent-Type: text/plain; charset=x-unheard-of\n\n1. Caf\xe9"
    return maker.sample(raw, Expected(answers={"q1a_term": "Café"}))


def charset_that_lies(maker: Maker) -> Sample:
    charset = maker.random.choice(("us-ascii", "iso-8859-1", "windows-1252", "utf-16-nonsense", "punycode"))
    raw = f"From: a@example.org\nContent-Type: text/plain; charset={charset}\n\n1. Tŷ â 漢字".encode()
    return maker.sample(raw, Expected(answers={"q1a_term": "Tŷ â 漢字"}))


def windows_quotes_in_latin(maker: Maker) -> Sample:
    raw = b"From: a@example.org\nContent-Type: text/plain; charset=iso-8859-1\n\n1. \x93Quite so\x94 \x96 \xa3500"
    return maker.sample(raw, Expected(answers={"q1a_term": "“Quite so” – £500"}))


def broken_base64(maker: Maker) -> Sample:
    head = b"From: a@example.org\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    encoded = base64.encodebytes(b"1. Good and well\n2. Yes") + b"!!"
    return maker.sample(head + encoded, Expected(answers={"q1a_term": "Good and well", "q2_place": "Yes"}))


def not_base64_at_all(maker: Maker) -> Sample:
    raw = b"From: a@example.org\nContent-Transfer-Encoding: base64\n\n!!! not base64 !!!"
    return maker.sample(raw, Expected("in_review", LETTER, waiting=("",)))


def null_characters(maker: Maker) -> Sample:
    raw = b"From: a@example.org\n\n1. Go\x00od\n2. Yes"
    return maker.sample(raw, Expected(answers={"q1a_term": "Go\ufffdod", "q2_place": "Yes"}))


def no_headers(maker: Maker) -> Sample:
    answers = maker.answers()
    return maker.sample(b"\n" + numbered(answers, maker.seed).encode(), Expected(answers=answers))


def bare_returns(maker: Maker) -> Sample:
    raw = b"From: a@example.org\r\rContent: x\r\r1. Good\r2. Yes\r"
    return maker.sample(raw, Expected(answers={"q1a_term": "Good", "q2_place": "Yes"}))


def eight_bit_headers(maker: Maker) -> Sample:
    head = b"From: Jos\xe9 \xff <jose@example.org>\nSubject: caf\xe9 =?utf-8?b?!!!?=\nX: " + bytes(range(128, 256))
    return maker.sample(head + b"\n\n1. Good", Expected(answers={"q1a_term": "Good"}))


def encoded_file_name(maker: Maker) -> Sample:
    answers = maker.answers()
    name = maker.random.choice(
        (
            b'filename="=?utf-8?B?' + base64.b64encode("ŵy.pdf".encode()) + b'?="',
            b"filename*0*=utf-8''%C5%B5; filename*1=y.pdf",
            b"filename*=x-none''%FF.pdf",
            b'filename="=?x-none?q?=FF?=.pdf"',
            b"filename=\xff\xfe.pdf",
        )
    )
    head = b"From: a@example.org\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
    head += b"Content-Disposition: attachment; " + name + b"\n\n"
    return maker.sample(head + base64.encodebytes(maker.filled(answers)), Expected(answers=answers))


def multipart_without_parts(maker: Maker) -> Sample:
    raw = b'From: a@example.org\nContent-Type: multipart/mixed; boundary="b"\n\n1. Good'
    return maker.sample(raw, Expected(answers={"q1a_term": "Good"}))


def no_boundary(maker: Maker) -> Sample:
    return maker.sample(b"Content-Type: multipart/mixed\n\n1. Good", Expected(answers={"q1a_term": "Good"}))


def nonsense_content_type(maker: Maker) -> Sample:
    return maker.sample(b"Content-Type: ;;;=\nFrom: \xff<<>>@\n\n1. Good", Expected(answers={"q1a_term": "Good"}))


def endless_header(maker: Maker) -> Sample:
    return maker.sample(b"A: " + b"x" * 1_000_000 + b"\n\n1. Good", Expected(answers={"q1a_term": "Good"}))


def html_of_endless_depth(maker: Maker) -> Sample:
    raw = b"Content-Type: text/html\n\n<p>1. Good</p>" + b"<div>" * 5_000
    return maker.sample(raw, Expected(answers={"q1a_term": "Good"}))


def text_too_long(maker: Maker) -> Sample:
    raw = b"From: a@example.org\n\n" + b"1. Good\n" * 100_000
    return maker.sample(raw, Expected("quarantined", "the text of the message is longer than is read"))


def message_too_large(maker: Maker) -> Sample:
    raw = maker.mail("1. Good").as_bytes() + b"x" * (25 * 1024 * 1024)
    return maker.sample(raw, Expected("quarantined", "the message is larger than 25 MB; it lies in 'too-large'"))


def too_many_parts(maker: Maker) -> Sample:
    parts = b"".join(b"--b\nContent-Type: text/plain\n\n%d things\n" % number for number in range(1_000))
    raw = b'From: a@example.org\nContent-Type: multipart/mixed; boundary="b"\n\n' + parts + b"--b--\n"
    return maker.sample(raw, Expected("in_review", LETTER, waiting=("",)), Expected("quarantined", TOO_MANY))


def too_many_files(maker: Maker) -> Sample:
    raw = maker.with_files(*((f"{number}.bin", b"x") for number in range(60)), text="1. Good")
    full = Expected("quarantined", "the message has more attachments than are read")
    return maker.sample(raw, Expected(answers={"q1a_term": "Good"}, waiting=("",)), full)


def nested_too_deep(maker: Maker) -> Sample:
    raw = b"From: ann@example.org\n\n1. Good\n"
    for number in range(maker.random.choice((9, 30))):
        edge = b"b%d" % number
        raw = b"".join((
            b'Content-Type: multipart/mixed; boundary="', edge, b'"\n\n--', edge,
            b"\nContent-Type: message/rfc822\n\n", raw, b"\n--", edge, b"--\n",
        ))  # fmt: skip
    return maker.sample(raw, Expected("quarantined", TOO_MANY))


def nested_thousands_deep(maker: Maker) -> Sample:
    level = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
    raw = b"".join(level % (number, number) for number in range(1_200))
    reason = "the message is nested too deeply to be read"
    return maker.sample(raw, Expected("quarantined", reason))


def encrypted(maker: Maker) -> Sample:
    raw = maker.random.choice(
        (
            b"From: a@example.org\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIIB",
            b'From: a@example.org\nContent-Type: multipart/encrypted; boundary="b"\n\n--b\n'
            b"Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b--\n",
        )
    )
    return maker.sample(raw, Expected("quarantined", "the message is encrypted"))


def signed_whole(maker: Maker) -> Sample:
    raw = b"From: a@example.org\nContent-Type: application/pkcs7-mime; smime-type=signed-data\n\nMIIB"
    return maker.sample(raw, Expected("quarantined", "the message is signed in a way that is not opened"))


def automatic(maker: Maker) -> Sample:
    headers, reason = maker.random.choice(
        (
            ({"Auto_Submitted": "auto-replied (vacation)"}, "an automatic reply"),
            ({"X_Autoreply": "yes"}, "an automatic reply"),
            ({"Precedence": "auto_reply"}, "an automatic reply"),
            ({"Subject": "Automatic reply: Consultation"}, "an automatic reply, by its subject"),
            ({"Subject": "Out of office: next week"}, "an automatic reply, by its subject"),
            ({"Subject": "Undeliverable: Consultation"}, "an automatic reply, by its subject"),
        )
    )
    return maker.sample(maker.mail("I am away.", **headers).as_bytes(), Expected("not_a_response", reason))


def report(maker: Maker) -> Sample:
    kind, reason = maker.random.choice(
        (("delivery-status", "a report about delivery"), ("disposition-notification", "a reading confirmation"))
    )
    raw = (
        f'From: MAILER-DAEMON@example.net\nContent-Type: multipart/report; report-type={kind}; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nIt failed.\n--b\nContent-Type: message/rfc822\n\n1. Good\n--b--\n"
    )
    return maker.sample(raw.encode(), Expected("not_a_response", reason))


def empty(maker: Maker) -> Sample:
    text = maker.random.choice(("", " \n\n", "\n-- \nPat Example", "Sent from my phone", "Kind regards\nPat"))
    return maker.sample(maker.mail(text).as_bytes(), Expected("not_a_response", "the message is empty"))


def nothing_at_all(maker: Maker) -> Sample:
    return maker.sample(b"", Expected("not_a_response", "the message is empty"))


def letter(maker: Maker) -> Sample:
    language = maker.random.choice(("en", "cy", "ar", "zh"))
    raw = maker.mail(maker.words(30, 200, language) + ".\n\nKind regards\nPat").as_bytes()
    return maker.sample(raw, Expected("in_review", LETTER, waiting=("",)))


def question(maker: Maker) -> Sample:
    text = maker.random.choice(("Could you send me a large print copy?", "Pryd mae'n cau?", "متى تنتهي الاستشارة؟"))
    reason = "a question to the council, as it seems: a person answers it"
    return maker.sample(maker.mail(text).as_bytes(), Expected("in_review", reason, waiting=("",)))


def passed_on_in_the_text(maker: Maker) -> Sample:
    text = "-----Original Message-----\nFrom: Ann\nSent: Thursday\nTo: Bob\n\nI think it is a good plan."
    return maker.sample(maker.mail(text).as_bytes(), Expected("in_review", LETTER, waiting=("",)))


def sealed_file(maker: Maker) -> Sample:
    answers = maker.answers()
    raw = maker.with_files(("reply.yoursay", _sealed(maker, [answers])))
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


UGLY: tuple[Kind, ...] = (
    unknown_charset, charset_that_lies, windows_quotes_in_latin, broken_base64, not_base64_at_all, null_characters,
    no_headers, bare_returns, eight_bit_headers, encoded_file_name, multipart_without_parts, no_boundary,
    nonsense_content_type, endless_header, html_of_endless_depth, text_too_long, message_too_large, too_many_parts,
    too_many_files, nested_too_deep, nested_thousands_deep, encrypted, signed_whole, automatic, report, empty,
    nothing_at_all, letter, question, passed_on_in_the_text, sealed_file, sealed_file_of_two, sealed_for_another_key,
    sealed_for_another_consultation, sealed_in_place_of_another, damaged_sealed_file, saved_page,
    saved_page_without_answers,
)  # fmt: skip
