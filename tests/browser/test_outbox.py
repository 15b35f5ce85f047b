"""The outbox against kills, lies and losses of the network: what was sent arrives once, nothing is given up early."""

import base64
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from schemas.definition import load_definition
from schemas.sealing import read_recipients, seal
from tests.browser.chromium import CHROMIUM, FLAGS
from tests.browser.form import (
    PARKS,
    answer_and_send,
    come_online,
    expect_state,
    open_form,
    outbox,
    proposals,
    shown,
    wait_for_outbox,
    wait_for_script,
    wait_until_offline_works,
)
from tests.browser.public_server import PublicServer
from tests.browser.relay import Relay, relaying

pytestmark = pytest.mark.browser

# Runs in the page: seals and commits responses through the form's own controls.
_SEND_MANY = """async ([from, until]) => {
  const html = document.documentElement;
  const seen = async (test) => {
    while (!test()) await new Promise(resolve => requestAnimationFrame(resolve));
  };
  for (let number = from; number < until; number += 1) {
    location.hash = '#/device';
    await seen(() => html.dataset.page === 'device');
    document.querySelector('[data-page=device] [data-action=continue]').click();
    await seen(() => html.dataset.page === 'question-1');
    const field = document.querySelector('[name=q5_proposal]');
    field.value = `answer ${number}`;
    field.dispatchEvent(new Event('input', {bubbles: true}));
    location.hash = '#/check';
    await seen(() => html.dataset.page === 'check');
    document.querySelector('[data-action=send]').click();
    await seen(() => html.dataset.page === 'sent');
  }
}"""
# Makes the oldest record one that the server refuses: it was made for another questionnaire.
_POISON = """() => navigator.locks.request('yoursay-outbox', async () => {
  const open = indexedDB.open('yoursay');
  const database = await new Promise(resolve => { open.onsuccess = () => resolve(open.result); });
  const change = database.transaction('outbox', 'readwrite');
  const all = change.objectStore('outbox').getAll();
  all.onsuccess = () => {
    const [oldest] = all.result.sort((one, other) => one.madeAt - other.madeAt);
    oldest.envelope.questionnaire_hash = '0'.repeat(64);
    change.objectStore('outbox').put(oldest);
  };
  await new Promise(resolve => { change.oncomplete = resolve; });
  database.close();
})"""


# A browser from before WebCrypto had Ed25519.
_NO_ED25519 = """
const importKey = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, key, algorithm, ...rest) => (algorithm.name ?? algorithm) === 'Ed25519'
  ? Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'))
  : importKey(format, key, algorithm, ...rest);
"""


@pytest.fixture
def relay(server: PublicServer) -> Iterator[Relay]:
    with relaying(server.port) as relay:
        yield relay


def committed_ids(server: PublicServer) -> list[str]:
    with closing(sqlite3.connect(server.data.public_server / "store.sqlite")) as store:
        return [row[0] for row in store.execute("SELECT id FROM submissions ORDER BY consultation, sequence")]


def test_sent_without_a_network_and_the_server_killed_and_the_browser_closed_it_arrives_once(
    own_server: PublicServer, player: Playwright, tmp_path: Path
) -> None:
    def start() -> BrowserContext:
        return player.chromium.launch_persistent_context(tmp_path / "profile", executable_path=CHROMIUM, args=FLAGS)

    context = start()
    page = context.new_page()
    open_form(page, own_server.address)
    wait_until_offline_works(page)
    own_server.kill()
    answer_and_send(page, "from the bus")
    expect_state(page, "queued")
    expect(shown(page)).to_contain_text("not yet sent")
    context.close()
    own_server.start()
    assert proposals(own_server) == []
    context = start()
    page = context.new_page()
    page.goto(f"{own_server.address}/{PARKS}")
    expect(page.locator("#outbox-banner")).to_be_hidden(timeout=30_000)
    wait_for_outbox(page, "records => records.length === 0")
    context.close()
    assert proposals(own_server) == ["from the bus"]


def test_an_answer_that_is_lost_after_the_commit_gives_one_row(
    server: PublicServer, relay: Relay, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_form(page, relay.address)
    relay.mode = "lose_answers"
    before = len(server.events(PARKS))
    answer_and_send(page, "committed, not answered")
    wait_for_outbox(page, "records => records[0].tries > 0")
    assert relay.lost
    assert len(server.events(PARKS)) == before + 1
    expect_state(page, "queued")
    relay.mode = "forward"
    come_online(page)
    expect_state(page, "received")
    assert proposals(server)[before:] == ["committed, not answered"]


def test_two_tabs_with_fifty_records_give_fifty_rows(
    own_server: PublicServer, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        open_form(page, own_server.address)
        wait_until_offline_works(page)
    own_server.kill()
    first.evaluate(_SEND_MANY, [0, 25])
    second.evaluate(_SEND_MANY, [25, 50])
    assert len(outbox(first)) == 50
    own_server.start()
    come_online(first)
    come_online(second)
    for page in (first, second):
        wait_for_outbox(page, "records => records.length === 0")
    assert sorted(proposals(own_server)) == sorted(f"answer {number}" for number in range(50))


@pytest.mark.parametrize("mode", ["portal", "lie", "unavailable"])
def test_an_answer_that_proves_nothing_leaves_it_queued(
    mode: str, server: PublicServer, relay: Relay, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_form(page, relay.address)
    wait_until_offline_works(page)
    relay.mode = mode  # type: ignore[assignment]
    answer_and_send(page, f"sent into: {mode}")
    wait_for_outbox(page, "records => records[0].tries > 0")
    expect_state(page, "queued")
    assert mode in relay.answered
    page.reload(wait_until="domcontentloaded")
    if mode != "portal":
        wait_for_script(page)
        expect_state(page, "queued")
    relay.mode = "forward"
    page.reload(wait_until="domcontentloaded")
    wait_for_outbox(page, "records => records.length === 0")
    assert proposals(server).count(f"sent into: {mode}") == 1


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_server_that_asks_for_time_is_left_alone_until_then(
    form: str, relay: Relay, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_form(page, relay.address)
    in_ten_minutes = format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True)
    relay.mode, relay.retry_after = "unavailable", "600" if form == "seconds" else in_ten_minutes
    answer_and_send(page, "later")
    wait_for_outbox(page, "records => records[0].waitUntil > Date.now() + 590000")
    tries = len(relay.answered)
    relay.mode = "forward"
    come_online(page)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.evaluate("navigator.locks.request('yoursay-outbox', () => 'no sender is at work')")
    assert len(relay.answered) == tries
    page.evaluate("Date.now = (now => () => now() + 601000)(Date.now)")
    come_online(page)
    expect_state(page, "received")


def test_a_record_that_is_refused_is_set_aside_and_the_rest_go_on(
    own_server: PublicServer, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = new_page(accept_downloads=True)
    open_form(page, own_server.address)
    wait_until_offline_works(page)
    own_server.kill()
    page.evaluate(_SEND_MANY, [0, 3])
    page.evaluate(_POISON)
    own_server.start()
    come_online(page)
    wait_for_outbox(page, "records => records.length === 1 && records[0].state === 'refused'")
    assert proposals(own_server) == ["answer 1", "answer 2"]
    page.evaluate("location.hash = '#/outbox'")
    entry = shown(page).locator("[data-waiting-state=refused]")
    expect(entry).to_contain_text("another version of the questionnaire")
    with page.expect_download() as download:
        entry.locator("[data-does=export_one]").click()
    download.value.save_as(tmp_path / "one.yoursay")
    sealed = json.loads((tmp_path / "one.yoursay").read_text("utf-8"))
    assert (sealed["format"], len(sealed["envelopes"])) == ("yoursay-sealed-1", 1)
    entry.locator("[data-does=try_again]").click()
    expect(entry).to_be_visible()
    entry.locator("[data-does=delete_one]").click()
    shown(page).locator("[data-does=delete_sure]").click()
    expect(shown(page).locator("[data-waiting]")).to_have_count(0)
    assert outbox(page) == []


def test_two_versions_under_one_id_are_both_kept_and_that_is_said(
    own_server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_form(page, own_server.address)
    wait_until_offline_works(page)
    own_server.kill()
    answer_and_send(page, "from this device")
    wait_for_outbox(page, "records => records[0].tries > 0")
    [waiting] = outbox(page)
    # The server is back before the device can reach it.
    page.context.set_offline(True)
    own_server.start()
    address = f"http://127.0.0.1:{own_server.port}/api/consultations/{PARKS}/submissions/{waiting['id']}"
    recipients = read_recipients(own_server.data.keys(PARKS) / "recipients.toml")
    definition = load_definition(own_server.data.definitions / PARKS)
    other = {
        "id": waiting["id"],
        "consultation": PARKS,
        "questionnaire_hash": definition.questionnaire_hash,
        "sealed": base64.b64encode(seal(b"something else", recipients)).decode(),
    }
    assert requests.put(address, json=other, timeout=30).status_code == 201
    page.context.set_offline(False)
    come_online(page)
    expect_state(page, "received")
    expect(shown(page)).to_contain_text("Both are kept")
    assert committed_ids(own_server)[0] == waiting["id"]
    assert committed_ids(own_server)[1].startswith(f"{waiting['id']}.conflict-")


def test_a_browser_that_cannot_check_signatures_itself_uses_the_library(
    server: PublicServer, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.add_init_script(_NO_ED25519)
    loaded: list[str] = []
    page.on("request", lambda one: loaded.append(one.url))
    open_form(page, server.address)
    answer_and_send(page, "checked by the library")
    expect_state(page, "received")
    assert [one for one in loaded if "/static/ed25519-" in one]


def test_the_worker_sends_with_every_page_closed(
    own_server: PublicServer, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    page = context.new_page()
    workers: list[dict[str, str]] = []
    tools = context.new_cdp_session(page)
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda news: workers.extend(news["registrations"]))
    tools.send("ServiceWorker.enable")
    open_form(page, own_server.address)
    wait_until_offline_works(page)
    own_server.kill()
    answer_and_send(page, "sent by the worker")
    wait_for_outbox(page, "records => records[0].tries > 0")
    page.goto("about:blank")
    own_server.start()
    tools.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": own_server.address,
            "registrationId": workers[0]["registrationId"],
            "tag": "yoursay-outbox",
            "lastChance": False,
        },
    )
    page.goto(f"{own_server.address}/help")
    wait_for_outbox(page, "records => records.length === 0")
    assert proposals(own_server) == ["sent by the worker"]
