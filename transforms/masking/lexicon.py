"""What is known of a word by itself: an ordinary word, a name, both, or neither."""
# ruff: noqa: E501 - word lists and expressions are read whole

from dataclasses import dataclass
from functools import cached_property

# Classes of words; a word that is in none is unknown.
COMMON = "c"  # an ordinary word that everybody writes
ORDINARY = "o"  # an ordinary word
RARE = "r"  # in the dictionary, and nothing tells whether it is an ordinary word
PROPER = "p"  # in the dictionary, but hardly ever after an article: countries, towns, brands
BOTH = "a"  # an ordinary word that is a name too: Will, May, Grant, Green
PLACE = "l"  # a well-known place
PLACE_OR_NAME = "m"  # a well-known place after which persons are called: Preston, Lincoln
GIVEN = "g"
FAMILY = "f"
GIVEN_OR_FAMILY = "n"
UNKNOWN = "u"
NAMES = GIVEN + FAMILY + GIVEN_OR_FAMILY

TITLES = frozenset(
    "mr mrs ms miss mx dr prof professor rev reverend cllr councillor sir dame lady lord fr father sister imam rabbi mister"
    " mme mnr alhaji hajia chief pastor canon alderman sgt pc pcso nurse uncle auntie aunt mp".split()
)
STREETS = frozenset(
    "road rd street st avenue ave lane ln close drive crescent cres court way place terrace gardens grove hill rise row square"
    " walk mews green croft mount parade wharf gate villas cottages yard fold bank vale house flats flat apartment lodge cottage"
    " farm barn mill".split()
)
PLACES_AFTER = frozenset(
    "park ward estate school hospital library church centre center bridge hall museum theatre market station stadium"
    " university college chapel mosque temple gurdwara pub inn hotel shire county river lake wood woods common field fields"
    " surgery clinic primary academy nursery cemetery leisure reservoir canal quarter district".split()
)


@dataclass(frozen=True)
class Lexicon:
    """The classes of folded words, and the words that the tagger knows one by one."""

    classes: dict[str, str]
    known: frozenset[str]

    def class_of(self, folded: str) -> str:
        return self.classes.get(folded, UNKNOWN)

    @cached_property
    def words_of(self) -> dict[str, frozenset[str]]:
        """The words of each class."""
        found: dict[str, set[str]] = {}
        for word, kind in self.classes.items():
            found.setdefault(kind, set()).add(word)
        return {kind: frozenset(words) for kind, words in found.items()}


def without_names(lexicon: Lexicon, classes: dict[str, str]) -> Lexicon:
    """The lexicon as if the names in `classes` were on no list: what a tagger has to learn about such names."""
    return Lexicon(lexicon.classes | classes, lexicon.known)
