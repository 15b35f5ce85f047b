"""A real Dovecot for tests, from Debian's package, run as an ordinary user on loopback in a folder of its own."""

import grp
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted

from tests.certificates import write_certificate

PASSWORD = "correct-horse-battery-staple"
_ORDINARY = ("nobody", "nogroup")
_START_SECONDS = 60.0
# Nothing here needs root: its processes keep the user that started them, and no folder is changed to.
_CONFIGURATION = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
listen = 127.0.0.1
login_trusted_networks =
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
{capability}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = .
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""
_OAUTH2 = """
tokeninfo_url = {address}
introspection_mode = auth
username_attribute = email
active_attribute = active
active_value = true
"""


def _command() -> str:
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    assert found, "Dovecot is not on this machine: './run test' installs it, or install the package 'dovecot-imapd'."
    return found


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class DovecotServer:
    """A server whose accounts may have any name and the one password. It may be stopped and started again."""

    def __init__(self, folder: Path, *, prefix: str = "", capability: str = "", tokens: str = "") -> None:
        """Settings: what folders' names begin with, what it claims to be able to do, and who knows access tokens."""
        self.folder = folder
        self.plain_port, self.tls_port = free_port(), free_port()
        self.authority = write_certificate(folder)
        self._accounts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._ordinary: dict[str, Any] = {}
        user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        if os.getuid() == 0:
            user, group = _ORDINARY
            self._ordinary = {"user": user, "group": group, "extra_groups": []}
        (folder / "oauth2.conf").write_text(_OAUTH2.format(address=tokens or "http://127.0.0.1:9/"))
        (folder / "dovecot.conf").write_text(
            _CONFIGURATION.format(
                folder=folder,
                password=PASSWORD,
                user=user,
                group=group,
                prefix=prefix,
                capability=f"imap_capability = {capability}" if capability else "",
                plain_port=self.plain_port,
                tls_port=self.tls_port,
            )
        )
        if os.getuid() == 0:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, user, group)

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [_command(), "-F", "-c", self.folder / "dovecot.conf"],
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,
                **self._ordinary,
            )
        until = time.monotonic() + _START_SECONDS
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.plain_port), timeout=5) as line:
                if line.recv(4) == b"* OK":
                    return
            assert self._process.poll() is None and time.monotonic() < until, self.log()
            time.sleep(0.02)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait()
            self._process = None

    def log(self) -> str:
        return "\n".join(file.read_text() for name in ("output", "log") if (file := self.folder / name).exists())

    def new_account(self) -> str:
        """The name of an account that nobody has used; every name is one."""
        self._accounts += 1
        return f"box-{self._accounts}"

    def line(self, name: str) -> BaseMailBox:
        """A person's own mail program, signed in."""
        return MailBoxUnencrypted("127.0.0.1", self.plain_port, 30).login(name, PASSWORD)

    def line_by_tls(self, name: str) -> BaseMailBox:
        trust = ssl.create_default_context(cafile=self.authority)
        return MailBox("localhost", self.tls_port, 30, ssl_context=trust).login(name, PASSWORD)

    def deliver(self, name: str, *messages: bytes, at: datetime | None = None, folder: str = "INBOX") -> None:
        """Put messages into an account, as filed at a moment."""
        with self.line(name) as line:
            for message in messages:
                line.append(message, folder, at or datetime(2007, 3, 5, 10, tzinfo=UTC))


@contextmanager
def running_dovecot(**settings: str) -> Iterator[DovecotServer]:
    """A server with no accounts, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="yoursay-imap-", dir="/tmp"))
    try:
        server = DovecotServer(folder, **settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
