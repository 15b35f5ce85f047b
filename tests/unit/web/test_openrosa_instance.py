"""Reading a filled-in form: what it can have sent is taken, whatever it says; all else is refused in a sentence."""

import tracemalloc

import pytest

from ingest.web.errors import RefusedError
from ingest.web.openrosa.instance import Instance, read_instance
from schemas.definition import BUILT_IN, load_definition

PARKS = load_definition(BUILT_IN / "parks-and-libraries-2007")
VERSION = PARKS.questionnaire_hash[:16]
ID = "f3d8dc65-91a6-4d0f-9e97-802128083390"
META = f"<meta><instanceID>uuid:{ID}</instanceID></meta>"
BOMB = (
    '<!DOCTYPE response [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    f'<response id="{PARKS.id}" version="{VERSION}"><q5_proposal>&b;</q5_proposal>{META}</response>'
)
OUTSIDE = (
    '<!DOCTYPE response [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    f'<response id="{PARKS.id}" version="{VERSION}"><q5_proposal>&a;</q5_proposal>{META}</response>'
)


def form(content: str, meta: str = META, form_id: str = PARKS.id, version: str = VERSION) -> bytes:
    return f'<?xml version="1.0"?><response id="{form_id}" version="{version}">{content}{meta}</response>'.encode()


def test_a_form_is_read_with_every_kind_of_answer_as_it_was_given() -> None:
    xml = form(
        "<form-started>2007-05-14T10:30:00.000+01:00</form-started>"
        "<page-introduction><form-language>ar</form-language><note-summary/></page-introduction>"
        "<page-1><q1_use>other</q1_use><q1_use_other>  swings &amp; slides</q1_use_other></page-1>"
        "<page-2><q2_visits>12</q2_visits></page-2><page-3><q3_last_visit>2007-04-27</q3_last_visit></page-3>"
        "<page-4><q4_satisfied>5</q4_satisfied></page-4>"
        "<page-5><q5_proposal>one\n\ntwo <![CDATA[<b>]]></q5_proposal></page-5>"
        "<page-6><r1_capacity>resident group</r1_capacity></page-6>"
        "<page-7><r2_organisation> </r2_organisation></page-7>"
    )
    assert read_instance(xml, PARKS) == Instance(
        id=ID,
        language="ar",
        started_at="2007-05-14T10:30:00.000+01:00",
        answers={
            "q1_use": "other",
            "q1_use_other": "  swings & slides",
            "q2_visits": "12",
            "q3_last_visit": "2007-04-27",
            "q4_satisfied": "5",
            "q5_proposal": "one\n\ntwo <b>",
            "r1_capacity": ["resident", "group"],
        },
    )


def test_a_form_without_an_answer_is_read_too() -> None:
    assert read_instance(form(""), PARKS) == Instance(id=ID, language="en", answers={})


def test_an_answer_of_fifty_thousand_characters_arrives_whole() -> None:
    words = "word " * 10_000
    assert read_instance(form(f"<q5_proposal>{words}</q5_proposal>"), PARKS).answers == {"q5_proposal": words}


def test_an_id_in_capitals_is_the_id_in_small_letters() -> None:
    meta = f"<meta><instanceID>uuid:{ID.upper()}</instanceID></meta>"
    assert read_instance(form("", meta), PARKS).id == ID


@pytest.mark.parametrize("told", ["yesterday", "2007-05-14T10:30:00", ""])
def test_a_start_that_is_no_moment_with_its_zone_is_left_out(told: str) -> None:
    assert read_instance(form(f"<form-started>{told}</form-started>"), PARKS).started_at is None


@pytest.mark.parametrize(
    ("xml", "status", "sentence"),
    [
        (b"", 400, "could not be read"),
        (b"needle", 400, "could not be read"),
        (form("<page-1>"), 400, "could not be read"),
        (form("").replace(b"1.0", b'1.0" encoding="klingon'), 400, "could not be read"),
        (form("").replace(b"<meta>", b"<meta>\xff\xfe"), 400, "could not be read"),
        (BOMB.encode(), 400, "could not be read"),
        (OUTSIDE.encode(), 400, "could not be read"),
        (form("<a><b><c><d/></c></b></a>"), 400, "could not be read"),
        (form("<page-1/>" * 6_000), 422, "answer twice"),
        (form("", form_id="third-sector-2007"), 422, "not a form of 'parks-and-libraries-2007'"),
        (form("", version="0" * 16), 422, "another version of the questionnaire"),
        (form("<q9_needle>needle</q9_needle>"), 422, "a field that this consultation does not ask"),
        (form("<page-1>needle</page-1>"), 422, "words where none are asked"),
        (form("<note-summary>needle</note-summary>"), 422, "words where none are asked"),
        (form("<q1_use>needle</q1_use>"), 422, "a choice that this consultation does not offer"),
        (form("<q4_satisfied>6</q4_satisfied>"), 422, "a choice that this consultation does not offer"),
        (form("<r1_capacity>resident needle</r1_capacity>"), 422, "a choice that this consultation does not offer"),
        (form("<q5_proposal>needle</q5_proposal>" * 2), 422, "an answer twice"),
        (form("", ""), 422, "no instanceID"),
        (form("", "<meta><instanceID>needle</instanceID></meta>"), 422, "no instanceID"),
        (form("", META.replace("<meta>", "<meta><deprecatedID>uuid:x</deprecatedID>")), 422, "cannot be changed"),
    ],
)
def test_what_the_form_cannot_have_sent_is_refused_without_repeating_it(xml: bytes, status: int, sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence) as refused:
        read_instance(xml, PARKS)
    assert refused.value.status == status
    assert "needle" not in str(refused.value)


MANY = range(300_000)


@pytest.mark.parametrize("xml", [form("".join(f"<q{number}>" for number in MANY)), form("<q/>" * len(MANY))])
def test_a_form_of_very_many_elements_takes_no_memory_to_refuse(xml: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(RefusedError, match=r"could not be read|an answer twice"):
        read_instance(xml, PARKS)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 * 1024 * 1024
