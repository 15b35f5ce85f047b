"""A campaign's letter: coded once at the desk, twice checked, and holding for all who sent it unedited."""

from collections.abc import Callable
from typing import Any

from schemas.data_folder import DataFolder
from schemas.decisions import Coding
from tests.integration.desk.running import FIELD, LIMBS, Coder, heading, hidden, plain
from tests.integration.desk.test_coding_pages import decisions

LETTER = "We ask the council to keep the libraries open on Sundays, and to plant no more trees before it has asked us."
EDITED = f"{LETTER} I go there with my daughter every week."
OTHER = "No."


def test_a_letter_is_coded_once_for_all_who_sent_it_unedited(
    arrive: Callable[[list[dict[str, Any]]], list[str]],
    coders: Callable[..., list[Coder]],
    positions: Callable[[], list[tuple[str, str, str]]],
    data: DataFolder,
) -> None:
    other, first, edited, second, third = arrive([{FIELD: text} for text in (OTHER, LETTER, EDITED, LETTER, LETTER)])
    olga, peter = coders("olga", "peter")
    seen = {}
    for _ in range(3):
        page = olga.get()
        job = hidden(page, "/coding")["job"].split(":")[0]
        seen[job] = "What you code holds for 3 answers that are the letter unedited." in plain(page)
        assert olga.code("support" if job == first else "oppose", page=page).status_code == 303
    # The two copies are given to nobody.
    assert seen == {other: False, first: True, edited: False}
    assert heading(olga.get()) == "Nothing waits for you"
    assert {one.campaign for _, one in decisions(data) if isinstance(one, Coding) and one.response == first} == {first}
    expected = {first: "support", second: "support", third: "support", edited: "oppose", other: "oppose"}
    assert positions() == sorted((response, limb, code) for response, code in expected.items() for limb in LIMBS)
    # A second person who codes the letter differently leaves it open for all of them.
    page = peter.get()
    while not hidden(page, "/coding")["job"].startswith(first):
        assert peter.post(page, do="skip").status_code == 303
        page = peter.get()
    assert peter.code("oppose", page=page).status_code == 303
    assert {response for response, _, _ in positions()} == {edited, other}
