"""A first visit to the form in Chromium with an empty profile: bytes over the wire, and when something is painted."""

import re

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.chromium import CHROMIUM, FLAGS
from tests.browser.form import wait_for_script, wait_until_offline_works
from tests.browser.wire import Counted, counting

_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
_READY_SECONDS = 30


def first_visits(port: int, consultation: str, times: int) -> list[dict[str, float]]:
    """Open a consultation's page and then its form that many times, each as a new visitor.

    `kilobytes` is all that came over the wire (headers and bodies, compressed as sent) until the form works without
    the network, what the service worker fetches included; `first_paint_ms` is that of the form's page.
    """
    found = []
    with sync_playwright() as playwright:
        for _ in range(times):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            with counting(port) as counted:
                found.append(_visit(browser.new_page(), consultation, counted))
            browser.close()
    return found


def _visit(page: Page, consultation: str, counted: Counted) -> dict[str, float]:
    page.set_default_timeout(_READY_SECONDS * 1_000)
    page.goto(f"http://localhost:{counted.port}/{consultation}")
    start = page.locator("a[data-form-address]")
    expect(start).to_have_attribute("href", re.compile("/form"))
    start.click()
    wait_for_script(page)
    wait_until_offline_works(page)
    return {"kilobytes": counted.received / 1_000, "first_paint_ms": page.evaluate(_PAINT)}
