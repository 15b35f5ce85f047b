"""The pages of redactions: an answer with what was found in place, and what an officer says of it."""

import json
import re
from collections.abc import Callable
from typing import Any

from orchestration.builds import warehouse_of
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from tests.integration.desk.reviewing import Reviewer, decisions, forms, heading
from tests.integration.desk.running import FIELD, plain
from tests.integration.keying.running import PARKS, build
from transforms.warehouse.read import open_private

Arrive = Callable[[list[dict[str, Any]]], list[str]]
Officers = Callable[..., list[Reviewer]]
# The machine is sure of the name, and knows nothing of the shop; it is not sure of the lane.
ANSWER = "Ask Katarzyna Nowak about <b>trees</b>. They said so. I run the Green Kettle, and the green kettle is full."
UNSURE = [f"Rose and Hazel disagree about the park near Marsh Lane.{more}" for more in ("", " Yes.")]
ASKED = "What is masked of this answer?"


def masked(data: DataFolder, parks: Definition) -> list[str]:
    """Build what is new; the answers as they are masked, in the order of their arrival."""
    build(data, parks)
    with open_private(warehouse_of(data, parks)) as connection:
        rows = connection.execute(f"SELECT {FIELD} FROM masked ORDER BY response_id").fetchall()
    return [text for (text,) in rows]


def looks(data: DataFolder) -> list[tuple[str, str, str]]:
    """Who looked at which answer, and why."""
    file = data.access_log(PARKS.id)
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    found = [json.loads(line) for line in lines]
    assert not any("Katarzyna" in line for line in lines)
    return [(one["officer"], one["artefact"], one["reason"]) for one in found]


def test_any_answer_is_opened_for_a_reason_and_decided_and_the_next_run_takes_it_in(
    arrive: Arrive, officers: Officers, data: DataFolder, parks: Definition
) -> None:
    (response,) = arrive([{FIELD: ANSWER}])
    (olga,) = officers("olga")
    asked = olga.get("/redactions/open")
    refused = olga.post(asked, "/redactions/open", response=response, field=FIELD, reason=" ")
    assert (refused.status_code, "Katarzyna" in refused.text, looks(data)) == (400, False, [])
    opened = olga.post(asked, "/redactions/open", response=response, field=FIELD, reason="A name was reported")
    page = olga.get(opened.headers["location"])
    assert heading(page) == ASKED
    assert "<mark>Katarzyna Nowak</mark> <strong>[1: name, masked]</strong>" in page.text
    assert ("&lt;b&gt;trees&lt;/b&gt;" in page.text, "<b>" in page.text) == (True, False)
    assert looks(data)[0] == ("olga", response, "A name was reported")
    (form,) = forms(page, "/redactions")
    (span,) = [name for name in form if name.startswith("span-")]
    nothing = olga.post(page, "/redactions", do="decide", reason="x")
    assert (nothing.status_code, "Choose what becomes of at least one stretch" in plain(nothing)) == (400, True)
    absent = olga.post(page, "/redactions", do="decide", reason="x", words="Zzz", label="name")
    assert (absent.status_code, 'href="#words"' in absent.text) == (400, True)
    unlabelled = olga.post(page, "/redactions", do="decide", reason="x", words="trees")
    assert (unlabelled.status_code, "Say what is hidden" in plain(unlabelled)) == (400, True)
    no_reason = olga.post(page, "/redactions", do="decide", **{span: "remove"})
    assert (no_reason.status_code, 'href="#reason"' in no_reason.text) == (400, True)
    # What was chosen stands in the form that comes back.
    assert forms(no_reason, "/redactions")[0][span] == "remove"
    assert decisions(data) == []
    said = {"words": " green\r\nkettle", "label": "organisation", "reason": "Her shop"}
    assert olga.post(page, "/redactions", do="decide", **said, **{span: "remove"}).status_code == 303
    found = [(officer, one.change, one.words, one.label, one.reason) for officer, one in decisions(data)]
    assert found == [
        ("olga", "remove", "Katarzyna Nowak", "", "Her shop"),
        ("olga", "add", "Green Kettle", "organisation", "Her shop"),
        ("olga", "add", "green kettle", "organisation", "Her shop"),
    ]
    assert masked(data, parks) == [
        ANSWER.replace("Green Kettle", "[organisation]").replace("green kettle", "[organisation]")
    ]


def test_what_was_said_is_taken_back_and_the_machine_finds_it_again(
    arrive: Arrive, officers: Officers, data: DataFolder, parks: Definition
) -> None:
    (response,) = arrive([{FIELD: ANSWER}])
    olga, peter = officers("olga", "peter")
    opened = olga.post(olga.get("/redactions/open"), "/redactions/open", response=response, field=FIELD, reason="Asked")
    page = olga.get(opened.headers["location"])
    (span,) = [name for name in forms(page, "/redactions")[0] if name.startswith("span-")]
    sent = olga.post(page, "/redactions", do="decide", reason="Known to all", **{span: "remove"})
    assert masked(data, parks) == [ANSWER]
    done = olga.get(sent.headers["location"])
    (again,) = re.findall(r'<a href="([^"]*)">Look at it again</a>', done.text)
    look = olga.get(again)
    assert "olga: “Katarzyna Nowak” stays as it stands. Known to all" in plain(look)
    # Another person neither sees it so nor takes it back.
    theirs = peter.get(again)
    assert (theirs.status_code, "Katarzyna" in theirs.text) == (409, False)
    number = forms(look, "/redactions/undo")[0]["number"]
    token = forms(peter.get("/redactions/open"), "/redactions/open")[0]["form_token"]
    assert peter.client.post("/redactions/undo", data={"number": number, "form_token": token}).status_code == 409
    assert olga.post(look, "/redactions/undo").status_code == 303
    last = decisions(data)[-1][1]
    assert (last.change, last.words) == ("undo", "Katarzyna Nowak")
    assert masked(data, parks) == [ANSWER.replace("Katarzyna Nowak", "[name]")]
    assert olga.post(look, "/redactions/undo").status_code == 409


def test_the_queue_gives_each_what_waits_and_what_is_decided_leaves_it(
    arrive: Arrive, officers: Officers, data: DataFolder, parks: Definition
) -> None:
    arrive([{FIELD: text} for text in UNSURE])
    with open_private(warehouse_of(data, parks)) as connection:
        waiting = connection.execute("SELECT DISTINCT response_id FROM text_finds WHERE NOT masked").fetchall()
    assert len(waiting) == 2
    olga, peter = officers("olga", "peter")
    pages = {one: one.get("/redactions") for one in (olga, peter)}
    jobs = [forms(page, "/redactions")[0]["job"] for page in pages.values()]
    assert len(set(jobs)) == 2
    assert {name for name, _, _ in looks(data)} == {"olga", "peter"}
    stolen = peter.get(f"/redactions?job={jobs[0]}")
    assert (stolen.status_code, "Another person is at this answer" in plain(stolen)) == (409, True)
    own = forms(pages[olga], "/redactions")[0]
    spans = {name: "accept" for name in own if name.startswith("span-")}
    assert olga.post(pages[olga], "/redactions", do="decide", reason="A person", **spans).status_code == 303
    said = [one for _, one in decisions(data)]
    assert {(one.change, f"{one.response}:{one.field}") for one in said} == {("accept", jobs[0])}
    following = olga.get("/redactions")
    assert heading(following) == "No answer waits for you"
    assert peter.post(pages[peter], "/redactions", do="later").status_code == 303
    counted = re.findall(
        r"Redactions: answers to be looked at.*?<td[^>]*>(\d+)</td>", olga.get("/work").text, re.DOTALL
    )
    assert counted == [str(len(waiting) - 1)]


def test_what_is_not_this_pages_is_refused(arrive: Arrive, officers: Officers, data: DataFolder) -> None:
    (response,) = arrive([{FIELD: ANSWER}])
    (olga,) = officers("olga")
    for job in (f"{response}:{FIELD}", f"{response}:q1_use", "<b>:x", "", "x" * 20_000):
        shown = olga.get(f"/redactions?job={job}")
        assert ("Katarzyna" in shown.text, shown.status_code in (200, 409)) == (False, True)
    asked = olga.get("/redactions/open")
    for response_id, field in ((response, "q2_visits"), (response, "eve"), ("eve.1", FIELD), ("", FIELD)):
        refused = olga.post(asked, "/redactions/open", response=response_id, field=field, reason="x")
        assert (refused.status_code, "Katarzyna" in refused.text) == (400, False)
    opened = olga.post(asked, "/redactions/open", response=response, field=FIELD, reason="x")
    page = olga.get(opened.headers["location"])
    for fields in (
        {"do": "oops"},
        {"do": "decide", "span-0-3": "remove"},
        {"do": "decide", "span-4-19": "oops"},
        {"do": "decide", "words": "trees", "label": "oops"},
        {"do": "decide", "words": "trees", "label": "name", "form_token": "0" * 64},
    ):
        refused = olga.post(page, "/redactions", reason="x", **fields)
        assert refused.status_code == 400, fields
    assert decisions(data) == []
