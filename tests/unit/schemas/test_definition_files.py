"""Definitions: the seed's is complete and to the letter; what is published cannot change."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from schemas.definition import (
    BUILT_IN,
    EASY_READ,
    Definition,
    DefinitionError,
    load_definition,
    publish_definition,
    published_definition,
    published_definitions,
)
from schemas.questionnaire import KINDS, Questionnaire

SEED, INVENTED = "third-sector-2007", "parks-and-libraries-2007"

# What each question of the paper asks; its preamble stands before it.
ASKED = {
    "q1a_term": "What do you think of the term 'Third Sector'?",
    "q1b_preference": "Would you prefer the term 'Voluntary and Community Sector' to be used locally and for this to "
    "be defined so as to include 'social enterprises'?",
    "q2_place": "Do you agree with this? Please explain.",
    "q3_accountable": "Do you support this idea?",
    "q4_grants_contracts": "There are some further factors, which are explained more fully in the document, but do "
    "you support this broad distinction between grants and contracts?",
    "q5_full_cost": "What are your views on this? Please bear in mind that there are insufficient resources available "
    "to meet the full costs of all existing grant funded services. Therefore, if all grant funding had to meet the "
    "full cost of services, it is possible that many existing grant funded services may have to be decommissioned.",
    "q6_monitoring": "Do you think this is about the right amount of monitoring?",
    "q7_review": "What are your views on the above proposals?",
    "r1_type": "Are you a... (please ✓ all that apply)",
    "r2_organisation": "If you are filling in this questionnaire as a representative of a voluntary, community or "
    "public sector organisation, please tell us the name of the organisation.",
    "r3_role": "What is your role within the organisation?",
}
# Words that only the paper's own preamble of each question holds.
EXPLAINED = {
    "1": "to describe all organisations which are not part of either the statutory or private sectors.",
    "2": "should be offered at least one place at the table of any key multi-agency partnership group",
    "3": "should be accountable to the wider sector, via recognised Clusters or networks.",
    "4": "where they wish to specify closely the design and intended outcomes of services.",
    "5": "should not disallow relevant overhead costs in tenders and grant funding applications,",
    "6": "should normally be completed on a 6 monthly basis, except in circumstances where more frequent reporting",
    "7": "or decommission the service, if it no longer meets Council and PCT priorities.",
}
POSITIONS = ("support", "support_with_reservations", "oppose", "unclear", "no_answer")


@pytest.fixture(scope="module")
def seed() -> Definition:
    return load_definition(BUILT_IN / SEED)


@pytest.fixture(scope="module")
def invented() -> Definition:
    return load_definition(BUILT_IN / INVENTED)


def test_the_seeds_questions_are_asked_in_order_and_to_the_letter(seed: Definition) -> None:
    assert {one.id: str(one.label) for one in seed.questionnaire.fields()} == ASKED
    assert [one.id for one in seed.questionnaire.fields()] == list(ASKED)
    numbered = {one.number: str(one.preamble) for one in seed.questionnaire.questions if one.number}
    assert list(numbered) == list(EXPLAINED)
    assert [number for number, words in EXPLAINED.items() if words not in numbered[number]] == []


def test_the_seeds_first_questions_share_one_number(seed: Definition) -> None:
    assert [one.id for one in seed.questionnaire.questions[0].fields] == ["q1a_term", "q1b_preference"]


def test_the_seeds_question_of_who_responds_is_to_the_letter(seed: Definition) -> None:
    field = seed.questionnaire.field("r1_type")
    assert field.kind == "multiple_choice"
    assert [(choice.code, str(choice.label), choice.please_say) for choice in field.choices] == [
        ("voluntary_community_rep", "representative of a voluntary or community organisation?", False),
        ("derby_resident", "Derby resident?", False),
        ("public_sector_rep", "representative of a public sector organisation?", False),
        ("derby_business_rep", "representative of a business based in Derby?", False),
        ("other", "other? Please say", True),
    ]
    for name in ("r2_organisation", "r3_role"):
        condition = seed.questionnaire.field(name).shown_when
        assert condition and condition.field == "r1_type"
        assert condition.any_of == ("voluntary_community_rep", "public_sector_rep")


def test_the_seeds_promises_are_the_papers(seed: Definition) -> None:
    assert {promise.id: str(promise.text) for promise in seed.questionnaire.promises} == {
        "confidence": "Please note: all of the information that you provide will be treated in confidence.",
        "data_protection": "All information provided will be treated in accordance with the Data Protection Act 1998.",
        "purpose": "We will only use this information to inform the final version of the Joint Commissioning Framework "
        "for the Third Sector document.",
        "results_published": "The results of this consultation will be published on Your City, Your Say, at "
        "http://www.derby.gov.uk/yourcityyoursay",
        "analysed_carefully": "The feedback from this second phase of consultation will be analysed carefully before "
        "the draft document is finalised.",
    }


def test_the_seed_is_open_for_92_days_whatever_its_paper_calls_them(seed: Definition) -> None:
    assert seed.opens_at() == datetime(2007, 3, 1, tzinfo=UTC)
    assert seed.closes_at() == datetime(2007, 5, 31, 23, tzinfo=UTC)
    assert (seed.policy.dates.closes - seed.policy.dates.opens).days + 1 == 92
    assert str(seed.questionnaire.stated_duration) == "a 12 week period, from 1 March 2007 to 31 May 2007"
    assert "92 days; twelve weeks would end on 23 May" in str(seed.policy.dates.discrepancy)


def test_the_seeds_meetings_are_the_dispatch_and_the_commission(seed: Definition) -> None:
    assert {meeting.id: meeting.at.astimezone(seed.zone).isoformat() for meeting in seed.policy.meetings} == {
        "papers-dispatched": "2007-04-04T17:00:00+01:00",
        "commission-meeting": "2007-04-16T17:00:00+01:00",
    }


def test_the_seed_publishes_aggregates_alone_and_names_no_person(seed: Definition) -> None:
    publication = seed.policy.publication
    assert (publication.verbatim, publication.rows, publication.organisation_list) == (False, False, False)
    assert publication.permission_field is None
    assert len(seed.policy.never_tabulate) == 8
    assert seed.policy.contact_post in str(seed.questionnaire.return_address)
    files = "".join((BUILT_IN / SEED / name).read_text("utf-8") for name in ("questionnaire.toml", "policy.toml"))
    assert "@" not in files
    assert re.search(r"\b0\d{4} ?\d{6}\b", files) is None


def test_the_seeds_frames_have_their_limbs_and_codes(seed: Definition) -> None:
    frames = seed.policy.frames
    assert {name: frame.limb_ids for name, frame in frames.items()} == {
        "q1a_term": ("whole",),
        "q1b_preference": ("whole",),
        "q2_place": ("partnership_place", "all_levels"),
        "q3_accountable": ("transparent", "accountable", "via_clusters"),
        "q4_grants_contracts": ("whole",),
        "q5_full_cost": ("principle", "subsidy_exception"),
        "q6_monitoring": ("whole",),
        "q7_review": ("review", "outcomes", "retender"),
    }
    assert frames["q1a_term"].code_ids == (
        "favourable",
        "favourable_with_reservations",
        "unfavourable",
        "unclear",
        "no_answer",
    )
    assert frames["q1b_preference"].code_ids == (
        "prefer_vcs_incl_social_enterprises",
        "prefer_vcs_without",
        "prefer_third_sector",
        "other_term",
        "no_preference",
        "unclear",
        "no_answer",
    )
    assert frames["q6_monitoring"].code_ids == (
        "about_right",
        "too_much",
        "too_little",
        "depends",
        "unclear",
        "no_answer",
    )
    for name in ("q2_place", "q3_accountable", "q4_grants_contracts", "q5_full_cost", "q7_review"):
        assert frames[name].code_ids == POSITIONS
        assert frames[name].collapsed_codes == {
            "support": "Support, with or without reservations",
            "oppose": "Oppose",
            "unclear": "Unclear",
            "no_answer": "No answer",
        }


def test_the_two_definitions_use_every_kind_of_question(seed: Definition, invented: Definition) -> None:
    used = {one.kind for definition in (seed, invented) for one in definition.questionnaire.fields()}
    assert used == set(KINDS)


def test_the_invented_consultation_says_so_in_both_its_languages(invented: Definition) -> None:
    questionnaire = invented.questionnaire
    assert questionnaire.languages == ("en", "ar")
    assert (questionnaire.direction("en"), questionnaire.direction("ar")) == ("ltr", "rtl")
    assert questionnaire.notice
    assert "This consultation is invented" in questionnaire.notice.in_language("en")
    assert "مُختلَقة" in questionnaire.notice.in_language("ar")
    assert invented.policy.channels == ("web", "assisted", "email", "post", "import")
    assert (invented.policy.publication.verbatim, invented.policy.publication.rows) == (True, True)
    assert invented.policy.publication.permission_field == "p1_publish"


Copy = Callable[[str], Path]
Q, P = "questionnaire.toml", "policy.toml"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_layout_and_comments_do_not_change_a_hash_and_a_word_does(copy: Copy, seed: Definition) -> None:
    folder = copy(SEED)
    file = folder / "questionnaire.toml"
    file.write_text("# A comment.\n\n" + file.read_text("utf-8"), "utf-8")
    assert load_definition(folder) == seed
    change(file, "Do you support this idea?", "Do you support this idea at all?")
    changed = load_definition(folder)
    assert changed.questionnaire_hash != seed.questionnaire_hash
    assert changed.policy_hash == seed.policy_hash


def test_a_changed_frame_leaves_the_questionnaires_hash_alone(copy: Copy, seed: Definition) -> None:
    folder = copy(SEED)
    change(folder / "policy.toml", 'label = "About right"', 'label = "The right amount"')
    changed = load_definition(folder)
    assert changed.questionnaire_hash == seed.questionnaire_hash
    assert changed.policy_hash != seed.policy_hash


def test_sides_change_how_charts_are_drawn_and_no_frame(copy: Copy, seed: Definition) -> None:
    folder = copy(SEED)
    file = folder / "policy.toml"
    file.write_text(file.read_text("utf-8").split("[sides]")[0], "utf-8")
    without = load_definition(folder)
    assert without.policy.frames == seed.policy.frames
    assert without.policy.sides_of("q2_place") == {}
    assert "sides" not in without.policy.model_dump()
    assert without.policy_hash != seed.policy_hash
    assert seed.policy.sides_of("q2_place") == {
        "support": "for",
        "support_with_reservations": "for",
        "oppose": "against",
    }
    assert seed.policy.sides_of("q6_monitoring") == {}


def test_either_file_stands_for_its_folder(seed: Definition) -> None:
    assert load_definition(BUILT_IN / SEED / Q) == seed
    assert load_definition(BUILT_IN / SEED / P) == seed


def test_publishing_copies_a_definition_and_twice_is_once(tmp_path: Path, seed: Definition) -> None:
    definitions = tmp_path / "definitions"
    assert publish_definition(BUILT_IN / SEED, definitions) == seed
    assert publish_definition(BUILT_IN / SEED / Q, definitions) == seed
    assert published_definition(definitions, SEED) == seed
    assert published_definitions(definitions) == {SEED: seed}
    assert sorted(path.name for path in definitions.rglob("*")) == [EASY_READ, P, Q, SEED]


@pytest.mark.parametrize("version", ['version = "1"', 'version = "2"'])
def test_a_changed_questionnaire_is_refused_once_it_is_published(
    copy: Copy, tmp_path: Path, seed: Definition, version: str
) -> None:
    definitions = tmp_path / "definitions"
    publish_definition(BUILT_IN / SEED, definitions)
    folder = copy(SEED)
    change(folder / Q, 'version = "1"', version)
    change(folder / Q, "Do you support this idea?", "Do you support this fine idea?")
    with pytest.raises(DefinitionError) as caught:
        publish_definition(folder, definitions)
    key = "questions[3].fields[1].label" if version == 'version = "1"' else "version"
    assert str(caught.value) == (
        f"{folder / Q}: {key}: differs from version 1 of 'third-sector-2007', which is published and cannot change; "
        "undo it, or use an id of its own."
    )
    assert published_definition(definitions, SEED) == seed


def test_a_changed_policy_replaces_the_published_one(copy: Copy, tmp_path: Path, seed: Definition) -> None:
    definitions = tmp_path / "definitions"
    publish_definition(BUILT_IN / SEED, definitions)
    folder = copy(SEED)
    change(folder / P, "post_grace_days = 7", "post_grace_days = 9")
    changed = publish_definition(folder, definitions)
    assert changed.policy.closing.post_grace_days == 9
    assert published_definition(definitions, SEED) == changed
    assert changed.questionnaire_hash == seed.questionnaire_hash
    assert sorted(path.name for path in definitions.rglob("*")) == [EASY_READ, P, Q, SEED]


def test_an_invalid_definition_is_not_published(copy: Copy, tmp_path: Path) -> None:
    folder = copy(SEED)
    change(folder / P, "rows = false", "rows = true")
    with pytest.raises(DefinitionError):
        publish_definition(folder, tmp_path / "definitions")
    assert published_definitions(tmp_path / "definitions") == {}


@pytest.mark.parametrize("name", ["nothing", "", "..", "../definitions", "."])
def test_an_unknown_consultation_is_refused_with_those_that_are_known(tmp_path: Path, name: str) -> None:
    definitions = tmp_path / "definitions"
    with pytest.raises(DefinitionError, match="is published here; known: none"):
        published_definition(definitions, name)
    publish_definition(BUILT_IN / SEED, definitions)
    with pytest.raises(DefinitionError, match="is published here; known: third-sector-2007"):
        published_definition(definitions, name)


def test_days_begin_and_end_by_the_councils_clock(invented: Definition) -> None:
    assert invented.opens_at() == datetime(2007, 4, 30, 23, tzinfo=UTC)
    assert invented.closes_at() == datetime(2007, 7, 31, 23, tzinfo=UTC)
    assert invented.policy.dates.closes == invented.questionnaire.return_by == date(2007, 7, 31)


def test_an_unknown_field_is_no_field(seed: Definition) -> None:
    assert isinstance(seed.questionnaire, Questionnaire)
    with pytest.raises(KeyError):
        seed.questionnaire.field("q8")
