"""The pages of quarantine: what is wrong, how it is mended, what does not count, and what came too late."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from orchestration.builds import warehouse_of
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.decisions import Invalidation, LateAcceptance, QuarantineRelease, VerdictUndo
from schemas.definition import Definition
from tests.integration.desk.reviewing import Reviewer, decisions, forms, heading
from tests.integration.desk.running import FIELD, plain
from tests.integration.keying.running import PARKS, build
from transforms.warehouse.read import open_private

Arrive = Callable[[list[dict[str, Any]]], list[str]]
Officers = Callable[..., list[Reviewer]]
HELD = "A response that cannot go on by itself"
NEEDLE = "needle@example.org"
WRONG = {"q2_visits": "<b>many</b>", "q1_use": "zoo", FIELD: "Yes to trees.", "c3_email": NEEDLE}
_LINES = """
SELECT r.response_id, r.line, c.q2_visits, c.q1_use FROM responses AS r LEFT JOIN clean AS c USING (response_id)
"""


def lines(data: DataFolder, parks: Definition) -> dict[str, tuple[str, float | None, str | None]]:
    """Build what is new; of each response its line and two of its answers."""
    build(data, parks)
    with open_private(warehouse_of(data, parks)) as connection:
        found = connection.execute(_LINES).fetchall()
    return {response: (line, visits, use) for response, line, visits, use in found}


def test_a_response_is_mended_in_the_fields_of_the_form_and_goes_on(
    arrive: Arrive, officers: Officers, data: DataFolder, parks: Definition
) -> None:
    (response,) = arrive([WRONG])
    (olga,) = officers("olga")
    page = olga.get("/quarantine")
    assert heading(page) == HELD
    said = plain(page)
    assert f"Response {response}, web, 14 May 2007, 10:00. It is in quarantine." in said
    assert "1. Which do you use most?: it is none of the choices" in said
    assert (
        "2. About how many times did you visit one in the last twelve months?: "
        "it cannot be read as this kind of answer" in said
    )
    # Only what is wrong is shown, and nobody's address.
    assert [one in page.text for one in ("Yes to trees.", NEEDLE, "<b>")] == [False] * 3
    (form,) = forms(page, "/quarantine")
    assert (form["answer-q1_use"], form["answer-q2_visits"]) == ("zoo", "<b>many</b>")
    noted = json.loads(data.access_log(PARKS.id).read_text("utf-8").splitlines()[-1])
    assert (noted["officer"], noted["artefact"], noted["reason"]) == ("olga", response, "it is in quarantine")
    unchanged = olga.post(page, "/quarantine", do="correct", reason="x")
    assert (unchanged.status_code, "Nothing differs from what came" in plain(unchanged)) == (400, True)
    still = olga.post(
        page, "/quarantine", do="correct", reason="x", **{"answer-q1_use": "parks", "answer-q2_visits": "-1"}
    )
    assert (still.status_code, "It would be held again." in plain(still)) == (400, True)
    assert "it is outside of what can be answered" in plain(still)
    mended = {"answer-q1_use": "parks", "answer-q2_visits": "12"}
    no_reason = olga.post(page, "/quarantine", do="correct", reason=" ", **mended)
    assert (no_reason.status_code, 'href="#reason"' in no_reason.text) == (400, True)
    assert forms(no_reason, "/quarantine")[0]["answer-q2_visits"] == "12"
    assert decisions(data) == []
    assert olga.post(page, "/quarantine", do="correct", reason="Asked by telephone", **mended).status_code == 303
    corrections = {"q1_use": "parks", "q2_visits": "12"}
    released = QuarantineRelease(response=response, corrections=corrections, reason="Asked by telephone")
    assert decisions(data) == [("olga", released)]
    assert heading(olga.get("/quarantine")) == "No response waits for you"
    assert lines(data, parks) == {response: ("included", 12.0, "parks")}


def test_a_response_goes_on_as_it_is_or_does_not_count(
    arrive: Arrive, officers: Officers, data: DataFolder, parks: Definition
) -> None:
    first, second = arrive([WRONG, WRONG | {FIELD: "No."}])
    olga, peter = officers("olga", "peter")
    pages = {one: one.get("/quarantine") for one in (olga, peter)}
    assert [forms(page, "/quarantine")[0]["job"] for page in pages.values()] == [first, second]
    taken = peter.get(f"/quarantine?job={first}")
    assert (taken.status_code, "Another person is at this response" in plain(taken)) == (409, True)
    assert olga.post(pages[olga], "/quarantine", do="waive", reason="Cannot be asked").status_code == 303
    assert peter.post(pages[peter], "/quarantine", do="later").status_code == 303
    assert peter.post(pages[peter], "/quarantine", do="invalid", reason="A test").status_code == 303
    assert decisions(data) == [
        ("olga", QuarantineRelease(response=first, corrections={}, reason="Cannot be asked")),
        ("peter", QuarantineRelease(response=second, corrections={}, reason="A test")),
        ("peter", Invalidation(response=second, reason="A test")),
    ]
    token = forms(pages[olga], "/quarantine")[0]["form_token"]
    gone = olga.post(pages[peter], "/quarantine", do="invalid", reason="x", form_token=token)
    assert (gone.status_code, "There is no such response" in plain(gone)) == (409, True)
    found = lines(data, parks)
    assert (found[first], found[second][0]) == (("included", None, None), "invalid")
    # Both are taken back, and are again where they were.
    said = olga.get("/quarantine/said")
    assert re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td><td>(\w+),', said.text) == [
        (second, "does not count", "peter"),
        (second, "goes on as it is", "peter"),
        (first, "goes on as it is", "olga"),
    ]
    empty = olga.post(said, "/quarantine/said", reason=" ")
    assert (empty.status_code, "give a reason" in plain(empty)) == (400, True)
    for place in (0, 2):
        assert olga.post(said, "/quarantine/said", place=place, reason="A slip").status_code == 303
    assert decisions(data)[3:] == [("olga", VerdictUndo(response=one, reason="A slip")) for one in (second, first)]
    again = olga.post(said, "/quarantine/said", reason="A slip")
    assert (again.status_code, "Nothing was decided" in plain(again)) == (400, True)
    assert {line for line, *_ in lines(data, parks).values()} == {"in_quarantine"}
    assert forms(olga.get("/quarantine"), "/quarantine")[0]["job"] == first


def test_what_came_too_late_is_accepted_for_a_reason(
    arrive: Arrive, officers: Officers, data: DataFolder, parks: Definition
) -> None:
    write_shifted_clock(data.clock_file, datetime(2007, 8, 20, 9, tzinfo=UTC))
    (response,) = arrive([{"q2_visits": "3"}])
    assert lines(data, parks) == {response: ("out_of_time", 3.0, None)}
    (olga,) = officers("olga")
    assert "Late: responses that may be accepted" in plain(olga.get("/work"))
    page = olga.get("/quarantine/late")
    assert re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td>', page.text) == [
        (response, "web", "20 August 2007, 10:00")
    ]
    empty = olga.post(page, "/quarantine/late", reason="")
    assert (empty.status_code, "give a reason" in plain(empty)) == (400, True)
    other = olga.post(page, "/quarantine/late", reason="x", response="eve.1")
    assert (other.status_code, "There is no such late response" in plain(other)) == (400, True)
    assert decisions(data) == []
    assert olga.post(page, "/quarantine/late", reason="A strike").status_code == 303
    assert decisions(data) == [("olga", LateAcceptance(response=response, reason="A strike"))]
    assert "Nothing that is not accepted." in plain(olga.get("/quarantine/late"))
    assert lines(data, parks) == {response: ("included", 3.0, None)}


def test_what_is_not_this_pages_is_refused(arrive: Arrive, officers: Officers, data: DataFolder) -> None:
    (response,) = arrive([WRONG])
    (olga,) = officers("olga")
    page = olga.get("/quarantine")
    for fields in ({"do": "oops"}, {"do": "waive", "form_token": "0" * 64}, {"do": "waive", "reason": "x" * 1_001}):
        assert olga.post(page, "/quarantine", **({"reason": "x"} | fields)).status_code == 400
    for job in ("", "<b>", "eve.1", "x" * 50_000):
        refused = olga.post(page, "/quarantine", do="waive", reason="x", job=job)
        assert (refused.status_code, "There is no such response" in plain(refused)) == (409, True)
    # A column that the form has not is no correction.
    strange = {"column": ["eve", "q2_visits"], "answer-eve": "x"}
    refused = olga.post(page, "/quarantine", do="correct", reason="x", **strange, **{"answer-q2_visits": "<b>many</b>"})
    assert (refused.status_code, "Nothing differs" in plain(refused)) == (400, True)
    assert olga.get(f"/quarantine?job={response}").status_code == 200
    assert decisions(data) == []
