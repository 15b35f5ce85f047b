"""Takes a picture of a page of a running results server.

    python tests/browser/dashboard_screenshot.py ADDRESS ACCOUNT FILE.png [PAGE] [WIDTH]

The password is read from standard input, so that it stands in no list of processes.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = Path(os.environ.get("YOURSAY_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_READY_MILLISECONDS = 90_000
# The run is over, no part of the page is still being fetched, and each chart has its picture.
_IS_DRAWN = """
document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
    && !document.querySelector('[data-testid=stSkeleton], [data-testid=stAppSkeleton]')
    && [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].every(one => one.querySelector('svg, canvas'))
"""


def sign_in(page: Page, address: str, name: str, password: str) -> None:
    """Sign in at the form, and wait for the first page of results."""
    page.goto(f"{address}/")
    page.get_by_label("Account name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    wait_for_page(page)


def wait_for_page(page: Page) -> None:
    """Wait until Streamlit has drawn the whole page."""
    page.locator("h1").wait_for(timeout=_READY_MILLISECONDS)
    page.wait_for_function(_IS_DRAWN, timeout=_READY_MILLISECONDS)


def take(page: Page, file: Path) -> None:
    """A picture of the whole page, also of what Streamlit would scroll."""
    size = page.viewport_size
    assert size
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": min(height, 8_000)})
    wait_for_page(page)
    page.screenshot(path=file)
    page.set_viewport_size(size)


def main(address: str, name: str, file: str, path: str = "overview", width: str = "1280") -> None:
    password = sys.stdin.readline().strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": int(width), "height": 900})
        sign_in(page, address.rstrip("/"), name, password)
        if path != "overview":
            page.goto(f"{address.rstrip('/')}/{path}")
            wait_for_page(page)
        take(page, Path(file))
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
