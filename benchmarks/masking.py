"""How well and how fast personal details are masked: `./run bench masking [--texts 4000] [--mix 4000] [--passes 10]`.

Three sets: texts made up with names of which the model in the trial knows none (it is fitted here to the other half of
the names, so no list has them), the same texts with the shipped model, and texts written by hand in other words than
the training's grammar (the half of them that nothing was tuned on) with the shipped model. Beside it Presidio with a
blank spaCy model and scrubadub. Speed: CPU seconds of the process, each text once. Limits are printed; exit code 1 when
one is not kept.
"""

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from random import Random

from benchmarks._masking_scores import Found, Score, score
from benchmarks._masking_sides import presidio, scrubadub
from benchmarks._masking_texts import by_hand, made_up
from benchmarks._table import Limit, print_table
from orchestration.demonstration.answers import fill_third_sector_form
from transforms.masking.find import Finder
from transforms.masking.masker import Masker
from transforms.masking.spans import MASK_FROM, Span
from transforms.masking.tagger import Tagger, shipped_tagger
from transforms.masking.training.names import half_of, load_names
from transforms.masking.training.train import Recipe, train

TEST_SEED = 190_419
CLASSES = ("name", "address", "email", "phone", "postcode", "date of birth", "id", "handle", "url")


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench masking", description="How personal details are masked.")
    parser.add_argument("--texts", type=int, default=4000, help="texts made up for the test")
    parser.add_argument("--mix", type=int, default=4000, help="texts of 60 words to measure the speed with")
    parser.add_argument(
        "--passes", type=int, default=Recipe().passes, help="passes of the model fitted to half the names"
    )
    given = parser.parse_args()
    missing = [name for name in ("presidio_analyzer", "scrubadub") if importlib.util.find_spec(name) is None]
    sides: dict[str, Callable[[str], Found]] = {}
    started = time.process_time()
    half = Masker(Tagger(train(replace(Recipe(), passes=given.passes), half_of(load_names(), held_out=False))))
    training = time.process_time() - started
    shipped = Masker()
    sets = {
        "unseen names": (made_up(TEST_SEED, given.texts, held_out=True), {"yoursay, names on no list": _finds(half)}),
        "by hand": (by_hand(for_report=True), {}),
    }
    if missing:
        print(f"{' and '.join(missing)} not installed: the table is without them.")
    else:
        sides = {"Presidio, blank model": presidio(), "scrubadub": scrubadub()}
    rows: list[tuple[str, str, Score]] = []
    for name, (texts, own) in sets.items():
        for side, find in {**own, "yoursay, as shipped": _finds(shipped), **sides}.items():
            one = score(texts, find)
            rows.append((name, side, one))
            print(
                json.dumps(
                    {
                        "set": name,
                        "side": side,
                        "recall": {of: one.recall(of) for of in CLASSES},
                        "precision": one.precision,
                        "false_a_thousand": one.false_a_thousand,
                    }
                ),
                flush=True,
            )
    _print_quality(rows)
    limits = [
        limit
        for name, side, one in rows
        if side in ("yoursay, names on no list", "yoursay, as shipped")
        for limit in _limits(f"{name}, {side.removeprefix('yoursay, ')}", one)
    ]
    limits += _speed(shipped_tagger(), given.mix, sides)
    limits.append(Limit("training, CPU seconds", training, at_most=120))
    print_table(limits)
    return 0 if all(limit.kept for limit in limits) else 1


def _finds(masker: Masker) -> Callable[[str], Found]:
    return lambda text: [(one.start, one.end, one.label) for one in masker.mask({"text": text})["text"].spans]


def _limits(name: str, one: Score) -> Iterable[Limit]:
    targets = {
        "name": 0.95,
        "address": 0.92,
        "email": 0.97,
        "phone": 0.98,
        "postcode": 0.98,
        "date of birth": 0.98,
        "id": 0.98,
    }
    for label, least in targets.items():
        yield Limit(f"{name}: {label} recall", one.recall(label), at_least=least)
    yield Limit(f"{name}: token precision", one.precision, at_least=0.80)
    names = one.false_of_label["name"]
    yield Limit(f"{name}: false name tokens in 1,000 words", 1000 * names / one.words, at_most=20)


def _print_quality(rows: list[tuple[str, str, Score]]) -> None:
    print(f"\n| texts | side | {' | '.join(CLASSES)} | precision | false in 1,000 |")
    print("| --- | --- |" + " --- |" * (len(CLASSES) + 2))
    for name, side, one in rows:
        recalls = " | ".join(f"{one.recall(of):.3f}" if one.there[of] else "-" for of in CLASSES)
        print(f"| {name} | {side} | {recalls} | {one.precision:.3f} | {one.false_a_thousand:.1f} |")
    print()


def _speed(tagger: Tagger, count: int, sides: dict[str, Callable[[str], Found]]) -> list[Limit]:
    """Texts of 60 words a CPU second: on the tagger's path (every word of every text), and as a realistic mix."""
    texts = [text for text, _ in _mix(count, 0.05)]
    every = _Unfiltered(tagger)
    tagged = _rate(lambda text: every.find(text, 7), texts[: count // 4])
    masker = Masker(tagger)
    mixed = _rate(lambda text: masker.mask({"text": text}), texts)
    ours, all_of_it = Finder(tagger), _Unfiltered(tagger)
    lost = kept = 0
    for text, name in _mix(count // 2, 1.0, seed=2):
        start, end = text.rindex(name), text.rindex(name) + len(name)
        if _holds(all_of_it.find(text, 7), start, end):
            kept += 1
            lost += not _holds(ours.find(text, int(ours.look([text])[0])), start, end)
    for side, find in sides.items():
        print(f"{side}: {_rate(find, texts[:300]):.0f} texts a CPU second")
    return [
        Limit("tagger's path, texts a CPU second", tagged, at_least=300),
        Limit("realistic mix, texts a CPU second", mixed, at_least=1500),
        Limit("names that the cheap look loses, share", lost / kept if kept else 0.0, at_most=0.005),
    ]


class _Unfiltered(Finder):
    """Every sentence goes to the tagger."""

    def look(self, texts: Sequence[str]):  # type: ignore[no-untyped-def]
        return super().look(texts) | 3


def _holds(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether some of a name is masked."""
    return any(one.score >= MASK_FROM and one.start < end and start < one.end for one in spans)


def _rate(find: Callable[[str], object], texts: Sequence[str]) -> float:
    find("A first text, so that all is loaded: Sarah Jones.")
    words = sum(len(text.split()) for text in texts)
    started = time.process_time()
    for text in texts:
        find(text)
    return words / 60 / (time.process_time() - started)


def _mix(count: int, with_name: float, seed: int = 1) -> list[tuple[str, str]]:
    """Answers of the demonstration's respondents in texts of about 60 words, each with the name that it holds, if any.

    The demonstration's sentences share nothing with the grammar of the training.
    """
    chance = Random(seed)
    names = load_names()
    origins = names.origins()
    texts: list[tuple[str, str]] = []
    words: list[str] = []
    while len(texts) < count:
        for answer in fill_third_sector_form(chance).answers.values():
            if isinstance(answer, str):
                words += answer.split()
        while len(words) >= 60 and len(texts) < count:
            text, name = " ".join(words[:60]), ""
            words = words[60:]
            if chance.random() < with_name:
                origin = chance.choice(origins)
                name = f"{chance.choice(names.given[origin])} {chance.choice(names.family[origin])}"
                text += f" {chance.choice(('Ask', 'So said', 'It was for', 'Thank you,'))} {name}."
            texts.append((text, name))
    return texts


if __name__ == "__main__":
    sys.exit(main())
