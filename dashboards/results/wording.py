"""Plain words for what the tables hold: channels, lines of the ledger, states, counts and dates."""

from datetime import date, datetime

from transforms.figure_words import ALL_WAIT, SOME_WAIT, SUM_OVER_TYPES
from transforms.ledger_words import CHANNELS, KINDS, LINES, counted, ledger_paragraph, listed, number

__all__ = ["ALL_WAIT", "SOME_WAIT", "SUM_OVER_TYPES", "counted", "ledger_paragraph", "listed", "number"]

NOT_A_POLL = (
    "This is not a poll. A consultation hears from those who chose to answer; its figures do not measure "
    "how many people in the area support something."
)
LINE_EXPLANATIONS = {
    "erased": "removed because the law asks for it; only the line is kept",
    "not_a_response": "something arrived that holds no answers, such as an enquiry or an automatic reply",
    "in_quarantine": "could not be read or broke a rule; waits to be mended",
    "invalid": "an officer found that it does not count, such as a test, and gave the reason",
    "withdrawn": "the respondent took it back",
    "superseded": "the respondent sent another version, which counts in its place",
    "out_of_time": "came after the closing rule, which is the same for every channel",
    "blank": "holds no answer to any question",
    "duplicate": "the same response of the same respondent came before",
    "merged": "one respondent sent different answers; they are read together as one composite response",
    "in_review": "an officer has yet to decide on it",
    "included": "is in the results",
}
STATUSES = {
    "draft": "Not open yet",
    "open": "Open",
    "closed": "Closed, answers are being analysed",
    "final": "Final",
}


def count(responses: int | None) -> str:
    """A count, or what stands for one that is hidden.

    A hidden count need not be small: larger ones are hidden beside it, so that it cannot be worked out.
    """
    return "not shown" if responses is None else number(responses)


def day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    return f"{day(value)}, {value:%H:%M}"


def channel(code: str) -> str:
    return CHANNELS.get(code, code)


def line(code: str) -> str:
    return LINES.get(code, code)


def kind(code: str) -> str:
    return KINDS.get(code, code)
