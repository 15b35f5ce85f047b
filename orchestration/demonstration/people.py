"""Invented respondents: names, organisations, addresses. None of them exists.

Family names and places are made up, telephone numbers come from the ranges that Ofcom keeps for fiction, mail
domains from those that RFC 2606 keeps for examples, postcodes from districts that were never given out.
"""

from dataclasses import dataclass
from random import Random
from typing import Literal

RespondentType = Literal[
    "voluntary_community_rep", "derby_resident", "public_sector_rep", "derby_business_rep", "other"
]

_GIVEN = (
    "Amira Bronwen Cathal Dilys Ekow Farida Gethin Halina Imran Jagoda Kofi Lucja Mairead Nasreen Oluwaseun Parveen "
    "Quentin Rosheen Stanislaw Tamsin Ulrika Vikram Wiktoria Xiu Yusuf Zainab Harpreet Gurdeep Siobhan Tomasz Olive "
    "Percy Edna Winifred Stanley Marjorie Delroy Claudette Errol Beverley Anwen Iolo Shabana Tariq Mei Jun Chidi Ngozi"
).split()
_FAMILY = (
    "Quillstone Wendelmark Ashgarrow Brambleford Tannerby Oswelling Fennimarsh Coldharrow Marlowick Pettering "
    "Hollinbeck Saltermere Dunwoodle Thackenby Wrenfold Ketteridge-Vale Okonwell Bajrawal Nowakszyn Przybelski "
    "O'Dallivan MacTorrish Ap-Rhydwen Lindqvister Chowdharan Rahmaniq Singhara Virdeepal Adebanjor Mensahun Zhaolin "
    "Kowalewicz-Stone Featherlow Grindlemoor Pickersley Umberwell Yardleigh-Moss Sorrelby Crumpsall-Ash Évertine"
).split()
_PLACES = (
    "Quillbank Emberwick Copperby Thistlemere Wrenhollow Oddwick Marlhope Harrowbeck Sedgeby Tannersreach Fennelrow "
    "Kilngreen Ropemoor Lanternfield Millraceby"
).split()
_GROUPS = (
    "Carers Circle|Lunch Club|Befrienders|Toy Library|Community Garden|Advice Corner|Deaf Social Club|Youth Shed|"
    "Women's Sewing Room|Bereavement Friends|Talking Newspaper|Community Transport|Homework Club|Allotment Society|"
    "Men's Workshop|Language Café|Furniture Store|Tenants' Voice|Swim Club for All|Memory Choir|Asian Elders' Tea Room|"
    "African and Caribbean Lunch Table|Polish Saturday School|Stroke Group|Hearing Loop|Listening Ear|Foodshare"
).split("|")
_PUBLIC_BODIES = (
    "School Nursing Team|Health Centre|Community Nursing Service|Children's Centre|Housing Office|"
    "Library Outreach Team|Day Centre|Adult Learning Service|Occupational Therapy Team"
).split("|")
_BUSINESSES = "Bakery|Print Works|Cycle Repairs|Care Agency|Removals|Cash and Carry|Pharmacy|Design Studio".split("|")
_ROLES = {
    "voluntary_community_rep": (
        "Coordinator|Chair|Treasurer|Secretary|Trustee|Volunteer|Manager|Development worker|Chief officer|Founder|"
        "Volunteer organiser|Outreach worker"
    ).split("|"),
    "public_sector_rep": (
        "Team leader|Senior practitioner|Commissioning officer|Head of service|Nurse|Social worker|Manager"
    ).split("|"),
}
_OTHERS = (
    "retired|student|a carer|I work in Derby but live elsewhere|faith leader|user of services|trainer|"
    "parish councillor of an invented parish|volunteer in several groups"
).split("|")
_STREETS = "Lantern Street|Fennel Row|Copper Lane|Saltpan Road|Weir View|Tenter Close|Old Ropewalk|Quince Avenue".split(
    "|"
)
_TYPE_WEIGHTS: dict[tuple[RespondentType, ...], int] = {
    ("voluntary_community_rep",): 38,
    ("derby_resident",): 21,
    ("voluntary_community_rep", "derby_resident"): 15,
    ("public_sector_rep",): 12,
    ("public_sector_rep", "derby_resident"): 3,
    ("derby_business_rep",): 4,
    ("derby_business_rep", "derby_resident"): 2,
    ("other",): 3,
    (): 2,
}


@dataclass(frozen=True)
class Person:
    """One invented respondent."""

    given_name: str
    family_name: str
    email: str
    phone: str
    address: str
    postcode: str
    types: tuple[RespondentType, ...]
    type_other: str | None
    organisation: str | None
    role: str | None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def speaks_for_many(self) -> bool:
        """Says 'we'."""
        return self.organisation is not None


def invent_person(chance: Random) -> Person:
    """A respondent; the same source of chance invents the same one."""
    types = chance.choices(list(_TYPE_WEIGHTS), list(_TYPE_WEIGHTS.values()))[0]
    given, family = chance.choice(_GIVEN), chance.choice(_FAMILY)
    organisation, role = None, None
    for kind in types:
        if kind in _ROLES and organisation is None:
            organisation = invent_organisation(kind, chance)
            role = chance.choice(_ROLES[kind])
    # A tick without a name, and a name without a role, both occur: they are accepted and flagged.
    if organisation and chance.random() < 0.06:
        organisation = None
    if role and chance.random() < 0.12:
        role = None
    return Person(
        given_name=given,
        family_name=family,
        email=invent_email(given, family, chance),
        phone=invent_phone(chance),
        address=f"{chance.randint(1, 148)} {chance.choice(_STREETS)}",
        postcode=invent_postcode(chance),
        types=types,
        type_other=chance.choice(_OTHERS) if "other" in types else None,
        organisation=organisation,
        role=role,
    )


def invent_organisation(kind: RespondentType, chance: Random) -> str:
    """The name of an organisation of that kind that does not exist."""
    named = {"public_sector_rep": _PUBLIC_BODIES, "derby_business_rep": _BUSINESSES}.get(kind, _GROUPS)
    return f"{chance.choice(_PLACES)} {chance.choice(named)}"


def invent_email(given: str, family: str, chance: Random) -> str:
    """An address under a domain that is kept for examples."""
    local = "".join(letter for letter in f"{given}.{family}".lower() if letter.isascii() and letter not in "' ")
    domain = chance.choice(("example.org", "example.net", "mail.example.com", "post.example.org"))
    return f"{local}{chance.randint(1, 99)}@{domain}"


def invent_phone(chance: Random) -> str:
    """A number of the ranges that Ofcom keeps for drama, written in one of the usual ways."""
    last = f"{chance.randint(0, 999):03d}"
    return chance.choice(
        (
            f"01632 960{last}",
            f"01632 960 {last}",
            f"07700 900{last}",
            f"+44 7700 900{last}",
            f"0115 496 0{last}",
            f"(0115) 4960{last}",
        )
    )


def invent_postcode(chance: Random) -> str:
    """A well-formed postcode in a district that does not exist, written as people write them."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    outward = f"DE{chance.choice((81, 83, 86, 88, 92, 94))}"
    inward = f"{chance.randint(1, 9)}{chance.choice(letters)}{chance.choice(letters)}"
    return chance.choice((f"{outward} {inward}",) * 4 + (f"{outward}{inward}", f"{outward} {inward}".lower()))
