"""A truth generator for linkage: responses of which it is known who gave them.

People and organisations answer by three channels, some more than once; what they write is then read by a scanner,
keyed, shortened or left out. Traps are people who look alike: couples, shared mailboxes, two officers of one
organisation, father and son, one name twice in a postcode, one library's address, twins.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

import pyarrow as pa

from benchmarks import _people_words as words
from benchmarks._people_noise import keyed, scanned

CLOSED = {"q1_term": 4, "q2_place": 5, "q3_clusters": 5, "q5_cost": 4, "q6_monitoring": 4, "age_band": 7, "uses": 6}
TEXTS = ("q4_why", "q7_other", "comments")
_LAUNCH = datetime.datetime(2007, 3, 1, 9, tzinfo=datetime.UTC)
_MAILS = ("example.org", "example.net", "mail.example.com", "post.example.org", "home.example.net", "box.example.org")


_NICK, _NAMES = "sunny lucky happy quiet garden rover".split(), "fox lane owl boat".split()


@dataclass(frozen=True)
class Person:
    """Who responds: a person, or an organisation by the person who writes for it."""

    key: str
    sex: str
    given: str
    family: str
    home: words.Home
    email: str
    mobile: str
    closed: tuple[int, ...]
    texts: tuple[tuple[str, ...], ...]
    organisation: str | None = None
    post: str | None = None
    official: bool = False
    trap: str = ""
    group: str = ""


@dataclass
class Truth:
    """A generator's state: one source of chance, and a number for each respondent."""

    chance: Random
    made: int = 0
    homes: list[words.Home] = field(default_factory=list)

    def key(self) -> str:
        self.made += 1
        return f"respondent-{self.made}"


# How many of each hundred groups of respondents are of which kind.
_KINDS = {
    "single": 800, "couple": 40, "mailbox": 11, "officers": 5, "official": 50, "official_and_person": 5,
    "father_and_son": 3, "same_name": 3, "library": 0.7, "twins": 4,
}  # fmt: skip


def responses(rows: int, seed: int) -> pa.Table:
    """About `rows` responses, with the columns `truth`, `trap` and `group_id` beside what was received.

    `truth` is who responded, `trap` the kind of group that the respondent is of, `group_id` which one.
    """
    truth = Truth(Random(f"people {seed}"))
    found: list[dict[str, object]] = []
    while len(found) < rows:
        kind = truth.chance.choices(list(_KINDS), list(_KINDS.values()))[0]
        for person in _group(truth, kind):
            found.extend(_answered(truth.chance, person))
    found = found[:rows]
    truth.chance.shuffle(found)
    numbers = truth.chance.sample(range(10 * rows), rows)
    for number, row in zip(numbers, found, strict=True):
        row["response_id"] = f"r{number:09d}"
    return pa.Table.from_pylist(found)


def _person(truth: Truth, sex: str | None = None, **given: object) -> Person:
    chance = truth.chance
    sex = sex or chance.choice("mf")
    first, family = words.given_name(chance, sex), words.family_name(chance)
    first = str(given.get("given", first))
    family = str(given.get("family", family))
    letter = chance.random() < 0.05
    closed = _closed(chance)
    texts = tuple(
        tuple(words.opinion(chance, chance.choice((0, 1, 2, 2, 3, 4) if number else (1, 2, 3, 4, 5))))
        for number in range(len(TEXTS))
    )
    if letter:
        copied = chance.randrange(len(words.CAMPAIGN_LETTERS))
        texts = (words.CAMPAIGN_LETTERS[copied], *texts[1:])
        closed = (*_closed(Random(f"letter {copied}"))[:5], *closed[5:])
    person = Person(
        truth.key(), sex, first, family, words.home(chance), _email(chance, first, family),
        f"07700 9{chance.randint(0, 99999):05d}", closed, texts,
    )  # fmt: skip
    if chance.random() < 0.12:
        person = replace(person, organisation=words.organisation_name(chance), post=chance.choice(words.POSTS))
    return replace(person, **given)  # type: ignore[arg-type]


def _email(chance: Random, given: str, family: str) -> str:
    shape = chance.randrange(5)
    number = chance.randint(1, 999)
    local = (
        f"{given}.{family}{number % 100}", f"{given[0]}{family}{number}", f"{given}{number}", f"{family}{number}",
        f"{chance.choice(_NICK)}{chance.choice(_NAMES)}{number}",
    )[shape]  # fmt: skip
    return f"{local}@{chance.choice(_MAILS)}".lower()


def _closed(chance: Random) -> tuple[int, ...]:
    leaning = chance.random()
    return tuple(
        min(options - 1, int(options * (0.5 * leaning + 0.5 * chance.random()))) for options in CLOSED.values()
    )


def _group(truth: Truth, kind: str) -> Iterator[Person]:  # noqa: PLR0912 - one branch a kind
    """The respondents of one group."""
    chance = truth.chance
    group = f"{kind}-{truth.made}"
    if kind == "single":
        yield _person(truth)
    elif kind == "couple":
        yield from _couple(truth, group)
    elif kind == "mailbox":
        place, email = words.organisation_name(chance), f"info@{chance.randint(1, 9999)}.example.org"
        for _ in range(chance.randint(2, 7)):
            one = _person(truth, email=email, trap=kind, group=group)
            yield replace(one, organisation=place if chance.random() < 0.5 else None)
    elif kind == "officers":
        place, where = words.organisation_name(chance), words.home(chance)
        shared = f"office@{chance.randint(1, 9999)}.example.org"
        posts = chance.sample(words.POSTS, 2)
        for post in posts:
            one = _person(truth, organisation=place, post=post, home=where, trap=kind, group=group)
            yield replace(one, email=shared) if chance.random() < 0.3 else one
    elif kind == "official":
        yield _person(
            truth, organisation=words.organisation_name(chance), post=chance.choice(words.POSTS), official=True
        )
    elif kind == "official_and_person":
        officer = _person(truth, organisation=words.organisation_name(chance), post=chance.choice(words.POSTS))
        yield replace(officer, official=True, trap=kind, group=group)
        yield replace(
            _person(truth), given=officer.given, family=officer.family, sex=officer.sex, email=officer.email,
            mobile=officer.mobile, organisation=officer.organisation, post=officer.post, trap=kind, group=group,
        )  # fmt: skip
    elif kind == "father_and_son":
        father = _person(truth, sex="m", trap=kind, group=group)
        yield father
        son = _person(
            truth, sex="m", given=father.given, family=father.family, home=father.home, trap=kind, group=group
        )
        yield replace(son, email=father.email) if chance.random() < 0.2 else son
    elif kind == "same_name":
        one = _person(truth, trap=kind, group=group)
        yield one
        where = words.other_home_in(chance, one.home)
        yield _person(truth, sex=one.sex, given=one.given, family=one.family, home=where, trap=kind, group=group)
    elif kind == "library":
        where = words.home(chance)
        for _ in range(chance.randint(10, 60)):
            yield _person(truth, home=where, trap=kind, group=group)
    else:
        one = _person(truth, trap=kind, group=group)
        yield one
        other = _person(truth, sex=one.sex, family=one.family, home=one.home, trap=kind, group=group)
        likest = [name for name in words.GIVEN[one.sex] if name != one.given and name[0] == one.given[0]]
        given = chance.choice(likest) if likest and chance.random() < 0.6 else other.given
        if given != one.given:
            age = list(other.closed)
            age[list(CLOSED).index("age_band")] = one.closed[list(CLOSED).index("age_band")]
            yield replace(other, given=given, closed=tuple(age))


def _couple(truth: Truth, group: str) -> Iterator[Person]:
    chance = truth.chance
    one = _person(truth, sex="m", trap="couple", group=group)
    yield one
    other = _person(truth, sex="f", family=one.family, home=one.home, trap="couple", group=group)
    if chance.random() < 0.4:
        other = replace(other, email=one.email)
    if chance.random() < 0.3:
        other = replace(other, mobile=one.mobile)
    # They speak about it at breakfast, and one copies from the other.
    if chance.random() < 0.15:
        other = replace(other, texts=one.texts, closed=one.closed)
    elif chance.random() < 0.3:
        other = replace(other, closed=(*one.closed[:4], *other.closed[4:]))
    yield other


def _answered(chance: Random, person: Person) -> Iterator[dict[str, object]]:
    """Every response of a respondent, the first and its later versions."""
    versions = chance.choices((1, 2, 3), (60, 30, 10) if person.official else (82, 15, 3))[0]
    moment = _LAUNCH + datetime.timedelta(minutes=chance.randrange(60 * 24 * 60))
    writer = person
    for version in range(versions):
        if version:
            writer = _second_version(chance, writer)
            moment += datetime.timedelta(minutes=chance.randrange(30, 60 * 24 * 21))
        yield _written(chance, writer, moment, first=version == 0)


def _second_version(chance: Random, person: Person) -> Person:
    """What the respondent sends later: some answers changed, texts edited, now and then from another address."""
    closed = tuple(
        chance.randrange(options) if name != "age_band" and chance.random() < 0.08 else value
        for value, (name, options) in zip(person.closed, CLOSED.items(), strict=True)
    )
    texts = tuple(_edited(chance, text) for text in person.texts)
    if chance.random() < 0.03:
        texts = tuple(tuple(words.opinion(chance, 2)) for _ in texts)
    changed = replace(person, closed=closed, texts=texts)
    if chance.random() < 0.12:
        changed = replace(changed, email=_email(chance, person.given, person.family))
    if chance.random() < 0.03:
        changed = replace(changed, home=words.home(chance))
    if person.official and chance.random() < 0.15:
        sex = chance.choice("mf")
        colleague, family = words.given_name(chance, sex), words.family_name(chance)
        email = _email(chance, colleague, family)
        changed = replace(changed, sex=sex, given=colleague, family=family, email=email)
    return changed


def _edited(chance: Random, text: tuple[str, ...]) -> tuple[str, ...]:
    sentences = list(text)
    if chance.random() < 0.5:
        return text
    if sentences and chance.random() < 0.4:
        sentences[chance.randrange(len(sentences))] = words.sentence(chance)
    if len(sentences) > 1 and chance.random() < 0.3:
        del sentences[chance.randrange(len(sentences))]
    if chance.random() < 0.5:
        sentences.append(words.sentence(chance))
    return tuple(sentences)


# The chance that a field is filled in, by channel.
_FILLED = {
    "web": {"email": 0.78, "phone": 0.4, "address": 0.6, "postcode": 0.92, "title": 0.6, "name": 0.99,
        "closed": 0.95},
    "email": {"email": 0.97, "phone": 0.3, "address": 0.4, "postcode": 0.75, "title": 0.4, "name": 0.97,
        "closed": 0.8},
    "post": {"email": 0.38, "phone": 0.45, "address": 0.75, "postcode": 0.91, "title": 0.7, "name": 0.98,
        "closed": 0.92},
}  # fmt: skip


def _written(chance: Random, person: Person, moment: datetime.datetime, *, first: bool) -> dict[str, object]:
    channel = chance.choices(("web", "email", "post"), (50, 20, 30))[0]
    filled = _FILLED[channel]
    scan = chance.choice((0.002, 0.005, 0.01, 0.03)) if channel == "post" else 0.0
    key = {"web": 0.025, "email": 0.025, "post": 0.035}[channel]

    def put(text: str | None, share: float = 1.0) -> str | None:
        if not text or chance.random() >= share:
            return None
        read = scanned(text, chance, scan) if scan else text
        return keyed(read, chance, key) or None

    given = person.given
    if not first or chance.random() < 0.15:
        given = _shortened(chance, given)
    organisation = person.organisation
    if organisation and chance.random() < 0.4:
        organisation = words.organisation_variant(organisation, chance)
    title = chance.choice(("Mr", "Mr", "Mr", "Dr")) if person.sex == "m" else chance.choice(("Mrs", "Ms", "Miss"))
    phone = person.mobile if chance.random() < 0.5 else person.home.landline
    row: dict[str, object] = {
        "received": moment,
        "via": channel,
        "salutation": put(title, filled["title"]),
        "forename": put(given, filled["name"]),
        "surname": put(person.family, filled["name"]),
        "mail": put(person.email, filled["email"]),
        "telephone": put(_phone_written(chance, phone), filled["phone"]),
        "street_address": put(person.home.address, filled["address"]),
        "post_town": put(person.home.town, filled["address"]),
        "pcode": put(_postcode_written(chance, person.home.postcode), filled["postcode"]),
        "on_behalf_of": put(organisation, 0.95 if person.official else 0.7),
        "job": put(person.post, 0.7),
        "responding_as": None
        if chance.random() < 0.05
        else ("On behalf of an organisation" if person.official else "As an individual"),
        "minutes_taken": round(chance.lognormvariate(2.4, 0.6), 1),
        "device": chance.choice(("phone", "tablet", "desktop")) if channel == "web" else None,
    }
    for name, value in zip(CLOSED, person.closed, strict=True):
        row[name] = f"option {value + 1}" if chance.random() < filled["closed"] else None
    for name, sentences in zip(TEXTS, person.texts, strict=True):
        text = " ".join(sentences)
        row[name] = keyed(scanned(text, chance, scan) if scan else text, chance, key / 2) or None
    return row | {"truth": person.key, "trap": person.trap, "group_id": person.group}


def _shortened(chance: Random, given: str) -> str:
    """The name, a short form of it, or its first letter."""
    which = chance.random()
    if which < 0.1:
        return words.SHORT.get(given, given)
    return given[0] if which < 0.14 else given


def _phone_written(chance: Random, phone: str) -> str:
    shape = chance.randrange(4)
    if shape == 0:
        return phone.replace(" ", "")
    if shape == 1:
        return "+44 " + phone[1:]
    return f"({phone[:5]}) {phone[6:]}" if shape == 2 else phone


def _postcode_written(chance: Random, postcode: str) -> str:
    shape = chance.randrange(5)
    return postcode.replace(" ", "") if shape == 0 else postcode.lower() if shape == 1 else postcode
