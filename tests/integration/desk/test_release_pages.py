"""Releases at the desk: from the draft to the withdrawal, by the roles and the states that the register knows."""

import html
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from orchestration.releases import manifest_sha256
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from tests.integration.desk.running import FIELD, hidden, plain
from tests.integration.keying.running import Desk
from transforms.release import life
from transforms.release.life import Standing

Answers = list[dict[str, Any]]
Arrive = Callable[[Answers], list[str]]
StartDesk = Callable[[], Desk]
LETTERS = [{FIELD: f"I am for it, number {number}.", "q1_use": "parks"} for number in range(12)]
REASON = "The figures were asked for"


@pytest.fixture
def standing(data: DataFolder, parks: Definition) -> Callable[[str], Standing]:
    return lambda release: life.standings(data.releases(parks.id))[release]


def post(client: httpx.Client, address: str, do: str = "", **said: str) -> httpx.Response:
    """Take a step with the token that the page has."""
    page = client.get(address)
    token = re.search(r'name="form_token" value="(\w+)"', page.text)
    form = {"form_token": token[1] if token else "", "do": do} | said
    return client.post(address, data=form)


def draft(client: httpx.Client) -> str:
    """Draft a release of the current version; its address."""
    made = post(client, "/releases", reason=REASON, as_at="")
    assert made.status_code == 303
    return made.headers["location"]


def said(page: httpx.Response) -> str:
    """What the summary of a refused step says."""
    found = re.search(r"govuk-error-summary__list.*?</ul>", page.text, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", found[0].split(">", 1)[1])).split()) if found else ""


def test_a_release_is_drafted_checked_approved_by_another_published_and_withdrawn(
    arrive: Arrive, desk: StartDesk, data: DataFolder, parks: Definition, standing: Callable[[str], Standing]
) -> None:
    arrive(LETTERS)
    running = desk()
    with running.client("olga") as olga, running.client("paula", "publisher") as paula:
        address = draft(paula)
        release = address.rsplit("/", 1)[1]
        sha256 = manifest_sha256(data, parks, release)
        assert sha256 in plain(olga.get(address))
        early = post(paula, address, "approve", reason="")
        assert (early.status_code, said(early)) == (
            400,
            f"{release} is drafted, so it cannot be approved: check it with 'yoursay release check'.",
        )
        assert post(olga, address, "check").status_code == 303
        hers = post(paula, address, "approve", reason="")
        assert said(hers) == f"{release} was drafted by paula; somebody else has to approve it."
        officer = post(olga, address, "approve", reason="")
        assert said(officer) == "olga is an officer; this is for a publisher."
        with running.client("percy", "publisher") as percy:
            assert post(percy, address, "approve", reason="Looked at").status_code == 303
            nobody = post(percy, address, "publish", reason="")
            assert said(nobody) == "Say for whom it is published: for members or for the public."
            assert post(percy, address, "publish", audience="members", reason="").status_code == 303
            assert (standing(release).state, standing(release).audience) == ("published", "members")
            silent = post(percy, address, "withdraw", reason=" ")
            assert said(silent) == "Say why; it is shown where the release was."
            assert post(percy, address, "withdraw", reason="A slip in the frame").status_code == 303
        shown = plain(olga.get(address))
        assert (standing(release).state, standing(release).reason) == ("withdrawn", "A slip in the frame")
        steps = re.findall(r"(Drafted|Checked|Approved|Published|Withdrawn) (paula|olga|percy)", shown)
        assert steps == [
            ("Drafted", "paula"),
            ("Checked", "olga"),
            ("Approved", "percy"),
            ("Published", "percy"),
            ("Withdrawn", "percy"),
        ]
        assert "Nothing: it is withdrawn." in shown


def test_nothing_goes_to_the_public_while_an_officer_has_something_to_decide(
    arrive: Arrive, desk: StartDesk, data: DataFolder, standing: Callable[[str], Standing], parks: Definition
) -> None:
    # Two people of one household: nobody knows yet whether they are one.
    names = {"c1_given_name": "Ann", "c2_family_name": "Quillstone", "r5_district": "DE1"}
    arrive([*LETTERS, {FIELD: "I like it.", **names}, {FIELD: "I do not.", **names, "c3_email": "ann@example.org"}])
    running = desk()
    with running.client("olga") as olga, running.client("paula", "publisher") as paula:
        address = draft(olga)
        release = address.rsplit("/", 1)[1]
        assert "nobody has decided whether one respondent sent both" in plain(paula.get(address))
        post(olga, address, "check")
        post(paula, address, "approve", reason="")
        refused = post(paula, address, "publish", audience="public", reason="")
        kept = said(refused).startswith(f"{release} may not go to the public yet. Of 1 pair of responses nobody has")
        assert (refused.status_code, kept) == (400, True)
        assert standing(release).state == "approved"
        assert post(paula, address, "publish", audience="members", reason="").status_code == 303


def test_a_correction_names_its_successor_and_what_changed_is_shown(
    arrive: Arrive, desk: StartDesk, data: DataFolder, parks: Definition, standing: Callable[[str], Standing]
) -> None:
    arrive(LETTERS)
    running = desk()
    with running.client("olga") as olga, running.client("paula", "publisher") as paula:

        def published(address: str) -> str:
            post(olga, address, "check")
            post(paula, address, "approve", reason="")
            assert post(paula, address, "publish", audience="members", reason="").status_code == 303
            return address

        first = published(draft(olga))
        assert "There is no earlier release to hold it against." in plain(olga.get(first))
        arrive([{FIELD: f"One more, number {number}."} for number in range(3)])
        second = published(draft(olga))
        shown = plain(olga.get(second))
        assert f"Held against {first.rsplit('/', 1)[1]}, by what the two releases show and nothing else." in shown
        assert "ledger web, included responses 12 15" in shown
        names = [one.rsplit("/", 1)[1] for one in (first, second)]
        done = post(paula, first, "correct", successor=names[1], reason="Three came late")
        assert done.status_code == 303
        assert (standing(names[0]).state, standing(names[0]).corrected_by) == ("corrected", names[1])
        assert f"Corrected by {names[1]}" in plain(olga.get(first))
        listed = re.findall(r'href="/releases/(r-\w+)">', olga.get("/releases").text)
        assert listed == [names[1], names[0]]


def test_only_who_may_see_releases_sees_them_and_a_form_of_another_session_is_refused(
    arrive: Arrive, desk: StartDesk, data: DataFolder
) -> None:
    arrive(LETTERS)
    running = desk()
    with running.client("mary", "member") as mary, running.client("olga") as olga, running.client("otto") as otto:
        assert [mary.get(path).status_code for path in ("/releases", "/releases/r-0")] == [403, 403]
        missing = olga.get("/releases/r-0")
        assert (missing.status_code, "There is no release 'r-0'" in plain(missing)) == (404, True)
        foreign = otto.post("/releases", data=hidden(olga.get("/releases"), "/releases") | {"reason": REASON})
        assert (foreign.status_code, "This form was open for too long" in said(foreign)) == (400, True)
        publisher = running.client("paula", "publisher").get("/releases")
        menu = re.findall(r'class="govuk-service-navigation__link" href="([^"]*)"', publisher.text)
        assert [path for path in menu if path not in ("/final", "/report")] == ["/work", "/releases", "/sign-out"]


def test_a_release_whose_files_were_changed_is_said_to_be_damaged_and_fails_its_check(
    arrive: Arrive, desk: StartDesk, data: DataFolder, parks: Definition
) -> None:
    arrive(LETTERS)
    running = desk()
    with running.client("olga") as olga:
        address = draft(olga)
        manifest = data.releases(parks.id) / address.rsplit("/", 1)[1] / "manifest.json"
        manifest.chmod(0o600)
        manifest.write_text(manifest.read_text("utf-8").replace('"interim": true', '"interim": false'))
        assert "This is not what was drafted; draft it again." in plain(olga.get(address))
        assert post(olga, address, "check").status_code == 303
        shown = olga.get(address)
        assert ("The last check found" in plain(shown), "manifest.json" in plain(shown)) == (True, True)


def test_the_same_version_gives_the_same_release_again(arrive: Arrive, desk: StartDesk) -> None:
    arrive(LETTERS)
    running = desk()
    with running.client("olga") as olga:
        address = draft(olga)
        again = post(olga, "/releases", reason=REASON, as_at="")
        release = address.rsplit("/", 1)[1]
        assert (again.status_code, said(again).startswith(f"{release} was drafted by olga and is drafted")) == (
            400,
            True,
        )
