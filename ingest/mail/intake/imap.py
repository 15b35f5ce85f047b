"""An IMAP server as a mailbox needs it: a private line, signing in, and what `imap-tools` leaves to its caller.

Nothing here ever sets `\\Seen`, and no message is expunged but those that are named.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import MailboxLoginError, UnexpectedCommandStatusError
from imap_tools.utils import encode_folder

from ingest.mail.intake.mail_settings import MailAccount, MailError

CONNECTION_LOST = (imaplib.IMAP4.abort, OSError)
REFUSED = (UnexpectedCommandStatusError, imaplib.IMAP4.error)
_LISTED = re.compile(
    rb'(?=.*\bUID (?P<uid>\d+))(?=.*\bRFC822\.SIZE (?P<size>\d+))(?=.*\bINTERNALDATE "(?P<at>[^"]{20,40})")', re.DOTALL
)
_PERSONAL = re.compile(rb'^\(\("(?P<prefix>(?:[^"\\]|\\.)*)" ')
_AT_ONCE = 200


@contextmanager
def signed_in(account: MailAccount) -> Iterator["ImapLine"]:
    """A line to the account's server, signed in; closed at the end.

    Raises:
        MailError: the certificate is not trusted, or the server does not let us in.
        OSError: the server is away.
    """
    box = _connect(account)
    try:
        _sign_in(box, account)
        yield ImapLine(box)
    finally:
        with suppress(*REFUSED, *CONNECTION_LOST):
            box.logout()
        # A line that broke is not closed by signing out.
        with suppress(OSError):
            box.client.shutdown()


def _connect(account: MailAccount) -> BaseMailBox:
    host, port, timeout = account.host, account.port_for("imap"), account.timeout_seconds
    try:
        if account.security == "tls":
            return MailBox(host, port, timeout, ssl_context=account.trust())
        if account.security == "starttls":
            return MailBoxStartTls(host, port, timeout, account.trust())
        return MailBoxUnencrypted(host, port, timeout)
    except ssl.SSLCertVerificationError as error:
        raise MailError(
            f"The certificate of {host} is not trusted ({error.verify_message}); name its authority in 'ca_file'."
        ) from None
    except imaplib.IMAP4.abort:
        raise
    except REFUSED:
        raise MailError(f"{host}:{port} does not start TLS; check 'security' and 'port' of the mailbox.") from None


def _sign_in(box: BaseMailBox, account: MailAccount) -> None:
    secret = account.secret()
    name = account.username or ""
    try:
        if account.token_file:
            box.xoauth2(name, secret, initial_folder=None)
        elif "AUTH=PLAIN" in box.client.capabilities:
            box.login_utf8(name, secret, initial_folder=None)
        else:
            box.login(name, secret, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (MailboxLoginError, imaplib.IMAP4.error, UnicodeEncodeError):
        # What the server says may repeat what was sent to it.
        file = account.password_file or account.token_file
        raise MailError(f"{account.host} does not let the mailbox's user in; check 'username' and {file}.") from None


class ImapLine:
    """A signed-in line. One folder is open at a time; messages are named by UID."""

    def __init__(self, box: BaseMailBox) -> None:
        self._box = box
        self._client = box.client
        self._can = self._capabilities()

    def folder_name(self, name: str) -> str:
        """A folder's name on this server: some want each below a prefix of theirs."""
        if name.upper() == "INBOX" or "NAMESPACE" not in self._can:
            return name
        _, data = self._client.namespace()
        found = _PERSONAL.match(data[0] or b"") if data else None
        prefix = found["prefix"].decode("ascii", "replace").replace('\\"', '"') if found else ""
        return name if name.startswith(prefix) else f"{prefix}{name}"

    def make_folder(self, name: str) -> None:
        """Make a folder, and show it in mail programs, unless it is there."""
        if not self._box.folder.exists(name):
            with suppress(UnexpectedCommandStatusError):  # Another run may have made it a moment ago.
                self._box.folder.create(name)
            with suppress(UnexpectedCommandStatusError):
                self._box.folder.subscribe(name, True)

    def open_folder(self, name: str) -> int:
        """Open a folder for reading and writing; gives its UIDVALIDITY.

        Raises:
            MailError: there is none of that name, or it can only be read.
        """
        try:
            self._box.folder.set(name)
        except imaplib.IMAP4.readonly:
            raise MailError(f"The mailbox's folder '{name}' can only be read; let its user move messages.") from None
        except UnexpectedCommandStatusError:
            raise MailError(f"The mailbox has no folder '{name}'; check 'folder' in [mail].") from None
        validity = self._untagged("UIDVALIDITY")
        return int(validity) if validity.isdigit() else 0

    def uids(self) -> list[int]:
        """Every message of the open folder, those marked as deleted too, in their order."""
        return sorted(int(uid) for uid in self._box.uids("ALL", charset=None))

    def listed(self, uids: Sequence[int]) -> Iterator[tuple[int, int, datetime]]:
        """UID, size and moment of filing of messages; those that are gone are left out."""
        for some in _in_chunks(uids):
            for line in self._command("FETCH", some, "(UID RFC822.SIZE INTERNALDATE)"):
                found = _LISTED.match(line) if isinstance(line, bytes) else None
                if found:
                    at = datetime.strptime(found["at"].decode(), "%d-%b-%Y %H:%M:%S %z")
                    yield int(found["uid"]), int(found["size"]), at

    def peek(self, uid: int, limit: int) -> bytes | None:
        """The first `limit` bytes of a message, which stays unread; None where it is gone."""
        for part in self._command("FETCH", [uid], f"(UID BODY.PEEK[]<0.{limit}>)"):
            if isinstance(part, tuple) and b"BODY[]" in part[0].upper():
                return bytes(part[1])[:limit]
        return None

    def mark(self, uids: Sequence[int], keyword: str) -> None:
        """Set a keyword on messages; `\\Flagged` where the server takes no keywords; nothing where it takes neither."""
        allowed = self._untagged("PERMANENTFLAGS").lower()
        flags = [keyword] if "\\*" in allowed or keyword.lower() in allowed else []
        for flag in (*flags, "\\Flagged"):
            with suppress(UnexpectedCommandStatusError):
                for some in _in_chunks(uids):
                    self._command("STORE", some, "+FLAGS.SILENT", f"({flag})")
                return

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move messages to another folder, without a trace in this one; those that somebody has taken away are passed.

        Raises:
            MailError: the server refuses; the messages are where they were.
        """
        for some in _in_chunks(uids):
            left: Sequence[int] = some
            while left:
                try:
                    self._move(left, folder)
                    break
                except UnexpectedCommandStatusError:
                    tried, left = left, self._still_there(left)
                if len(left) == len(tried):
                    raise MailError(
                        f"The mail server refuses to move messages to '{folder}'; what was landed stays, check the "
                        "mailbox's rights and its space."
                    )

    def _still_there(self, uids: Sequence[int]) -> list[int]:
        self._client.noop()  # The server says what others have taken away.
        there = set(self.uids())
        return [uid for uid in uids if uid in there]

    def _move(self, uids: Sequence[int], folder: str) -> None:
        if "MOVE" in self._can:
            self._command("MOVE", uids, encode_folder(folder))
        else:
            self._copy_and_expunge(uids, folder)

    def _copy_and_expunge(self, uids: Sequence[int], folder: str) -> None:
        self._command("COPY", uids, encode_folder(folder))
        self._command("STORE", uids, "+FLAGS.SILENT", "(\\Deleted)")
        if "UIDPLUS" in self._can:
            self._command("EXPUNGE", uids)
        elif {int(uid) for uid in self._box.uids("DELETED", charset=None)} <= set(uids):
            # Without UIDPLUS all that is marked goes, so only when nothing else is.
            self._box.expunge()

    def _capabilities(self) -> frozenset[str]:
        """What the server can do once somebody is signed in: more than it says before."""
        _, data = self._client.capability()
        return frozenset(b" ".join(part for part in data if part).decode("ascii", "replace").upper().split())

    def _untagged(self, name: str) -> str:
        value = (self._client.untagged_responses.get(name) or [b""])[-1]
        return value.decode("ascii", "replace") if isinstance(value, bytes) else ""

    def _command(self, command: str, uids: Sequence[int], *arguments: Any) -> list[Any]:
        """A command about messages by their UIDs.

        Raises:
            UnexpectedCommandStatusError: the server says no.
        """
        numbers = ",".join(map(str, uids))
        if command == "EXPUNGE":
            status, data = self._client._simple_command("UID", command, numbers)
        else:
            status, data = self._client.uid(command, numbers, *arguments)
        if status != "OK":
            raise UnexpectedCommandStatusError((status, []), "OK")
        return list(data or [])


def _in_chunks(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), _AT_ONCE):
        yield uids[start : start + _AT_ONCE]
