"""Answers under the questions' numbers in the text of a message."""

import textwrap
import time

import pytest

from ingest.mail.texts.read_body import BodyAnswers, read_body
from ingest.parsed_response import Reading
from schemas.definition import Definition


def sure(column: str) -> Reading:
    return Reading(column, "number", "text", 0.95)


def answers(text: str, definition: Definition) -> dict[str, str | list[str]]:
    found = read_body(text, definition.questionnaire)
    assert found is not None
    assert found.doubt is None
    assert {one.column for one in found.readings if one.review is None} == found.answers.keys()
    return found.answers


@pytest.mark.parametrize(
    "text",
    [
        "1. Good\n2. Yes",
        "1) Good\n2) Yes",
        "(1) Good\n(2) Yes",
        "1: Good\n2: Yes",
        "1 - Good\n2 – Yes",
        "Q1 Good\nQ2 Yes",
        "Q1. Good\nQ.2 Yes",
        "q1: Good\nq2: Yes",
        "Question 1 Good\nQuestion 2 Yes",
        "Question 1: Good\nQUESTION 2 - Yes",
        "My answer to question 1: Good\nAnswer to question 2: Yes",
        "A1: Good\nA2: Yes",
        "1\nGood\n\n2\nYes",
        "1.\n\nGood\n2.\n\nYes\n",
        "**1.** Good\n**2.** Yes",
        "Dear all,\n\nhere you are:\n\n1. Good\n2. Yes\n\nKind regards,\nAnn Example\n01632 960000",
        "1. Good\n2. Yes\n-- \nAnn Example\n3. Some Street",
        "Question one: Good\nQuestion two - Yes",
        "Cwestiwn 1: Good\nCwestiwn 2: Yes\n\nCofion gorau,\nAnn",
        "السؤال ١: Good\nالسؤال ٢: Yes\n\nمع التحية\nAnn",
        "السؤال الأول: Good\nالسؤال الثاني: Yes",
        "• 1. Good\n• 2. Yes",
        "#1 Good\n#2 Yes",
        "## 1. Good\n## 2. Yes",
        "[1] Good\n[2] Yes",
        "１．Good\n２．Yes",
        "1️⃣ Good\n2️⃣ Yes",
        "Ans 1: Good\nAns 2: Yes",
        "Re question 1, Good\nIn answer to Q2: Yes",
        "1.\n        Good\n2.\n        Yes",
        "1. Good\n2. Yes\n\nThis email and any attachments are confidential and for the addressee.\n3. Do not print",
    ],
)
def test_every_usual_way_of_numbering_is_read(text: str, seed: Definition) -> None:
    assert answers(text, seed) == {"q1a_term": "Good", "q2_place": "Yes"}


def test_two_fields_of_one_question_are_told_apart_by_letters(seed: Definition) -> None:
    expected = {"q1a_term": "Good", "q1b_preference": "The old one"}
    for text in (
        "1a. Good\n1b. The old one",
        "1(a) Good\n1(b) The old one",
        "Q1a Good\nQ1b The old one",
        "1. (a) Good\n(b) The old one",
        "1.\na) Good\nb) The old one",
        "1(i) Good\n1(ii) The old one",
    ):
        assert answers(text, seed) == expected, text


def test_one_text_for_two_fields_goes_to_the_first(seed: Definition) -> None:
    assert answers("1. Good, and I prefer the old one", seed) == {"q1a_term": "Good, and I prefer the old one"}


def test_letters_within_a_question_of_one_field_stay_in_its_answer(seed: Definition) -> None:
    assert answers("2. Two things:\na) yes\nb) no", seed) == {"q2_place": "Two things:\na) yes\nb) no"}


def test_numbers_that_are_no_markers_stay_in_the_answer(seed: Definition) -> None:
    text = "1. We are\n3 of the groups and\n2 years old, see\n4.5 of the paper and\n12. of it\n2. Yes"
    assert answers(text, seed) == {
        "q1a_term": "We are\n3 of the groups and\n2 years old, see\n4.5 of the paper and\n12. of it",
        "q2_place": "Yes",
    }


def test_an_answer_keeps_its_blank_lines_and_its_language(seed: Definition) -> None:
    assert answers("2. Iawn.\n\nMae'n dda: ŵ ŷ\n\n漢字 😀\n3. نعم", seed) == {
        "q2_place": "Iawn.\n\nMae'n dda: ŵ ŷ\n\n漢字 😀",
        "q3_accountable": "نعم",
    }


def test_the_printed_question_is_not_part_of_the_answer(seed: Definition) -> None:
    question = seed.questionnaire.questions[1]
    preamble, label = str(question.preamble), str(question.fields[0].label)
    wrapped = preamble.replace(" ", "\n", 3)
    for text in (
        f"2. {preamble}\n\n{label}\nOnly in part",
        f"2. {wrapped} {label} Only in part",
        f"2. {label}\nOnly in part",
        f"2. {preamble}\nOnly in part",
    ):
        assert answers(text, seed) == {"q2_place": "Only in part"}, text


def test_the_printed_labels_part_the_answers_of_two_fields(seed: Definition) -> None:
    first, second = (str(one.label) for one in seed.questionnaire.questions[0].fields)
    assert answers(f"1. {first}\nGood\n\n{second}\nThe old one", seed) == {
        "q1a_term": "Good",
        "q1b_preference": "The old one",
    }


def test_answers_between_quoted_questions_are_read(seed: Definition) -> None:
    lines = ["On 1 March the council wrote:"]
    for question in seed.questionnaire.questions[1:3]:
        lines += [f"> {question.number}. {str(question.preamble)[:60]}", f"> {str(question.preamble)[60:]}"]
        lines += [f"> {question.fields[0].label}", f"my answer {question.number}"]
    assert answers("\n".join(lines), seed) == {"q2_place": "my answer 2", "q3_accountable": "my answer 3"}


def test_an_answer_in_a_quoted_message_alone_is_left_to_an_officer(seed: Definition) -> None:
    found = read_body("FYI\n\n> 2. Yes\n> 3. No", seed.questionnaire)
    assert found == BodyAnswers(
        {"q2_place": "Yes", "q3_accountable": "No"},
        (sure("q2_place"), sure("q3_accountable")),
        "the answers stand in a quoted message",
    )


TWICE = "a number stands twice: a list in an answer, or another answer"
OUT_OF_ORDER = "the numbers do not run in order: a list in an answer, or other answers"
TOO_MANY = "there are more numbers than the questionnaire has"


@pytest.mark.parametrize(
    ("text", "standing", "waiting"),
    [
        ("1. a\n2. b\n1. c\n3. d", {"q1a_term": "a", "q3_accountable": "d"}, {"q2_place": ("b\n1. c", TWICE)}),
        ("1. a\n2. b\n1. c", {}, {"q1a_term": ("a", TWICE), "q2_place": ("b\n1. c", TWICE)}),
        (
            "1. a\n2. b\n3. points:\n1. one\n2. two\n4. d",
            {"q1a_term": "a", "q2_place": "b", "q4_grants_contracts": "d"},
            {"q3_accountable": ("points:\n1. one\n2. two", TWICE)},
        ),
        (
            "3. c\n5. points\n1. one\n2. two\n6. e",
            {"q3_accountable": "c", "q6_monitoring": "e"},
            {
                "q1a_term": ("one", OUT_OF_ORDER),
                "q2_place": ("two", OUT_OF_ORDER),
                "q5_full_cost": ("points", OUT_OF_ORDER),
            },
        ),
        ("6. a\n7. b\n8. c", {"q6_monitoring": "a"}, {"q7_review": ("b\n8. c", TOO_MANY)}),
    ],
)
def test_what_can_be_read_in_two_ways_waits_for_an_officer_and_the_rest_stands(
    text: str, standing: dict[str, str], waiting: dict[str, tuple[str, str]], seed: Definition
) -> None:
    found = read_body(text, seed.questionnaire)
    assert found is not None
    assert (found.answers, found.doubt) == (standing, None)
    assert {one.column: (one.suggestion, one.review) for one in found.readings if one.review} == waiting


def test_numbers_that_begin_again_may_be_a_second_response(seed: Definition) -> None:
    found = read_body("1. a\n2. b\n\n1. c\n2. d", seed.questionnaire)
    assert found is not None
    assert (found.answers, found.doubt) == ({}, "there may be two responses in the text: an officer decides")


def test_named_questions_may_come_in_any_order(seed: Definition) -> None:
    assert answers("Question 3: c\nQuestion 2: b", seed) == {"q2_place": "b", "q3_accountable": "c"}


@pytest.mark.parametrize("text", ["", "Dear Sir,\nI object to all of it.", "\n" * 500, "In 2007 we had 3 meetings."])
def test_a_letter_without_numbers_has_no_answers(text: str, seed: Definition) -> None:
    assert read_body(text, seed.questionnaire) is None


def test_numbers_without_answers_are_no_answers(seed: Definition) -> None:
    assert read_body("1.\n2.\n3.\n", seed.questionnaire) is None


@pytest.mark.parametrize(
    "about",
    [
        "Are you a: representative of a voluntary or community organisation?; other: carer\n"
        "Name of the organisation: Quill Club\nRole: Chair",
        "Are you a...\n[x] representative of a voluntary or community organisation?\n[ ] Derby resident?\n"
        "[x] other: carer\n\nOrganisation: Quill Club\nMy role: Chair",
        "Are you a... (please ✓ all that apply)\nrepresentative of a voluntary or community organisation\n"
        "other? Please say: carer\n\nPlease tell us the name of the organisation: Quill Club\n\n"
        "What is your role within the organisation?\nChair",
    ],
)
def test_answers_about_you_are_read_by_their_labels(about: str, seed: Definition) -> None:
    assert answers(f"1. Good\n7. Fine\n\n{about}\n\nRegards\nAnn", seed) == {
        "q1a_term": "Good",
        "q7_review": "Fine",
        "r1_type": ["voluntary_community_rep", "other"],
        "r1_type_other": "carer",
        "r2_organisation": "Quill Club",
        "r3_role": "Chair",
    }


def test_what_names_no_choice_or_number_waits_for_an_officer(seed: Definition, parks: Definition) -> None:
    no_choice = "what is written names no choice of the question"
    assert read_body("1. Good\nAre you a: martian", seed.questionnaire) == BodyAnswers(
        {"q1a_term": "Good"},
        (sure("q1a_term"), Reading("r1_type", "quoted_question", "text", 0.5, no_choice, ["martian"])),
    )
    assert read_body("1. Swimming pools\n2. about 12\n3. soon\n4. 2", parks.questionnaire) == BodyAnswers(
        {"q4_satisfied": "2"},
        (
            Reading("q1_use", "number", "text", 0.5, no_choice, "Swimming pools"),
            Reading("q2_visits", "number", "text", 0.5, "what is written is not a number that the question allows",
                    "about 12"),
            Reading("q3_last_visit", "number", "text", 0.5, "what is written is not a day that the question allows",
                    "soon"),
            sure("q4_satisfied"),
        ),
    )  # fmt: skip


def test_choices_and_scales_are_read_by_label_in_any_language(parks: Definition) -> None:
    assert answers("1. Parks\n4. Very satisfied", parks) == {"q1_use": "parks", "q4_satisfied": "5"}
    assert answers("1. المكتبات\n4. 2", parks) == {"q1_use": "libraries", "q4_satisfied": "2"}
    assert answers("1. Something else: canals", parks) == {"q1_use": "other", "q1_use_other": "canals"}


def test_a_label_within_an_answer_is_no_answer_about_you(seed: Definition) -> None:
    assert answers("1. Good\nRole: none to speak of\n2. Yes", seed) == {
        "q1a_term": "Good\nRole: none to speak of",
        "q2_place": "Yes",
    }


def labels(definition: Definition) -> list[str]:
    return [str(one.label) for one in definition.questionnaire.fields()]


def test_answers_below_printed_questions_without_their_numbers_are_read(seed: Definition) -> None:
    label = labels(seed)
    for mark in ("", "> ", "*"):
        text = f"{mark}{label[0]}\nGood\n\nand more\n\n{mark}{label[2]}\nYes\n\n{mark}{label[7]}\nFine"
        expected = {"q1a_term": "Good\n\nand more", "q2_place": "Yes", "q7_review": "Fine"}
        assert answers(text, seed) == expected, mark


def test_a_question_broken_over_quoted_lines_is_read(seed: Definition) -> None:
    label = labels(seed)[2]
    text = f"On Thu, 1 Mar 2007, The council <a@example.net>\nwrote:\n> {label[:20]}\n> {label[20:]}\nYes\n> \n> Bye"
    assert answers(text, seed) == {"q2_place": "Yes"}


def test_numbers_on_one_line_are_told_apart_where_they_run_without_a_gap(seed: Definition) -> None:
    text = "1) Yes, in 2007. 2) No; 3) Perhaps"
    assert answers(text, seed) == {"q1a_term": "Yes, in 2007.", "q2_place": "No", "q3_accountable": "Perhaps"}
    within = "another question's number stands within the line"
    assert read_body("1) Yes 2) No, 5) times", seed.questionnaire) == BodyAnswers(
        {}, (Reading("q1a_term", "number", "text", 0.5, within, "Yes 2) No, 5) times"),)
    )


def test_answers_after_a_blank_form_that_was_quoted_whole_are_read(seed: Definition) -> None:
    form = [
        f"{question.number}. {question.preamble}\n" + "\n".join(str(one.label) for one in question.fields)
        for question in seed.questionnaire.questions
        if question.number
    ]
    text = "\n".join(form) + "\n\nMy answers:\n1. Good\n2. Yes\n7. Fine"
    assert answers(text, seed) == {"q1a_term": "Good", "q2_place": "Yes", "q7_review": "Fine"}


def test_the_language_is_that_of_the_text(parks: Definition) -> None:
    for text, language in (("5. Good", "en"), ("السؤال ٥: جيد جدًا", "ar")):
        found = read_body(text, parks.questionnaire)
        assert found is not None
        assert found.language == language


def printed_form(definition: Definition, answered: dict[str, str], width: int = 72) -> str:
    """The form as plain text, as a mail program wraps it, with answers typed below the questions."""
    form = definition.questionnaire
    lines = ["Consultation questions on key messages", ""]
    for question in form.questions:
        printed = " ".join(str(one.label) for one in question.fields)
        if question.number:
            preamble = f"{question.number}. {question.preamble}" if question.preamble else f"{question.number}."
            lines += [*textwrap.wrap(preamble, width), "", *textwrap.wrap(printed, width), ""]
        else:
            if question.fields[0].id == "r1_type":
                lines += textwrap.wrap(str(form.before_about_you), width)
            lines += ["", *textwrap.wrap(printed, width), ""]
            for one in question.fields:
                for choice in getattr(one, "choices", ()):
                    mark = "[x] " if answered.get(one.id) == choice.code else ""
                    lines.append(f"{mark}{choice.label}")
        lines += [answered[one.id] for one in question.fields if one.id in answered and one.id != "r1_type"]
    lines += [
        "",
        f"Please return your completed questionnaire by 31 May 2007 to: {form.return_address}",
        str(form.thanks),
    ]
    return "\n".join(lines)


def test_answers_typed_into_the_printed_form_are_read(seed: Definition) -> None:
    given = {
        "q1a_term": "Good",
        "q2_place": "Yes,\nin part",
        "q7_review": "Fine",
        "r1_type": "derby_resident",
        "r2_organisation": "Derby City Council",
        "r3_role": "Clerk",
    }
    assert answers(printed_form(seed, given), seed) == given | {"r1_type": ["derby_resident"]}
    assert answers(printed_form(seed, {"q7_review": "Fine"}), seed) == {"q7_review": "Fine"}


def test_the_printed_form_left_blank_has_no_answers(seed: Definition) -> None:
    assert read_body(printed_form(seed, {}), seed.questionnaire) is None


@pytest.mark.parametrize(
    "head",
    [
        "-----Original Message-----\nFrom: The council\nSent: Thursday\nTo: Ann\nSubject: Questions",
        "From: The council\nSent: Thursday\nTo: Ann\nSubject: Questions",
        "On Thu, 1 Mar 2007 at 09:00, The council <post@example.net> wrote:",
        "________________________________\nFrom: The council",
    ],
)
def test_the_message_that_is_answered_is_no_part_of_the_answer(head: str, seed: Definition) -> None:
    text = f"1. Good\n7. Fine\n\n{head}\n\n{printed_form(seed, {})}"
    assert answers(text, seed) == {"q1a_term": "Good", "q7_review": "Fine"}


def test_numbers_in_the_quoted_message_are_not_the_senders(seed: Definition) -> None:
    text = "1. Good\n\nOn Thu, 1 Mar 2007 at 09:00, The council <post@example.net> wrote:\n> 2. The roads\n> 3. More"
    assert answers(text, seed) == {"q1a_term": "Good"}


def test_answers_within_the_message_that_is_answered_are_read(seed: Definition) -> None:
    head = "Please see below.\n\n-----Original Message-----\nFrom: The council\n\n"
    assert answers(head + printed_form(seed, {"q2_place": "Yes"}), seed) == {"q2_place": "Yes"}


def test_answers_above_and_within_a_quoted_message_are_doubtful(seed: Definition) -> None:
    text = f"1. Good\n\n-----Original Message-----\n\n{printed_form(seed, {'q2_place': 'Yes'})}"
    found = read_body(text, seed.questionnaire)
    both = "there are answers above and within a quoted message"
    assert found == BodyAnswers(
        {"q1a_term": "Good"},
        (sure("q1a_term"), Reading("q2_place", "quoted_question", "text", 0.5, both, "Yes")),
    )


@pytest.mark.parametrize(
    "text",
    [
        "1. a\nkind" + " " * 300_000 + "x",
        "1. a\n" + "very " * 60_000 + "x",
        "Q" + " " * 300_000 + "x\n1. a",
        "1. a\n(a" + " " * 300_000 + "x",
        "7. a\nAre you a: " + " " * 300_000 + "x",
        "7. a\nAre you a:\n" + "x\n" * 150_000,
        "1. a\n" + "On " * 100_000,
        "1" + "*" * 300_000 + "x\n1. a",
        "7. a\n" + "What is your role within\n" * 15_000,
        "> " * 150_000 + "1. a",
    ],
)
def test_no_text_keeps_the_reader_busy(text: str, seed: Definition) -> None:
    started = time.process_time()
    read_body(text, seed.questionnaire)
    assert time.process_time() - started < 10
