"""An account on the mail server, as its owner's mail program sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from imap_tools import BaseMailBox

from ingest.mail.intake.mail_settings import MailAccount
from schemas.sealing import write_secret
from tests.dovecot import PASSWORD, DovecotServer

Write = Callable[..., bytes]


@dataclass(frozen=True)
class Box:
    """An account of one test on the mail server."""

    server: DovecotServer
    name: str
    password_file: Path

    def settings(self, **changes: object) -> MailAccount:
        usual: dict[str, object] = {
            "host": "localhost",
            "port": self.server.tls_port,
            "ca_file": self.server.authority,
            "username": self.name,
            "password_file": self.password_file,
            "timeout_seconds": 30,
        }
        return MailAccount.model_validate(usual | changes)

    def deliver(self, *messages: bytes) -> None:
        self.server.deliver(self.name, *messages)

    def flags(self, folder: str) -> list[tuple[str, ...]]:
        """The flags of each message in a folder, in the order of their UIDs."""
        with self.server.line(self.name) as line:
            line.folder.set(folder)
            return [tuple(sorted(set(one.flags) - {"\\Recent"})) for one in line.fetch(mark_seen=False)]

    def contents(self, folder: str) -> list[bytes]:
        """Each message in a folder as it came, its lines ending in LF."""
        with self.server.line(self.name) as line:
            if not line.folder.exists(folder):
                return []
            line.folder.set(folder)
            return [line_feeds(raw_of(line, uid)) for uid in line.uids()]


def raw_of(line: BaseMailBox, uid: str) -> bytes:
    """A message's bytes, by the plain client: what `imap-tools` gives is parsed."""
    _, data = line.client.uid("FETCH", uid, "(BODY.PEEK[])")
    return bytes(data[0][1])


def line_feeds(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n")


def new_box(server: DovecotServer, folder: Path) -> Box:
    password_file = folder / "mailbox.password"
    if not password_file.exists():
        write_secret(password_file, PASSWORD)
    return Box(server, server.new_account(), password_file)
