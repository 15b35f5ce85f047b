"""Campaigns that are kept up to date: what comes in is held against what it may belong to, not everything anew.

Whatever the batches and their order, the campaigns are those that `found.find` finds in all texts at once. A batch that
arrived after all others costs what its texts cost, and what their groups and new letters cost; one that arrived before
some of them links everything anew, because the first text of a bucket may be another one now.
"""

from collections.abc import Sequence
from itertools import chain

import numpy as np
import pyarrow as pa

from transforms.campaigns.centres import Centre, Compared, as_it_stands, centres_of
from transforms.campaigns.errors import CampaignInputError
from transforms.campaigns.found import Found, assigned, one_a_letter
from transforms.campaigns.links import grouped_further, no_buckets
from transforms.campaigns.members import Nearness, joined, letters_of, nearness
from transforms.campaigns.normalise import Places, normalise
from transforms.campaigns.runs import TextsByRun
from transforms.campaigns.shingles import BANDS, bands_of
from transforms.campaigns.texts import NO_TEXT, Keys, Texts, TextsBuilder

_Letter = tuple[int, bytes]
_NEVER = np.iinfo(np.uint64).max


class KeptCampaigns:
    """Texts that came in so far and the campaigns among them; `known` are letters that are known in advance."""

    def __init__(self, known: Sequence[str] = ()) -> None:
        self._builder = TextsBuilder()
        self._order = np.empty(0, np.uint64)
        self._bands = np.empty((0, BANDS), np.uint32)
        self._groups = np.empty(0, np.int64)
        self._buckets = no_buckets()
        self._centres: dict[int, list[Centre]] = {}
        self._compared = Compared()
        self._by_run = TextsByRun()
        self._near: dict[_Letter, Nearness] = {}
        self._letters: list[Centre] = []
        self.known = self._builder.add(normalise(pa.array(known, pa.string())), counted=False)
        if NO_TEXT in self.known:
            raise CampaignInputError("A known letter is too short to be told from what many people say.")
        self._grow(self.known, np.arange(len(known), dtype=np.uint64))

    @property
    def texts(self) -> Texts:
        return self._builder.texts(self._order)

    def add(self, texts: pa.Array, arrivals: Places) -> Places:
        """Take in texts with the numbers of their arrival (from 0, each once); gives the number of each one's text.

        It is NO_TEXT for texts that are too short. `found` says of the other numbers which letter they are of.
        """
        by_arrival = np.argsort(arrivals, kind="stable")
        numbers = self._builder.add(normalise(texts.take(pa.array(by_arrival))))
        self._grow(numbers, arrivals[by_arrival].astype(np.uint64) + np.uint64(len(self.known)))
        result = np.empty(len(numbers), np.int64)
        result[by_arrival] = numbers
        return result

    def found(self) -> Found:
        """The campaigns among all texts that came in."""
        near = [self._near[_key(letter)].numbered(n) for n, letter in enumerate(self._letters)]
        return assigned(self.texts, self._letters, joined(near), len(self.known))

    def _grow(self, numbers: Places, order: Keys) -> None:
        before = len(self._order)
        comes_after_all = not before or not len(order) or bool(order[0] > self._order.max())
        now = len(self._builder)
        is_text = numbers != NO_TEXT
        # In place: what is kept is not copied for every batch.
        self._order.resize(now, refcheck=False)
        self._order[before:] = _NEVER
        np.minimum.at(self._order, numbers[is_text], order[is_text])
        texts = self.texts
        self._bands.resize((now, BANDS), refcheck=False)
        self._bands[before:] = bands_of(texts.letters, texts.starts[before:])
        self._by_run.add(texts, before)
        self._link(texts, before, comes_after_all)
        touched = np.ones(len(texts), bool)
        if comes_after_all:
            touched[:] = False
            touched[self._groups[numbers[is_text]]] = True
        self._centres = {
            group: centres
            for group, centres in self._centres.items()
            if self._groups[group] == group and not touched[group]
        } | centres_of(texts, self._groups, touched, self._compared)
        self._hold_against_letters(texts, np.arange(before, len(texts)))

    def _link(self, texts: Texts, before: int, comes_after_all: bool) -> None:
        if comes_after_all:
            new = np.arange(before, len(texts))
            self._groups.resize(len(texts), refcheck=False)
            self._groups[before:] = new
        else:
            self._groups, self._buckets = np.arange(len(texts)), no_buckets()
            new = np.argsort(texts.order, kind="stable")
        self._buckets = grouped_further(texts, self._bands, self._groups, self._buckets, new)

    def _hold_against_letters(self, texts: Texts, new: Places) -> None:
        """New texts against the letters that were there, and new letters against all that share runs with them."""
        known = [as_it_stands(texts, int(text)) for text in self.known]
        self._letters = one_a_letter(texts, known, chain.from_iterable(self._centres.values()))
        old_letters = [letter for letter in self._letters if _key(letter) in self._near]
        new_letters = [letter for letter in self._letters if _key(letter) not in self._near]
        of_new_texts = nearness(letters_of(texts, old_letters), texts, new).by_letter(len(old_letters))
        letters = letters_of(texts, new_letters)
        of_new_letters = nearness(letters, texts, self._by_run.of(letters, len(texts)))
        near = {
            _key(letter): joined([self._near[_key(letter)], added])
            for letter, added in zip(old_letters, of_new_texts, strict=True)
        }
        near |= dict(zip(map(_key, new_letters), of_new_letters.by_letter(len(new_letters)), strict=True))
        self._near = near


def _key(letter: Centre) -> _Letter:
    return letter.text, letter.core.tobytes()
