"""The results server in a browser: signing in, waiting until a page is drawn, and a picture of all of it."""

from pathlib import Path

from playwright.sync_api import Page

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
    fill_sign_in(page, name, password)
    wait_for_page(page)


def fill_sign_in(page: Page, name: str, password: str) -> None:
    """Fill in the form for signing in, and send it."""
    page.get_by_label("Account name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def wait_for_page(page: Page) -> None:
    """Wait until Streamlit has drawn the whole page."""
    page.locator("h1").wait_for(timeout=_READY_MILLISECONDS)
    page.wait_for_function(_IS_DRAWN, timeout=_READY_MILLISECONDS)


def take(page: Page, file: Path, highest: int = 8_000) -> None:
    """A picture of the whole page, also of what would scroll; of its top where it is higher than `highest`."""
    size = page.viewport_size
    assert size
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": min(height, highest)})
    wait_for_page(page)
    page.screenshot(path=file)
    page.set_viewport_size(size)
