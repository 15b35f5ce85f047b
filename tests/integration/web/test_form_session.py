"""The session of the form without a script: its cookie, its end, its token against forgery, and what is on the disk."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from ingest.web.form.session import COOKIE
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from tests.integration.web.conftest import serving
from tests.integration.web.respondent import Respondent, arrived

THIRD, PARKS = "third-sector-2007", "parks-and-libraries-2007"
NEEDLE = "Νεεδλε-needle-7f3a ਹਾਂ"


def sessions(data: DataFolder) -> int:
    with closing(sqlite3.connect(data.public_server / "store.sqlite")) as store:
        return int(store.execute("SELECT count(*) FROM sessions").fetchone()[0])


def test_the_cookie_is_a_random_key_for_this_consultation_that_goes_with_the_browser(quiet: Any) -> None:
    for path in ("/", f"/{THIRD}", f"/{THIRD}/form", "/receipt", "/help"):
        assert "set-cookie" not in requests.get(quiet.url + path, timeout=10).headers
    answers = [
        requests.get(f"{quiet.url}/{THIRD}/respond", timeout=10, allow_redirects=False).headers["set-cookie"]
        for _ in range(2)
    ]
    assert answers[0] != answers[1]
    for cookie in answers:
        assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}; HttpOnly; Path=/{THIRD}; SameSite=lax", cookie)


@pytest.mark.parametrize(("behind", "end"), [(("127.0.0.1",), "; SameSite=lax; Secure"), ((), "; SameSite=lax")])
def test_the_cookie_is_secure_where_a_proxy_that_is_named_speaks_tls(
    third_sector: Definition, data: DataFolder, clock: SteppedClock, behind: tuple[str, ...], end: str
) -> None:
    with serving(data, clock, behind) as url:
        headers = {"x-forwarded-proto": "https"}
        answer = requests.get(f"{url}/{third_sector.id}/respond", headers=headers, timeout=10, allow_redirects=False)
    assert answer.headers["set-cookie"].endswith(end)


@pytest.mark.parametrize("spoil", ["wrong", "missing", "of another", "no cookie"])
def test_a_page_without_its_token_stores_nothing_and_comes_back_filled(
    third_sector_url: str, data: DataFolder, third_sector: Definition, spoil: str
) -> None:
    person = Respondent(third_sector_url, THIRD).open().give({"q1a_term": "before"}).open("/respond/r1_type")
    form = person.page.form
    if spoil == "wrong":
        form.hidden["form-csrf"] = "0" * 64
    elif spoil == "missing":
        del form.hidden["form-csrf"]
    elif spoil == "of another":
        form.hidden["form-csrf"] = Respondent(third_sector_url, THIRD).open().page.form.hidden["form-csrf"]
    else:
        person.session.cookies.clear()
    asked = person.give({"r1_type": ["other"], "r1_type_other": "kept"}, form=form)
    assert asked.answer.status_code == 403
    assert asked.page.title.startswith("Error: ")
    assert asked.page.form.filled == {"r1_type": ["other"], "r1_type_other": ["kept"]}
    assert "Please send this page again" in asked.page.text
    if spoil != "no cookie":
        assert person.open("/respond/r1_type").page.form.filled == {}
        person.give({"r1_type": ["other"], "r1_type_other": "kept"}).open("/respond/check").give().receipt()
        (event,) = arrived(third_sector_url, data, third_sector)
        assert event.document is not None
        assert event.document.answers == {"q1a_term": "before", "r1_type": ["other"], "r1_type_other": "kept"}


@pytest.mark.parametrize("given", [{"form-csrf": "0" * 64}, {}])
def test_nothing_is_sent_and_nothing_deleted_without_the_token(
    third_sector_url: str, data: DataFolder, third_sector: Definition, given: dict[str, str]
) -> None:
    person = Respondent(third_sector_url, THIRD).open().fill({"q2_place": "yes"})
    check = person.page.form
    asked = person.post(check.action, given)
    assert (asked.answer.status_code, asked.page.title[:6]) == (403, "Error:")
    person.post(f"/{THIRD}/respond/clear", given)
    assert arrived(third_sector_url, data, third_sector) == []
    assert person.open("/respond/question-2").page.form.filled == {"q2_place": ["yes"]}


def test_after_a_day_the_answers_are_gone_but_what_was_just_posted_is_kept_and_said(
    third_sector_url: str, data: DataFolder, third_sector: Definition, clock: SteppedClock
) -> None:
    person = Respondent(third_sector_url, THIRD).open().give({"q1a_term": "before"})
    clock.moment += timedelta(hours=25)
    person.give({"q2_place": "just written"})
    assert person.page.headings == ["Your earlier answers are no longer kept"]
    assert "What you have just written is kept." in person.page.text
    assert person.page.links[f"/{THIRD}/respond/question-1"] == "Go to the first question"
    person.open("/respond/check").give().receipt()
    (event,) = arrived(third_sector_url, data, third_sector)
    assert event.document is not None
    assert event.document.answers == {"q2_place": "just written"}


def test_each_page_keeps_the_answers_for_another_day_and_what_has_expired_leaves_the_store(
    third_sector_url: str, data: DataFolder, clock: SteppedClock
) -> None:
    person = Respondent(third_sector_url, THIRD).open().give({"q1a_term": "kept"})
    for _ in range(3):
        clock.moment += timedelta(hours=23)
        person.give({})
    assert person.open("/respond/question-1").page.form.filled == {"q1a_term": ["kept"]}
    assert sessions(data) == 1
    clock.moment += timedelta(hours=25)
    Respondent(third_sector_url, THIRD).open()
    assert sessions(data) == 1
    assert person.open("/respond/question-1").page.form.filled == {}


def test_answers_are_deleted_from_the_store_at_once_where_somebody_asks(
    third_sector_url: str, data: DataFolder
) -> None:
    person = Respondent(third_sector_url, THIRD).open().give({"q1a_term": "not for you"})
    (clear,) = [form for form in person.page.forms if form.action.endswith("/respond/clear")]
    assert person.give(form=clear).path == ""
    assert sessions(data) == 0
    assert person.open().page.form.filled == {}


@pytest.mark.parametrize("cookie", ["", "x", "é", "A" * 43, "A" * 5_000, "=" * 43, "../../etc/passwd", "%00", '"'])
def test_a_cookie_that_nobody_gave_is_no_session_and_no_error(quiet: Any, cookie: str) -> None:
    headers = {"cookie": f"{COOKIE}={cookie}".encode(), "content-type": "application/x-www-form-urlencoded"}
    begun = requests.get(f"{quiet.url}/{THIRD}/respond", headers=headers, timeout=10, allow_redirects=False)
    assert (begun.status_code, begun.headers["location"]) == (303, f"/{THIRD}/respond/question-1")
    posted = requests.post(f"{quiet.url}/{THIRD}/respond/question-2", data=b"q2_place=x", headers=headers, timeout=10)
    assert posted.status_code == 403
    sent = requests.post(f"{quiet.url}/{THIRD}/respond/check", data=b"", headers=headers, timeout=10)
    assert sent.status_code == 200
    assert quiet.stored() == 0


def test_a_key_of_one_consultation_opens_nothing_in_another(
    publish: Callable[[str], Definition], serve: Callable[[], Any], data: DataFolder
) -> None:
    publish(THIRD)
    parks = publish(PARKS)
    with serve() as url:
        person = Respondent(url, THIRD)
        person.respond({"q2_place": "sent"})
        key = person.session.cookies.get(COOKIE)
        other = Respondent(url, PARKS)
        other.session.cookies.set(COOKIE, key, domain="127.0.0.1", path=f"/{PARKS}")
        assert other.open("/respond/received").path == "/respond/question-1"
        other.session.cookies.set(COOKIE, key, domain="127.0.0.1", path=f"/{PARKS}")
        other.post(f"/{PARKS}/respond/again", {"form-csrf": person.page.form.hidden["form-csrf"]})
        assert other.path == "/respond/question-1"
        other.open("/respond/check").give().receipt()
        (event,) = arrived(url, data, parks)
        assert (event.event, event.relates_to) == ("submission", None)


def test_no_word_of_an_answer_is_on_the_servers_disk_or_in_its_log(
    third_sector_url: str, data: DataFolder, third_sector: Definition, capfd: pytest.CaptureFixture[str]
) -> None:
    person = Respondent(third_sector_url, THIRD).open()
    person.session.headers["user-agent"] = "Agent-7f3a"
    person.fill({"q2_place": NEEDLE, "r1_type": ["other"], "r1_type_other": NEEDLE})
    assert person.page.rows[2][1] == [NEEDLE]
    person.post(f"/{THIRD}/respond/question-2", {"unknown": NEEDLE})
    assert person.answer.status_code == 400
    while_open = _files(data)
    person.open("/respond/check").give().receipt()
    after = _files(data)
    logged = capfd.readouterr()
    assert len(arrived(third_sector_url, data, third_sector)) == 1
    for files in (while_open, after | {"stdout": logged.out.encode(), "stderr": logged.err.encode()}):
        assert sum(map(len, files.values())) > 4_096
        for needle in (
            NEEDLE.encode(),
            NEEDLE.encode("utf-16-le"),
            urlencode({"": NEEDLE}).encode()[1:],
            b"needle-7f3a",
            b"Agent-7f3a",
            b"127.0.0.1",
            str(person.session.cookies.get(COOKIE)).encode(),
        ):
            assert [name for name, content in files.items() if needle in content] == []


def _files(data: DataFolder) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in sorted(data.root.rglob("*")) if file.is_file()}
