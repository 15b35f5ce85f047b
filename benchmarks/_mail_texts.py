"""The corpus: messages whose text holds the answers, in the ways that people and their programs write them."""

import base64
import html
import quopri

from benchmarks._mail_sample import Expected, Kind, Maker, Sample, numbered, numbers_of

_STYLES = (
    "{}. ", "{}) ", "({}) ", "{}: ", "Q{}: ", "Q{} ", "Question {}: ", "A{}. ", "{}.\n", "**{}.** ", "- {}. ",
    "My answer to question {}: ",
)  # fmt: skip


def styles(maker: Maker) -> Sample:
    answers = maker.answers()
    style = maker.random.choice(_STYLES)
    return maker.sample(maker.mail(numbered(answers, maker.seed, style)).as_bytes(), Expected(answers=answers))


def spelled_out(maker: Maker) -> Sample:
    answers = dict(zip(("q1a_term", "q2_place"), (maker.words(), maker.words()), strict=True))
    text = f"Question one: {answers['q1a_term']}\nQuestion two - {answers['q2_place']}"
    return maker.sample(maker.mail(text).as_bytes(), Expected(answers=answers))


def welsh(maker: Maker) -> Sample:
    answers = {"q2_place": maker.words(language="cy"), "q7_review": maker.words(language="cy")}
    text = (
        f"Annwyl bawb,\n\nCwestiwn 2: {answers['q2_place']}\nCwestiwn 7: {answers['q7_review']}\n\nCofion gorau,\nAnn"
    )
    return maker.sample(maker.mail(text).as_bytes(), Expected(answers=answers))


def arabic(maker: Maker) -> Sample:
    answer = maker.words(language="ar")
    text = f"السؤال ١: الحدائق\nالسؤال ٤: راضٍ\nالسؤال ٥: {answer}\n\nمع التحية\nفلان"
    answers = {"q1_use": "parks", "q4_satisfied": "4", "q5_proposal": answer}
    return maker.sample(maker.mail(text).as_bytes(), Expected(answers=answers), about=maker.parks)


def choices_by_label(maker: Maker) -> Sample:
    answer = maker.words()
    text = f"1. Libraries\n2. 12\n3. 27/04/2007\n4. Very satisfied\n5. {answer}\n\nAre you answering as?\n"
    text += "\nWho are you answering as? A resident\nWhat is the first half of your postcode? NM1\n"
    answers = {"q1_use": "libraries", "q2_visits": "12", "q3_last_visit": "27/04/2007", "q4_satisfied": "5"}
    answers |= {"q5_proposal": f"{answer}\n\nAre you answering as?"}
    raw = maker.mail(text).as_bytes()
    answers |= {"r1_capacity": ["resident"], "r5_district": "NM1"}
    return maker.sample(raw, Expected(answers=answers), about=maker.parks)


def choice_that_is_none(maker: Maker) -> Sample:
    raw = maker.mail("1. Canals\n2. about a dozen\n3. last week\n4. 4").as_bytes()
    lines = Expected(answers={"q4_satisfied": "4"}, waiting=("q1_use", "q2_visits", "q3_last_visit"))
    return maker.sample(raw, lines, about=maker.parks)


def letter_around_answers(maker: Maker) -> Sample:
    answers = maker.answers()
    text = f"Dear all,\n\nhere you are:\n\n{numbered(answers, maker.seed)}\n\nKind regards,\nPat Example\n01632 960000"
    return maker.sample(maker.mail(text).as_bytes(), Expected(answers=answers))


def disclaimer(maker: Maker) -> Sample:
    answers = maker.answers()
    text = numbered(answers, maker.seed) + "\n\nThis e-mail and any attachments are confidential.\n1. Do not print it."
    return maker.sample(maker.mail(text).as_bytes(), Expected(answers=answers))


def signature(maker: Maker) -> Sample:
    answers = maker.answers()
    text = numbered(answers, maker.seed) + "\n-- \nPat Example\n3. Some Street"
    return maker.sample(maker.mail(text).as_bytes(), Expected(answers=answers))


def on_one_line(maker: Maker) -> Sample:
    raw = maker.mail("1) Yes, in part 2) No 3) Perhaps").as_bytes()
    answers = {"q1a_term": "Yes, in part", "q2_place": "No", "q3_accountable": "Perhaps"}
    return maker.sample(raw, Expected(answers=answers))


def below_printed_words(maker: Maker) -> Sample:
    answers = maker.answers()
    label = {one.id: str(one.label) for one in maker.seed.questionnaire.fields()}
    text = "\n\n".join(f"{label[name]}\n{answer}" for name, answer in answers.items())
    return maker.sample(maker.mail(text).as_bytes(), Expected(answers=answers))


def between_quoted_questions(maker: Maker) -> Sample:
    answers = maker.answers()
    label = {one.id: str(one.label) for one in maker.seed.questionnaire.fields()}
    lines = ["On Thu, 1 Mar 2007 at 09:00, The council <post@example.net>", "wrote:", ">"]
    for name, answer in answers.items():
        lines += [f"> {numbers_of(maker.seed)[name]}. {label[name][:30]}", f"> {label[name][30:]}", "", str(answer), ""]
    return maker.sample(maker.mail("\n".join(lines)).as_bytes(), Expected(answers=answers))


def above_the_quoted_form(maker: Maker) -> Sample:
    answers = maker.answers()
    form = "\n".join(f"{one.number}. {one.fields[0].label}" for one in maker.seed.questionnaire.questions if one.number)
    head = "-----Original Message-----\nFrom: The council\nSent: Thursday\nTo: Pat\nSubject: Questions"
    raw = maker.mail(f"{numbered(answers, maker.seed)}\n\n{head}\n\n{form}").as_bytes()
    return maker.sample(raw, Expected(answers=answers))


def within_the_quoted_form(maker: Maker) -> Sample:
    answers = maker.answers()
    form = "\n".join(
        f"{one.number}. {one.fields[0].label}\n        {answers.get(one.fields[0].id, '')}"
        for one in maker.seed.questionnaire.questions
        if one.number
    )
    head = "Please see below.\n\n-----Original Message-----\nFrom: The council\nSent: Thursday\nTo: Pat"
    return maker.sample(maker.mail(f"{head}\n\n{form}").as_bytes(), Expected(answers=answers))


def quoted_alone(maker: Maker) -> Sample:
    raw = maker.mail("FYI\n\n> 2. Yes\n> 3. No").as_bytes()
    reason = "the answers stand in a quoted message"
    return maker.sample(raw, Expected("in_review", reason, {"q2_place": "Yes", "q3_accountable": "No"}))


def above_and_within(maker: Maker) -> Sample:
    label = str(maker.seed.questionnaire.field("q2_place").label)
    raw = maker.mail(f"1. Good\n\n-----Original Message-----\n\n2. {label}\nOnly in part").as_bytes()
    return maker.sample(raw, Expected(answers={"q1a_term": "Good"}, waiting=("q2_place",)))


def list_in_an_answer(maker: Maker) -> Sample:
    raw = maker.mail("1. Good\n2. Yes\n3. Points:\n1. one\n2. two\n4. No").as_bytes()
    answers = {"q1a_term": "Good", "q2_place": "Yes", "q4_grants_contracts": "No"}
    return maker.sample(raw, Expected(answers=answers, waiting=("q3_accountable",)))


def out_of_order(maker: Maker) -> Sample:
    raw = maker.mail("3. Good\n5. Points\n1. one\n6. No").as_bytes()
    answers = {"q3_accountable": "Good", "q6_monitoring": "No"}
    return maker.sample(raw, Expected(answers=answers, waiting=("q1a_term", "q5_full_cost")))


def more_numbers(maker: Maker) -> Sample:
    raw = maker.mail("6. Good\n7. Yes\n8. No\n9. Perhaps").as_bytes()
    return maker.sample(raw, Expected(answers={"q6_monitoring": "Good"}, waiting=("q7_review",)))


def two_in_one_text(maker: Maker) -> Sample:
    raw = maker.mail("From Ann:\n1. Good\n2. Yes\n\nFrom Bob:\n1. Bad\n2. No").as_bytes()
    reason = "there may be two responses in the text: an officer decides"
    return maker.sample(raw, Expected("in_review", reason, {}, ("q1a_term", "q2_place")))


def flowed(maker: Maker) -> Sample:
    given = "we think that this is \nthe right way \nto do it"
    mail = maker.mail(None)
    mail.set_content(f"1. Good\n2. {given}\n\n From now on")
    mail.replace_header("Content-Type", 'text/plain; charset="utf-8"; format=flowed')
    answers = {"q1a_term": "Good", "q2_place": "we think that this is the right way to do it\n\nFrom now on"}
    return maker.sample(mail.as_bytes(), Expected(answers=answers))


def html_alone(maker: Maker) -> Sample:
    answers = maker.answers()
    mail = maker.mail(None)
    number = numbers_of(maker.seed)
    rows = "".join(f"<p><b>{number[name]}.</b> {html.escape(str(text))}</p>" for name, text in answers.items())
    mail.set_content(f"<html><style>p{{}}</style><body>{rows}</body></html>", subtype="html")
    return maker.sample(mail.as_bytes(), Expected(answers=answers))


def html_table(maker: Maker) -> Sample:
    answers = maker.answers()
    label = {one.id: str(one.label) for one in maker.seed.questionnaire.fields()}
    number = numbers_of(maker.seed)
    rows = "".join(
        f"<tr><td>{number[name]}</td><td>{html.escape(label[name])}</td><td>{html.escape(str(text))}</td></tr>"
        for name, text in answers.items()
    )
    mail = maker.mail(None)
    mail.set_content(f"<table>{rows}</table>", subtype="html")
    return maker.sample(mail.as_bytes(), Expected(answers=answers))


def html_list(maker: Maker) -> Sample:
    given = [maker.words() for _ in range(3)]
    mail = maker.mail(None)
    mail.set_content("<ol>" + "".join(f"<li>{html.escape(one)}</li>" for one in given) + "</ol>", subtype="html")
    answers = dict(zip(("q1a_term", "q2_place", "q3_accountable"), given, strict=True))
    return maker.sample(mail.as_bytes(), Expected(answers=answers))


def html_reply(maker: Maker) -> Sample:
    answers = maker.answers()
    body = html.escape(numbered(answers, maker.seed)).replace("\n", "<br>")
    quote = '<blockquote type="cite"><p>2. The council asks</p><p>3. much</p></blockquote>'
    mail = maker.mail(None)
    mail.set_content(f"<div>{body}</div>{quote}", subtype="html")
    return maker.sample(mail.as_bytes(), Expected(answers=answers))


def plain_stub_beside_html(maker: Maker) -> Sample:
    mail = maker.mail("Sent from my phone")
    mail.add_alternative("<p>1. Good</p><p>2. Yes</p>", subtype="html")
    return maker.sample(mail.as_bytes(), Expected(answers={"q1a_term": "Good", "q2_place": "Yes"}))


def html_first(maker: Maker) -> Sample:
    mail = maker.mail(None)
    mail.set_content("<p>1. Good</p>", subtype="html")
    mail.add_alternative("1. Good\n", subtype="plain")
    return maker.sample(mail.as_bytes(), Expected(answers={"q1a_term": "Good"}))


def soft_line_breaks(maker: Maker) -> Sample:
    answers = maker.answers()
    encoded = quopri.encodestring(numbered(answers, maker.seed).encode())
    head = b"From: a@example.org\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable"
    return maker.sample(head + b"\n\n" + encoded, Expected(answers=answers))


def text_in_base64(maker: Maker) -> Sample:
    answers = maker.answers()
    encoded = base64.encodebytes(numbered(answers, maker.seed).encode("utf-16"))
    head = b"From: a@example.org\nContent-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64"
    return maker.sample(head + b"\n\n" + encoded, Expected(answers=answers))


def text_around_a_logo(maker: Maker) -> Sample:
    answers = maker.answers()
    mail = maker.mail(numbered(answers, maker.seed))
    mail.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(300), maintype="image", subtype="png", disposition="inline")
    return maker.sample(mail.as_bytes(), Expected(answers=answers))


def text_with_a_calendar(maker: Maker) -> Sample:
    answers = maker.answers()
    mail = maker.mail(numbered(answers, maker.seed))
    mail.add_attachment("BEGIN:VCARD\nFN:Pat\nEND:VCARD", subtype="vcard", filename="pat.vcf")
    return maker.sample(mail.as_bytes(), Expected(answers=answers))


TEXTS: tuple[Kind, ...] = (
    styles, spelled_out, welsh, arabic, choices_by_label, choice_that_is_none, letter_around_answers, disclaimer,
    signature, on_one_line, below_printed_words, between_quoted_questions, above_the_quoted_form,
    within_the_quoted_form, quoted_alone, above_and_within, list_in_an_answer, out_of_order, more_numbers,
    two_in_one_text, flowed, html_alone, html_table, html_list, html_reply, plain_stub_beside_html, html_first,
    soft_line_breaks, text_in_base64, text_around_a_logo, text_with_a_calendar,
)  # fmt: skip
