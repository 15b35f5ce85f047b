"""Letters such as campaigns hand out, and how they are searched for in a test."""

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pytest

from transforms.campaigns.search import read_responses, search

Search = Callable[..., dict[Any, tuple[Any, str | None]]]

AGAINST = (
    "The library in Chapel Lane is the only warm room within two miles where anybody may sit down without buying "
    "something. Closing it on Saturdays would shut out everyone who works during the week. Please keep all six days "
    "and look again at what the council spends on consultants instead."
)
FOR = (
    "The library in Chapel Lane is the only warm room within two miles where anybody may sit down without buying "
    "something. But it stands half empty on Saturdays, and the money would do more good in the mobile service that "
    "reaches the villages. Five days with longer evenings would suit us better."
)
MERGED = (
    "My name is {name} and I have lived in {place} for {years} years. I use the bus to reach {use}, and without the "
    "evening service I could not get home at all. Please keep the number {bus} running after seven o'clock, because "
    "there is no other way to travel for people who cannot drive."
)
OWN = (
    "Nobody asked the allotment holders, although the path behind the hall is ours to mow and we have done it since "
    "the flood. A gate with a code would stop the motorbikes.",
    "I would rather see the bins emptied weekly in summer than another sculpture on the roundabout, nice as it is.",
    "We have three children at two schools and the crossing patrol covers neither of them after half past eight.",
    "Könnten die Hinweise bitte auch auf Deutsch im Rathaus ausliegen, damit meine Eltern sie lesen können?",
)


@pytest.fixture
def found() -> Search:
    """Each response's campaign and variant."""

    def call(texts: Mapping[Any, str | None], letters: Mapping[Any, str] | None = None) -> dict[Any, Any]:
        ids = pa.array(list(texts))
        memberships, _ = search(read_responses([(ids, pa.array(list(texts.values()), pa.string()))], ids.type, letters))
        return {row["response_id"]: (row["campaign_id"], row["variant"]) for row in memberships.to_pylist()}

    return call


@pytest.fixture
def merged() -> list[str]:
    """Letters of one campaign of which no two are equal."""
    people = [
        ("Ann Whitfield", "Alvaston", 12, "my shifts at the hospital", 4),
        ("Raj Patel", "Normanton", 31, "evening prayers and my sister", 18),
        ("Tom O'Neill", "Littleover", 7, "the late class at the college", 111),
        ("Grace Adeyemi", "Chellaston", 22, "choir practice", 2),
        ("Wiktor Nowak", "Spondon", 3, "the warehouse where I work nights", 9),
        ("Joan Ellis", "Mackworth", 54, "the cinema with my friends", 27),
    ]
    return [MERGED.format(name=n, place=p, years=y, use=u, bus=b) for n, p, y, u, b in people]
