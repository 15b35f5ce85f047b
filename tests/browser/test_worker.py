"""The service worker: what it keeps, what it leaves alone, and that no version of it takes the form away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.form import PARKS, THIRD, open_form, wait_for_script, wait_until_offline_works
from tests.browser.public_server import PublicServer
from tests.browser.relay import relaying

pytestmark = pytest.mark.browser
# Resolves once a new version of the worker has taken over.
_NEW_WORKER = """async () => {
  const taken = new Promise(resolve => navigator.serviceWorker.addEventListener('controllerchange', resolve));
  const registration = await navigator.serviceWorker.ready;
  await registration.update();
  await taken;
}"""
_KEPT_FILES = (
    "caches.open('yoursay-files').then(files => files.keys()).then(all => all.map(one => new URL(one.url).pathname))"
)
_KEPT_PAGES = "caches.open('yoursay-pages').then(pages => pages.keys()).then(all => all.map(one => one.url))"


def test_a_new_version_that_is_not_whole_does_not_lose_the_form(
    server: PublicServer, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    page = context.new_page()
    with relaying(server.port) as relay:
        open_form(page, relay.address)
        wait_until_offline_works(page)
        page.reload()
        wait_for_script(page)
        before = set(page.evaluate(_KEPT_FILES))
        script = next(file for file in before if file.startswith("/static/form-"))

        def half_deployed(path: str, content: bytes) -> bytes:
            if path == "/sw.js":
                return content + b"\n// another version"
            return content.replace(script.encode(), b"/static/form-000000000000.js")

        relay.rewrite = half_deployed
        page.evaluate(_NEW_WORKER)
        page.reload()
        context.set_offline(True)
        page.reload(wait_until="domcontentloaded")
        wait_for_script(page)
        assert set(page.evaluate(_KEPT_FILES)) == before


def test_it_keeps_the_start_page_and_the_form_and_nothing_that_is_personal(
    server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_form(page, server.address)
    wait_until_offline_works(page)
    for path in ("/", f"/{THIRD}", "/help", "/receipt?reference=ABCD-2345", f"/{PARKS}/respond"):
        page.goto(server.address + path)
    open_form(page, server.address)
    kept = {one.removeprefix(server.address) for one in page.evaluate(_KEPT_PAGES)}
    assert kept >= {f"/{PARKS}?lang=en", f"/{PARKS}/form?lang=en", "/", f"/{THIRD}"}
    assert not [one for one in kept if one.startswith(("/help", "/receipt", "/api")) or "respond" in one]


def test_a_server_that_hangs_does_not_hold_the_form_up(server: PublicServer, new_page: Callable[..., Page]) -> None:
    page = new_page()
    with relaying(server.port) as relay:
        open_form(page, relay.address)
        wait_until_offline_works(page)
        relay.mode = "hang"
        page.reload(wait_until="domcontentloaded")
        wait_for_script(page)
        expect(page.locator("html")).to_have_attribute("data-page", "device")
        relay.mode = "forward"


def test_requests_that_send_something_do_not_pass_through_it(
    server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_form(page, server.address)
    wait_until_offline_works(page)
    open_form(page, server.address)
    by_worker: dict[str, bool] = {}
    page.on("response", lambda one: by_worker.update({one.request.method: one.from_service_worker}))
    address = f"/api/consultations/{PARKS}/submissions"
    page.evaluate(f"fetch('{address}', {{method: 'POST', body: '{{}}'}}).then(answer => answer.text())")
    page.reload()
    assert by_worker == {"POST": False, "GET": True}
