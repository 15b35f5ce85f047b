"""Synthetic people and their answers: invented, varied, and true to the positions they were made from."""

import re
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestration.demonstration.answers import fill_campaign_form, fill_third_sector_form
from orchestration.demonstration.grammar import expand
from orchestration.demonstration.parks import fill_parks_form
from orchestration.demonstration.people import invent_person
from schemas.definition import BUILT_IN, load_definition

FORMS = [fill_third_sector_form(Random(f"test/{number}")) for number in range(400)]

DEFINITIONS = {name: load_definition(BUILT_IN / name) for name in ("third-sector-2007", "parks-and-libraries-2007")}


@given(st.integers())
@settings(max_examples=60, deadline=None)
def test_every_person_is_reachable_only_where_nobody_is(seed: int) -> None:
    person = invent_person(Random(seed))
    digits = re.sub(r"\D", "", person.phone)
    assert re.fullmatch(r"01632960\d{3}|07700900\d{3}|447700900\d{3}|01154960\d{3}", digits)
    assert person.email.partition("@")[2] in {"example.org", "example.net", "mail.example.com", "post.example.org"}
    assert re.fullmatch(r"(?i)DE(81|83|86|88|92|94) ?[1-9][A-Z]{2}", person.postcode)


@given(st.integers())
@example(1337961)  # a respondent who writes in another language, to a question that is not about support
@settings(max_examples=60, deadline=None)
def test_what_is_written_matches_the_frame_and_shows_the_words_for_each_position(seed: int) -> None:
    for consultation, form in (
        ("third-sector-2007", fill_third_sector_form(Random(seed))),
        ("third-sector-2007", fill_campaign_form(Random(seed), edited=seed % 2 == 0)),
        ("parks-and-libraries-2007", fill_parks_form(Random(seed))),
    ):
        frames = DEFINITIONS[consultation].policy.frames
        for name, answer in form.written.items():
            assert set(answer.positions) == set(frames[name].limb_ids)
            assert set(answer.positions.values()) <= set(frames[name].code_ids)
            assert answer.text == form.answers[name]
            for limb, code in answer.positions.items():
                assert (limb in answer.quotes) == (code != "no_answer")
            assert all(quote in answer.text for quote in answer.quotes.values())


@given(st.integers())
@settings(max_examples=60, deadline=None)
def test_forms_hold_only_fields_and_choices_of_their_questionnaire(seed: int) -> None:
    for consultation, form in (
        ("third-sector-2007", fill_third_sector_form(Random(seed))),
        ("parks-and-libraries-2007", fill_parks_form(Random(seed))),
    ):
        columns = DEFINITIONS[consultation].questionnaire.answer_columns()
        assert set(form.answers) <= set(columns)
        for name, answer in form.answers.items():
            if isinstance(answer, list):
                assert set(answer) <= set(columns[name].codes)  # type: ignore[union-attr]


def test_answers_are_no_copies_of_one_another() -> None:
    for name in DEFINITIONS["third-sector-2007"].policy.frames:
        texts = [form.written[name].text for form in FORMS if name in form.written]
        sentences = {sentence for text in texts for sentence in re.split(r"(?<=[.?!])\s+", text)}
        assert len(texts) > 300
        assert len(sentences) > 200, name
        assert len(set(texts)) > 0.6 * len(texts), name


def test_answers_come_in_every_length_and_in_several_languages() -> None:
    lengths = sorted(len(answer.text) for form in FORMS for answer in form.written.values())
    assert lengths[0] < 15
    assert lengths[-1] > 600
    every = " ".join(answer.text for form in FORMS for answer in form.written.values())
    assert "zgadzam" in every
    assert re.search("[\u0600-\u06ff]", every)


def test_some_answers_hold_details_that_masking_must_find() -> None:
    texts = [answer.text for form in FORMS for answer in form.written.values()]
    assert sum("@" in text for text in texts) >= 5
    assert sum(bool(re.search(r"(?i)\bDE(81|83|86|88|92|94) ?\d[a-z]{2}\b", text)) for text in texts) >= 5
    assert sum(bool(re.search(r"960 ?\d{3}|7700 900\d{3}", text)) for text in texts) >= 5


def test_some_answers_say_nothing() -> None:
    empties = {"N/A", "-", "n/a", "none", "Not applicable", "  ", "No answer", "--", "."}
    silent = [
        form.answers[name] for form in FORMS for name in form.answers if name not in form.written and name[0] == "q"
    ]
    assert len(silent) > 50
    assert set(map(str, silent)) == empties


def test_a_template_is_expanded_whole_and_tidied() -> None:
    slots = {"who": ["[the |]small group"], "I": ["we"]}
    texts = {expand("{I} [like|want] it , {who}.", slots, Random(number)) for number in range(40)}
    assert texts == {
        "We like it, small group.",
        "We like it, the small group.",
        "We want it, small group.",
        "We want it, the small group.",
    }


def test_an_unknown_slot_is_an_error() -> None:
    with pytest.raises(KeyError):
        expand("{nobody}", {}, Random(1))
