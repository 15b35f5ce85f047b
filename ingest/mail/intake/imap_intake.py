"""An account on an IMAP server into landing: peeked at, landed, marked, moved away."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from imap_tools.errors import UnexpectedCommandStatusError

from ingest.landing import Landed
from ingest.mail.intake.imap import CONNECTION_LOST, ImapLine, signed_in
from ingest.mail.intake.mail_settings import MailAccount, MailError
from ingest.mail.intake.mailbox import Door, Settled, Waiting, in_all, land_mailbox, one_run
from ingest.mail.intake.received import Filed

# For people: what was taken in. It decides nothing, for a message keeps it when somebody moves it to another mailbox.
KEYWORD = "$YourSayLanded"
_TRIES = 4
_PAUSE_SECONDS = 0.5
# How many messages that were left behind are named.
_NAMED = 10
# A message on which the line broke as often as this is left where it is, so that it cannot hold up the others.
_BREAKS = 2


def land_imap(account: MailAccount, door: Door) -> Landed:
    """Land every message of the account's folder; afterwards each is marked and moved to its folder for what is done.

    Every message in the folder is looked at, marked or not, and one that was landed before is known by its artefact id:
    neither a new UIDVALIDITY nor a message moved back adds anything. A line that breaks is taken up again. Another run
    waits until this one has ended.

    Raises:
        MailError: the server is away, does not let us in or refuses; what was landed stays.
    """
    with one_run(door):
        return in_all(_with_new_lines(account, door), door.landing)


def _with_new_lines(account: MailAccount, door: Door) -> Iterator[Landed]:
    breaks: Counter[int] = Counter()
    failures = 0
    while True:
        mailbox: _Account | None = None
        try:
            with signed_in(account) as line:
                mailbox = _Account(line, account, breaks)
                for landed in land_mailbox(mailbox, door):
                    failures = 0
                    yield landed
            return
        except CONNECTION_LOST as error:
            failures += 1
            if mailbox and mailbox.reading:
                breaks[mailbox.reading] += 1
            if failures >= _TRIES:
                raise MailError(
                    f"The mail server {account.host} cannot be reached ({type(error).__name__}); what was landed "
                    "stays, run it again later."
                ) from None
            time.sleep(_PAUSE_SECONDS * 2**failures)


class _Account:
    """One run over the account's folder, over one line."""

    def __init__(self, line: ImapLine, account: MailAccount, breaks: Counter[int]) -> None:
        self._line = line
        self._done = line.folder_name(account.done_folder)
        self._too_large = line.folder_name(account.too_large_folder)
        for folder in (self._done, self._too_large):
            line.make_folder(folder)
        folder = line.folder_name(account.folder)
        validity = line.open_folder(folder)
        named = f"{account.username}@{account.host}:{account.port_for('imap')}/{folder}"
        # Where each came from: account, folder and UIDVALIDITY here, the UID as its sequence.
        self.source = f"imap-{hashlib.sha256(named.encode()).hexdigest()[:12]}-{validity}"
        self._breaks = breaks
        self._folder = folder
        self._unreadable: list[int] = []
        self.reading: int | None = None

    def waiting(self) -> Iterator[Waiting]:
        uids = self._line.uids()
        for start in range(0, len(uids), 200):
            for uid, size, at in list(self._line.listed(uids[start : start + 200])):
                if self._breaks[uid] >= _BREAKS:
                    self._unreadable.append(uid)
                else:
                    yield Waiting(str(uid), size, Filed(at, by_server=True), uid)

    def read(self, message: Waiting, limit: int) -> bytes | None:
        self.reading = int(message.key)
        try:
            raw = self._line.peek(self.reading, limit)
        except UnexpectedCommandStatusError:
            self._unreadable.append(self.reading)
            raw = None
        self.reading = None
        return raw

    def settle(self, messages: Sequence[Settled]) -> None:
        self._line.mark([int(one.waiting.key) for one in messages], KEYWORD)
        for folder, too_large in ((self._done, False), (self._too_large, True)):
            self._line.move([int(one.waiting.key) for one in messages if one.too_large == too_large], folder)

    def finish(self) -> None:
        if self._unreadable:
            raise MailError(_left_behind(self._unreadable, self._folder))


def _left_behind(uids: Sequence[int], folder: str) -> str:
    """Which messages stay where they are, by their numbers there."""
    shown = ", ".join(map(str, uids[:_NAMED]))
    more = f" and {len(uids) - _NAMED} more" if len(uids) > _NAMED else ""
    what, stay = ("Message", "stays") if len(uids) == 1 else ("Messages", "stay")
    return (
        f"{what} {shown}{more} of {folder} (by UID) could not be had from the mail server and {stay} there; "
        "look there, and run it again."
    )
