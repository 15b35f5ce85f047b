"""What is known of a word by itself: an ordinary word, a name, both, or neither."""

from dataclasses import dataclass
from functools import cached_property

# Classes of words; a word that is in none is unknown.
COMMON = "c"  # an ordinary word that everybody writes
ORDINARY = "o"  # an ordinary word
PROPER = "p"  # in the dictionary, but hardly ever after an article: countries, towns, brands
BOTH = "a"  # an ordinary word that is a name too: Will, May, Grant, Green
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


def without_dropped(lexicon: Lexicon, dropped: frozenset[str]) -> Lexicon:
    """The lexicon as if these names were not in it: what a tagger has to learn about names that are on no list."""
    classes = {word: kind for word, kind in lexicon.classes.items() if word not in dropped or kind not in NAMES}
    return Lexicon(classes, lexicon.known)
