"""What the Commission's dashboard promises: `./run bench dashboard [--rounds 15] [--submissions 40] [--members 50]`.

The demonstration's data behind the servers of `yoursay up`, Chromium, and an empty Streamlit page to hold against. One
JSON line for each measurement, then a table with the limits; exit code 1 when one is not kept.

* From sending a response to the number that a member sees, while Dagster pulls and builds as in use.
* The first useful paint of the overview, and another moment chosen, against the same on an empty page.
* Members at once, each with a websocket, looking at page after page: what went wrong, and how long a look takes.
"""

import argparse
import asyncio
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks._members import Visit, members
from benchmarks._table import Limit, print_table
from dashboards.accounts import Account
from dashboards.sessions import open_session
from orchestration.commands.serving import council_servers, dagster_servers
from orchestration.home import prepare_dagster_home
from orchestration.processes import Running, Server
from schemas.data_folder import DataFolder
from schemas.definition import Definition, published_definitions
from schemas.errors import YourSayError
from tests.browser.chromium import CHROMIUM, FLAGS
from tests.integration.orchestration.test_purging import send
from tests.integration.web.conftest import make_envelope

CONSULTATION = "third-sector-2007"
RECEIVED = re.compile(r"Received now: ([\d,]+)")
PAUSE = 5.0
_EMPTY_DRAWN = "document.querySelector('h1')?.innerText === 'Empty'"
# The page's title, as at when, how many were received: what somebody came for.
_OVERVIEW_DRAWN = (
    "document.querySelector('h1')?.innerText === 'Overview' && document.body.innerText.includes('nterim, as at')"
    " && /Received now: [\\d,]+/.test(document.body.innerText)"
)
_CLICK_NOTED = "document.addEventListener('click', () => { window.clicked = performance.now() }, true)"


class BenchmarkError(YourSayError):
    """What is measured does not work."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench dashboard", description="What the dashboard promises.")
    parser.add_argument("--rounds", type=int, default=15, help="how often each page is opened and filtered")
    parser.add_argument("--submissions", type=int, default=40, help="how many responses are sent")
    parser.add_argument("--members", type=int, default=50, help="how many members look at once")
    parser.add_argument("--looks", type=int, default=6, help="how many pages each of them looks at")
    given = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="yoursay-bench-"))
    try:
        data = demonstration(root / "data")
        with up(data) as servers:
            public, results = servers[0].address, servers[1].address
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                limits = [
                    *paints(browser, data, results, given.rounds),
                    *live(browser, data, public, results, given.submissions),
                ]
                browser.close()
            limits += crowd(data, results, given.members, given.looks)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print_table(limits)
    return 0 if all(limit.kept for limit in limits) else 1


def demonstration(folder: Path) -> DataFolder:
    """The demonstration, played and built."""
    command = [sys.executable, "-m", "orchestration.cli", "demo", "--no-serve", "--data", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return DataFolder(folder)


@contextmanager
def up(data: DataFolder) -> Iterator[list[Server]]:
    """The servers of `yoursay up`."""
    prepare_dagster_home(data).dispose()
    council = council_servers(data)
    with Running([*council, *dagster_servers(data, public_url=council[0].address)]):
        yield council


def live(browser: Browser, data: DataFolder, public: str, results: str, submissions: int) -> Iterator[Limit]:
    """Send responses one after another, at no regular time, and wait until a member's page says so."""
    definition = published_definitions(data.definitions)[CONSULTATION]
    chance = random.Random(1)
    page = _context(browser, data, results).new_page()
    page.goto(results)
    seen = _wait_for_received(page, 0)
    seconds = []
    for number in range(submissions):
        time.sleep(chance.uniform(0.2, 4))
        started = time.monotonic()
        _send(public, data, definition, number)
        seen = _wait_for_received(page, seen + 1)
        seconds.append(time.monotonic() - started)
    page.context.close()
    found = sorted(seconds)
    p95 = found[int(0.95 * (len(found) - 1))]
    _say("live", sent=submissions, median=statistics.median(found), p95=p95, most=found[-1])
    yield Limit("seconds from sending to the number seen, p95", p95, at_most=10)


def paints(browser: Browser, data: DataFolder, results: str, rounds: int) -> Iterator[Limit]:
    """Open and filter the overview and an empty page in turns, each time as a new visitor."""
    found: dict[str, list[float]] = {}
    with _empty_page() as empty:
        sides: dict[str, tuple[str, str, Callable[[Page], float]]] = {
            "empty": (empty, _EMPTY_DRAWN, _choose_on_empty),
            "overview": (results, _OVERVIEW_DRAWN, _choose_moment),
        }
        for turn in range(rounds + 1):
            for side, (address, drawn, choose) in sides.items():
                context = _context(browser, data, results)
                page = context.new_page()
                page.add_init_script(_CLICK_NOTED)
                page.goto(address)
                page.wait_for_function(drawn, timeout=60_000)
                paint = page.evaluate("performance.now()")
                filtered = choose(page)
                context.close()
                # The first visit of each side warms its server.
                if turn:
                    found.setdefault(f"{side} paint", []).append(paint)
                    found.setdefault(f"{side} filter", []).append(filtered)
    medians = {name: statistics.median(values) for name, values in found.items()}
    _say("paint", rounds=rounds, **{name.replace(" ", "_") + "_ms": value for name, value in medians.items()})
    yield Limit("first useful paint / empty page", medians["overview paint"] / medians["empty paint"], at_most=1.3)
    yield Limit("another moment chosen / empty rerun", medians["overview filter"] / medians["empty filter"], at_most=2)


def crowd(data: DataFolder, results: str, count: int, looks: int) -> Iterator[Limit]:
    """Members at once."""
    cookies = [f"yoursay_session={_session(data)}" for _ in range(count)]
    seen = asyncio.run(members(results, cookies, Visit(looks, PAUSE)))
    by_time = sorted(seen.looks)
    _say(
        "members",
        members=count,
        looks=len(by_time),
        expected=count * (looks + 1),
        by_itself=len(seen.by_itself),
        median_s=statistics.median(by_time),
        p95_s=by_time[int(0.95 * (len(by_time) - 1))],
        wrong=seen.wrong,
    )
    yield Limit(f"errors that {count} members saw", len(seen.wrong), at_most=0)
    yield Limit(f"looks of {count} members that were answered", len(by_time) / (count * (looks + 1)), at_least=1)


@contextmanager
def _empty_page() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks._empty_page"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def _context(browser: Browser, data: DataFolder, results: str) -> BrowserContext:
    """A new visitor who is signed in as a member."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "yoursay_session", "value": _session(data), "url": results}])
    return context


def _session(data: DataFolder) -> str:
    return open_session(data.accounts, Account("member", "member"), data.clock.now())


def _choose_on_empty(page: Page) -> float:
    return _choose(page, "Choose", "second", "document.body.innerText.includes('Chosen: second')")


def _choose_moment(page: Page) -> float:
    return _choose(page, "Results as at", "4 April 2007", "document.body.innerText.includes('as at 4 April 2007')")


def _choose(page: Page, label: str, option: str, drawn: str) -> float:
    """Milliseconds from the click on an option to what it shows."""
    page.get_by_label(label).click()
    page.get_by_role("option", name=option).first.click()
    page.wait_for_function(f"({drawn}) && (window.shown ??= performance.now())", timeout=60_000)
    return float(page.evaluate("window.shown - window.clicked"))


def _wait_for_received(page: Page, at_least: int) -> int:
    """The live total, once it is as much."""
    expression = f"Number((document.body.innerText.match(/{RECEIVED.pattern}/)?.[1] ?? '-1').replaceAll(',', ''))"
    page.wait_for_function(f"{expression} >= {at_least}", timeout=60_000)
    return int(page.evaluate(expression))


def _send(public: str, data: DataFolder, definition: Definition, number: int) -> None:
    status, _ = send(public, make_envelope(data, definition, q1a_term=f"Sent to be counted, number {number}."))
    if status != requests.codes.created:
        raise BenchmarkError(f"The public server answered {status}.")


def _say(measured: str, **values: object) -> None:
    rounded = {name: round(value, 3) if isinstance(value, float) else value for name, value in values.items()}
    sys.stdout.write(json.dumps({"measured": measured} | rounded) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
