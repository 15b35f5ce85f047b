"""Answers made from chosen positions, so that what an officer should code is known beforehand.

The texts are invented and say so wherever they show; how often a position occurs is invented too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from orchestration.demonstration.grammar import Slots, expand, read_texts
from orchestration.demonstration.people import (
    Person,
    invent_email,
    invent_organisation,
    invent_person,
    invent_phone,
    invent_postcode,
)
from schemas.response import RawAnswer

NO_ANSWER = "no_answer"
Positions = Mapping[str, str]
# How much a respondent writes to a question, and how often that occurs.
_REGISTERS = {"terse": 22, "short": 34, "plain": 12, "medium": 22, "long": 10}
_CRITICAL = frozenset({"oppose", "unfavourable", "too_much", "support_with_reservations", "depends"})
_WILLING = frozenset({"support", "favourable", "about_right"})
_IN_ONE_LANGUAGE = ("support", "support_with_reservations", "oppose", "unclear")


@dataclass(frozen=True)
class Answer:
    """One written answer: the position on each limb and, where it is taken, the words that show it."""

    text: str
    positions: Positions
    quotes: Mapping[str, str]


@dataclass(frozen=True)
class Form:
    """What one respondent filled in: the raw answers, and the truth about each written one."""

    person: Person
    language: str
    answers: Mapping[str, RawAnswer]
    written: Mapping[str, Answer] = field(default_factory=dict)


@cache
def _grammar(name: str) -> dict[str, Any]:
    return read_texts(name)


def fill_third_sector_form(chance: Random) -> Form:
    """One respondent's form of third-sector-2007, with the questions left out that this one leaves out."""
    person = invent_person(chance)
    slots = slots_of(person, chance)
    grammar = _grammar("third_sector.toml")
    tongue = chance.choices(("en", "pl", "fr", "ur"), (96, 2, 1, 1))[0]
    mood = chance.choices(("even", "willing", "critical"), (50, 25, 25))[0]
    answers: dict[str, RawAnswer] = {}
    written: dict[str, Answer] = {}
    for name, parts in grammar.items():
        luck = chance.random()
        if luck < 0.09:
            continue
        if luck < 0.13:
            answers[name] = chance.choice(_grammar("shared.toml")["asides"]["empty"])
            continue
        positions = choose_positions(parts, mood, chance)
        if tongue != "en" and _fits_one_language(parts, positions):
            answer = write_in_language(tongue, "shared.toml", list(positions), chance)
        else:
            answer = write_answer(parts, positions, slots, chance)
        answers[name], written[name] = answer.text, answer
    return Form(person, "en", answers | about_third_sector(person), written)


def about_third_sector(person: Person) -> dict[str, RawAnswer]:
    """The answers to the questions about the respondent."""
    given: dict[str, RawAnswer | None] = {
        "r1_type": list(person.types) or None,
        "r1_type_other": person.type_other,
        "r2_organisation": person.organisation,
        "r3_role": person.role,
    }
    return {name: answer for name, answer in given.items() if answer is not None}


def fill_campaign_form(chance: Random, *, edited: bool) -> Form:
    """The campaign's letter as one respondent sends it; an edited one has a sentence of its own in one answer."""
    person = invent_person(chance)
    letter = _grammar("campaign.toml")
    texts: dict[str, str] = dict(letter["answers"])
    if edited:
        name = chance.choice(list(texts))
        added = expand(chance.choice(letter["edits"]["added"]), slots_of(person, chance), chance)
        texts[name] = f"{texts[name]} {added}"
    written = {
        name: Answer(text, letter["positions"][name], dict.fromkeys(letter["positions"][name], text[:300]))
        for name, text in texts.items()
    }
    return Form(person, "en", {**texts, **about_third_sector(person)}, written)


def _fits_one_language(parts: Mapping[str, Any], positions: Positions) -> bool:
    """Whether every limb knows the positions that are taken in another language than English."""
    limbs = (content["weights"] for content in parts.values() if isinstance(content, dict))
    known = all({"support", "oppose"} <= set(weights) for weights in limbs)
    return known and set(positions.values()) - {NO_ANSWER} <= set(_IN_ONE_LANGUAGE)


def choose_positions(parts: Mapping[str, Any], mood: str, chance: Random) -> dict[str, str]:
    """A position for each limb of a question; at least one limb is answered."""
    limbs = {name: content["weights"] for name, content in parts.items() if isinstance(content, dict)}
    chosen = {}
    for limb, weights in limbs.items():
        leaning = [weight * (2 if _leans(code, mood) else 1) for code, weight in weights.items()]
        chosen[limb] = chance.choices(list(weights), leaning)[0]
    if set(chosen.values()) == {NO_ANSWER}:
        chosen[next(iter(limbs))] = "support"
    return chosen


def _leans(code: str, mood: str) -> bool:
    return (mood == "critical" and code in _CRITICAL) or (mood == "willing" and code in _WILLING)


def write_answer(parts: Mapping[str, Any], positions: Positions, slots: Slots, chance: Random) -> Answer:
    """Words for the positions, in a register chosen by chance."""
    register = chance.choices(list(_REGISTERS), list(_REGISTERS.values()))[0]
    asides = _grammar("shared.toml")["asides"]

    def sentence(templates: Sequence[str]) -> str:
        text = expand(chance.choice(templates), slots, chance)
        return _plainly(text, chance) if register == "plain" else text

    quotes: dict[str, str] = {}
    one_position = next(iter(positions.values())) if len(set(positions.values())) == 1 else None
    together = parts.get(f"all_{one_position}")
    if together and chance.random() < (0.8 if register == "terse" else 0.25):
        said = sentence(together)
        quotes = dict.fromkeys(positions, said)
        sentences = [said]
    else:
        for limb, code in positions.items():
            if code != NO_ANSWER:
                quotes[limb] = sentence(parts[limb][code])
        sentences = list(quotes.values())
    reasons = {"terse": 0, "short": chance.randint(0, 1), "plain": chance.randint(0, 1), "medium": 1, "long": 2}[
        register
    ]
    sentences += [sentence([template]) for template in chance.sample(parts["reason"], reasons)]
    if register == "long":
        sentences += [sentence([template]) for template in chance.sample(asides["story"], chance.randint(1, 4))]
    if register in ("medium", "long") and chance.random() < 0.5:
        sentences.append(sentence(asides["closing"]))
    if chance.random() < (0.2 if register == "long" else 0.05):
        sentences.append(sentence(asides["contact"]))
    separator = " "
    if register == "plain":
        separator = chance.choice((". ", ", ", " - "))
    elif register == "long" and chance.random() < 0.3:
        separator = "\n\n"
    return Answer(separator.join(sentences), positions, quotes)


def write_in_language(language: str, texts: str, limbs: Sequence[str], chance: Random) -> Answer:
    """A short answer in another language than English, with one position for all limbs."""
    said: Mapping[str, Sequence[str]] = _grammar(texts)["languages"][language]
    code = chance.choices(list(said), [5 if name == "support" else 2 for name in said])[0]
    text = expand(chance.choice(said[code]), {}, chance)
    return Answer(text, dict.fromkeys(limbs, code), dict.fromkeys(limbs, text))


def slots_of(person: Person, chance: Random) -> Slots:
    """The grammar's slots for this respondent: shared fillers, own pronouns and contact details."""
    other = invent_person(chance)
    pronouns = ("We", "we", "our", "us", "are") if person.speaks_for_many else ("I", "I", "my", "me", "am")
    own = {
        **{name: [word] for name, word in zip(("I", "i", "my", "me", "am"), pronouns, strict=True)},
        "phone": [person.phone, invent_phone(chance)],
        "email": [person.email, invent_email(other.given_name, other.family_name, chance)],
        "address": [person.address],
        "postcode": [person.postcode, invent_postcode(chance)],
        "person": [other.name, other.given_name, f"Mrs {other.family_name}", person.name],
        "organisation": [invent_organisation("voluntary_community_rep", chance)],
    }
    shared: dict[str, Sequence[str]] = _grammar("shared.toml")["slots"]
    return {**shared, **own}


def _plainly(text: str, chance: Random) -> str:
    """As people type in a hurry: no capitals, fewer stops, a slip of the keys now and then."""
    words = text.rstrip(".").lower().split(" ")
    if len(words) > 5 and chance.random() < 0.4:
        place = chance.randrange(len(words))
        word = words[place]
        if len(word) > 4 and word.isalpha():
            cut = chance.randrange(1, len(word) - 2)
            words[place] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(words)
