"""A form keyed as a whole at the desk: saved in one piece, drafted, undone, given back, and counted by its batch."""

import html
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.journal import Journal
from ingest.post.keyed.drafts import forget_drafts
from ingest.post.scans.land_scans import Batch, land_scans
from orchestration.intake import landing_of, recipients_of
from schemas.data_folder import DataFolder
from schemas.decisions import Decision, KeyedAnswer, KeyingUndo
from schemas.definition import Definition
from schemas.sealing import read_identity
from tests.integration.keying.running import PARKS, Desk, build
from tests.integration.post.paper import as_tiff, filled, printed

TICKS = {
    "q1_use": ["parks"],
    "q4_satisfied": ["4"],
    "r1_capacity": ["resident"],
    "r4_age": ["from_65"],
    "p1_publish": ["no"],
}
FIRST, SECOND, THIRD = "q5_proposal", "r5_district", "q2_visits"
NEEDLE = "needle-in-an-answer"
StartDesk = Callable[[], Desk]
Scan = Callable[..., Definition]


@pytest.fixture
def scan(data: DataFolder, parks: Callable[..., Definition], tmp_path: Path) -> Scan:
    """Land and build forms in which these answers are written by hand."""

    def land(*forms: Sequence[str], **shares: float) -> Definition:
        definition = parks(**shares)
        files = []
        for number, written in enumerate(forms):
            files.append(tmp_path / f"scan-{number}.tif")
            # Each form ticks another box of the last question, so that no two files are the same.
            ticks = TICKS | {"q4_satisfied": [str(number + 1)]}
            files[-1].write_bytes(as_tiff(filled(printed(), ticks, list(written))))
        landing, recipients = landing_of(data, definition), recipients_of(data, definition)
        batch = Batch("may", "2007-05-10", date(2007, 5, 11))
        land_scans(files, batch, landing, recipients, definition=definition, clock=data.clock)
        build(data, definition)
        return definition

    return land


def get(client: httpx.Client, query: str = "") -> httpx.Response:
    return client.get(f"/keying/form{query}", follow_redirects=True)


def hidden(page: httpx.Response, action: str) -> list[tuple[str, str]]:
    form = next(one for one in re.findall(r"<form.*?</form>", page.text, re.DOTALL) if f'action="{action}"' in one)
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    return [(name, html.unescape(value)) for name, value in found]


def columns(page: httpx.Response) -> list[str]:
    return [value.rsplit(":", 2)[1] for name, value in hidden(page, "/keying/form") if name == "job"]


def typed(page: httpx.Response) -> list[str]:
    return [html.unescape(one) for one in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)]


def heading(page: httpx.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found
    return html.unescape(found[1])


def save(client: httpx.Client, page: httpx.Response, do: str = "save", at: str = "", **said: str) -> httpx.Response:
    """Post the page's form: `text__COLUMN` and `outcome__COLUMN` are those of the column's job."""
    fields: dict[str, Any] = {}
    for name, value in hidden(page, "/keying/form"):
        fields.setdefault(name, []).append(value)
    jobs = {job.rsplit(":", 2)[1]: job for job in fields["job"]}
    for name, value in said.items():
        what, column = name.split("__")
        fields[f"{what}-{jobs[column]}"] = value
    return client.post(f"/keying/form{at}", data=fields | {"do": do})


def journal(data: DataFolder) -> list[tuple[str, Decision]]:
    found = Journal(data.journal(PARKS.id), data.clock).read(read_identity(data.keys(PARKS.id)))
    return [(one.officer, one.decision) for one in found]


def keyed(page: httpx.Response, column: str, outcome: Any, answer: str | None = None) -> KeyedAnswer:
    response, _, role = next(
        value for name, value in hidden(page, "/keying/form") if name == "job" and f":{column}:" in value
    ).rsplit(":", 2)
    part = re.search(rf'data-draft="[^"]*:{column}:.*?<p class="govuk-hint">Keying, ([^<:]*)', page.text, re.DOTALL)
    assert part
    return KeyedAnswer(response=response, column=column, role=role, outcome=outcome, answer=answer, part=part[1])


def test_all_of_a_form_is_saved_in_one_piece_and_what_is_left_waits(
    scan: Scan, desk: StartDesk, data: DataFolder
) -> None:
    scan([FIRST, SECOND, THIRD])
    with desk().client("olga") as olga:
        page = get(olga)
        assert (heading(page), columns(page), page.text.count("<img")) == ("Key this form", [THIRD, FIRST, SECOND], 3)
        done = save(olga, page, text__q5_proposal=" More trees\r\nplease ", outcome__r5_district="illegible")
        assert done.status_code == 303
        assert journal(data) == [
            ("olga", keyed(page, FIRST, "answer", "More trees\nplease")),
            ("olga", keyed(page, SECOND, "illegible")),
        ]
        left = get(olga, done.headers["location"].removeprefix("/keying/form"))
        assert (columns(left), "Undo the last one" in left.text) == ([THIRD], True)
        assert save(olga, left, outcome__q2_visits="blank").status_code == 303
        assert heading(get(olga)) == "Nothing waits for you"
        assert journal(data)[-1] == ("olga", keyed(left, THIRD, "blank"))


def test_a_form_is_of_one_person_until_it_is_given_back(scan: Scan, desk: StartDesk) -> None:
    scan([FIRST], [SECOND])
    running = desk()
    with running.client("olga") as olga, running.client("peter") as peter:
        hers, his = get(olga), get(peter)
        assert sorted([*columns(hers), *columns(his)]) == [FIRST, SECOND]
        response = dict(hidden(hers, "/keying/form"))["response"]
        taken = get(peter, f"?response={response}")
        assert (taken.status_code, "another person is at it; take the next one." in taken.text) == (409, True)
        work = olga.get("/work").text
        assert ("olga (1)" in work, "peter (1)" in work) == (True, True)
        assert save(olga, hers, do="skip").headers["location"] == "/keying/form"
        assert columns(get(peter, f"?response={response}")) == columns(hers)
        assert get(peter).text.count("<textarea") == 1


def test_what_is_typed_is_kept_sealed_for_who_typed_it_until_it_is_saved(
    scan: Scan, desk: StartDesk, data: DataFolder
) -> None:
    scan([FIRST, SECOND])
    running, kept = desk(), data.root / "keying" / f"{PARKS.id}.sqlite"
    with running.client("olga") as olga, running.client("peter") as peter:
        page = get(olga)
        assert save(olga, page, at="/draft", text__q5_proposal=f"{NEEDLE} and").status_code == 204
        assert save(olga, page, at="/draft", text__q5_proposal=NEEDLE, outcome__r5_district="blank").status_code == 204
        assert journal(data) == []
        assert NEEDLE.encode() not in kept.read_bytes()
        again = get(olga)
        assert (typed(again), 'value="blank" checked' in again.text) == ([NEEDLE, ""], True)
        foreign = peter.post("/keying/form/draft", data=dict(hidden(page, "/keying/form")))
        assert (foreign.status_code, "open for too long" in foreign.text) == (409, True)
        save(olga, again, do="skip")
        assert typed(get(peter)) == ["", ""]
        save(peter, get(peter), do="skip")
        save(olga, get(olga), text__q5_proposal=NEEDLE, outcome__r5_district="blank")
        response = dict(hidden(page, "/keying/form"))["response"]
        assert forget_drafts(kept, [response]) == 0


def test_drafts_go_with_what_is_erased(scan: Scan, desk: StartDesk, data: DataFolder) -> None:
    scan([FIRST, SECOND])
    with desk().client("olga") as olga:
        page = get(olga)
        save(olga, page, at="/draft", text__q5_proposal=NEEDLE)
        kept, response = data.root / "keying" / f"{PARKS.id}.sqlite", dict(hidden(page, "/keying/form"))["response"]
        assert [forget_drafts(kept, ["another.1"]), forget_drafts(kept, [response])] == [0, 2]
        assert typed(get(olga)) == ["", ""]


def test_a_form_that_was_keyed_comes_back_as_it_was_typed(scan: Scan, desk: StartDesk, data: DataFolder) -> None:
    scan([FIRST, SECOND])
    with desk().client("olga") as olga:
        page = get(olga)
        done = save(olga, page, text__q5_proposal="More treees", outcome__r5_district="blank")
        after = get(olga, done.headers["location"].removeprefix("/keying/form"))
        back = olga.post("/keying/form/undo", data=dict(hidden(after, "/keying/form/undo")), follow_redirects=True)
        assert (columns(back), typed(back)) == ([FIRST, SECOND], ["More treees", ""])
        assert 'value="blank" checked' in back.text
        response = dict(hidden(page, "/keying/form"))["response"]
        assert journal(data)[-2:] == [
            ("olga", KeyingUndo(response=response, column=FIRST)),
            ("olga", KeyingUndo(response=response, column=SECOND)),
        ]
        twice = olga.post("/keying/form/undo", data=dict(hidden(after, "/keying/form/undo")))
        assert (twice.status_code, "There is nothing of yours to take back." in twice.text) == (409, True)


def test_what_is_undone_leaves_the_record_with_the_next_run(
    scan: Scan, desk: StartDesk, data: DataFolder, clean: Callable[..., list[dict[str, Any]]]
) -> None:
    scan([FIRST])
    with desk().client("olga") as olga:
        page = get(olga)
        done = save(olga, page, text__q5_proposal="More trees")
        assert clean(FIRST) == [{FIRST: "More trees"}]
        after = get(olga, done.headers["location"].removeprefix("/keying/form"))
        olga.post("/keying/form/undo", data=dict(hidden(after, "/keying/form/undo")))
        assert clean(FIRST) == [{FIRST: None}]
        assert columns(get(olga)) == [FIRST]


def test_one_in_the_sample_is_keyed_twice_and_a_third_person_settles(scan: Scan, desk: StartDesk) -> None:
    scan([FIRST, SECOND], double_key_share=1)
    running = desk()
    with running.client("olga") as olga, running.client("peter") as peter, running.client("mary") as mary:
        save(olga, get(olga), text__q5_proposal="Trees", text__r5_district="Benches")
        assert heading(get(olga)) == "Nothing waits for you"
        second = get(peter)
        assert (columns(second), typed(second)) == ([FIRST, SECOND], ["", ""])
        save(peter, second, text__q5_proposal="Trees", text__r5_district="Beaches")
        assert heading(get(peter)) == "Nothing waits for you"
        third = get(mary)
        assert (columns(third), "Settling a difference" in third.text) == ([SECOND], True)
        save(mary, third, text__r5_district="Benches")
        assert heading(get(mary)) == "Nothing waits for you"


def test_what_does_not_fit_is_said_at_its_place_and_the_rest_is_saved(
    scan: Scan, desk: StartDesk, data: DataFolder
) -> None:
    scan([FIRST, SECOND])
    with desk().client("olga") as olga:
        page = get(olga)
        save_again = save(olga, page, text__q5_proposal="x" * 1_000_001, text__r5_district="Benches")
        assert (save_again.status_code, columns(save_again)) == (400, [FIRST])
        assert "<title>Error: Keying a form" in save_again.text
        assert re.findall(r'<a href="#(\w+)">([^<]*)</a>', save_again.text.split("govuk-error-summary__list")[1]) == [
            ("f1", "The text is longer than 1000000 characters.")
        ]
        assert [one for _, one in journal(data)] == [keyed(page, SECOND, "answer", "Benches")]


def test_the_forms_of_a_batch_add_up_to_what_is_on_the_paper(scan: Scan, desk: StartDesk) -> None:
    scan([FIRST], [SECOND], [])
    with desk().client("olga") as olga:
        page = get(olga)
        (column,) = columns(page)
        save(olga, page, **{f"outcome__{column}": "blank"})
        rows = r"<tr[^>]*>\s*<th[^>]*>(may)</th>((?:\s*<td[^>]*>[^<]*</td>)*)"

        def counts(query: str) -> list[str]:
            found = re.search(rows, olga.get(f"/keying/batches{query}").text)
            assert found
            return re.findall(r"<td[^>]*>([^<]*)</td>", found[2])

        # Forms, keyed, waiting, read by machine, set aside, found on the paper, and whether they agree.
        assert counts("") == ["3", "1", "1", "1", "0", "not counted", "-"]
        assert counts("?count=again") == ["3", "1", "1", "1", "0", "3", "Yes"]
