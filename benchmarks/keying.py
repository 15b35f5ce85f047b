"""What an officer needs for paper forms: `./run bench keying [--forms 40] [--words-a-minute 52]`.

Forms of parks and libraries are filled by synthetic pens, scanned at 200 dots to the inch, landed and built; then one
officer keys them all in Chromium, by keyboard alone, at the speed of a typist: each key waits its turn in real time.
Dhakal et al. (Observations on Typing from 136 Million Keystrokes, CHI 2018) found 52 words of five keys a minute for
168,000 people who copied sentences. What is typed has the length of what is written: 25 words for an open question, one
to three for the others. A tenth is keyed by a second officer, apart from the first, and a
third settles what differs. Exit code 1 when a promise is not kept.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks._scan_synthesis import fill_form, random_of
from benchmarks._scan_synthesis_paper import scan
from benchmarks._table import Limit, print_table
from ingest.post.scans.land_scans import Batch, land_scans
from orchestration.intake import landing_of, recipients_of
from orchestration.keying_batches import Batch as Counted
from orchestration.keying_batches import batches_of
from orchestration.keying_queue import KeyingQueue
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.errors import YourSayError
from tests.browser.chromium import CHROMIUM, FLAGS
from tests.integration.keying.running import Desk, build, publish_parks, run_desk
from tests.integration.post.paper import RESOLUTION, as_tiff, printed

KEYS_IN_A_WORD = 5
TWICE = 0.1
OPEN = (
    "More benches near the pond would help older people, and please keep the branch library open on Saturdays because "
    "children need somewhere quiet to read."
)
SHORT = {
    "q2_visits": "12",
    "q3_last_visit": "2007-05-03",
    "r5_district": "DE1",
    "c1_given_name": "Margaret",
    "c2_family_name": "Oakland",
    "c3_email": "m.oakland@example.org",
    "c4_phone": "01632 960123",
}
OTHERWISE = "Friends of the park"
PATIENCE = 120_000


# Of each answer: its field, whether it is written, and how many stops of the Tab key it has. Of several boxes that may
# be ticked each is a stop; boxes of which one is ticked are one together.
_FIELDS = """all => all.map(one => [
    one.dataset.draft.split(':').at(-2),
    one.querySelector('textarea') !== null,
    one.querySelectorAll('input[type=checkbox]').length || 1,
])"""


class BenchmarkError(YourSayError):
    """What is measured does not work."""


@dataclass
class Keyed:
    """What one form took: seconds in all, seconds until the next page with its pictures was there, and keys."""

    seconds: float
    waited: float
    keys: int
    answers: int


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench keying", description="What an officer needs for paper forms.")
    parser.add_argument("--forms", type=int, default=40)
    parser.add_argument("--words-a-minute", type=float, default=52, help="how fast the first officer types")
    given = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="yoursay-bench-"))
    try:
        data = DataFolder(root / "data")
        data.root.mkdir()
        definition = scanned_forms(data, root, given.forms)
        delay = 60_000 / (given.words_a_minute * KEYS_IN_A_WORD)
        with run_desk(data) as desk, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

            def officer(name: str) -> Page:
                page = chromium.new_context().new_page()
                sign_in(page, desk, name)
                return page

            first = key_all(officer("olga"), delay, OTHERWISE)
            second = key_all(officer("peter"), 0, "Friends of the parks")
            third = key_all(officer("mary"), 0, OTHERWISE)
            chromium.close()
        build(data, definition)
        (counted,) = batches_of(data, KeyingQueue(data, definition), count_again=True)
    finally:
        shutil.rmtree(root)
    limits = limits_of(first, counted, given.forms)
    print_table(limits)
    print_rest(first, second, third, counted)
    keys = statistics.median(one.keys for one in first)
    print(f"keys of a form, median: {keys:.0f}, which take {keys * delay / 1000:.1f} s at that speed alone")
    return 0 if all(limit.kept for limit in limits) else 1


def scanned_forms(data: DataFolder, folder: Path, forms: int) -> Definition:
    """The consultation with so many scanned forms, each a file, in one batch, and its warehouse."""
    definition, blank = publish_parks(data, folder, double_key_share=TWICE, audit_share=0), printed()
    files = []
    for number in range(forms):
        random = random_of("test", number, 40)
        pages = [blank.page(page.number) for page in blank.layout.pages]
        filled = fill_form(blank.layout, pages, RESOLUTION, definition=definition, stream="test", random=random)
        images = [
            scan(page.image, filled[place - 1].image, RESOLUTION, "office", random=random, turned=0).image
            for place, page in enumerate(filled)
        ]
        files.append(folder / f"form-{number:02}.tif")
        files[-1].write_bytes(as_tiff(images))
    batch = Batch("may", "2007-05-10", date(2007, 5, 11), sheets=forms * len(blank.layout.pages))
    landing, recipients = landing_of(data, definition), recipients_of(data, definition)
    land_scans(files, batch, landing, recipients, definition=definition, clock=data.clock)
    build(data, definition)
    return definition


def sign_in(page: Page, desk: Desk, name: str) -> None:
    """Open the first form as this officer."""
    page.set_default_timeout(PATIENCE)
    with desk.client(name) as client:
        page.context.add_cookies(
            [{"name": key, "value": value, "url": desk.address} for key, value in client.cookies.items()]
        )
    page.goto(f"{desk.address}/keying/form")


def key_all(page: Page, delay: float, otherwise: str) -> list[Keyed]:
    """Key form after form until nothing waits for this officer."""
    found = []
    while page.get_by_role("heading", name="Nothing waits for you").count() == 0:
        found.append(key_form(page, delay, otherwise, blank=len(found) % 10 == 9))
    return found


def key_form(page: Page, delay: float, otherwise: str, *, blank: bool) -> Keyed:
    """Key the form that is shown, with nothing but keys; with `blank` its last answer is said to be blank."""
    began, keys = time.monotonic(), 0
    fields = page.locator("[data-draft]").evaluate_all(_FIELDS)

    def press(key: str) -> None:
        nonlocal keys
        keys += 1
        page.keyboard.press(key)
        page.wait_for_timeout(delay)

    for place, (column, is_written, stops) in enumerate(fields):
        is_blank = blank and place == len(fields) - 1
        if is_written and not is_blank:
            text = OPEN if column == "q5_proposal" else SHORT.get(column, otherwise)
            keys += len(text)
            page.keyboard.type(text, delay=delay)
        elif not is_blank:
            press("Space")
        for _ in range(stops):
            press("Tab")
        if is_blank:
            press("ArrowDown")
        press("Tab")
    if page.evaluate("document.activeElement.value") != "save":
        raise BenchmarkError("The keys that fill a form do not lead to its button.")
    sent = time.monotonic()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_load_state("load")
    ended = time.monotonic()
    return Keyed(ended - began, ended - sent, keys + 1, len(fields))


def limits_of(first: list[Keyed], counted: Counted, forms: int) -> list[Limit]:
    """The promises."""
    return [
        Limit("seconds for a form, median", statistics.median(one.seconds for one in first), at_most=90),
        Limit("seconds for a form, 90% are under", quantile([one.seconds for one in first]), at_most=90),
        Limit("of these waiting for the server, median", statistics.median(one.waited for one in first), at_most=5),
        Limit("pages the first officer saw beyond the forms", len(first) - forms, at_most=0),
        Limit("forms in the batch that still wait", counted.waiting, at_most=0),
        Limit("forms of the batch that are not counted once", abs(counted.forms - forms), at_most=0),
        Limit("the same when the paper is looked at again", abs((counted.scanned or 0) - forms), at_most=0),
    ]


def quantile(seconds: list[float]) -> float:
    """The ninetieth percentile."""
    return statistics.quantiles(seconds, n=10)[-1]


def print_rest(first: list[Keyed], second: list[Keyed], third: list[Keyed], counted: Counted) -> None:
    """What there is no promise for."""
    keys, answers = sum(one.keys for one in first), sum(one.answers for one in first)
    print(f"\nslowest form: {max(one.seconds for one in first):.1f} s")
    print(f"longest wait: {max(one.waited for one in first):.1f} s")
    print(f"first officer: {len(first)} forms, {answers} answers, {keys} keys")
    print(f"second officer: {sum(one.answers for one in second)} answers of {len(second)} forms")
    print(f"third officer: {sum(one.answers for one in third)} answers of {len(third)} forms")
    print(f"batch: {counted.keyed} keyed, {counted.by_machine} by machine, {counted.set_aside} set aside")


if __name__ == "__main__":
    raise SystemExit(main())
