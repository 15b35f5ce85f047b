"""The morning after the mailbox job failed: which message, why, the last id; run again, and nothing comes twice."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboards.accounts import Account
from dashboards.sessions import open_session
from orchestration.intake import landing_of
from orchestration.running import RunError, run_job
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from tests.browser.axe import faults
from tests.dovecot import DovecotServer
from tests.imap_proxy import Proxy
from tests.integration.keying.running import Desk, publish_parks, run_desk
from tests.integration.mail.boxes import Box, Write, line_feeds, new_box
from tests.integration.mail.conftest import dovecot, write  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser
MAIL, WAREHOUSE = "E-mail: take in the mailbox", "Warehouse: build and publish"


@pytest.fixture
def parks(data: DataFolder, tmp_path: Path) -> Definition:
    return publish_parks(data, tmp_path)


@pytest.fixture
def box(dovecot: DovecotServer, data: DataFolder) -> Box:  # noqa: F811 - the fixture
    return new_box(dovecot, data.root)


@pytest.fixture
def proxy(box: Box) -> Iterator[Proxy]:
    """On the way to the mail server: it may break the line."""
    between = Proxy(box.server.plain_port)
    yield between
    between.close()


@pytest.fixture
def broken_night(
    data: DataFolder,
    parks: Definition,
    box: Box,
    proxy: Proxy,
    write: Write,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
    retry_at_once: None,
) -> list[bytes]:
    """Three messages, on the second of which the line to the mail server broke; the first and the third are landed."""
    (data.root / "sources.toml").write_text(
        f'[mail]\nhost = "localhost"\nport = {proxy.port}\nsecurity = "none"\nusername = "{box.name}"\n'
        f'password_file = "{box.password_file}"\ntimeout_seconds = 30\n'
    )
    sent = [write(f"5. Proposal number {n}.\n", Message_ID=f"<{n}@example.org>") for n in (1, 2, 3)]
    box.deliver(*sent)
    monkeypatch.setattr("ingest.mail.intake.imap_intake._PAUSE_SECONDS", 0.001)
    proxy.at = lambda moment, number, command: b"UID FETCH 2 (UID BODY.PEEK" in command
    with pytest.raises(RunError):
        run_job(data, "ingest_email", parks.id, {})
    return sent


@pytest.fixture
def engineer(data: DataFolder, broken_night: list[bytes], new_page: Callable[..., Page]) -> Iterator[tuple[Page, Desk]]:
    with run_desk(data) as desk:
        desk.account("erin", "engineer")
        page = new_page(bypass_csp=True)
        token = open_session(data.accounts, Account("erin", "engineer"), data.clock.now())
        page.context.add_cookies([{"name": "yoursay_session", "value": token, "url": desk.address}])
        yield page, desk


def test_a_failed_night_is_understood_and_mended_in_the_morning(
    engineer: tuple[Page, Desk], data: DataFolder, parks: Definition, box: Box, proxy: Proxy, broken_night: list[bytes]
) -> None:
    page, desk = engineer
    landing = landing_of(data, parks)
    page.goto(f"{desk.address}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Operations")
    expect(page.get_by_text("1 of 4 jobs failed when they last ran.")).to_be_visible()
    # Which message, why, what was last landed.
    expect(page.get_by_text("Failed at")).to_have_count(1)
    expect(page.get_by_text("Message 2 of INBOX (by UID) could not be had from the mail server")).to_be_visible()
    assert channels(page)["e-mail"] == ("2", "2", "0", "0", "yes", last_landed(data, parks, 2))
    assert faults(page) == []
    # The mail is kept where it was.
    assert (box.contents("YourSay done"), box.contents("INBOX")) == (
        [broken_night[0], broken_night[2]],
        [broken_night[1]],
    )

    proxy.at = lambda moment, number, command: False
    run_again(page, MAIL)
    # The alert clears itself.
    expect(page.get_by_text("Every job that ran did what it is for.")).to_be_visible()
    expect(page.get_by_text("Failed at")).to_have_count(0)
    expect(page.get_by_text("1 new, 0 already there")).to_be_visible()
    assert sorted(box.contents("YourSay done")) == sorted(map(line_feeds, broken_night))
    landed = landing.log.read()["artefact_id"].to_pylist()
    assert len(set(landed)) == len(landed) == 3

    # Once more: nothing comes twice.
    run_again(page, MAIL)
    expect(page.get_by_text("0 new, 0 already there")).to_be_visible()
    assert landing.log.read()["artefact_id"].to_pylist() == landed

    run_again(page, WAREHOUSE)
    expect(page.get_by_text("Every job that ran did what it is for.")).to_be_visible()
    assert channels(page)["e-mail"] == ("3", "0", "3", "3", "yes", last_landed(data, parks, 3))
    assert "Proposal number" not in page.content()


def run_again(page: Page, job: str) -> None:
    """Press the button, and look again until the job is over."""
    page.get_by_role("button", name=f"Run it now {job}").click()
    expect(page.get_by_role("status")).to_contain_text(f"{job}: started.")
    deadline = time.monotonic() + 90
    while is_running(page):
        assert time.monotonic() < deadline, f"{job} does not end"
        page.get_by_role("link", name="Look how it went").or_(page.get_by_role("link", name="Operations")).first.click()


def is_running(page: Page) -> bool:
    """Whether a job runs, by the whole page: after a click its first part may be there alone, which tells of no job."""
    page.wait_for_load_state()
    return page.get_by_text("Running now.").count() > 0


def channels(page: Page) -> dict[str, tuple[str, ...]]:
    """Each channel's landed count, last id, and what the version made of it, without the time."""
    rows = page.get_by_role("table", name="What is landed, and what the published version made of it").get_by_role(
        "row"
    )
    found = [row.get_by_role("cell").all_inner_texts() for row in rows.all()[1:]]
    names = [row.get_by_role("rowheader").inner_text() for row in rows.all()[1:]]
    return {name.lower(): (*cells[:5], cells[6]) for name, cells in zip(names, found, strict=True)}


def last_landed(data: DataFolder, definition: Definition, count: int) -> str:
    ids = landing_of(data, definition).log.read()["artefact_id"].to_pylist()
    assert len(ids) == count
    return str(ids[-1])
