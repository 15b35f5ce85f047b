"""Answers in other languages: withheld, translated by a person, and coded beside the original."""

import re
from collections.abc import Callable
from typing import Any

from schemas.data_folder import DataFolder
from schemas.decisions import Coding, Translation
from schemas.definition import Definition
from tests.integration.desk.running import FIELD, LIMBS, Coder, heading, hidden, plain
from tests.integration.desk.test_coding_pages import QUESTION, decisions
from tests.integration.keying.running import build

Arrive = Callable[[list[dict[str, Any]]], list[str]]
Coders = Callable[..., list[Coder]]
POLISH = (
    "Uważam, że biblioteka powinna być otwarta w niedzielę, ponieważ wtedy mamy czas. "
    "Proszę dzwonić do mojej siostry Katarzyny Wiśniewskiej, ona wie wszystko o naszym parku."
)
REDACTED = "Uważam, że biblioteka powinna być otwarta w niedzielę. Proszę dzwonić do [name]."
ENGLISH = "I think that the library should open on Sundays. Please call [name]."


def send(coder: Coder, page: Any, do: str, **more: str) -> Any:
    return coder.client.post("/translation", data=hidden(page, "/translation") | {"do": do} | more)


def test_an_answer_in_another_language_is_coded_by_its_translation_beside_the_original(
    arrive: Arrive, coders: Coders, data: DataFolder, parks: Definition, positions: Callable[[], Any]
) -> None:
    (response,) = arrive([{FIELD: POLISH}])
    olga, peter = coders("olga", "peter")
    # Nobody codes it before, and no coding page shows it.
    assert heading(olga.get()) == "Nothing waits for you"
    assert olga.get(f"/coding?job={response}:{FIELD}:coding").status_code == 409
    assert "<td>1</td><td>today</td>" in olga.get("/work").text.split("Translations: answers")[1]
    page = olga.get("/translation")
    assert (heading(page), "Wiśniewskiej" in page.text, 'lang="pl"' in page.text) == (QUESTION, True, True)
    assert heading(peter.get("/translation")) == "Nothing waits for a translation"
    empty = send(olga, page, "translate", redacted=REDACTED, translation=" ")
    assert (empty.status_code, REDACTED in empty.text, "Give both" in plain(empty)) == (400, True, True)
    assert send(olga, page, "oops").status_code == 400
    assert decisions(data) == []
    assert send(olga, page, "translate", redacted=f"{REDACTED}\r\n", translation=ENGLISH).status_code == 303
    said = Translation(response=response, field=FIELD, language="pl", redacted=REDACTED, translation=ENGLISH)
    assert decisions(data) == [("olga", said)]
    assert heading(olga.get("/translation")) == "Nothing waits for a translation"
    build(data, parks)
    job = peter.get()
    assert re.findall(r"<li>(.*?)</li>", job.text.split("<ol")[1].split("</ol>")[0]) == [
        "I think that the library should open on Sundays.",
        "Please call [name].",
    ]
    assert re.findall(r"<blockquote.*?>(.*?)</blockquote>", job.text) == [REDACTED]
    assert "Wiśniewskiej" not in job.text
    assert peter.code("support", page=job).status_code == 303
    (coding, _) = [one for _, one in decisions(data) if isinstance(one, Coding)]
    assert coding.quote == "I think that the library should open on Sundays."
    assert positions() == [(response, limb, "support") for limb in LIMBS]


def test_an_answer_that_is_skipped_comes_after_the_others(arrive: Arrive, coders: Coders) -> None:
    first, second = arrive([{FIELD: POLISH}, {FIELD: f"{POLISH} Dziękuję bardzo."}])
    (olga,) = coders("olga")
    seen = []
    for _ in range(3):
        page = olga.get("/translation")
        seen.append(hidden(page, "/translation")["job"].split(":")[0])
        assert send(olga, page, "skip").status_code == 303
    assert seen == [first, second, first]


def test_only_who_is_at_it_may_translate_an_answer(arrive: Arrive, coders: Coders, data: DataFolder) -> None:
    arrive([{FIELD: POLISH}])
    olga, peter = coders("olga", "peter")
    page = olga.get("/translation")
    form = hidden(page, "/translation") | {"redacted": "x", "translation": "x", "do": "translate"}
    theirs = peter.client.post("/translation", data=form)
    assert (theirs.status_code, "Wiśniewskiej" in theirs.text) == (409, False)
    assert peter.client.post("/translation", data=form, headers={"origin": "http://127.0.0.1:1"}).status_code == 403
    assert decisions(data) == []
