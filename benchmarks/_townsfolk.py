"""A second truth generator for linkage, as a check on the first: other names, other words, other slips.

Names are Faker's of several countries, written in one column with titles and middle names; the questionnaire has other
questions, some of them about the respondent; forms have boxes that cut what is long. The traps are those of
`benchmarks._people`.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

import pyarrow as pa
from faker import Faker
from faker.providers.lorem.en_US import Provider as EnglishWords

from benchmarks import _townsfolk_slips as slips
from benchmarks._townsfolk_slips import cut, misheard, penned

ASKED = {"agree_merger": 5, "agree_hours": 5, "agree_fees": 5, "distance": 6, "household": 5, "transport": 6}
SERVICES = ("loans", "computers", "groups", "homework", "music", "news", "toilets", "warmth")
_OPENED = datetime.datetime(2011, 9, 5, 8, tzinfo=datetime.UTC)
_LOCALES = ("en_GB", "en_GB", "en_GB", "en_GB", "en_GB", "en_IE", "en_IN", "pl_PL", "tr_TR", "en_NG", "fr_FR")
_HOSTS = ("mail.example", "post.example", "fast.example", "home.example", "web.example")
_BODIES = (
    "Tenants Federation|Friends of the Library|Chess Club|Mosque Committee|Parish Council|Scout Group|Bowls Club|"
    "Chamber of Trade|Age Concern|Reading Circle|Refugee Council|Primary School|Methodist Church"
).split("|")
_POSTS = "Clerk|President|Head|Warden|Organiser|Honorary Secretary|Librarian|Imam|Chairman".split("|")
_CALLED = {
    "William": "Will", "Robert": "Rob", "Margaret": "Peggy", "Elizabeth": "Beth", "Katherine": "Kathy",
    "Kathryn": "Kate", "Joseph": "Joe", "Thomas": "Tommy", "Christopher": "Chris", "Alexander": "Alex",
    "Nicholas": "Nick", "Joshua": "Josh", "Benjamin": "Ben", "Matthew": "Matt", "Gregory": "Greg", "Jeffrey": "Jeff",
    "Stephen": "Steve", "Steven": "Steve", "Andrew": "Andy", "Anthony": "Tony", "Samuel": "Sam", "Rebecca": "Becca",
    "Victoria": "Vicki", "Jacqueline": "Jacky", "Susan": "Susie", "Patricia": "Trish", "Deborah": "Deb",
    "Pamela": "Pam", "Catherine": "Cathy", "Michael": "Mick", "Richard": "Rich", "Timothy": "Tim", "Edward": "Eddie",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where somebody lives or meets."""

    line: str
    area: str
    town: str
    postcode: str
    landline: str


@dataclass(frozen=True)
class One:
    """Who responds."""

    key: str
    sex: str
    given: str
    middle: str
    family: str
    place: Place
    email: str
    mobile: str
    ticks: tuple[int, ...]
    services: tuple[bool, ...]
    said: tuple[str, ...]
    body: str = ""
    post: str = ""
    official: bool = False
    trap: str = ""
    group: str = ""


# How many of each thousand groups of respondents are of which kind.
_GROUPS = {
    "single": 800, "couple": 30, "mailbox": 9, "officers": 8, "official": 45, "official_and_person": 6,
    "father_and_son": 8, "same_name": 6, "library": 0.8, "twins": 6,
}  # fmt: skip


class Town:
    """Everybody who may respond: one source of chance, the names by country, the streets."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(f"townsfolk {seed}")
        self.made = 0
        fakers = {locale: Faker(locale) for locale in sorted(set(_LOCALES))}
        for number, faker in enumerate(fakers.values()):
            faker.seed_instance(1_000 * seed + number)
        self.fakers = fakers
        british = fakers["en_GB"]
        self.towns = [british.unique.city() for _ in range(12)]
        self.streets = [(british.street_name(), self.chance.choice(self.towns), self._code()) for _ in range(2_500)]
        self.words = sorted({word for word in EnglishWords.word_list if len(word) > 1})
        self.letters = tuple(tuple(self.sentence() for _ in range(4)) for _ in range(5))

    def _code(self) -> str:
        letters = "ABDEFGHJLNPQRSTUWXYZ"
        inward = f"{self.chance.randint(1, 9)}{self.chance.choice(letters)}{self.chance.choice(letters)}"
        return f"NG{self.chance.randint(1, 25)} {inward}"

    def key(self) -> str:
        self.made += 1
        return f"townsman-{self.made}"

    def sentence(self) -> str:
        words = [self.chance.choice(self.words) for _ in range(self.chance.randint(5, 13))]
        return " ".join(words).capitalize() + "."

    def place(self) -> Place:
        street, town, code = self.chance.choice(self.streets)
        inside = f"Flat {self.chance.randint(1, 12)}, " if self.chance.random() < 0.08 else ""
        number = f"{self.chance.randint(1, 140)}{self.chance.choice(['', '', '', '', 'a', 'b'])}"
        return Place(f"{inside}{number} {street}", street, town, code, f"0115 496 {self.chance.randint(0, 9999):04d}")

    def near(self, place: Place) -> Place:
        number = self.chance.randint(150, 290)
        return replace(place, line=f"{number} {place.area}", landline=f"0115 496 {self.chance.randint(0, 9999):04d}")

    def ticks(self) -> tuple[int, ...]:
        mood = self.chance.gauss(0, 1)
        return tuple(
            min(most - 1, max(0, round((most - 1) / 2 + mood * (name.startswith("agree")) + self.chance.gauss(0, 1.3))))
            for name, most in ASKED.items()
        )

    def one(self, sex: str | None = None, **given: object) -> One:
        chance = self.chance
        sex = sex or chance.choice("mf")
        names = self.fakers[chance.choice(_LOCALES)]
        first = names.first_name_male() if sex == "m" else names.first_name_female()
        middle = names.first_name_male() if sex == "m" else names.first_name_female()
        family = names.last_name()
        if chance.random() < 0.04:
            family = f"{family}-{names.last_name()}"
        first, family = str(given.pop("given", first)), str(given.pop("family", family))
        said = tuple(self.sentence() for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 4, 6))))
        if chance.random() < 0.06:
            said = (*chance.choice(self.letters), *said[:1])
        one = One(
            self.key(), sex, first, middle, family, self.place(), self.email(first, family),
            f"07700 9{chance.randint(0, 99999):05d}", self.ticks(),
            tuple(chance.random() < 0.4 for _ in SERVICES), said,
        )  # fmt: skip
        if chance.random() < 0.08:
            one = replace(one, body=self.body(), post=chance.choice(_POSTS))
        return replace(one, **given)  # type: ignore[arg-type]

    def email(self, given: str, family: str) -> str:
        plain = [slips.plain(name).lower().replace(" ", "").replace("-", "") for name in (given, family)]
        first, last = (name or "x" for name in plain)
        year = self.chance.randint(40, 99)
        local = self.chance.choice(
            (f"{first}_{last}", f"{first}.{last}", f"{last}.{first[0]}", f"{first}{year}", f"{last}family",
             f"{self.chance.choice(self.words)}{self.chance.choice(self.words)}{year}", f"{first[0]}{last}{year}")
        )  # fmt: skip
        return f"{local}@{self.chance.choice(_HOSTS)}"

    def body(self) -> str:
        return f"{self.chance.choice([*self.towns, *(street for street, *_ in self.streets[:300])])} " + (
            self.chance.choice(_BODIES)
        )


def responses(rows: int, seed: int) -> pa.Table:
    """About `rows` responses with the columns `truth`, `trap` and `group_id` beside what was received."""
    town = Town(seed)
    found: list[dict[str, object]] = []
    while len(found) < rows:
        kind = town.chance.choices(list(_GROUPS), list(_GROUPS.values()))[0]
        for one in _group(town, kind, f"{kind}-{town.made}"):
            found.extend(_answered(town, one))
    found = found[:rows]
    town.chance.shuffle(found)
    for number, row in enumerate(found):
        row["response_id"] = f"{seed}/{number:07d}"
    return pa.Table.from_pylist(found)


def _group(town: Town, kind: str, group: str) -> Iterator[One]:  # noqa: PLR0912 - one branch a kind
    """The respondents of one group."""
    chance, trapped = town.chance, {"trap": kind, "group": group}
    if kind == "single":
        yield town.one()
    elif kind == "official":
        yield town.one(body=town.body(), post=chance.choice(_POSTS), official=True)
    elif kind == "couple":
        one = town.one("m", **trapped)
        other = town.one("f", place=one.place, **trapped)
        if chance.random() < 0.85:
            other = replace(other, family=one.family)
        if chance.random() < 0.4:
            other = replace(other, email=one.email)
        if chance.random() < 0.2:
            other = replace(other, said=one.said, ticks=one.ticks, services=one.services)
        yield from (one, other)
    elif kind == "mailbox":
        email = f"enquiries@{chance.randint(1, 99999)}.example"
        yield from (town.one(email=email, **trapped) for _ in range(chance.randint(2, 9)))
    elif kind == "officers":
        body, place, email = town.body(), town.place(), f"office@{chance.randint(1, 99999)}.example"
        for post in chance.sample(_POSTS, 2):
            officer = town.one(body=body, post=post, place=place, **trapped)
            yield replace(officer, email=email) if chance.random() < 0.4 else officer
    elif kind == "official_and_person":
        officer = town.one(body=town.body(), post=chance.choice(_POSTS), **trapped)
        yield replace(officer, official=True)
        own = town.one(officer.sex, given=officer.given, family=officer.family, **trapped)
        yield replace(own, middle=officer.middle, email=officer.email, mobile=officer.mobile, body=officer.body)
    elif kind == "father_and_son":
        father = town.one("m", **trapped)
        son = town.one("m", given=father.given, family=father.family, place=father.place, **trapped)
        yield father
        yield replace(son, email=father.email) if chance.random() < 0.15 else son
    elif kind == "same_name":
        one = town.one(**trapped)
        yield one
        yield town.one(one.sex, given=one.given, family=one.family, place=town.near(one.place), **trapped)
    elif kind == "library":
        place = town.place()
        yield from (town.one(place=place, **trapped) for _ in range(chance.randint(8, 50)))
    else:
        one = town.one(**trapped)
        yield one
        other = town.one(one.sex, family=one.family, place=one.place, **trapped)
        if other.given != one.given:
            yield replace(other, ticks=(*other.ticks[:3], *one.ticks[3:]))


def _answered(town: Town, one: One) -> Iterator[dict[str, object]]:
    """Every response of a respondent: the first, and what is sent again later."""
    chance = town.chance
    times = chance.choices((1, 2, 3, 4), (55, 30, 10, 5) if one.official else (84, 13, 2, 1))[0]
    moment = _OPENED + datetime.timedelta(minutes=chance.randrange(60 * 24 * 84))
    for time in range(times):
        if time:
            one = _again(town, one)
            moment += datetime.timedelta(minutes=chance.randrange(5, 60 * 24 * 30))
        yield _written(town, one, moment)


def _again(town: Town, one: One) -> One:
    """The respondent once more: of another mind here and there, with more to say or in other words."""
    chance = town.chance
    ticks = tuple(
        min(most - 1, max(0, tick + chance.choice((-1, 1)))) if chance.random() < 0.12 else tick
        for tick, most in zip(one.ticks, ASKED.values(), strict=True)
    )
    said = list(one.said)
    change = chance.random()
    if change < 0.25:
        said.insert(chance.randrange(len(said) + 1), town.sentence())
    elif change < 0.4 and said:
        said[chance.randrange(len(said))] = town.sentence()
    elif change < 0.5 and said:
        said.pop()
    elif change < 0.54:
        said = [town.sentence() for _ in range(2)]
    changed = replace(one, ticks=ticks, said=tuple(said))
    if chance.random() < 0.1:
        changed = replace(changed, email=town.email(one.given, one.family))
    if chance.random() < 0.02:
        changed = replace(changed, place=town.place())
    if one.official and chance.random() < 0.12:
        other = town.one()
        changed = replace(changed, sex=other.sex, given=other.given, middle=other.middle, family=other.family)
    return changed


def _written(town: Town, one: One, moment: datetime.datetime) -> dict[str, object]:
    """What arrives of a response."""
    chance = town.chance
    way = chance.choices(("form", "mail", "paper"), (45, 20, 35))[0]
    pen = chance.choice((0.0, 0.004, 0.012, 0.025)) if way == "paper" else 0.0
    boxes = 26 if way == "paper" else 60

    def put(text: str, share: float, most: int = 60) -> str | None:
        if not text or chance.random() >= share:
            return None
        return cut(misheard(penned(text, chance, pen), chance, 0.02), min(most, boxes)) or None

    address = one.place.line
    if chance.random() < 0.25:
        address = slips.shorter(address, chance)
    phone = one.mobile if chance.random() < 0.6 else one.place.landline
    kept = {"form": 0.95, "mail": 0.7, "paper": 0.9}[way]
    body = f"{one.body} (Registered Charity)" if one.body and chance.random() < 0.1 else one.body
    row: dict[str, object] = {
        "sent": moment,
        "way": way,
        "who": put(_name(one, chance), 0.985),
        "reply_to": put(one.email, {"form": 0.75, "mail": 0.98, "paper": 0.35}[way]),
        "phone": put(slips.phone(phone, chance), 0.4),
        "lives_at": put(address, 0.65),
        "place": put(one.place.town, 0.5),
        "post_code": put(slips.postcode(one.place.postcode, chance), 0.9, 8),
        "body": put(slips.body(body, chance), 0.97 if one.official else 0.7),
        "post": put(one.post, 0.6),
        "speaks_for": ("a group" if one.official else "myself") if chance.random() < 0.94 else None,
        "services": [name for name, used in zip(SERVICES, one.services, strict=True) if used]
        if chance.random() < kept
        else None,
        "opinion": misheard(penned(" ".join(one.said), chance, pen), chance, 0.008) or None,
    }
    for name, tick in zip(ASKED, one.ticks, strict=True):
        row[name] = tick if chance.random() < kept else None
    return row | {"truth": one.key, "trap": one.trap, "group_id": one.group}


def _name(one: One, chance: Random) -> str:
    """A name as its bearer writes it this time."""
    given = _CALLED.get(one.given, one.given) if chance.random() < 0.12 else one.given
    if chance.random() < 0.04:
        given = given[0]
    middle = f" {one.middle[0] if chance.random() < 0.6 else one.middle}" if chance.random() < 0.12 else ""
    title = ""
    if chance.random() < 0.35:
        title = (
            ("Mr " if one.sex == "m" else chance.choice(("Mrs ", "Ms ", "Miss "))) if chance.random() < 0.93 else "Dr "
        )
    return f"{title}{given}{middle} {one.family}"
