"""The plan: what arrives, when and by which channel; the same for the same seed."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from orchestration.demonstration.days import LONDON
from orchestration.demonstration.expected import expected_lines
from orchestration.demonstration.officers import Desk, Known, sittings
from orchestration.demonstration.parks import plan_parks
from orchestration.demonstration.plan import (
    FULL,
    SEED,
    ConsultationPlan,
    MailMessage,
    PaperSheet,
    WebSubmission,
    forms_of,
)
from orchestration.demonstration.third_sector import plan_third_sector
from schemas.decisions import Coding, Link
from schemas.definition import BUILT_IN, load_definition


@pytest.fixture(scope="module")
def plan() -> ConsultationPlan:
    return plan_third_sector(SEED, FULL)


def test_the_same_seed_gives_the_same_plan_and_another_seed_another(plan: ConsultationPlan) -> None:
    assert plan_third_sector(SEED, FULL) == plan
    other = plan_third_sector("another", FULL)
    assert not {one.key + str(one.at) for one in other.submissions if one.oddity == "ordinary"} & {
        one.key + str(one.at) for one in plan.submissions if one.oddity == "ordinary"
    }


def test_a_plan_of_more_submissions_leaves_the_others_as_they_are(plan: ConsultationPlan) -> None:
    larger = plan_third_sector(SEED, replace(FULL, campaign=FULL.campaign + 5))
    own = {one.key: one for one in plan.submissions if one.oddity not in ("campaign", "campaign_edited")}
    assert {one.key: one for one in larger.submissions if one.key in own} == own


def test_at_least_four_hundred_responses_come_by_three_channels_over_92_days(plan: ConsultationPlan) -> None:
    received = {channel: one.received for channel, one in plan.expected().items()}
    assert sum(received.values()) >= 400
    assert set(received) == {"web", "email", "post"}
    assert min(received.values()) >= 80
    days = {
        one.at.astimezone(LONDON).date() for one in plan.submissions if one.at < datetime(2007, 5, 31, 23, tzinfo=UTC)
    }
    assert min(days) == date(2007, 3, 1)
    assert max(days) == date(2007, 5, 31)
    assert len(days) > 70


def test_the_last_days_and_the_days_after_meetings_are_busier_than_easter(plan: ConsultationPlan) -> None:
    by_day = Counter(one.at.astimezone(LONDON).date() for one in plan.submissions)
    assert by_day[date(2007, 5, 31)] > 8
    assert sum(by_day[date(2007, 4, day)] for day in range(6, 10)) < 4
    assert sum(by_day[date(2007, 3, day)] for day in (20, 21, 22)) > sum(
        by_day[date(2007, 3, day)] for day in (13, 14, 15)
    )


def test_every_kind_out_of_the_ordinary_is_planned(plan: ConsultationPlan) -> None:
    assert {kind: count for kind, count in plan.oddities().items() if kind != "ordinary"} == {
        "automatic_reply": 1,
        "blank": 4,
        "campaign": 40,
        "campaign_edited": 20,
        "colleague": 4,
        "damaged_pdf": 1,
        "duplicate": 4,
        "encrypted_zip": 1,
        "first_version": 14,
        "keyed_once": 1,
        "keyings_differ": 1,
        "late": 7,
        "late_but_in_time": 3,
        "question": 1,
        "second_version": 10,
        "several": 1,
        "unknown_choice": 2,
        "wrong_id_inside": 1,
    }


def test_late_ones_come_after_the_last_day_by_each_channel(plan: ConsultationPlan) -> None:
    late = plan.of("late")
    assert {type(one) for one in late} == {WebSubmission, MailMessage, PaperSheet}
    assert all(one.at.astimezone(LONDON).date() > date(2007, 5, 31) for one in (*late, *plan.of("late_but_in_time")))
    postmarks = {one.postmark for one in late if isinstance(one, PaperSheet)}
    assert postmarks == {"2007-06-01", "none", "illegible"}


def test_a_campaign_letter_is_the_same_in_every_copy_that_is_not_edited(plan: ConsultationPlan) -> None:
    def letters(submissions: object) -> set[tuple[str, ...]]:
        return {
            tuple(answer.text for answer in forms_of(one)[0].written.values())
            for one in submissions  # type: ignore[attr-defined]
        }

    (letter,) = letters(plan.of("campaign"))
    edited = letters(plan.of("campaign_edited"))
    assert letter not in edited
    assert all(sum(a != b for a, b in zip(letter, one, strict=True)) == 1 for one in edited)


def test_a_form_that_is_sent_twice_is_the_same_from_the_same_address(plan: ConsultationPlan) -> None:
    first = {one.key[:-1]: one for one in plan.of("first_version") if isinstance(one, MailMessage)}
    for again in plan.of("duplicate"):
        assert isinstance(again, MailMessage)
        before = first[again.key[:-1]]
        assert (again.forms, again.sender) == (before.forms, before.sender)
        assert again.message_id != before.message_id
        assert again.at > before.at


def test_the_invented_consultation_has_some_of_every_channel_but_the_assisted_and_is_still_open() -> None:
    definition = load_definition(BUILT_IN / "parks-and-libraries-2007")
    plan = plan_parks(SEED, FULL)
    expected = plan.expected()
    assert set(expected) == set(definition.policy.channels) - {"assisted"}
    assert all(one.received > 0 for one in expected.values())
    scanned = sum(len(forms_of(one)) for one in plan.of("scanned"))
    assert sum(one.received for one in plan.expected().values()) == FULL.invented + scanned
    assert all(definition.opens_at() <= one.at < datetime(2007, 6, 8, 9, tzinfo=UTC) for one in plan.submissions)
    assert {form.language for one in plan.submissions for form in forms_of(one)} == {"en", "ar"}


def _known(plan: ConsultationPlan) -> list[Known]:
    return [
        Known(f"{one.key}.{ordinal}", one.key, one.oddity, form)
        for one in plan.submissions
        for ordinal, form in enumerate(forms_of(one), 1)
    ]


def test_officers_leave_some_responses_uncoded_and_code_some_twice(plan: ConsultationPlan) -> None:
    frames = dict(load_definition(BUILT_IN / "third-sector-2007").policy.frames)
    desk, known = Desk("test", frames, publishes_verbatim=False), _known(plan)
    coded: dict[tuple[str, str, str], dict[str, str]] = {}
    for last in (False, False, True):
        for officer, decisions in desk.sitting(known, last):
            for one in decisions:
                if isinstance(one, Coding):
                    coded.setdefault((one.response, one.field, one.limb), {})[officer] = one.code
    responses = {response for response, _, _ in coded}
    codable = {one.response_id for one in known if one.form.written and one.oddity not in ("blank", "duplicate")}
    assert 0.80 < len(responses) / len(codable) < 0.90
    twice = [codes for codes in coded.values() if len(codes) == 2]
    assert len({response for (response, _, _), codes in coded.items() if len(codes) == 2}) >= 50
    assert 0 < sum(len(set(codes.values())) > 1 for codes in twice) < 0.05 * len(twice)


def test_officers_decide_once_about_each_pair_and_undo_one_link(plan: ConsultationPlan) -> None:
    frames = dict(load_definition(BUILT_IN / "third-sector-2007").policy.frames)
    desk, known = Desk("test", frames, publishes_verbatim=False), _known(plan)
    links: Counter[tuple[str, str]] = Counter()
    for last in (False, False, False, True):
        for _, decisions in desk.sitting(known, last):
            links.update((one.first.split(".")[0], one.verdict) for one in decisions if isinstance(one, Link))
    assert links == {
        **{(f"second-{number}a", "same"): 1 for number in range(8)},
        **{(f"twice-{number}a", "same"): 1 for number in range(3)},
        ("colleague-0a", "different"): 1,
        ("colleague-1a", "same"): 1,
        ("colleague-1a", "undo"): 1,
    }


def test_the_expected_lines_add_up_to_what_each_channel_receives(plan: ConsultationPlan) -> None:
    lines = expected_lines(plan)
    assert {channel: sum(found.values()) for channel, found in lines.items()} == {
        channel: one.received for channel, one in plan.expected().items()
    }
    apart = Counter[str]()
    for found in lines.values():
        apart.update({line: count for line, count in found.items() if line != "included"})
    assert apart == {
        "blank": 4,
        "duplicate": 3,
        "in_quarantine": 4,
        "in_review": 3,
        "merged": 8,
        "not_a_response": 1,
        "out_of_time": 6,
    }


def test_sittings_are_weekly_and_at_the_moments_given() -> None:
    extra = datetime(2007, 4, 4, 11, tzinfo=UTC)
    found = sittings(date(2007, 3, 25), date(2007, 4, 12), [extra])
    assert found == [extra, datetime(2007, 4, 5, 15, tzinfo=UTC), datetime(2007, 4, 12, 15, tzinfo=UTC)]
