"""One browser and one public server for each module of tests; pages that may ask nobody else."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser.chromium import CHROMIUM, FLAGS
from tests.browser.public_server import PublicServer, new_server

# Both built-in consultations are open then.
MAY = datetime(2007, 5, 14, 9, tzinfo=UTC)
_PATIENCE = 20_000


@pytest.fixture(scope="module")
def player() -> Iterator[Playwright]:
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(player: Playwright) -> Iterator[Browser]:
    started = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield started
    started.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicServer]:
    """One server for all tests of a module: each looks at the consultation that it answers, from where it stands."""
    running = new_server(tmp_path_factory.mktemp("data"), MAY)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicServer]:
    """A server of the test's own, to be killed and started again."""
    running = new_server(tmp_path_factory.mktemp("data"), MAY)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A browser profile of its own; a request to another machine fails the test."""
    contexts: list[BrowserContext] = []
    foreign: list[str] = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(**{"locale": "en-GB", **options})
        context.set_default_timeout(_PATIENCE)
        context.on("request", lambda one: None if one.url.startswith(_OURS) else foreign.append(one.url))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert foreign == []


_OURS = ("http://localhost:", "http://127.0.0.1:", "file:", "blob:", "data:")


@pytest.fixture
def new_page(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """A page in a browser profile of its own."""
    return lambda **options: new_context(**options).new_page()
