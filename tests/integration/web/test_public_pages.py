"""The pages around the form: states, languages, headers, refusals."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests

from ingest.web.settings import prepare_public_server
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from tests.integration.web.respondent import Respondent, Shown

# What waits on a device is shown by the script, where something does.
WAITING = "Not yet sent Saved on this device and not yet sent: . The oldest was saved: . "


def _main_text(html: str) -> str:
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).strip()


def test_the_list_shows_each_consultation_with_who_asks_and_its_state(
    publish: Callable[[str], Definition], serve: Callable[[], object], clock: SteppedClock
) -> None:
    publish("third-sector-2007")
    parks = publish("parks-and-libraries-2007")
    with serve() as url:
        clock.moment = parks.opens_at() + timedelta(days=35)
        assert _main_text(requests.get(url, timeout=10).text) == (
            f"{WAITING}Consultations Have your say on what your council is planning."
            " Parks and libraries: what should we do next? Northmere Borough Council (invented)"
            f" {parks.questionnaire.notice.in_language('en')} Open. Closing date: 31 July 2007"
            " A Joint Commissioning Framework for the Third Sector"
            " Derby City Council, Derby City Primary Care Trust Closed. Closing date: 31 May 2007 Results awaited."
        )


@pytest.mark.parametrize(
    ("days_after_closing", "sentence", "offers_the_form"),
    [
        (-93, "This consultation opens on 1 March 2007. You can answer from that day.", False),
        (-1, "You can answer until the end of 31 May 2007.", True),
        (0, "This consultation closed on 31 May 2007. It takes no more answers here.", False),
    ],
)
def test_a_consultation_says_whether_it_can_be_answered_and_offers_the_form_only_then(
    third_sector_url: str,
    third_sector: Definition,
    clock: SteppedClock,
    days_after_closing: int,
    sentence: str,
    offers_the_form: bool,
) -> None:
    clock.moment = third_sector.closes_at() + timedelta(days=days_after_closing)
    page = requests.get(f"{third_sector_url}/third-sector-2007", timeout=10)
    form = requests.get(f"{third_sector_url}/third-sector-2007/respond", timeout=10, allow_redirects=False)
    assert sentence in page.text
    assert ('href="/third-sector-2007/respond"' in page.text) == offers_the_form
    assert (form.status_code, form.headers.get("location")) == (
        (303, "/third-sector-2007/respond/question-1" if offers_the_form else "/third-sector-2007")
    )


def test_the_first_page_carries_all_that_the_definition_tells_respondents(quiet: Any) -> None:
    text = _main_text(requests.get(f"{quiet.url}/third-sector-2007", timeout=10).text).replace("&#39;", "'")
    questionnaire = quiet.definition.questionnaire
    told = [questionnaire.title, questionnaire.summary, questionnaire.return_address, questionnaire.stated_duration]
    told += [questionnaire.published_on, questionnaire.other_formats, *questionnaire.return_ways]
    told += [promise.text for promise in questionnaire.promises]
    for one in told:
        assert re.sub(r"\s+", " ", str(one)).strip() in text
    assert quiet.definition.policy.dates.discrepancy in text


def test_a_simulated_clock_and_an_invented_consultation_say_so_on_every_page_of_it(
    parks_url: str, parks: Definition
) -> None:
    for path in ("", "/respond"):
        page = requests.get(f"{parks_url}/{parks.id}{path}", timeout=10).text
        assert "Demonstration: this clock reads 14 May 2007. It is not the real date." in page
        assert parks.questionnaire.notice.in_language("en") in page


def test_the_first_page_begins_with_the_summary_then_the_promises_then_the_start(quiet: Any) -> None:
    page = Shown(requests.get(f"{quiet.url}/third-sector-2007", timeout=10).text)
    questionnaire = quiet.definition.questionnaire
    in_order = [
        questionnaire.title.in_language("en"),
        "is draft guidance on processes to be adopted",
        "What we promise",
        *(promise.text.in_language("en") for promise in questionnaire.promises),
        "You can answer until the end of 31 May 2007.",
        "You do not have to answer every question.",
        "Start",
        "Ways to answer",
        "Other formats and help",
    ]
    places = []
    for words in in_order:
        places.append(page.text.index(words, places[-1] + 1 if places else page.text.index("It is not the real date.")))
    assert places == sorted(places)
    assert page.headings == [questionnaire.title.in_language("en")]
    assert page.links["/third-sector-2007/respond"] == "Start"


def test_a_page_follows_the_language_asked_for_and_an_unknown_one_is_the_first(
    parks_url: str, parks: Definition
) -> None:
    people = [
        Respondent(parks_url, parks.id, query).open() for query in ("", "?lang=ar", "?lang=xx", '?lang="><script>')
    ]
    told = [person.page.attributes for person in people]
    assert [(one["lang"], one["dir"]) for one in told] == [("en", "ltr"), ("ar", "rtl"), ("en", "ltr"), ("en", "ltr")]
    arabic = people[1].page
    assert arabic.form.action == f"/{parks.id}/respond/question-1?lang=ar"
    assert parks.questionnaire.title.in_language("ar") in arabic.title
    assert people[1].fill({}).page.links[f"/{parks.id}/respond/save?lang=ar"] == "احفظ وعُد لاحقًا"
    assert "أرسل إجاباتي" in people[1].page.text


def test_a_conditional_question_says_when_it_applies(quiet: Any) -> None:
    person = Respondent(quiet.url, "third-sector-2007").open().fill({}, until="/respond/r1_type")
    person.give({"r1_type": ["public_sector_rep"]})
    assert person.path == "/respond/r2_organisation"
    assert (
        "Answer this if you chose “representative of a voluntary or community organisation?” or"
        " “representative of a public sector organisation?”."
    ) in person.page.text


def test_contact_details_tell_browsers_what_they_are(parks_url: str) -> None:
    page = Respondent(parks_url, "parks-and-libraries-2007").open().open("/respond/c1_given_name").answer.text
    controls = {match[1]: match[0] for match in re.finditer(r'<input[^>]* name="(c\d_[a-z_]+)"[^>]*>', page)}
    told = {name: re.findall(r'(?:type|autocomplete)="([^"]+)"', control) for name, control in controls.items()}
    assert told == {
        "c1_given_name": ["text", "given-name"],
        "c2_family_name": ["text", "family-name"],
        "c3_email": ["email", "email"],
        "c4_phone": ["tel", "tel"],
    }


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/help",
        "/receipt",
        "/third-sector-2007",
        "/third-sector-2007/respond",
        "/third-sector-2007/respond/save",
        "/third-sector-2007/form",
        "/third-sector-2007/change",
        "/nowhere",
        "/api/keys",
        "/%00",
        "/..",
    ],
)
def test_every_answer_carries_the_security_headers_and_nothing_of_another_site(quiet: Any, path: str) -> None:
    answer = requests.get(quiet.url + path, timeout=10)
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy.pop("script-src").startswith("'self' 'sha256-")
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "font-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "server" not in answer.headers
    # The same for everybody, or to be shown again by a browser that goes back.
    kept = {"/third-sector-2007": "no-cache", "/third-sector-2007/form": "no-cache"}
    kept |= {"/third-sector-2007/respond": "private, no-cache"}
    assert answer.headers["cache-control"] == kept.get(path, "no-store")
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', answer.text)


def test_the_pages_files_are_there_and_kept_for_long(quiet: Any) -> None:
    page = requests.get(quiet.url, timeout=10).text
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert sorted(re.sub(r"-[0-9a-f]{12}", "", file) for file in files) == [
        "/static/app.css",
        "/static/app.js",
        "/static/icon.svg",
    ]
    style = requests.get(quiet.url + next(file for file in files if file.endswith(".css")), timeout=10).text
    fonts = re.findall(r"url\(([^)]+)\)", style)
    assert all(re.fullmatch(r"noto-[a-z0-9-]+\.woff2", font) for font in fonts)
    for file in [*files, *(f"/static/{font}" for font in fonts)]:
        answer = requests.get(quiet.url + file, timeout=10)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/nowhere/respond", 404),
        ("POST", "/nowhere/respond/check", 404),
        ("POST", "/third-sector-2007/send", 404),
        ("POST", "/third-sector-2007/respond", 405),
        ("GET", "/third-sector-2007/received/AAAA-AAAA", 404),
        ("GET", "/third-sector-2007/respond/question-99", 404),
        ("DELETE", "/third-sector-2007/respond/check", 405),
        ("GET", "/third-sector-2007/", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/nothing.css", 404),
        ("DELETE", "/third-sector-2007", 405),
        ("GET", "/%2e%2e%2fkeys", 404),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence_on_a_page(quiet: Any, method: str, path: str, status: int) -> None:
    request = requests.Request(method, quiet.url + path).prepare()
    request.url = quiet.url + path
    with requests.Session() as session:
        answer = session.send(request, timeout=10, allow_redirects=False)
    assert answer.status_code == status
    assert re.search(r"This did not work</h1>\s*<p class=\"govuk-body\">[A-Z][^<]+\.</p>", answer.text)


def test_a_definition_in_disorder_takes_only_itself_away(
    publish: Callable[[str], Definition], serve: Callable[[], object], data: DataFolder
) -> None:
    publish("third-sector-2007")
    publish("parks-and-libraries-2007")
    with serve() as url:
        (data.definitions / "parks-and-libraries-2007" / "policy.toml").write_text("not toml")
        broken = requests.get(f"{url}/parks-and-libraries-2007", timeout=10)
        assert (broken.status_code, "not available just now" in broken.text, "policy.toml" in broken.text) == (
            503,
            True,
            False,
        )
        listed = requests.get(url, timeout=10).text
        assert ("third-sector-2007" in listed, "parks-and-libraries-2007" in listed) == (True, False)


def test_a_consultation_published_while_the_server_runs_is_offered_once_prepared(
    publish: Callable[[str], Definition], serve: Callable[[], object], data: DataFolder
) -> None:
    with serve() as url:
        assert "No consultation is published here at the moment." in requests.get(url, timeout=10).text
        publish("third-sector-2007")
        assert requests.get(f"{url}/third-sector-2007", timeout=10).status_code == 404
        prepare_public_server(data)
        assert requests.get(f"{url}/third-sector-2007", timeout=10).status_code == 200
