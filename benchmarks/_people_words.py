"""Words of the truth generator: invented names, places, organisations and opinions. Nobody in it exists."""

from dataclasses import dataclass, replace
from random import Random

# Names in everyday use, men's and women's: the common ones stand first and are drawn most often.
GIVEN = {
    "m": (
        "David John Michael Peter Robert Stephen William James Andrew Christopher Thomas Richard Anthony Mark Ian Paul "
        "Mohammed Alan Kenneth Graham George Daniel Edward Matthew Keith Brian Charles Joseph Kevin Martin Simon Neil "
        "Colin Philip Gary Stuart Roger Raymond Derek Samuel Benjamin Jonathan Nicholas Timothy Patrick Frederick "
        "Ronald Gareth Imran Tariq Harpreet Gurdeep Kofi Delroy Tomasz Piotr Vikram Yusuf Chidi Ekow Cathal Iolo Percy "
        "Stanley Ernest Albert Walter Leonard Gerald Terence Dennis Barry Clive Nigel Trevor Malcolm Hugh Oliver Harry "
        "Jack Joshua Luke Adam Ryan Connor Jamie Rhys Dylan Owen Lewis Callum Aaron Nathan Jordan Kieran Liam Toby"
    ).split(),
    "f": (
        "Susan Margaret Patricia Elizabeth Mary Christine Julie Karen Linda Helen Sarah Catherine Jacqueline Barbara "
        "Jennifer Jean Deborah Janet Angela Carol Sandra Joan Anne Dorothy Victoria Rebecca Emma Rachel Laura Samantha "
        "Nicola Alison Tracey Amanda Sharon Jane Ruth Judith Gillian Pamela Maureen Sheila Brenda Sylvia Marjorie "
        "Amira Farida Nasreen Parveen Zainab Shabana Ngozi Claudette Beverley Bronwen Dilys Mairead Siobhan Wiktoria "
        "Jagoda Halina Lucja Mei Winifred Edna Olive Doris Hilda Vera Irene Joyce Audrey Eileen Charlotte Sophie Emily "
        "Jessica Hannah Lucy Amy Chloe Megan Abigail Grace Olivia Ella Katie Holly Molly Georgia Stephanie Natalie"
    ).split(),
}
SHORT = {
    "David": "Dave", "John": "Jack", "Michael": "Mike", "Peter": "Pete", "Robert": "Bob", "Stephen": "Steve",
    "William": "Bill", "James": "Jim", "Andrew": "Andy", "Christopher": "Chris", "Thomas": "Tom", "Richard": "Dick",
    "Anthony": "Tony", "Kenneth": "Ken", "Daniel": "Dan", "Edward": "Ted", "Matthew": "Matt", "Charles": "Charlie",
    "Joseph": "Joe", "Kevin": "Kev", "Philip": "Phil", "Raymond": "Ray", "Samuel": "Sam", "Benjamin": "Ben",
    "Jonathan": "Jon", "Nicholas": "Nick", "Timothy": "Tim", "Patrick": "Pat", "Frederick": "Fred", "Ronald": "Ron",
    "Susan": "Sue", "Margaret": "Maggie", "Patricia": "Pat", "Elizabeth": "Liz", "Christine": "Chris", "Helen": "Nell",
    "Catherine": "Kate", "Jacqueline": "Jackie", "Barbara": "Babs", "Jennifer": "Jenny", "Deborah": "Debbie",
    "Victoria": "Vicky", "Rebecca": "Becky", "Samantha": "Sam", "Nicola": "Nicky", "Amanda": "Mandy",
    "Gillian": "Gill", "Pamela": "Pam", "Judith": "Judy", "Angela": "Angie", "Dorothy": "Dot", "Jessica": "Jess",
    "Abigail": "Abby", "Stephanie": "Steph", "Leonard": "Len", "Gerald": "Gerry", "Terence": "Terry",
    "Winifred": "Win", "Albert": "Bert", "Alan": "Al", "Graham": "Graeme", "Mohammed": "Muhammad", "Rachel": "Rachael",
}  # fmt: skip
_STEMS = (
    "Ash Bram Cold Dun Elm Fen Gor Hol Ing Kel Lang Mar Nor Oak Pen Quill Rav Sel Thorn Under Wal Yar Bur Cran Den "
    "Ever Far Grind Har Ket Lin Mill Oswel Pick Rom Stan Tan Up Whit Wren Brace Cope Hather Lath Mose Prest"
).split()
_ENDS = "ford by wick ley marsh ton well stone field more den worth gate croft sley man ing er land hurst son".split()
_TOWNS = "Quillbank Emberwick Copperby Thistlemere Wrenhollow Oddwick Marlhope Harrowbeck Sedgeby Fennelrow".split()
_STREETS = (
    "Lantern Fennel Copper Saltpan Weir Tenter Ropewalk Quince Mill Chapel Orchard Station Victoria Albert Church "
    "Meadow Bridge Park School Forge Maltings Priory Abbey Linden Cedar Birch Hawthorn Canal Foundry Weaver Tanner"
).split()
_KINDS = "Street Road Lane Avenue Close Drive Crescent Gardens".split()
_GROUPS = (
    "Carers Association|Council for Voluntary Service|Community Centre|Residents Association|Befriending Society|"
    "Citizens Advice Bureau|Allotment Society|Youth Project|Women's Institute|Disability Network|Foodbank Limited|"
    "Housing Trust|Community Transport Ltd|Parent Teacher Association|Civic Society|Elders Group|Arts Foundation"
).split("|")
POSTS = "Chair|Secretary|Treasurer|Manager|Trustee|Director|Coordinator|Chief Executive|Development Officer".split("|")
_SUBJECTS = (
    "the bus service|the new crossing|our library|the lunch club|the funding|the monitoring|the youth centre|parking|"
    "the forms|the grants|small groups|the contract|volunteers|our members|older people|the market|the consultation|"
    "the council|young families|the cycle path|opening hours|the surgery|the park|the allotments|street lighting|"
    "the review|the timetable|local shops|the river walk|disabled residents"
).split("|")
_VERBS = (
    "should be kept as it is|needs far more money|has been neglected for years|must not be closed|is working well|"
    "would suffer badly|cannot be judged by numbers|ought to be asked first|deserves a proper answer|"
    "is often forgotten|"
    "could be run jointly|should be reviewed every third year|will not survive another cut|depends on goodwill|"
    "makes all the difference|is too complicated|was promised before|could open on Saturdays"
).split("|")
_REASONS = (
    "because nobody else will do it|as we said last time|in spite of what the paper says|since the bus was cut|"
    "at least until the election|if the figures are right|for the sake of our children|and everybody here knows it|"
    "whatever the partners think|once the details are clear|before the winter comes|so that people can plan|"
    "unless there is a real choice|although I see the difficulty|and I would gladly help|"
    "which my neighbours say as well|not only in the centre|as the law requires"
).split("|")
_OPENINGS = (
    "I think that|In my view|We feel that|To be honest,|Surely|It seems to me that|I am worried that|I am glad that|"
    "As a regular user I find that|Please note that|My main point is that|I would add that"
).split("|")


@dataclass(frozen=True)
class Home:
    """Where people live or meet."""

    address: str
    town: str
    postcode: str
    landline: str


def skewed(chance: Random, count: int, power: float = 1.6) -> int:
    """A number under `count`, small ones more often."""
    return int(count * chance.random() ** power)


def family_name(chance: Random) -> str:
    """One of some thousand, a few of them common."""
    number = skewed(chance, len(_STEMS) * len(_ENDS), 2.2)
    return _STEMS[number % len(_STEMS)] + _ENDS[number // len(_STEMS)]


def given_name(chance: Random, sex: str) -> str:
    return GIVEN[sex][skewed(chance, len(GIVEN[sex]))]


def home(chance: Random) -> Home:
    """An invented address; a postcode is shared by about fifteen of them."""
    area = skewed(chance, 3_000, 1.2)
    inside = Random(f"area {area}")
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    postcode = f"DE{80 + area % 19} {inside.randint(1, 9)}{inside.choice(letters)}{inside.choice(letters)}"
    street = f"{inside.choice(_STREETS)} {inside.choice(_KINDS)}"
    town = inside.choice(_TOWNS)
    flat = f"Flat {chance.randint(1, 9)}, " if chance.random() < 0.1 else ""
    return Home(f"{flat}{chance.randint(1, 120)} {street}", town, postcode, f"01632 96{chance.randint(0, 9999):04d}")


def other_home_in(chance: Random, postcode_of: Home) -> Home:
    """Another home of the same postcode."""
    street = postcode_of.address.split(", ")[-1].split(" ", 1)[1]
    number = chance.randint(121, 240)
    return replace(postcode_of, address=f"{number} {street}", landline=f"01632 96{chance.randint(0, 9999):04d}")


def organisation_name(chance: Random) -> str:
    place = chance.choice([*_TOWNS, *_STREETS])
    middle = f"{chance.choice(_STREETS)} " if chance.random() < 0.5 else ""
    return f"{place} {middle}{chance.choice(_GROUPS)}"


def organisation_variant(name: str, chance: Random) -> str:
    """The same organisation as somebody else writes it."""
    which = chance.randrange(6)
    if which == 0:
        return "The " + name
    if which == 1:
        return name.removesuffix(" Limited").removesuffix(" Ltd")
    if which == 2:
        return name.replace("Council for Voluntary Service", "CVS").replace("Citizens Advice Bureau", "CAB")
    if which == 3:
        return name.replace("Association", "Assoc.").replace("Community", "Comm.").replace("Centre", "Center")
    if which == 4 and len(name.split()) > 2:
        return "".join(word[0] for word in name.split() if word not in {"for", "and", "of"}).upper()
    return name


def sentence(chance: Random) -> str:
    """One of some hundred thousand opinions; the parts are everybody's."""
    said = f"{chance.choice(_OPENINGS)} {chance.choice(_SUBJECTS)} {chance.choice(_VERBS)}"
    return f"{said} {chance.choice(_REASONS)}." if chance.random() < 0.6 else said + "."


def opinion(chance: Random, sentences: int) -> list[str]:
    return [sentence(chance) for _ in range(sentences)]


CAMPAIGN_LETTERS = tuple(tuple(opinion(Random(f"letter {number}"), 5)) for number in range(6))
