"""The coding pages: what a coder sees and enters, what becomes of it, and what stays hidden."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from ingest.journal import Journal
from schemas.data_folder import DataFolder
from schemas.decisions import Coding, CodingUndo, SenderOpened
from schemas.definition import Definition
from schemas.sealing import read_identity
from tests.integration.desk.running import FIELD, LIMBS, Coder, heading, hidden, plain
from tests.integration.keying.running import PARKS, Desk

Arrive = Callable[[list[dict[str, Any]]], list[str]]
Coders = Callable[..., list[Coder]]
Positions = Callable[[], list[tuple[str, str, str]]]
NEEDLE = "needle-in-an-answer"
QUESTION = "5. What do you think of this proposal?"


def decisions(data: DataFolder) -> list[Any]:
    journal = Journal(data.journal(PARKS.id), data.clock)
    return [(one.officer, one.decision) for one in journal.read(read_identity(data.keys(PARKS.id)))]


def test_an_officer_codes_an_answer_beside_its_frame(
    arrive: Arrive, coders: Coders, positions: Positions, data: DataFolder
) -> None:
    (response,) = arrive([{FIELD: "Yes to Sundays. We need the car park! 3 of us drive."}])
    (olga,) = coders("olga")
    page = olga.get()
    assert (page.status_code, heading(page)) == (200, QUESTION)
    assert re.findall(r"<li>(.*?)</li>", page.text.split("<ol")[1].split("</ol>")[0]) == [
        "Yes to Sundays.",
        "We need the car park!",
        "3 of us drive.",
    ]
    assert re.findall(r"<legend[^>]*>\s*(.*?)\s*</legend>", page.text) == [
        "Two libraries open on Sundays",
        "Trees in place of a car park",
    ]
    assert page.text.count('type="radio"') == 10
    sent = olga.post(
        page,
        **{"code-sunday_opening": "support", "quote-sunday_opening": "1"},
        **{"code-trees": "oppose", "quote-trees": "need THE car  park"},
    )
    assert sent.status_code == 303
    done = olga.get(sent.headers["location"])
    assert (heading(done), "Coded." in plain(done)) == ("Nothing waits for you", True)
    version = re.findall(r"Frame ([0-9a-f]{8}-0)\.", plain(page))[0]
    assert decisions(data) == [
        ("olga", Coding(response=response, field=FIELD, limb=limb, code=code, quote=quote, frame=version))
        for limb, code, quote in (
            ("sunday_opening", "support", "Yes to Sundays."),
            ("trees", "oppose", "need the car park"),
        )
    ]
    assert positions() == [(response, "sunday_opening", "support"), (response, "trees", "oppose")]


def test_what_does_not_fit_comes_back_with_what_was_entered_and_is_said_at_its_place(
    arrive: Arrive, coders: Coders, data: DataFolder
) -> None:
    arrive([{FIELD: "Yes. And no."}])
    (olga,) = coders("olga")
    page = olga.get()
    sent = olga.post(page, **{"code-trees": "oppose", "quote-trees": NEEDLE})
    assert (sent.status_code, "<title>Error: Coding" in sent.text) == (400, True)
    assert re.findall(r'<li>\s*<a href="(#[^"]*)">(.*?)</a>\s*</li>', sent.text) == [
        ("#code-sunday_opening", "Two libraries open on Sundays: Choose a position."),
        (
            "#quote-trees",
            "Trees in place of a car park: "
            "These words are not in the answer; copy them from it, or give the number of a sentence.",
        ),
    ]
    assert f'value="{NEEDLE}"' in sent.text
    assert re.findall(r'value="(\w+)" checked', sent.text) == ["oppose"]
    stale = olga.client.post("/coding", data=hidden(page, "/coding") | {"do": "code", "form_token": "0" * 64})
    assert (stale.status_code, "This form was open for too long." in stale.text) == (400, True)
    assert olga.post(page, do="nothing").status_code == 400
    assert decisions(data) == []


def test_officers_are_given_different_answers_and_nobody_a_second_coding_of_their_own(
    arrive: Arrive, coders: Coders, positions: Positions
) -> None:
    first, second = arrive([{FIELD: "One."}, {FIELD: "Two."}])
    olga, peter = coders("olga", "peter")
    pages = {coder: coder.get() for coder in (olga, peter)}
    jobs = [hidden(page, "/coding")["job"] for page in pages.values()]
    assert sorted(jobs) == [f"{first}:{FIELD}:coding", f"{second}:{FIELD}:coding"]
    # The same page again is the same answer; another person's answer cannot be taken.
    assert hidden(olga.get(), "/coding")["job"] == jobs[0]
    taken = olga.get(f"/coding?job={jobs[1]}")
    assert (taken.status_code, "Another person is at this answer; take the next one." in plain(taken)) == (409, True)
    refused = olga.code("support", page=pages[peter], form_token=hidden(pages[olga], "/coding")["form_token"])
    assert (refused.status_code, "Another person is at this answer now" in plain(refused)) == (409, True)
    for coder in (olga, peter):
        assert coder.code("support", page=pages[coder]).status_code == 303
    # Under fifty answers everything is coded twice: each gets the other's, and sees nothing of it.
    again = {coder: coder.get() for coder in (olga, peter)}
    assert [hidden(page, "/coding")["job"] for page in again.values()] == jobs[::-1]
    for coder, page in again.items():
        assert (" checked" in page.text, "settling" in page.text) == (False, False)
        assert coder.code("support", page=page).status_code == 303
        assert heading(coder.get()) == "Nothing waits for you"
    assert positions() == [(one, limb, "support") for one in (first, second) for limb in LIMBS]


def test_a_difference_is_settled_by_a_third_officer_who_sees_neither_coding(
    arrive: Arrive, coders: Coders, positions: Positions
) -> None:
    (response,) = arrive([{FIELD: f"Perhaps. {NEEDLE} it is."}])
    olga, peter, rosa = coders("olga", "peter", "rosa")
    assert olga.code("support").status_code == 303
    assert peter.code("oppose", "2").status_code == 303
    assert positions() == []
    assert heading(olga.get()) == "Nothing waits for you"
    page = rosa.get()
    assert hidden(page, "/coding")["job"] == f"{response}:{FIELD}:settling"
    assert ("What was coded" in plain(page), " checked" in page.text, "peter" in page.text) == (False, False, False)
    assert rosa.code("unclear", page=page).status_code == 303
    assert positions() == [(response, limb, "unclear") for limb in LIMBS]
    assert "There is nothing." in plain(olga.get("/coding/differences"))


def test_two_who_differ_see_both_codings_and_settle_it_together(
    arrive: Arrive, coders: Coders, positions: Positions
) -> None:
    (response,) = arrive([{FIELD: "Perhaps. It is not clear."}])
    olga, peter = coders("olga", "peter")
    olga.code("support")
    peter.code("oppose", "2")
    listed = olga.get("/coding/differences")
    (address,) = re.findall(r'<a href="(/coding\?job=[^"]*)">5\. What do you think', listed.text)
    page = olga.get(address)
    assert "olga Two libraries open on Sundays Support: “Perhaps.”" in plain(page)
    assert "peter Two libraries open on Sundays Oppose: “It is not clear.”" in plain(page)
    assert re.findall(r'<option value="(\w+)"', page.text) == ["peter"]
    alone = olga.code("unclear", page=page)
    assert (alone.status_code, "settles a difference together with the other coder" in plain(alone)) == (400, True)
    assert olga.code("unclear", page=page, settled_with="peter").status_code == 303
    assert positions() == [(response, limb, "unclear") for limb in LIMBS]


def test_what_was_coded_last_can_be_undone_and_coded_again(
    arrive: Arrive, coders: Coders, positions: Positions, data: DataFolder
) -> None:
    (response,) = arrive([{FIELD: "Yes."}])
    (olga,) = coders("olga")
    done = olga.get(olga.code("oppose", "").headers["location"])
    undone = olga.client.post("/coding/undo", data=hidden(done, "/coding/undo"))
    assert undone.status_code == 303
    assert decisions(data)[-1] == ("olga", CodingUndo(response=response, field=FIELD))
    assert positions() == []
    assert hidden(olga.get(), "/coding")["job"] == f"{response}:{FIELD}:coding"
    olga.code("support", "")
    own = olga.get("/coding/own")
    assert ("Current" in plain(own), "An earlier one" in plain(own)) == (True, False)
    # To correct is to code again: what was coded stands in the form.
    (address,) = re.findall(r'<a href="(/coding\?job=[^"]*)">5\. What', own.text)
    page = olga.get(address)
    assert re.findall(r'value="(\w+)" checked', page.text) == ["support", "support"]
    assert page.text.count('value="Yes."') == 2
    assert olga.code("unclear", page=page).status_code == 303
    assert positions() == [(response, limb, "unclear") for limb in LIMBS]
    twice = [olga.client.post("/coding/undo", data=hidden(done, "/coding/undo")) for _ in range(2)]
    assert [one.status_code for one in twice] == [303, 409]
    assert "There is nothing of yours to take back." in plain(twice[1])


def test_who_sent_it_is_hidden_until_it_is_opened_for_a_reason_that_is_kept(
    arrive: Arrive, coders: Coders, data: DataFolder
) -> None:
    sender = {"r2_organisation": "Needle Trust", "r3_role": "Chief needle", "c3_email": "needle@example.org"}
    (response,) = arrive([{FIELD: "Write to needle@example.org. We agree.", **sender}])
    olga, peter = coders("olga", "peter")
    page = olga.get()
    assert [word in page.text for word in (*sender.values(), "[email]")] == [False, False, False, True]
    asked = olga.get(f"/coding/sender?job={response}:{FIELD}:coding")
    assert ("Why you need to know" in plain(asked), "Needle" in asked.text) == (True, False)
    form = hidden(asked, "/coding/sender")
    empty = olga.client.post("/coding/sender", data=form | {"reason": " "})
    assert (empty.status_code, "Needle" in empty.text) == (400, False)
    assert decisions(data) == []
    opened = olga.client.post("/coding/sender", data=form | {"reason": "A  complaint\n"})
    assert opened.headers["cache-control"] == "no-store"
    assert re.findall(r'<th scope="row" class="name">(.*?)</th><td class="name">(.*?)</td>', opened.text) == [
        ("r2_organisation", "Needle Trust"),
        ("r3_role", "Chief needle"),
        ("c3_email", "needle@example.org"),
    ]
    assert decisions(data) == [("olga", SenderOpened(response=response, reason="A complaint"))]
    # Who is not at the answer is shown nothing.
    other = peter.client.post("/coding/sender", data=form | {"reason": "Curious"})
    assert (other.status_code, "Needle" in other.text) == (409, False)
    assert len(decisions(data)) == 1


def test_themes_are_named_coded_merged_and_a_changed_frame_is_said(
    arrive: Arrive, coders: Coders, data: DataFolder
) -> None:
    arrive([{FIELD: "Fees are too high. We love trees."}])
    (olga,) = coders("olga")
    olga.code("unclear")
    address = f"/coding/themes?question={FIELD}"

    def change(do: str, **more: str) -> httpx.Response:
        form = hidden(olga.get(address), "/coding/themes")
        return olga.client.post("/coding/themes", data=form | {"do": do} | more)

    for label in ("Cost", "Money", "Trees"):
        assert change("name", label=label).status_code == 303
    again = change("name", label=" money ")
    assert (again.status_code, "Another theme of this question has that name" in plain(again)) == (400, True)
    assert "An earlier one: look again" in plain(olga.get("/coding/own"))
    (job,) = re.findall(r'<a href="(/coding\?job=[^"]*)">5\. What', olga.get("/coding/own").text)
    page = olga.get(job)
    assert re.findall(r'name="theme" type="checkbox" value="(\w+)"', page.text) == ["cost", "money", "trees"]
    wrong = olga.code("unclear", page=page, theme=["cost", "trees"], **{"words-cost": "needle", "words-trees": "2"})
    assert '<a href="#theme-cost">Theme: These words are not in the answer' in wrong.text
    done = olga.code("unclear", page=page, theme=["cost", "trees"], **{"words-cost": "fees", "words-trees": "2"})
    assert done.status_code == 303
    marks = [(one.theme, one.quote) for one in decisions(data)[-3][1].themes]
    assert marks == [("cost", "Fees"), ("trees", "We love trees.")]
    assert change("merge", theme="cost", into="money").status_code == 303
    assert change("retire", theme="trees").status_code == 303
    assert change("rename", theme="money", label="What it costs").status_code == 303
    assert [change("merge", theme="cost", into="money").status_code, change("oops").status_code] == [400, 400]
    ticked = olga.get(job)
    assert re.findall(r'name="theme" type="checkbox" value="(\w+)" checked', ticked.text) == ["money"]
    assert "What it costs" in plain(ticked)


def test_the_work_list_counts_what_waits_how_old_it_is_and_who_is_at_it(
    arrive: Arrive, coders: Coders, data: DataFolder
) -> None:
    arrive([{FIELD: "One."}, {FIELD: "Two."}, {FIELD: "Three."}, {"q4_satisfied": "no such"}])
    olga, peter = coders("olga", "peter")
    olga.code("support")
    # What waits for a second coder comes before what nobody coded.
    peter.code("oppose")
    olga.get()
    rows = re.findall(
        r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td><td class="name">(.*?)</td>', olga.get("/work").text
    )
    found = {re.sub("<.*?>", "", name).split("Done")[0]: cells for name, *cells in rows}
    assert found == {
        "Keying: answers to be read": ["0", "-", "-"],
        "Coding: answers to be coded": ["2", "today", "olga (1)"],
        "Coding: answers coded once, for a second coder": ["0", "-", "-"],
        "Coding: answers coded differently, to be settled": ["1", "today", "-"],
        "Translations: answers in other languages": ["0", "-", "-"],
        "Quarantine and review: responses": ["1", "today", "-"],
        "Late: responses that may be accepted": ["0", "-", "-"],
        "Links: pairs that may be of one respondent": ["0", "-", "-"],
        "Campaigns: to be described": ["0", "-", "-"],
        "Redactions: answers to be looked at": ["0", "-", "-"],
    }


def test_one_question_at_a_time(arrive: Arrive, coders: Coders) -> None:
    arrive([{FIELD: "One."}, {FIELD: "Two."}])
    (olga,) = coders("olga")
    page = olga.get(f"/coding?question={FIELD}")
    assert hidden(page, "/coding")["question"] == FIELD
    sent = olga.code("support", page=page)
    assert sent.headers["location"].startswith(f"/coding?question={FIELD}&done=")
    wrong = olga.get("/coding?question=q4_satisfied")
    assert (wrong.status_code, "There is no such question to code." in plain(wrong)) == (409, True)


def test_only_officers_who_are_signed_in_see_anything(arrive: Arrive, desk: Callable[[], Desk]) -> None:
    (response,) = arrive([{FIELD: NEEDLE}])
    running = desk()
    pages = (
        "/work",
        "/coding",
        f"/coding?job={response}:{FIELD}:coding",
        "/coding/own",
        "/coding/differences",
        "/translation",
    )
    pages += ("/coding/themes", "/coding/agreement", f"/coding/sender?job={response}:{FIELD}:coding")
    nobody = httpx.Client(base_url=running.address)
    posts = ("/coding", "/coding/undo", "/coding/sender", "/coding/themes")
    for path in pages:
        assert nobody.get(path).status_code == 401
    assert [nobody.post(path, data={}).status_code for path in posts] == [401] * 4
    for role in ("member", "publisher", "engineer"):
        client = running.client(f"a-{role}", role)
        found = [client.get(path) for path in pages[1:]] + [client.post(path, data={}) for path in posts]
        assert {(one.status_code, NEEDLE in one.text) for one in found} == {(403, False)}


def test_a_form_of_another_page_is_refused_everywhere(arrive: Arrive, coders: Coders, data: DataFolder) -> None:
    arrive([{FIELD: "One."}])
    olga, peter = coders("olga", "peter")
    mine = hidden(olga.get(), "/coding")
    for path in ("/coding", "/coding/undo", "/coding/sender", "/coding/themes"):
        foreign = olga.client.post(path, data=mine, headers={"origin": "http://127.0.0.1:1"})
        assert foreign.status_code == 403
        theirs = peter.client.post(path, data=mine | {"do": "name", "question": FIELD, "label": "x", "reason": "x"})
        assert theirs.status_code in (400, 409)
    assert decisions(data) == []


def test_no_page_runs_a_script_or_is_kept(arrive: Arrive, coders: Coders) -> None:
    arrive([{FIELD: "One."}])
    (olga,) = coders("olga")
    for path in ("/work", "/coding", "/coding/own", "/coding/themes", "/coding/agreement", "/coding/differences"):
        page = olga.get(path)
        assert (page.status_code, page.headers["cache-control"], "<script" in page.text) == (200, "no-store", False)
        assert page.headers["content-security-policy"] == (
            "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )


def test_before_the_first_run_the_pages_say_what_to_do(parks: Definition, coders: Coders) -> None:
    (olga,) = coders("olga")
    for path in ("/work", "/coding", "/coding/own", "/coding/agreement", "/coding/differences"):
        assert "nothing is published yet; run the pipeline." in plain(olga.get(path))


def test_what_is_skipped_comes_after_all_others(arrive: Arrive, coders: Coders) -> None:
    first, second = arrive([{FIELD: "One."}, {FIELD: "Two."}])
    (olga,) = coders("olga")
    seen = []
    for _ in range(3):
        page = olga.get()
        seen.append(hidden(page, "/coding")["job"].split(":")[0])
        assert olga.post(page, do="skip").status_code == 303
    assert seen == [first, second, first]


def test_another_run_brings_new_answers_and_keeps_what_was_coded(
    arrive: Arrive, coders: Coders, positions: Positions
) -> None:
    (first,) = arrive([{FIELD: "One."}])
    (olga,) = coders("olga")
    olga.code("support")
    (second,) = arrive([{FIELD: "Two."}])
    assert hidden(olga.get(), "/coding")["job"] == f"{second}:{FIELD}:coding"
    assert positions() == [(first, limb, "support") for limb in LIMBS]


@pytest.mark.slow
def test_a_group_is_named_as_a_theme_and_suggested_to_who_codes_alone(
    arrive: Arrive, coders: Coders, data: DataFolder
) -> None:
    dogs, trees = "Dogs off the lead frighten children.", "The old oaks are home to birds."
    answers = [dogs, trees, "I agree about the newts.", f"{dogs} {trees}"] * 14
    ids = arrive([{FIELD: f"{text} ({number})"} for number, text in enumerate(answers)])
    olga, peter = coders("olga", "peter")
    page = olga.get(f"/coding/suggestions?question={FIELD}&count=3")
    found = [set(one.split(", ")) for one in re.findall(r"<h2>Group \d: (.*?)</h2>", page.text)]
    assert {"birds", "home", "oaks", "old"} in found
    assert {"children", "dogs", "frighten", "lead"} in found
    form = hidden(page, "/coding/themes")
    words = {"words": "frighten dogs lead absent secretword"}
    assert olga.client.post("/coding/themes", data=form | words | {"do": "name", "label": "Dogs"}).status_code == 303
    (theme,) = [one for _, one in decisions(data)]
    # Only words that many answers share are kept.
    assert (theme.label, theme.words) == ("Dogs", ("frighten", "dogs", "lead"))
    taught = {"do": "teach", "theme": "dogs", "words": "children newts"}
    assert olga.client.post("/coding/themes", data=form | taught).status_code == 303
    assert decisions(data)[-1][1].words == ("frighten", "dogs", "lead", "children", "newts")
    # Fifty are coded twice, and their coders see no suggestion; the others are coded once.
    suggestions: dict[str, bool] = {}
    for _ in range(len(answers)):
        page = olga.get()
        job = hidden(page, "/coding")["job"].split(":")[0]
        suggestions[job] = "A machine suggests: Dogs." in plain(page)
        told = {"theme": "dogs", "words-dogs": "dogs"} if "frighten" in page.text else {}
        assert olga.code("unclear", page=page, **told).status_code == 303
    assert heading(olga.get()) == "Nothing waits for you"
    second = set()
    while heading(page := peter.get()) == QUESTION:
        second.add(hidden(page, "/coding")["job"].split(":")[0])
        assert peter.code("unclear", page=page).status_code == 303
    assert (sorted(suggestions), len(second)) == (sorted(ids), 50)
    said = dict(zip(ids, answers, strict=True))
    assert suggestions == {one: one not in second and "frighten" in said[one] for one in ids}
    agreement = plain(olga.get("/coding/agreement"))
    assert "56 of 56 answers have a coder." in agreement
    both = sum("frighten" in said[one] for one in second)
    # Peter marked no theme, so on those that Olga marked the two are split, and there is no majority for it.
    assert f"Theme: Dogs 50 {50 - both}" in agreement
    assert f"Theme: Dogs 0 {both} 0" in agreement
    assert "Two libraries open on Sundays 50 50 - -" in agreement
