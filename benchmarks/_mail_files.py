"""The corpus: messages that bring files along."""

import io
import zipfile

import docx
import pikepdf

from benchmarks._mail_sample import Expected, Kind, Maker, Sample, numbered, saved
from schemas.editions.fill import fill_pdf
from schemas.editions.pdf_fields import values_from

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LETTER = "a letter without a form: an officer decides"


def pdf(maker: Maker) -> Sample:
    answers = maker.answers()
    return maker.sample(maker.with_files(("form.pdf", maker.filled(answers))), Expected(answers=answers))


def pdf_with_boxes(maker: Maker) -> Sample:
    answers = maker.answers() | {"r1_type": ["derby_resident", "other"], "r1_type_other": maker.words()}
    return maker.sample(maker.with_files(("form.pdf", maker.filled(answers))), Expected(answers=answers))


def pdf_with_two_ticks(maker: Maker) -> Sample:
    values = values_from({"q1_use": "parks", "q2_visits": "3"}, maker.parks.questionnaire, "en") | {
        "q1_use__both": "both"
    }
    raw = maker.with_files(("form.pdf", fill_pdf(maker.editions.parks_pdf, values)))
    return maker.sample(raw, Expected(answers={"q2_visits": "3"}, waiting=("q1_use",)), about=maker.parks)


def word_document(maker: Maker) -> Sample:
    answers = maker.answers()
    raw = maker.with_files(("form.docx", maker.filled_docx(answers)))
    return maker.sample(raw, Expected(answers=answers))


def three_pdfs(maker: Maker) -> Sample:
    each = [maker.answers() for _ in range(3)]
    files = [(f"form{n}.pdf", maker.filled(one)) for n, one in enumerate(each)]
    return maker.sample(maker.with_files(*files), *(Expected(answers=one) for one in each))


def same_pdf_twice(maker: Maker) -> Sample:
    answers = maker.answers()
    form = maker.filled(answers)
    return maker.sample(maker.with_files(("form.pdf", form), ("form (1).pdf", form)), Expected(answers=answers))


def blank_pdf(maker: Maker) -> Sample:
    return maker.sample(maker.with_files(("form.pdf", maker.editions.pdf), text=" "), Expected())


def blank_pdf_and_letter(maker: Maker) -> Sample:
    raw = maker.with_files(("form.pdf", maker.editions.pdf), text="I object to it all.")
    reason = "the form is blank and the message has a text: an officer decides"
    return maker.sample(raw, Expected("in_review", reason, waiting=("",)))


def blank_pdf_and_answers(maker: Maker) -> Sample:
    answers = maker.answers()
    raw = maker.with_files(("form.pdf", maker.editions.pdf), text=numbered(answers, maker.seed))
    return maker.sample(raw, Expected(answers=answers))


def pdf_and_other_answers(maker: Maker) -> Sample:
    answers = maker.answers(2)
    raw = maker.with_files(("form.pdf", maker.filled(answers)), text="1. Something else\n7. And this")
    reason = "there are answers in the text beside a filled form: an officer decides which count"
    other = Expected("in_review", reason, {"q1a_term": "Something else", "q7_review": "And this"})
    return maker.sample(raw, Expected(answers=answers), other)


def pdf_and_the_same_answers(maker: Maker) -> Sample:
    answers = maker.answers()
    raw = maker.with_files(("form.pdf", maker.filled(answers)), text=numbered(answers, maker.seed))
    return maker.sample(raw, Expected(answers=answers))


def pdf_and_a_long_letter(maker: Maker) -> Sample:
    answers = maker.answers()
    raw = maker.with_files(("form.pdf", maker.filled(answers)), text="I also want to say this: " + maker.words(60, 90))
    return maker.sample(raw, Expected(answers=answers, waiting=("",)))


def pdf_and_a_spreadsheet(maker: Maker) -> Sample:
    answers = maker.answers()
    raw = maker.with_files(("form.pdf", maker.filled(answers)), ("figures.xls", _OLE + bytes(600)))
    return maker.sample(raw, Expected(answers=answers, waiting=("",)))


def whole_and_broken_pdf(maker: Maker) -> Sample:
    answers = maker.answers()
    form = maker.filled(answers)
    raw = maker.with_files(("broken.pdf", form[:2000]), ("form.pdf", form))
    return maker.sample(raw, Expected(answers=answers), Expected("quarantined", "the PDF is damaged"))


def locked_pdf(maker: Maker) -> Sample:
    with pikepdf.open(io.BytesIO(maker.filled(maker.answers()))) as form:
        locked = saved(form, encryption=pikepdf.Encryption(owner="owner", user="secret"))
    raw = maker.with_files(("form.pdf", locked))
    return maker.sample(raw, Expected("quarantined", "the PDF is locked with a password"))


def other_consultation(maker: Maker) -> Sample:
    raw = maker.with_files(("form.pdf", maker.filled(maker.answers())))
    reason = "the form is of another consultation"
    return maker.sample(raw, Expected("quarantined", reason), about=maker.parks)


def xfa_pdf(maker: Maker) -> Sample:
    with pikepdf.new() as form:
        form.add_blank_page()
        form.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=pikepdf.String("template"))
        raw = maker.with_files(("form.pdf", saved(form)))
    return maker.sample(raw, Expected("quarantined", "the PDF is an XFA form, which is not read"))


def pdf_of_endless_fields(maker: Maker) -> Sample:
    with pikepdf.open(io.BytesIO(maker.editions.pdf)) as form:
        more = [pikepdf.Dictionary(FT=pikepdf.Name.Tx, T=pikepdf.String(f"x{n}")) for n in range(6_000)]
        form.Root.AcroForm.Fields.extend(more)
        raw = maker.with_files(("form.pdf", saved(form)))
    reason = "the PDF has more pages or form fields than are read"
    return maker.sample(raw, Expected("quarantined", reason))


def own_document_with_numbers(maker: Maker) -> Sample:
    answers = maker.answers()
    raw = maker.with_files(("answers.docx", _document(numbered(answers, maker.seed))))
    return maker.sample(raw, Expected(answers=answers))


def own_document_with_a_numbered_list(maker: Maker) -> Sample:
    given = [maker.words() for _ in range(3)]
    document = docx.Document()
    document.add_heading("Our answers")
    for one in given:
        document.add_paragraph(one, style="List Number")
        document.add_paragraph("and one thing more", style="List Bullet")
    out = io.BytesIO()
    document.save(out)
    columns = ("q1a_term", "q2_place", "q3_accountable")
    answers = {name: f"{one}\nand one thing more" for name, one in zip(columns, given, strict=True)}
    return maker.sample(maker.with_files(("answers.docx", out.getvalue())), Expected(answers=answers))


def own_document(maker: Maker) -> Sample:
    raw = maker.with_files(("letter.docx", _document("I think it is a good plan.")), text=" ")
    return maker.sample(raw, Expected("in_review", LETTER, waiting=("",)))


def text_file(maker: Maker) -> Sample:
    answers = maker.answers()
    mail = maker.mail()
    mail.add_attachment(numbered(answers, maker.seed), filename="answers.txt")
    return maker.sample(mail.as_bytes(), Expected(answers=answers))


def unread_document(maker: Maker) -> Sample:
    name, content, reason = maker.random.choice(
        (
            ("form.doc", _OLE + bytes(600), "an old Word document (.doc)"),
            ("form.rtf", b"{\\rtf1 Good}", "a rich text document (.rtf)"),
            ("form.pages", zipped(("Index/Document.iwa", b"x")), "a Pages document"),
            ("form.xlsx", zipped(("[Content_Types].xml", b"x"), ("xl/workbook.xml", b"x")), "a spreadsheet"),
            ("form.ppt", _OLE + bytes(600), "a presentation"),
        )
    )
    raw = maker.with_files((name, content))
    return maker.sample(raw, Expected("in_review", f"{reason}, which is not read: an officer decides", waiting=("",)))


def picture_of_something(maker: Maker) -> Sample:
    raw = maker.with_files(("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(60_000)), text=" ")
    reason = "a picture that is not the form: an officer decides"
    return maker.sample(raw, Expected("in_review", reason, waiting=("",)))


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def _document(text: str) -> bytes:
    document = docx.Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


FILES: tuple[Kind, ...] = (
    pdf, pdf_with_boxes, pdf_with_two_ticks, word_document, three_pdfs, same_pdf_twice, blank_pdf,
    blank_pdf_and_letter, blank_pdf_and_answers, pdf_and_other_answers, pdf_and_the_same_answers,
    pdf_and_a_long_letter, pdf_and_a_spreadsheet, whole_and_broken_pdf, locked_pdf, other_consultation, xfa_pdf,
    pdf_of_endless_fields, own_document_with_numbers, own_document_with_a_numbered_list, own_document, text_file,
    unread_document, picture_of_something,
)  # fmt: skip
