"""Who was told of a consultation: as officers' decisions have made it, as it was known then, and through the gate."""

from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb

from schemas.decisions import OutreachEntry
from tests.integration.warehouse.conftest import Builder, History
from transforms.warehouse.versions import current_version

DAY = date(2007, 5, 3)


def shown(builder: Builder) -> list[tuple[Any, ...]]:
    file = builder.warehouse.public / f"{current_version(builder.warehouse)}.duckdb"
    with duckdb.connect(str(file), read_only=True) as public:
        return public.execute("SELECT day, who, how, note FROM outreach").fetchall()


def test_the_log_is_by_day_with_what_was_corrected_and_without_what_was_taken_back(
    new_builder: Callable[..., Builder], history: History
) -> None:
    history.decide(OutreachEntry(who="Older people", how="A letter"))
    history.decide(OutreachEntry(day=DAY, who="Black and minority ethnic groups", how="A meeting", note="At noon"))
    history.decide(OutreachEntry(day=date(2007, 5, 2), who="Parish councils", how="An e-mail"))
    builder = new_builder()
    builder.build(history)
    first = [
        (date(2007, 5, 2), "Parish councils", "An e-mail", ""),
        (DAY, "Black and minority ethnic groups", "A meeting", "At noon"),
        (None, "Older people", "A letter", ""),
    ]
    assert shown(builder) == first
    history.decide(OutreachEntry(day=DAY, who="Older people", how="A letter with a form", corrects=1))
    history.decide(OutreachEntry(who="Parish councils", how="An e-mail", corrects=3, withdrawn=True))
    # What corrects an entry that does not stand any more changes nothing.
    history.decide(OutreachEntry(who="Nobody", how="Nothing", corrects=1))
    builder.build(history)
    assert shown(builder) == [
        (DAY, "Black and minority ethnic groups", "A meeting", "At noon"),
        (DAY, "Older people", "A letter with a form", ""),
    ]
    earlier = new_builder("earlier")
    earlier.build(history, decisions_until=3)
    assert shown(earlier) == first


def test_what_has_come_to_be_a_name_or_an_answer_is_withheld(
    new_builder: Callable[..., Builder], history: History
) -> None:
    said = "the tennis courts should be free for children"
    history.decide(OutreachEntry(who="The Quackenbush family", how="A letter", note=f"They told us {said}."))
    builder = new_builder()
    builder.build(history)
    assert shown(builder) == [(None, "The Quackenbush family", "A letter", f"They told us {said}.")]
    history.arrive("a", {"c2_family_name": "Quackenbush", "q5_proposal": f"I think {said} all year."})
    builder.build(history)
    withheld = "Withheld: it says a name or an answer; an officer has to word it anew."
    assert shown(builder) == [(None, withheld, "A letter", withheld)]
