"""When a message counts as received."""

from datetime import UTC, datetime

import pytest

from ingest.mail.intake.message_look import look_at
from ingest.mail.intake.received import Filed, received_at

OPENS = datetime(2007, 3, 1, tzinfo=UTC)
FILED = datetime(2007, 3, 20, 8, tzinfo=UTC)
NOW = datetime(2007, 4, 1, 12, tzinfo=UTC)


def received(head: str, filed: Filed = Filed(FILED)) -> datetime:  # noqa: B008 - it never changes
    stamps = look_at(f"{head}\nSubject: x\n\nbody".encode(), "w").stamps
    return received_at(stamps, filed, OPENS, NOW)


def test_the_topmost_received_header_is_believed_before_the_date() -> None:
    head = (
        "Received: from b by a; Mon, 12 Mar 2007 10:00:00 +0100\n"
        "Received: from c by b; Sun, 11 Mar 2007 09:00:00 +0000\nDate: Thu, 1 Mar 2007 09:00:00 +0000"
    )
    assert received(head) == datetime(2007, 3, 12, 9, tzinfo=UTC)


def test_without_one_the_date_is_taken() -> None:
    assert received("Date: Mon, 12 Mar 2007 09:00:00 -0500") == datetime(2007, 3, 12, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "head",
    [
        "X: y",
        "Date: yesterday",
        "Date: Mon, 99 Mar 2007 09:00:00 +0000",
        "Date: Mon, 12 Mar 99999 09:00:00 +0000",
        "Date: Fri, 12 Jan 2007 09:00:00 +0000",
        "Received: from b by a; no date\nDate: ",
    ],
)
def test_without_a_date_that_can_be_true_the_time_of_the_file_is_taken(head: str) -> None:
    assert received(head) == FILED


def test_a_message_from_before_the_opening_keeps_the_servers_word() -> None:
    head = "Received: from b by a; Mon, 26 Feb 2007 10:00:00 +0000"
    assert received(head) == datetime(2007, 2, 26, 10, tzinfo=UTC)


@pytest.mark.parametrize("header", ["Received: from b by a; ", "Date: "])
def test_nothing_is_received_in_the_future(header: str) -> None:
    assert received(f"{header}Tue, 1 May 2007 09:00:00 +0000") == NOW


def test_a_mail_server_that_filed_it_is_believed_before_the_senders_date() -> None:
    filed = Filed(FILED, by_server=True)
    assert received("Date: Mon, 12 Mar 2007 09:00:00 +0000", filed) == FILED
    assert received("Received: from b by a; Mon, 12 Mar 2007 10:00:00 +0000", filed) == datetime(
        2007, 3, 12, 10, tzinfo=UTC
    )


def test_a_forged_stamp_below_the_topmost_one_counts_for_nothing() -> None:
    head = (
        "Received: from sender by mail.example; Tue, 20 Mar 2007 08:00:00 +0000\n"
        "Received: from elsewhere by sender; Thu, 1 Mar 2007 08:00:00 +0000"
    )
    assert received(head) == FILED
