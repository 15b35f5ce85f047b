"""The corpus: what breaks standards, what is no response, and what is too much."""

import base64

from benchmarks._mail_sample import Expected, Kind, Maker, Sample, numbered

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


UGLY: tuple[Kind, ...] = (
    unknown_charset, charset_that_lies, windows_quotes_in_latin, broken_base64, not_base64_at_all, null_characters,
    no_headers, bare_returns, eight_bit_headers, encoded_file_name, multipart_without_parts, no_boundary,
    nonsense_content_type, endless_header, html_of_endless_depth, text_too_long, message_too_large, too_many_parts,
    too_many_files, nested_too_deep, nested_thousands_deep, encrypted, signed_whole, automatic, report, empty,
    nothing_at_all, letter, question, passed_on_in_the_text,
)  # fmt: skip
