"""The ordinary words: a frequency list of English and of its pairs of words (symspellpy's), sorted into classes."""
# ruff: noqa: E501 - word lists and expressions are read whole

import random
import re
from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from unicodedata import combining, normalize

import symspellpy

from transforms.masking import lexicon as kinds
from transforms.masking.lexicon import Lexicon
from transforms.masking.training.names import Names

_JARGON = Path(__file__).with_name("jargon.txt")
_PLACES = Path(__file__).with_name("places.txt")
_WORDS = "frequency_dictionary_en_82_765.txt"
_PAIRS = "frequency_bigramdictionary_en_243_342.txt"
# Words before which an ordinary word stands, and a name hardly ever.
_BEFORE_ORDINARY = frozenset(
    "the a an to this our their these will is be more very some not are we it you would your for".split()
)
# Words after which names are rare, and words that follow ordinary words: what they do not tell of names alone.
_BEFORE_TOO = frozenset(
    "was were been being have has had they who could should no any all other his her its which as also can may must only or".split()
)
_AFTER = frozenset("of the to a for that from with on by in it your this their an".split())
_ENDINGS = (
    ("ing", ("", "e")), ("ings", ("", "e")), ("ed", ("", "e")), ("er", ("", "e")), ("ers", ("", "e")), ("s", ("",)), ("es", ("",)),
    ("ly", ("",)), ("ness", ("",)), ("ies", ("y",)), ("ied", ("y",)), ("ment", ("",)), ("less", ("",)), ("al", ("", "e")),
)  # fmt: skip
# How often (pairs in the list for each occurrence) that makes a name an ordinary word too.
_ORDINARY_TOO = 0.7
_FREQUENT = 20_000
_UNRANKED = 1_000_000
_PLACES_THAT_ARE_WORDS = frozenset({"down", "bath", "reading", "tower", "wells"})
_KNOWN_ONE_BY_ONE = 1500
# Words of capital letters alone in the list, and others that only look like names.
_NEVER_NAMES = frozenset(
    "english french german christian muslim arab danish czech asian indian polish irish welsh scottish british us he to too the an my were more must can each said"
    " such per else st non made held put ever soon among till till ii org asp al de la der den del si non el was has had his her our out no one or on so we you"
    " all any who why how yes not now for and are but by do if in is it me of off up at as be go her am pm ok tv cv eg ie etc re pp ps id per via dos mars july"
    " monday tuesday wednesday thursday friday saturday sunday january february march october november december september jan feb mar apr jun jul aug sep oct nov dec"
    " mon tues wed thurs fri sat christmas easter ramadan eid internet bbc nhs uk usa eu best good least last first next many much"
    " regards cheers sincerely hiya faithfully thanks hello hi spoke xmas nan gran granny mum dad mam van pal mate yours truly somali"
    " urdu punjabi polish latvian council estate wc h sang rode cares road lane park church charity company doctor father mother children sir lady madam dear school".split()
)


STARTS = tuple(
    "the a we i it they there this that our my people if when because not more some in for with you would should what how all".split()
)
_SHORTENED = tuple(
    "dont cant wont isnt didnt doesnt hasnt havent wasnt werent couldnt wouldnt shouldnt arent aint im ive thats its hes shes whats lets weve theyve".split()
)
# Names that are ordinary words, though the pairs of the list are too few to tell.
_ORDINARY_TOO_WORDS = frozenset(
    "will april june august frank miles rose lane pat art drew amber ruby heather ivy holly lily daisy violet iris hazel jasmine poppy"
    " basil baker walker mason fisher brooks turner warner miller tanner thatcher sheriff page archer bishop butcher carpenter weaver"
    " chandler draper dyer fowler gardner glover harper piper sawyer shepherd singer slater wheeler"
    " penny ginger olive myrtle sage rosemary earnest rusty sunny chuck dolly gale gene glen grant gay"
    " laurel olive patty peg pierce reed rocky rod sandy skip stew sue van ward ray rob max mac may hope"
    " faith grace joy dawn eve charity mercy patience prudence constance felicity verity honour honor summer autumn dean earl duke baron prince king lord"
    " major bush burns wells mills parks rivers waters woods hills fields banks bridges gates hood moss marsh heath ford forest lake pond pool church cross"
    " temple abbot monk nunn parsons deacon moody savage sharp swift hardy gentle bliss blunt bold bright keen noble proud rich small short strong wise".split()
)


@dataclass(frozen=True)
class Dictionary:
    """Classes of words, and for each word those that follow it with how often (added up)."""

    lexicon: Lexicon
    # For each name of the lists the class that it would have if it were on none.
    unlisted: dict[str, str]
    followers: dict[str, tuple[tuple[str, ...], tuple[int, ...]]]

    def chain(self, rng: random.Random, length: int) -> list[str]:
        """So many words as they follow one another in English; sense is not asked for."""
        word = rng.choice(STARTS)
        words = [word]
        while len(words) < length:
            after = self.followers.get(word)
            if after is None:
                word = rng.choice(STARTS)
            else:
                followers, added_up = after
                word = followers[bisect(added_up, rng.random() * added_up[-1])]
            words.append(word)
        return words


def load_dictionary(names: Names) -> Dictionary:
    """Sort the words into their classes, given the names."""
    counts = {word: int(count) for word, count in _rows(_WORDS)}
    rank = {word: place for place, word in enumerate(sorted(counts, key=lambda word: (-counts[word], word)))}
    pairs = [(first, second, int(count)) for first, second, count in _rows(_PAIRS)]
    articled, told = _evidence(pairs, counts)
    given, family = names.words()
    jargon = frozenset(re.split(r"[\s'-]+", _JARGON.read_text("utf-8")))
    places = frozenset(_PLACES.read_text("utf-8").split())
    classes: dict[str, str] = {}
    unlisted: dict[str, str] = {}
    for word in sorted(counts.keys() | given | family | places | jargon - {""}):
        share = articled.get(word, 0.0)
        place = rank.get(word, _UNRANKED)
        is_name = (word in given or word in family) and word not in _NEVER_NAMES and word not in jargon
        plain = _class_of_ordinary(word, place, told) if word in counts else kinds.UNKNOWN
        if word in _ORDINARY_TOO_WORDS or (
            is_name and share >= _ORDINARY_TOO and place < _FREQUENT and word not in places
        ):
            classes[word] = kinds.BOTH
        elif word in places and word not in given and word not in _PLACES_THAT_ARE_WORDS:
            classes[word] = kinds.PLACE_OR_NAME if is_name else kinds.PLACE
        elif is_name:
            both = word in given and word in family
            classes[word] = kinds.GIVEN_OR_FAMILY if both else kinds.GIVEN if word in given else kinds.FAMILY
            unlisted[word] = plain
        else:
            classes[word] = kinds.COMMON if word in _NEVER_NAMES or word in jargon else plain
    for word in ("i", "a", "o"):
        classes[word] = kinds.COMMON
    for word in _SHORTENED:
        classes[word] = kinds.COMMON
        classes[word[:-2] + "n't" if word.endswith("nt") else word] = kinds.COMMON
    for stem in ("i", "we", "you", "they", "he", "she", "it", "who", "that", "there"):
        for tail in ("'ll", "'re", "'ve", "'d", "'m"):
            classes[stem + tail] = kinds.COMMON
    # Without their accents too, as most keyboards write them.
    for word in [word for word, kind in classes.items() if kind in kinds.NAMES and not word.isascii()]:
        classes.setdefault(_plain(word), classes[word])
        unlisted.setdefault(_plain(word), kinds.UNKNOWN)
    frequent = sorted((word for word in rank if classes[word] in (kinds.COMMON, kinds.BOTH)), key=rank.__getitem__)
    return Dictionary(Lexicon(classes, frozenset(frequent[:_KNOWN_ONE_BY_ONE])), unlisted, _followers(pairs, classes))


def _evidence(pairs: list[tuple[str, str, int]], counts: dict[str, int]) -> tuple[dict[str, float], frozenset[str]]:
    """How often each word stands where ordinary words do, and the words that are ordinary by all that is known."""
    articled: dict[str, float] = {}
    before: set[str] = set()
    after: dict[str, float] = {}
    for first, second, count in pairs:
        if first in _BEFORE_ORDINARY:
            articled[second] = articled.get(second, 0.0) + count / counts.get(second, count)
        if first in _BEFORE_TOO:
            before.add(second)
        if second in _AFTER:
            after[first] = after.get(first, 0.0) + count / counts.get(first, count)
    told = before | articled.keys() | {word for word, share in after.items() if share >= 3}
    return articled, frozenset(told)


def _class_of_ordinary(word: str, place: int, told: frozenset[str]) -> str:
    if word in told:
        return kinds.COMMON if place < 3000 else kinds.ORDINARY
    if _is_inflected(word, told):
        return kinds.ORDINARY
    return kinds.PROPER if place < 20_000 else kinds.RARE


def _is_inflected(word: str, told: frozenset[str]) -> bool:
    for ending, instead in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2:
            doubled = stem[:-1] if stem[-1] == stem[-2] else stem
            if any(stem + one in told for one in instead) or doubled in told:
                return True
    return False


def _followers(
    pairs: list[tuple[str, str, int]], classes: dict[str, str]
) -> dict[str, tuple[tuple[str, ...], tuple[int, ...]]]:
    told = (kinds.COMMON, kinds.ORDINARY, kinds.BOTH)
    after: dict[str, list[tuple[str, int]]] = {}
    for first, second, count in pairs:
        if classes.get(first) in told and classes.get(second) in told and len(first) > 1 and len(second) > 1:
            # The root keeps rare pairs in play.
            after.setdefault(first, []).append((second, int(count**0.5)))
    return {
        first: (tuple(second for second, _ in rows), tuple(accumulate(count for _, count in rows)))
        for first, rows in after.items()
    }


def _plain(word: str) -> str:
    folded = word.translate(str.maketrans("łøđıßæœ", "lodisao"))
    return "".join(character for character in normalize("NFD", folded) if not combining(character))


def _rows(name: str) -> list[list[str]]:
    text = (Path(symspellpy.__file__).parent / name).read_text(encoding="utf-8-sig")
    return [line.split() for line in text.splitlines() if line.strip()]
