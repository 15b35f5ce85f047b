"""What axe-core finds on a page at each width, and a page wider than its window, at which axe does not look."""

from pathlib import Path

from playwright.sync_api import Page

WIDTHS = (320, 390, 1280)
_AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
_FIND = "async () => (await axe.run({resultTypes: ['violations']})).violations"
_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def faults(page: Page, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """Nothing, or the faults. The page's context must bypass its policy, which forbids the checker."""
    # A click waits for the next page's first bytes alone.
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: {one['id']}: {one['nodes'][0]['html'][:200]}" for one in page.evaluate(_FIND)]
        found += [f"{width}: wider than the window"] if page.evaluate(_TOO_WIDE) else []
    return found
