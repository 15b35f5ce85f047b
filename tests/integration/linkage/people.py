"""A town of two hundred people who each answer once, to link others against."""

import datetime
from random import Random
from typing import Any

GIVEN = (
    "Alice Brian Carla Derek Elena Frank Greta Henry Irene Jonas Karen Louis Maria Niels Olive Peter Quinn Rosa".split()
)
FAMILY = "Ashdown Brigley Cawthorn Dunmere Eastley Farrow Gadsby Hallam Ibbotson Jessop Kirkby Lathom Mowbray".split()
SAYS = (
    "buses|library|market|crossing|hospital|school|allotments|surgery|footpath|lighting|parking|grants|contracts|"
    "volunteers|carers|elders|children|monitoring|funding|timetable|closure|opening|neighbours|meetings|committee"
).split("|")
ROLES = """
id = "nr"
received_at = "moment"
channel = "way"
[roles]
salutation = "title"
first = "given_name"
last = "family_name"
mail = "email"
home = "address"
code = "postcode"
body = "organisation"
as_what = "capacity"
"""


def words(seed: object, count: int = 14) -> str:
    chance = Random(f"words {seed}")
    return " ".join(chance.choice(SAYS) for _ in range(count))


def answer(nr: str, **given: Any) -> dict[str, Any]:
    """One response; answers and text come from `says`, so that two that say the same are alike."""
    says = given.pop("says", nr)
    chance = Random(f"answers {says}")
    number = int("".join(filter(str.isdigit, nr)) or 0)
    row = {
        "nr": nr,
        "moment": datetime.datetime(2007, 3, 1, 9) + datetime.timedelta(minutes=number),
        "way": "web",
        "salutation": None,
        "first": None,
        "last": None,
        "mail": None,
        "home": None,
        "code": None,
        "body": None,
        "as_what": "individual",
        "text": words(says),
        "uses": [chance.choice("abc"), chance.choice("def")],
        "score": chance.randint(1, 9),
    }
    row |= {f"q{place}": chance.choice(["yes", "no", "perhaps", "unsure"]) for place in range(6)}
    return row | given


def town(people: int = 200) -> list[dict[str, Any]]:
    chance = Random("town")
    rows = []
    for number in range(people):
        first, last = GIVEN[number % len(GIVEN)], FAMILY[number * 7 % len(FAMILY)]
        rows.append(
            answer(
                f"t{number}",
                first=first,
                last=f"{last}{chance.choice(['', 'son', 'worth', 'wick', 'by'])}",
                mail=f"{first}.{last}{number}@example.org".lower(),
                home=f"{number} {chance.choice(['Weir', 'Mill', 'Copper'])} Street",
                code=f"DE{81 + number % 9} {number % 10}AB",
            )
        )
    return rows
