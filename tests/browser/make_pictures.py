"""Takes the pictures of the documentation, `docs/pictures/`, of a demonstration that was played before.

    .venv/bin/yoursay demo --no-serve --data DATA
    .venv/bin/python -m tests.browser.make_pictures DATA

It starts the results server and the desk on free ports of this machine, signs in with the demonstration's accounts,
and stops them again.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from orchestration.processes import Running, Server, environment, free_port, module
from tests.browser.chromium import CHROMIUM, FLAGS
from tests.browser.results_screen import fill_sign_in, sign_in, take, wait_for_page

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
CONSULTATION = "third-sector-2007"
DESK, PHONE = 1280, 390
_HIGHEST = 1_700
_COLOURS = 128


@dataclass(frozen=True)
class Picture:
    """One picture: its name, the path it is of, and the width of the window."""

    name: str
    path: str
    width: int = DESK


RESULTS = (
    Picture("overview", ""),
    Picture("overview-phone", "", PHONE),
    Picture("question", "question-q2_place"),
    Picture("question-phone", "question-q2_place", PHONE),
    Picture("responses", "responses"),
    Picture("quality", "quality"),
    Picture("compare", "compare"),
)
PLAIN = (
    Picture("plain-question", f"results/{CONSULTATION}/question-q2_place"),
    Picture("plain-question-phone", f"results/{CONSULTATION}/question-q2_place", PHONE),
)
OFFICERS = (
    Picture("desk-work", "work"),
    Picture("desk-keying", "keying"),
    Picture("desk-coding", "coding"),
    Picture("desk-links", "links"),
    Picture("desk-campaigns", "campaigns"),
    Picture("desk-redactions", "redactions"),
    Picture("desk-quarantine", "quarantine"),
    Picture("desk-releases", "releases"),
    Picture("desk-final", "final"),
    Picture("desk-report", "report"),
)


def main(data: str) -> None:
    """Take every picture of the demonstration in the folder `data`."""
    folder = Path(data).absolute()
    passwords = json.loads((folder / "demo-accounts.json").read_text("utf-8"))
    results = _server(folder, "results")
    desk = _server(folder, "desk", "--consultation", CONSULTATION)
    PICTURES.mkdir(exist_ok=True)
    with Running([results, desk]), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        _take_results(browser, results.address, passwords["member"])
        _take_desk(browser, desk.address, passwords["officer"])
        browser.close()
    for file in PICTURES.glob("*.png"):
        _shrink(file)


def _server(folder: Path, kind: str, *more: str) -> Server:
    port = free_port(0)
    command = module("orchestration.cli", "serve", kind, "--data", str(folder), "--port", str(port), *more)
    return Server(kind, command, environment(), f"http://127.0.0.1:{port}", "/sign-in")


def _take_results(browser: Browser, address: str, password: str) -> None:
    page = browser.new_page()
    sign_in(page, address, "member", password)
    for one in RESULTS:
        _open(page, address, one)
        wait_for_page(page)
        take(page, PICTURES / f"{one.name}.png", _HIGHEST)
    for one in PLAIN:
        _open(page, address, one)
        _take_top(page, one)


def _take_desk(browser: Browser, address: str, password: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/")
    fill_sign_in(page, "officer", password)
    page.locator("h1").wait_for()
    for one in OFFICERS:
        _open(page, address, one)
        _take_top(page, one)


def _open(page: Page, address: str, one: Picture) -> None:
    page.set_viewport_size({"width": one.width, "height": 900})
    page.goto(f"{address}/{one.path}")


def _take_top(page: Page, one: Picture) -> None:
    page.locator("h1").wait_for()
    height = min(page.evaluate("document.documentElement.scrollHeight"), _HIGHEST)
    clip = {"x": 0, "y": 0, "width": one.width, "height": height}
    page.screenshot(path=PICTURES / f"{one.name}.png", full_page=True, clip=clip)


def _shrink(file: Path) -> None:
    """Fewer colours: a third of the bytes, and nothing that a reader would miss."""
    with Image.open(file) as picture:
        small = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    small.save(file, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
