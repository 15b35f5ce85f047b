"""Campaigns that are kept up to date are those that are found in all texts at once, whatever the batches were."""

import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from benchmarks._letters import DEVELOPMENT_SEEDS, answers
from tests.unit.campaigns.conftest import AGAINST, FOR, OWN
from transforms.campaigns.found import Found, find
from transforms.campaigns.kept import KeptCampaigns
from transforms.campaigns.texts import NO_TEXT, Texts

TEXTS = 1_500


def told(found: Found, texts: Texts, numbers: Any) -> list[tuple[bytes, float, float, float] | None]:
    """Of each response the letter, as its text, and how it stands to it; whatever numbers the texts have."""

    def letter_of(number: int) -> tuple[bytes, float, float, float] | None:
        if number == NO_TEXT or found.letter[number] < 0:
            return None
        centre = found.centres[found.letter[number]].text
        letter = texts.letters[texts.starts[centre] : texts.starts[centre + 1]].tobytes()
        return letter, found.similarity[number], found.of_core[number], found.of_text[number]

    return [letter_of(int(number)) for number in numbers]


def added(texts: list[str], batches: list[list[int]], known: tuple[str, ...] = ()) -> tuple[KeptCampaigns, Any]:
    """The kept campaigns after the batches, which hold the places of texts; a place is the number of arrival too."""
    kept, numbers = KeptCampaigns(known), np.empty(len(texts), np.int64)
    for batch in batches:
        numbers[batch] = kept.add(pa.array([texts[place] for place in batch]), np.array(batch))
    return kept, numbers


@pytest.mark.parametrize("seed", DEVELOPMENT_SEEDS[:3])
@pytest.mark.parametrize("arriving", ["in order", "in any order", "latest first"])
def test_batches_give_what_all_at_once_gives(seed: int, arriving: str) -> None:
    texts = [answer.text for answer in answers(seed, TEXTS)]
    rng = random.Random(seed)
    places = list(range(TEXTS))
    if arriving == "in any order":
        rng.shuffle(places)
    cuts = sorted(rng.sample(range(1, TEXTS), 6))
    batches = [places[start:end] for start, end in zip([0, *cuts], [*cuts, TEXTS], strict=True)]
    if arriving == "latest first":
        batches.reverse()
    at_once, numbers_at_once = added(texts, [places])
    kept, numbers = added(texts, batches)
    expected = told(at_once.found(), at_once.texts, numbers_at_once)
    assert told(kept.found(), kept.texts, numbers) == expected
    assert told(find(kept.texts), kept.texts, numbers) == expected
    assert sum(one is not None for one in expected) > TEXTS / 4


def test_one_by_one_is_the_same_too() -> None:
    texts = [AGAINST, OWN[0], FOR, AGAINST + " Thank you.", "", FOR, OWN[1], "Dear all. " + FOR, AGAINST, FOR]
    kept, numbers = added(texts, [[place] for place in (7, 0, 3, 9, 2, 1, 8, 4, 5, 6)])
    assert told(kept.found(), kept.texts, numbers) == told(find(kept.texts), kept.texts, numbers)
    letters = [one and one[0].split()[-1] for one in told(kept.found(), kept.texts, numbers)]
    against, in_favour = b"instead", b"better"
    assert letters == [against, None, in_favour, against, None, in_favour, None, in_favour, against, in_favour]


def test_a_known_letter_is_there_from_the_first_text_on() -> None:
    kept, numbers = added(["Dear council, " + AGAINST, OWN[0]], [[0], [1]], known=(FOR, AGAINST))
    found = kept.found()
    assert [int(found.letter[number]) for number in numbers] == [1, -1]


def test_an_empty_batch_changes_nothing() -> None:
    kept, numbers = added([AGAINST, AGAINST], [[0, 1]])
    before = told(kept.found(), kept.texts, numbers)
    assert kept.add(pa.array([], pa.string()), np.array([], np.int64)).tolist() == []
    assert told(kept.found(), kept.texts, numbers) == before
