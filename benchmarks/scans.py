"""How well scanned forms are read: `./run bench scans [--pages 850] [--stream test]`.

Synthetic scans of both consultations, in every language and variant: other pens, ticks, crosses, corrections, copier,
fax, telephone, curl, hidden corners. The test seeds share no random number with the development seeds, on which the
limits were set, and have other pens and marks. Beside it stands the plain pixel count: dark pixels in a box that is
registered as well as ours, with the limits that were best on the development seeds. Exit code 1 when a promise is
not kept.

Two processes; the seconds for a page are the processor's, for a JPEG of 200 dots to the inch, in grey, decoding
included.
"""

import argparse
import multiprocessing
import statistics
import time

import cv2

from benchmarks._scan_trial import BASELINE_SHARE, Counts, trial
from benchmarks._table import Limit, print_table

_CHUNK = 4


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench scans", description="How well scanned forms are read.")
    parser.add_argument("--pages", type=int, default=850, help="the least number of pages")
    parser.add_argument("--hidden", type=int, default=150, help="the least number of pages with a corner hidden")
    parser.add_argument("--stream", choices=("test", "development"), default="test")
    parser.add_argument("--faults", action="store_true", help="print every fault")
    given = parser.parse_args()
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(2, _alone) as pool:
        counted = _until(pool, (given.stream, "any"), given.pages)
        hidden = _until(pool, (given.stream, "hidden"), given.hidden)
        timed = _until(pool, (given.stream, "at 200"), 60)
    if given.faults:
        print("\n".join([*counted.faults, *(f"corner hidden: {fault}" for fault in hidden.faults)]))
    limits = _limits(counted, hidden, timed)
    print_table(limits)
    _print_rest(counted, hidden, time.monotonic() - began)
    return 0 if all(limit.kept for limit in limits) else 1


def _alone() -> None:
    cv2.setNumThreads(1)


def _until(pool: "multiprocessing.pool.Pool", what: tuple[str, str], pages: int) -> Counts:
    """Forms, one after another, until so many pages are counted: always the same ones."""
    total, number = Counts(), 0
    while total.pages < pages:
        for counts in pool.imap(_trial, [(*what, number + step) for step in range(2 * _CHUNK)], chunksize=1):
            if total.pages < pages:
                total.add(counts)
        number += 2 * _CHUNK
    return total


def _trial(what: tuple[str, str, int]) -> Counts:
    stream, kind, number = what
    base = {"any": 0, "hidden": 1_000_000, "at 200": 2_000_000}[kind]
    return trial(stream, base + number, hidden=kind == "hidden", at_200=kind == "at 200")  # type: ignore[arg-type]


def _limits(counted: Counts, hidden: Counts, timed: Counts) -> list[Limit]:
    def percent(part: int, whole: int) -> float:
        return 100 * part / max(1, whole)

    # The first page of each process draws the blank form.
    speed = 1 / statistics.median(timed.seconds)
    return [
        Limit("pages", counted.pages, at_least=800),
        Limit("pages identified, %", percent(counted.identified, counted.pages), at_least=99.5),
        Limit("boxes read without a person, %", percent(counted.read, counted.boxes), at_least=93),
        Limit("of those wrong, %", percent(counted.wrong, counted.read), at_most=0.1),
        Limit("plain pixel count: wrong, %", percent(counted.baseline_wrong, counted.baseline), at_least=1),
        Limit(
            "single-choice questions wrong, %", percent(counted.questions_wrong, counted.questions_read), at_most=0.05
        ),
        Limit("one corner hidden: registered, %", percent(hidden.registered, hidden.pages), at_least=95),
        Limit("pages a second and core, 200 dpi grey", speed, at_least=8),
    ]


def _print_rest(counted: Counts, hidden: Counts, seconds: float) -> None:
    print(
        f"\n{counted.pages} pages, {counted.registered} registered within 1 mm; {counted.boxes} boxes, {counted.read}"
    )
    print(f"read without a person, {counted.wrong} of them wrong. Single-choice questions: {counted.questions},")
    print(f"{counted.questions_read} read without a person, {counted.questions_wrong} of them wrong. Spaces for words:")
    print(f"{counted.spaces}, writing missed in {counted.spaces_missed}, empty ones sent to a person:")
    print(
        f"{counted.spaces_for_nothing}. With a corner hidden: {hidden.boxes} boxes, {hidden.read} read, {hidden.wrong}"
    )
    print(
        f"wrong. The pixel count takes a box with more than {100 * BASELINE_SHARE:g}% dark as ticked. {seconds:.0f} s."
    )


if __name__ == "__main__":
    raise SystemExit(main())
