"""An account on a real IMAP server into landing."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from ingest.landing import Landed, Landing
from ingest.mail.intake import mailbox
from ingest.mail.intake.imap import signed_in
from ingest.mail.intake.imap_intake import KEYWORD, land_imap
from ingest.mail.intake.land import land_mail_folder
from ingest.mail.intake.mail_settings import MailError
from ingest.mail.intake.mailbox import TOO_LARGE_MEDIA_TYPE, Door
from schemas.response import MAIL_MEDIA_TYPE
from schemas.sealing import write_secret
from tests.dovecot import PASSWORD, running_dovecot
from tests.imap_proxy import Moment, Proxy, proxy_to
from tests.integration.mail.boxes import Box, Write, line_feeds, new_box

Opened = Callable[[], dict[str, bytes]]
FILED = datetime(2007, 3, 5, 10, tzinfo=UTC)


@pytest.fixture
def proxy(box: Box) -> Iterator[Proxy]:
    with proxy_to(box.server.plain_port) as between:
        yield between


def messages(write: Write, number: int) -> list[bytes]:
    return [write(f"1. Answer {n}", Message_ID=f"<{n}@example.org>") for n in range(number)]


def test_each_message_is_landed_whole_marked_and_moved_and_stays_unread(
    box: Box, door: Door, write: Write, landing: Landing, opened: Opened
) -> None:
    raws = messages(write, 3)
    box.deliver(*raws)
    assert land_imap(box.settings(), door) == Landed(3, 0, 3)
    assert sorted(map(line_feeds, opened().values())) == sorted(raws)
    assert box.contents("INBOX") == []
    assert box.contents("YourSay done") == raws
    assert box.flags("YourSay done") == [(KEYWORD,)] * 3
    row = landing.log.read().to_pylist()[0]
    assert {key: row[key] for key in ("channel", "media_type", "event", "received_at", "source_sequence")} == {
        "channel": "email",
        "media_type": MAIL_MEDIA_TYPE,
        "event": "submission",
        "received_at": datetime(2007, 3, 1, 12, tzinfo=UTC),
        "source_sequence": 1,
    }
    assert row["source"].startswith("imap-")
    assert box.name not in row["source"]
    assert landing.verify() == []


def test_the_server_says_when_a_message_without_a_stamp_came(
    box: Box, door: Door, write: Write, landing: Landing, clock: object
) -> None:
    clock.set(datetime(2007, 4, 1, tzinfo=UTC))  # type: ignore[attr-defined]
    box.deliver(
        write(Date="Fri, 02 Mar 2007 09:00:00 +0000"),
        write(Received="from a by b; Sat, 03 Mar 2007 09:00:00 +0000"),
    )
    land_imap(box.settings(), door)
    assert [row["received_at"] for row in landing.log.read().to_pylist()] == [
        FILED,
        datetime(2007, 3, 3, 9, tzinfo=UTC),
    ]


def test_an_empty_mailbox_lands_nothing_and_a_second_run_adds_nothing(box: Box, door: Door, write: Write) -> None:
    assert land_imap(box.settings(), door) == Landed(0, 0, 0)
    box.deliver(*messages(write, 2))
    assert land_imap(box.settings(), door) == Landed(2, 0, 2)
    assert land_imap(box.settings(), door) == Landed(0, 0, 2)


def test_messages_moved_back_into_the_inbox_add_nothing(box: Box, door: Door, write: Write) -> None:
    raws = messages(write, 2)
    box.deliver(*raws)
    land_imap(box.settings(), door)
    with box.server.line(box.name) as line:
        line.folder.set("YourSay done")
        line.move(line.uids(), "INBOX")
    assert land_imap(box.settings(), door) == Landed(0, 2, 2)
    assert box.contents("INBOX") == []
    assert box.contents("YourSay done") == raws


def test_a_mark_decides_nothing(box: Box, door: Door, write: Write) -> None:
    (raw,) = messages(write, 1)
    with box.server.line(box.name) as line:
        line.append(raw, "INBOX", FILED, [KEYWORD, "\\Flagged", "\\Deleted"])
    assert land_imap(box.settings(), door) == Landed(1, 0, 1)


def test_another_uidvalidity_adds_nothing(box: Box, door: Door, write: Write, landing: Landing) -> None:
    account = box.settings(folder="Consultation")
    raws = messages(write, 2)
    for n in range(2):
        with box.server.line(box.name) as line:
            line.folder.create("Consultation")
        box.server.deliver(box.name, *raws, write("1. New", Message_ID=f"<new-{n}@x>"), folder="Consultation")
        assert land_imap(account, door) == (Landed(3, 0, 3), Landed(1, 2, 4))[n]
        with box.server.line(box.name) as line:
            line.folder.delete("Consultation")
    sources = landing.log.read(columns=["source", "source_sequence"]).to_pylist()
    assert len({row["source"] for row in sources}) == 2
    assert [row["source_sequence"] for row in sources] == [1, 2, 3, 3]


def test_the_same_message_by_file_and_by_account_lands_once(box: Box, door: Door, write: Write, tmp_path: Path) -> None:
    raws = [*messages(write, 2), write("1. Without an id")]
    box.deliver(*raws)
    for number, raw in enumerate(raws):
        (tmp_path / f"{number}.eml").write_bytes(raw)
    assert land_mail_folder(tmp_path, door) == Landed(3, 0, 3)
    assert land_imap(box.settings(), door) == Landed(0, 3, 3)


def test_a_message_that_is_too_large_lands_by_its_headers_and_is_put_aside(
    box: Box, door: Door, write: Write, landing: Landing, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "MAX_MESSAGE_BYTES", 1_000)
    small, large = write("1. Small"), write("1. Large " * 1_000, Message_ID="<1@x>")
    box.deliver(large, small)
    assert land_imap(box.settings(), door) == Landed(2, 0, 2)
    assert box.contents("YourSay too large") == [large]
    assert box.contents("YourSay done") == [small]
    assert landing.log.read()["media_type"].to_pylist() == [TOO_LARGE_MEDIA_TYPE, MAIL_MEDIA_TYPE]
    head = large.partition(b"\n\n")[0] + b"\n\n"
    assert [line_feeds(body) for body in opened().values()] == [head, small]
    # Delivered once more by another way, it is the same.
    box.deliver(b"Received: from a by b; Thu, 1 Mar 2007 10:00:00 +0000\n" + large)
    assert land_imap(box.settings(), door) == Landed(0, 1, 2)


def test_many_messages_go_in_batches(box: Box, door: Door, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "BATCH_MESSAGES", 4)
    raws = messages(write, 10)
    box.deliver(*raws)
    assert land_imap(box.settings(), door) == Landed(10, 0, 10)
    assert len(door.landing.log.lines()) == 3
    assert box.contents("YourSay done") == raws


@pytest.mark.parametrize(
    "settings",
    [
        {"capability": "IMAP4rev1 NAMESPACE UIDPLUS"},
        {"capability": "IMAP4rev1"},
        {"prefix": "INBOX."},
    ],
    ids=["without MOVE", "without MOVE and UIDPLUS", "with folders below INBOX"],
)
def test_plainer_servers_serve_too(settings: dict[str, str], door: Door, write: Write, tmp_path: Path) -> None:
    raws = messages(write, 3)
    with running_dovecot(**settings) as server:
        box = new_box(server, tmp_path)
        box.deliver(*raws)
        assert land_imap(box.settings(), door) == Landed(3, 0, 3)
        assert box.contents("INBOX") == []
        assert box.contents(settings.get("prefix", "") + "YourSay done") == raws


@pytest.mark.parametrize("capability", ["IMAP4rev1 UIDPLUS", "IMAP4rev1"])
def test_what_somebody_else_has_marked_as_deleted_is_not_expunged(
    capability: str, write: Write, tmp_path: Path
) -> None:
    moved, deleted = messages(write, 2)
    with running_dovecot(capability=capability) as server:
        box = new_box(server, tmp_path)
        box.deliver(moved)
        with server.line(box.name) as line:
            line.append(deleted, "INBOX", FILED, ["\\Deleted"])
        with signed_in(box.settings()) as line:
            line.make_folder("Done")
            line.open_folder("INBOX")
            line.move([1], "Done")
        assert box.contents("Done") == [moved]
        assert deleted in box.contents("INBOX")


def test_a_server_that_takes_no_keywords_gets_its_own_flag(box: Box, door: Door, write: Write, proxy: Proxy) -> None:
    proxy.rewrite = lambda answer: answer.replace(b" \\*)]", b")]")
    box.deliver(*messages(write, 1))
    account = box.settings(port=proxy.port, security="none", ca_file=None)
    assert land_imap(account, door) == Landed(1, 0, 1)
    assert box.flags("YourSay done") == [("\\Flagged",)]


def test_by_starttls_with_the_same_trust(box: Box, door: Door, write: Write) -> None:
    box.deliver(*messages(write, 1))
    account = box.settings(port=box.server.plain_port, security="starttls")
    assert land_imap(account, door) == Landed(1, 0, 1)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_ends_it(security: str, box: Box, door: Door) -> None:
    port = box.server.tls_port if security == "tls" else box.server.plain_port
    with pytest.raises(MailError, match=r"The certificate of localhost is not trusted .*'ca_file'\."):
        land_imap(box.settings(ca_file=None, security=security, port=port), door)


def test_a_wrong_password_ends_it_and_is_not_repeated(box: Box, door: Door, tmp_path: Path) -> None:
    file = tmp_path / "wrong.password"
    write_secret(file, "a-wrong-secret")
    with pytest.raises(MailError) as raised:
        land_imap(box.settings(password_file=file), door)
    assert str(raised.value) == (f"localhost does not let the mailbox's user in; check 'username' and {file}.")
    assert raised.value.__suppress_context__


def test_a_secret_that_others_can_read_is_not_used(box: Box, door: Door) -> None:
    box.password_file.chmod(0o644)
    with pytest.raises(MailError, match="can be read by others; run 'chmod 600' on it"):
        land_imap(box.settings(), door)


def test_a_server_that_is_away_is_asked_again_and_then_told_of(box: Box, door: Door) -> None:
    with proxy_to(box.server.plain_port) as gone:
        port = gone.port
    with pytest.raises(MailError, match=r"The mail server localhost cannot be reached \(ConnectionRefusedError\)"):
        land_imap(box.settings(port=port, security="none", ca_file=None), door)


def test_a_folder_that_is_not_there_is_named(box: Box, door: Door) -> None:
    with pytest.raises(MailError, match="The mailbox has no folder 'Elsewhere'; check 'folder' in \\[mail\\]"):
        land_imap(box.settings(folder="Elsewhere"), door)


@pytest.mark.slow
def test_a_line_that_breaks_once_at_any_command_is_taken_up_again(
    box: Box, door: Door, write: Write, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, opened: Opened
) -> None:
    monkeypatch.setattr(mailbox, "BATCH_MESSAGES", 2)
    monkeypatch.setattr("ingest.mail.intake.imap_intake._PAUSE_SECONDS", 0.001)
    account = box.settings(port=proxy.port, security="none", ca_file=None)
    sent: list[bytes] = []

    def deliver_and_land() -> None:
        more = [write(f"1. Answer {len(sent) + n}", Message_ID=f"<{len(sent) + n}@x>") for n in range(3)]
        sent.extend(more)
        box.deliver(*more)
        land_imap(account, door)

    deliver_and_land()
    commands = len(proxy.commands)
    assert commands > 12
    for broken in range(1, commands):
        for moment in ("before", "after"):
            proxy.commands.clear()
            proxy.at = at_once(moment, broken)
            deliver_and_land()
    assert sorted(map(line_feeds, opened().values())) == sorted(sent)
    assert sorted(box.contents("YourSay done")) == sorted(sent)
    assert box.contents("INBOX") == []


def at_once(moment: str, number: int) -> Callable[[Moment, int, bytes], bool]:
    """Break the line at one command, the first time that it comes to it."""
    broken: list[int] = []

    def at(now: Moment, command_number: int, command: bytes) -> bool:
        if broken or (now, command_number) != (moment, number):
            return False
        broken.append(number)
        return True

    return at


def test_a_message_on_which_the_line_breaks_holds_up_no_other(
    box: Box, door: Door, write: Write, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.mail.intake.imap_intake._PAUSE_SECONDS", 0.001)
    raws = messages(write, 3)
    box.deliver(*raws)
    proxy.at = lambda moment, number, command: b"UID FETCH 2 (UID BODY.PEEK" in command
    with pytest.raises(
        MailError, match=r"^Message 2 of INBOX \(by UID\) could not be had from the mail server and stays there;"
    ):
        land_imap(box.settings(port=proxy.port, security="none", ca_file=None), door)
    assert box.contents("YourSay done") == [raws[0], raws[2]]
    assert box.contents("INBOX") == [raws[1]]


def test_two_runs_at_once_land_each_message_once(
    box: Box, door: Door, write: Write, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "BATCH_MESSAGES", 3)
    raws = messages(write, 20)
    box.deliver(*raws)
    with ThreadPoolExecutor(2) as both:
        landed = [one.result() for one in [both.submit(land_imap, box.settings(), door) for _ in range(2)]]
    assert sum(one.new for one in landed) == 20
    assert sorted(map(line_feeds, opened().values())) == sorted(raws)
    assert sorted(box.contents("YourSay done")) == sorted(raws)
    assert box.contents("INBOX") == []


def test_fifty_megabytes_are_put_aside_and_the_next_message_lands(
    box: Box, door: Door, write: Write, landing: Landing, opened: Opened
) -> None:
    large, small = write("1. See the file.", bytes(37_000_000), Message_ID="<large@x>"), write("1. Good.")
    assert len(large) > 49_000_000
    box.deliver(large, small)
    assert land_imap(box.settings(), door) == Landed(2, 0, 2)
    assert landing.log.read()["media_type"].to_pylist() == [TOO_LARGE_MEDIA_TYPE, MAIL_MEDIA_TYPE]
    assert [line_feeds(body) for body in opened().values()] == [large.partition(b"\n\n")[0] + b"\n\n", small]
    assert box.contents("YourSay too large") == [large]


@pytest.fixture
def tokens() -> Iterator[str]:
    """Who knows access tokens: the address at which Dovecot asks whose one is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            token = parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]
            known = token == "token-of-box"
            content = json.dumps({"email": "box-1", "active": True} if known else {"active": False}).encode()
            self.send_response(200 if known else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/tokeninfo?access_token="
    server.shutdown()
    thread.join()
    server.server_close()


def test_by_access_token_which_is_read_anew_each_time(tokens: str, door: Door, write: Write, tmp_path: Path) -> None:
    file = tmp_path / "token"
    write_secret(file, "an-old-token")
    with running_dovecot(tokens=tokens) as server:
        box = new_box(server, tmp_path)
        assert box.name == "box-1"
        box.deliver(*messages(write, 1))
        account = box.settings(password_file=None, token_file=file)
        with pytest.raises(MailError, match="does not let the mailbox's user in"):
            land_imap(account, door)
        file.unlink()
        write_secret(file, "token-of-box")
        assert land_imap(account, door) == Landed(1, 0, 1)
    assert PASSWORD not in repr(account)
