"""Words and small blocks that every document of a report shares."""

import re
from datetime import date, datetime

from transforms.report.document import Day, Heading, Run

NOT_A_POLL = (
    "This is not a poll. A consultation hears from those who chose to answer; its figures do not measure how many "
    "people support something."
)


def moment(value: datetime) -> Day:
    return Day(value, f"{value.day} {value:%B %Y, %H:%M}")


def day(value: date) -> Day:
    return Day(value, f"{value.day} {value:%B %Y}")


def heading(level: int, *runs: Run, anchor: str = "") -> Heading:
    words = "".join(run if isinstance(run, str) else run.text for run in runs)
    return Heading(level, runs, anchor or re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60])
