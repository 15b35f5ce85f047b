"""The queue's page: who may see it, what it shows and takes, without a script."""

import html
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from schemas.definition import Definition
from tests.integration.keying.running import Desk

Parks = Callable[..., Definition]
Letter = Callable[[str, str], None]
Mail = Callable[..., None]
Clean = Callable[..., list[dict[str, Any]]]
StartDesk = Callable[[], Desk]
Yoursay = Callable[..., Any]
NEEDLE = "needle-in-an-answer"
LETTER = f"1. Parks\n5. {NEEDLE}\n6. More benches\n"


def fields(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of the page's form."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    return {name: html.unescape(value) for name, value in found}


def heading(page: httpx.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found
    return html.unescape(found[1])


def post(client: httpx.Client, page: httpx.Response, outcome: str, **more: Any) -> httpx.Response:
    return client.post("/keying", data=fields(page) | {"outcome": outcome} | more)


@pytest.fixture
def waiting(yoursay: Yoursay, parks: Parks, letter: Letter, mail: Mail, clean: Clean) -> Callable[..., None]:
    """Two answers that wait: a text and a choice."""

    def prepare(**shares: float) -> None:
        parks(**shares)
        letter("ann", LETTER)
        mail("bob", q1_use=["parks", "both"], q5_proposal="Yes")
        assert yoursay("mail").code == 0
        clean()

    return prepare


def test_an_officer_keys_one_answer_after_the_other(
    waiting: Callable[..., None], desk: StartDesk, clean: Clean
) -> None:
    waiting()
    olga = desk().client("olga")
    assert olga.get("/").headers["location"] == "/work"
    seen = set()
    for _ in range(2):
        page = olga.get("/keying")
        assert page.status_code == 200
        seen.add(heading(page))
        if 'name="text"' in page.text:
            assert "A machine read this. Check every word of it." in page.text
            done = post(olga, page, "answer", text="Yes,\r\nplease")
        else:
            assert page.text.count('type="radio"') == 5
            done = post(olga, page, "answer", code="both")
        assert (done.status_code, done.headers["location"].partition("=")[0]) == (303, "/keying?done")
    assert seen == {"1. Which do you use most?", "5. What do you think of this proposal?"}
    assert heading(olga.get("/keying")) == "Nothing waits for you"
    found = clean("q1_use", "q5_proposal")
    assert sorted((row["q1_use"], row["q5_proposal"]) for row in found) == [("both", "Yes"), ("parks", "Yes,\nplease")]


def test_what_cannot_be_taken_is_shown_again_with_what_was_typed(waiting: Callable[..., None], desk: StartDesk) -> None:
    waiting()
    olga = desk().client("olga")
    page = olga.get("/keying")
    while 'name="text"' not in page.text:
        assert post(olga, page, "skip").status_code == 303
        page = olga.get("/keying")
    again = post(olga, page, "answer", text=" \r\n")
    assert (again.status_code, heading(again)) == (400, heading(page))
    assert "The text is empty: say that the answer is blank or illegible instead." in again.text
    stale = olga.post("/keying", data=fields(page) | {"form_token": "0" * 64, "outcome": "answer", "text": NEEDLE})
    assert (stale.status_code, f">{NEEDLE}</textarea>" in stale.text) == (400, True)
    assert post(olga, page, "nothing").status_code == 400
    assert olga.post("/keying", content=b"x" * (4 * 1024 * 1024 + 1)).status_code == 409
    # Nothing of it was recorded: the job is still there.
    assert fields(olga.get("/keying"))["job"] == fields(page)["job"]


def test_two_officers_get_different_jobs_and_settle_a_difference_together(
    waiting: Callable[..., None], desk: StartDesk, clean: Clean
) -> None:
    waiting(double_key_share=1)
    running = desk()
    olga, peter = running.client("olga"), running.client("peter")
    first, other = olga.get("/keying"), peter.get("/keying")
    assert fields(first)["job"] != fields(other)["job"]
    for page, client in ((first, olga), (other, peter)):
        answer = {"text": "one way"} if 'name="text"' in page.text else {"code": "both"}
        assert post(client, page, "answer", **answer).status_code == 303
    # Now each gets the other's, and is not told what was keyed.
    mine, theirs = olga.get("/keying"), peter.get("/keying")
    assert (fields(mine)["job"], fields(theirs)["job"]) == (fields(other)["job"], fields(first)["job"])
    for page, client in ((mine, olga), (theirs, peter)):
        assert "one way" not in page.text and " checked" not in page.text
        answer = {"text": "otherwise"} if 'name="text"' in page.text else {"code": "both"}
        assert post(client, page, "answer", **answer).status_code == 303
    assert heading(olga.get("/keying")) == "Nothing waits for you"
    listed = olga.get("/keying/differences")
    (address,) = re.findall(r'<a href="(/keying\?job=[^"]*)">5\. What do you think', listed.text)
    page = olga.get(html.unescape(address))
    assert re.findall(r'<option value="(\w+)"', page.text) == ["peter"]
    assert post(olga, page, "answer", text="together", settled_with="peter").status_code == 303
    assert "There is nothing." in peter.get("/keying/differences").text
    assert ("parks", "together") in [(row["q1_use"], row["q5_proposal"]) for row in clean("q1_use", "q5_proposal")]


def test_only_officers_who_are_signed_in_see_anything(waiting: Callable[..., None], desk: StartDesk) -> None:
    waiting()
    running = desk()
    job = fields(running.client("olga").get("/keying"))["job"]
    paths = ("/", "/keying", "/keying/differences", f"/keying?job={job}", f"/keying/picture/1?job={job}")
    nobody = httpx.Client(base_url=running.address)
    for path in paths:
        assert nobody.get(path).status_code == 401
        assert nobody.get(path, headers={"accept": "text/html"}).headers["location"].startswith("/sign-in?next=")
    assert nobody.post("/keying", data={"job": job, "outcome": "blank"}).status_code == 401
    for role in ("member", "publisher", "engineer"):
        client = running.client(f"a-{role}", role)
        for path in paths[1:]:
            assert (client.get(path).status_code, NEEDLE in client.get(path).text) == (403, False)
        assert client.post("/keying", data={"job": job, "outcome": "blank"}).status_code == 403
        assert client.get("/sign-out").status_code == 200


def test_a_form_of_another_page_is_refused(waiting: Callable[..., None], desk: StartDesk) -> None:
    waiting()
    running = desk()
    olga = running.client("olga")
    page = olga.get("/keying")
    foreign = olga.post("/keying", data=fields(page) | {"outcome": "blank"}, headers={"origin": "http://127.0.0.1:1"})
    assert foreign.status_code == 403
    # Another officer's form does not fit this session.
    other = fields(running.client("peter").get("/keying"))["form_token"]
    assert olga.post("/keying", data=fields(page) | {"form_token": other, "outcome": "blank"}).status_code == 400
    assert fields(olga.get("/keying"))["job"] == fields(page)["job"]


def test_pages_are_kept_by_no_browser_and_run_no_script(waiting: Callable[..., None], desk: StartDesk) -> None:
    waiting()
    page = desk().client("olga").get("/keying")
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "font-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert (page.headers["cache-control"], "<script" in page.text) == ("no-store", False)


def test_before_the_first_run_the_page_says_what_to_do(parks: Parks, desk: StartDesk) -> None:
    parks()
    page = desk().client("olga").get("/keying")
    assert (page.status_code, "nothing is published yet; run the pipeline." in page.text) == (409, True)
