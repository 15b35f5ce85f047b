"""The tables of runs hold very many of them without running full in places."""

import numpy as np
import pyarrow as pa

from transforms.campaigns.normalise import normalise
from transforms.campaigns.runs import candidates, runs_of_letters
from transforms.campaigns.shingles import Shingled
from transforms.campaigns.texts import TextsBuilder

LETTERS = 2_000
LENGTH = 5_000


def test_a_text_finds_its_letter_among_millions_of_runs() -> None:
    written = np.random.default_rng(1).integers(ord("a"), ord("z") + 1, LETTERS * LENGTH).astype(np.uint8)
    letters = Shingled(written, np.arange(LETTERS + 1) * LENGTH, np.ones(len(written), np.uint8))
    builder = TextsBuilder()
    number = builder.add(normalise(pa.array([written[7 * LENGTH : 8 * LENGTH].tobytes().decode()])))
    runs, owners = runs_of_letters(letters)
    letter, text = candidates(letters, runs, owners, builder.texts(), number)
    assert len(runs) > 2_000_000
    assert (letter.tolist(), text.tolist()) == ([7], [0])
