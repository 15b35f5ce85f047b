"""A first visit to the form in Chromium with an empty profile: bytes over the wire, and when something is painted."""

from playwright.sync_api import Page, sync_playwright
from tests.browser.chromium import CHROMIUM, FLAGS

from benchmarks._wire import Counted, counting

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
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/form?*")
    page.locator("h1:visible").wait_for()
    paint = page.wait_for_function(_PAINT).json_value()
    page.wait_for_function("document.documentElement.dataset.offline === 'ready'")
    return {"kilobytes": counted.received / 1_000, "first_paint_ms": paint}
