"""The pages of links: two responses side by side, what an officer says of them, and what becomes of it."""

import re
from collections.abc import Callable
from typing import Any

from orchestration.builds import warehouse_of
from schemas.data_folder import DataFolder
from schemas.decisions import Link, SenderOpened
from schemas.definition import Definition
from tests.integration.desk.reviewing import Reviewer, decisions, forms, heading
from tests.integration.desk.running import plain
from tests.integration.keying.running import build
from transforms.warehouse.read import open_private

Arrive = Callable[[list[dict[str, Any]]], list[str]]
Officers = Callable[..., list[Reviewer]]
ASKED = "Are these two of one respondent?"
NEEDLE = "needle@example.org"
SENDER = {"c1_given_name": "Olwen", "c2_family_name": "Needleworth", "c3_email": NEEDLE}
FIRST = {"q4_satisfied": "2", "q5_proposal": f"Open on <b>Sundays</b>, and ask {NEEDLE}.", **SENDER}
SECOND = {"q1_use": "parks", "q5_proposal": f"Open on Saturdays, and ask {NEEDLE}.", **SENDER}


def lines(data: DataFolder, parks: Definition) -> dict[str, str]:
    """Build what is new; the line of each response."""
    build(data, parks)
    with open_private(warehouse_of(data, parks)) as connection:
        return dict(connection.execute("SELECT response_id, line FROM responses ORDER BY ALL").fetchall())


def test_two_responses_stand_side_by_side_with_what_differs_and_the_weights(arrive: Arrive, officers: Officers) -> None:
    first, second = arrive([FIRST, SECOND])
    (olga,) = officers("olga")
    page = olga.get("/links")
    assert (page.status_code, heading(page)) == (200, ASKED)
    rows = re.findall(
        r'<th scope="row">([^<]*)</th>\n<td class="yoursay-text" dir="auto">(.*?)</td>\n'
        r'<td class="yoursay-text" dir="auto">(.*?)</td>\n<td>(.*?)</td>',
        page.text,
    )
    hidden = '<span class="govuk-visually-hidden">{}</span>'
    differs = f"<mark>{hidden.format('[differs: ')}{{}}{hidden.format(']')}</mark>"
    asked = "[email]."
    assert rows == [
        ("1. Which do you use most?", "-", "Parks", "Only in the second"),
        ("4. How satisfied are you with parks and libraries?", "Dissatisfied", "-", "Only in the first"),
        (
            "5. What do you think of this proposal?",
            f"Open on {differs.format('&lt;b&gt;Sundays&lt;/b&gt;, ')}and ask {asked}",
            f"Open on {differs.format('Saturdays, ')}and ask {asked}",
            "Different",
        ),
    ]
    said = plain(page)
    assert f"First: {first} web, 14 May 2007, 10:00 Second: {second} web, 14 May 2007, 10:00" in said
    assert "e-mail exact for one respondent +" in said
    assert "They count as two respondents." in said
    # Who responds stays hidden.
    assert [word in page.text for word in (NEEDLE, "Olwen", "Needleworth")] == [False] * 3


def test_a_verdict_is_in_the_journal_and_the_next_run_takes_it_in(
    arrive: Arrive, officers: Officers, data: DataFolder, parks: Definition
) -> None:
    first, second = arrive([FIRST, SECOND])
    (olga,) = officers("olga")
    page = olga.get("/links")
    empty = olga.post(page, "/links", do="same", reason=" ")
    assert (empty.status_code, "<title>Error: Links" in empty.text) == (400, True)
    assert '<a href="#reason">Say what shows it: give a reason.</a>' in empty.text
    assert decisions(data) == []
    sent = olga.post(page, "/links", do="same", reason=" The same\r\naddress. ")
    assert sent.status_code == 303
    same = Link(first=first, second=second, verdict="same", reason="The same address.")
    assert decisions(data) == [("olga", same)]
    done = olga.get(sent.headers["location"])
    assert (heading(done), "Noted." in plain(done)) == ("No pair waits for you", True)
    assert lines(data, parks) == {first: "included", second: "merged"}
    # What was said last is undone from the page that follows, and the pair comes back.
    assert olga.post(done, "/links/undo").status_code == 303
    assert decisions(data)[1:] == [
        ("olga", Link(first=first, second=second, verdict="undo", reason="Taken back at the desk."))
    ]
    assert lines(data, parks) == {first: "included", second: "included"}
    assert heading(olga.get("/links")) == ASKED
    again = olga.post(done, "/links/undo")
    assert (again.status_code, "There is nothing of yours to take back." in plain(again)) == (409, True)


def test_two_officers_are_given_two_pairs_and_what_is_put_off_comes_last(arrive: Arrive, officers: Officers) -> None:
    other = {"c1_given_name": "Rhodri", "c2_family_name": "Haystack", "c3_email": "hay@example.org"}
    arrive([FIRST, SECOND, {"q4_satisfied": "5", **other}, {"q4_satisfied": "1", **other}])
    olga, peter = officers("olga", "peter")
    pages = {one: one.get("/links") for one in (olga, peter)}
    jobs = [forms(page, "/links")[0]["job"] for page in pages.values()]
    assert len(set(jobs)) == 2
    taken = olga.get(f"/links?job={jobs[1]}")
    assert (taken.status_code, "Another person is at this pair; take the next one." in plain(taken)) == (409, True)
    own_token = forms(pages[olga], "/links")[0]["form_token"]
    stolen = olga.post(pages[peter], "/links", do="same", reason="x", form_token=own_token)
    assert (stolen.status_code, "Another person is at this pair now" in plain(stolen)) == (409, True)
    assert peter.post(pages[peter], "/links", do="different", reason="Two people.").status_code == 303
    assert heading(peter.get("/links")) == "No pair waits for you"
    assert olga.post(pages[olga], "/links", do="later").status_code == 303
    # Nothing else is left, so it comes again; and it is free for others.
    assert forms(peter.get("/links"), "/links")[0]["job"] == jobs[0]
    own = peter.get("/links/own")
    assert re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', own.text) == [
        (jobs[1].replace(":", " and "), "Of two"),
    ]
    assert "There is nothing yet." in plain(olga.get("/links/own"))


def test_who_responds_is_opened_for_a_reason_that_is_kept(arrive: Arrive, officers: Officers, data: DataFolder) -> None:
    pair = arrive([FIRST, SECOND])
    olga, peter = officers("olga", "peter")
    job = forms(olga.get("/links"), "/links")[0]["job"]
    asked = olga.get(f"/links/evidence?job={job}")
    assert ("Why you need to know" in plain(asked), NEEDLE in asked.text) == (True, False)
    empty = olga.post(asked, "/links/evidence", reason=" ")
    assert (empty.status_code, NEEDLE in empty.text) == (400, False)
    # Who is not at the pair is shown nothing.
    form = forms(asked, "/links/evidence")[0] | {"reason": "Curious"}
    other = peter.client.post("/links/evidence", data=form)
    assert (other.status_code, NEEDLE in other.text) == (409, False)
    assert decisions(data) == []
    opened = olga.post(asked, "/links/evidence", reason="Two like names")
    rows = re.findall(
        r"<tr[^>]*>\s*<th scope=\"row\"[^>]*>(.*?)</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td>", opened.text
    )
    assert rows == [
        ("given name", "Olwen", "Olwen"),
        ("family name", "Needleworth", "Needleworth"),
        ("email", NEEDLE, NEEDLE),
    ]
    assert decisions(data) == [("olga", SenderOpened(response=one, reason="Two like names")) for one in pair]
    assert opened.headers["cache-control"] == "no-store"


def test_what_is_not_this_pages_is_refused(arrive: Arrive, officers: Officers, data: DataFolder) -> None:
    first, second = arrive([FIRST, SECOND])
    (olga,) = officers("olga")
    page = olga.get("/links")
    assert olga.post(page, "/links", do="oops", reason="x").status_code == 400
    stale = olga.post(page, "/links", do="same", reason="x", form_token="0" * 64)
    assert (stale.status_code, "This form was open for too long." in plain(stale)) == (400, True)
    for job in ("", f"{second}:{first}", "<script>", f"{first}:{first}", "x" * 100_000):
        sent = olga.post(page, "/links", do="same", reason="x", job=job)
        assert (sent.status_code, "There is no such pair" in plain(sent)) == (409, True)
    long = olga.post(page, "/links", do="same", reason="x" * 1_001)
    assert (long.status_code, "at most 1000 characters" in plain(long)) == (400, True)
    huge = olga.client.post("/links", data={"reason": "x" * 5_000_000})
    assert huge.status_code == 409
    foreign = olga.client.post("/links", data=forms(page, "/links")[0], headers={"origin": "http://127.0.0.1:1"})
    assert foreign.status_code == 403
    assert decisions(data) == []
