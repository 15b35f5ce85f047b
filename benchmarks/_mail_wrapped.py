"""The corpus: forms and answers in every wrapping: archives, Outlook's own formats, messages in messages."""

import zipfile
from email.message import EmailMessage

from benchmarks._mail_files import LETTER, zipped
from benchmarks._mail_outlook import OutlookMessage, write_msg, write_winmail
from benchmarks._mail_sample import Expected, Kind, Maker, Sample, numbered
from ingest.mail.limits import MAX_UNPACKED_BYTES

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped_pdf(maker: Maker) -> Sample:
    answers = maker.answers()
    method = maker.random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    packed = zipped(("folder/form.pdf", maker.filled(answers)), ("__MACOSX/._form.pdf", b"x"), method=method)
    return maker.sample(maker.with_files(("forms.zip", packed)), Expected(answers=answers))


def zip_in_zip(maker: Maker) -> Sample:
    answers = maker.answers()
    inner = zipped(("form.pdf", maker.filled(answers)))
    raw = maker.with_files(("forms.zip", zipped(("inner.zip", inner))))
    return maker.sample(raw, Expected(answers=answers))


def zips_too_deep(maker: Maker) -> Sample:
    packed = maker.filled(maker.answers())
    for _ in range(4):
        packed = zipped(("form.zip", packed))
    reason = "an attached archive holds more archives in one another than are opened"
    return maker.sample(maker.with_files(("forms.zip", packed)), Expected("quarantined", reason))


def locked_zip(maker: Maker) -> Sample:
    packed = bytearray(zipped(("form.pdf", maker.filled(maker.answers()))))
    # The flag by which a zip says that a file in it is encrypted, at the file and in the list.
    packed[6] |= 1
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1
    raw = maker.with_files(("forms.zip", bytes(packed)))
    return maker.sample(raw, Expected("quarantined", "an attached archive is locked with a password"))


def zip_bomb(maker: Maker) -> Sample:
    packed = zipped(("form.pdf", b"%PDF-1.7" + bytes(MAX_UNPACKED_BYTES)))
    reason = "an attached archive holds more than is unpacked"
    return maker.sample(maker.with_files(("forms.zip", packed)), Expected("quarantined", reason))


def zip_of_many(maker: Maker) -> Sample:
    packed = zipped(*((f"{number}.txt", b"x") for number in range(150)))
    reason = "an attached archive holds more than is unpacked"
    return maker.sample(maker.with_files(("forms.zip", packed)), Expected("quarantined", reason))


def damaged_zip(maker: Maker) -> Sample:
    packed = zipped(("form.pdf", maker.filled(maker.answers())))
    raw = maker.with_files(("forms.zip", packed[: len(packed) // 2]))
    return maker.sample(raw, Expected("quarantined", "an attached archive is damaged"))


def packed_otherwise(maker: Maker) -> Sample:
    start = maker.random.choice(
        (b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00")
    )
    raw = maker.with_files(("forms.bin", start + bytes(50)))
    return maker.sample(raw, Expected("quarantined", "an attachment is packed in a way that is not opened"))


def winmail(maker: Maker) -> Sample:
    answers = maker.answers()
    content = write_winmail("See attached", [("form.pdf", maker.filled(answers))])
    return maker.sample(maker.with_files(("winmail.dat", content)), Expected(answers=answers))


def winmail_with_the_text(maker: Maker) -> Sample:
    content = write_winmail("1. Good\r\n2. Yes\r\n", [])
    mail = maker.mail(None)
    mail.add_attachment(content, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    return maker.sample(mail.as_bytes(), Expected(answers={"q1a_term": "Good", "q2_place": "Yes"}))


def damaged_winmail(maker: Maker) -> Sample:
    raw = maker.with_files(("winmail.dat", b"\x78\x9f\x3e\x22"))
    reason = "the attachments are packed in winmail.dat, which cannot be read"
    return maker.sample(raw, Expected("quarantined", reason))


def outlook_with_pdf(maker: Maker) -> Sample:
    answers = maker.answers()
    message = OutlookMessage("bob@example.org", "My answers", "Here.", files=[("form.pdf", maker.filled(answers))])
    return maker.sample(maker.with_files(("mail.msg", write_msg(message))), Expected(answers=answers))


def outlook_with_text(maker: Maker) -> Sample:
    answers = maker.answers()
    inner = OutlookMessage("bob@example.org", "My answers", numbered(answers, maker.seed))
    message = OutlookMessage("cat@example.org", "Fwd", "", "<p>For you", messages=[inner])
    return maker.sample(maker.with_files(("mail.msg", write_msg(message))), Expected(answers=answers))


def damaged_outlook(maker: Maker) -> Sample:
    raw = maker.with_files(("mail.msg", _OLE + bytes(700)))
    return maker.sample(raw, Expected("quarantined", "an attached Outlook message cannot be read"))


def forwarded(maker: Maker) -> Sample:
    answers = maker.answers()
    inner = maker.mail("Here.", From="Ann <ann@example.org>")
    inner.add_attachment(maker.filled(answers), maintype="application", subtype="pdf", filename="form.pdf")
    outer = maker.mail("For you.")
    outer.add_attachment(inner)
    return maker.sample(outer.as_bytes(), Expected(answers=answers))


def forwarded_as_a_file(maker: Maker) -> Sample:
    answers = maker.answers()
    inner = maker.mail(numbered(answers, maker.seed), From="Ann <ann@example.org>").as_bytes()
    return maker.sample(maker.with_files(("mail.eml", inner), text="For you."), Expected(answers=answers))


def forwarded_in_base64(maker: Maker) -> Sample:
    answers = maker.answers()
    inner: EmailMessage = maker.mail(numbered(answers, maker.seed))
    mail = maker.mail("For you.")
    mail.add_attachment(inner.as_bytes(), maintype="application", subtype="octet-stream", filename="m.eml")
    raw = mail.as_bytes().replace(b"Content-Type: application/octet-stream", b"Content-Type: message/rfc822")
    return maker.sample(raw, Expected(answers=answers))


def digest_of_three(maker: Maker) -> Sample:
    each = [maker.answers() for _ in range(2)]
    outer = maker.mail("Three of them.")
    for number, answers in enumerate(each):
        outer.add_attachment(maker.mail(numbered(answers, maker.seed), From=f"p{number}@example.org"))
    outer.add_attachment(maker.mail("I think it is a good plan.", From="c@example.org"))
    letter = Expected("in_review", LETTER, waiting=("",))
    return maker.sample(outer.as_bytes(), *(Expected(answers=one) for one in each), letter)


WRAPPED: tuple[Kind, ...] = (
    zipped_pdf, zip_in_zip, zips_too_deep, locked_zip, zip_bomb, zip_of_many, damaged_zip, packed_otherwise, winmail,
    winmail_with_the_text, damaged_winmail, outlook_with_pdf, outlook_with_text, damaged_outlook, forwarded,
    forwarded_as_a_file, forwarded_in_base64, digest_of_three,
)  # fmt: skip
