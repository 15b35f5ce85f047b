"""Plain words for what the tables hold: channels, lines of the ledger, states, counts and dates."""

from datetime import date, datetime

NOT_A_POLL = (
    "This is not a poll. A consultation hears from those who chose to answer; its figures do not measure "
    "how many people in the area support something."
)
SUM_OVER_TYPES = "A respondent may give several descriptions or none, so the figures need not add up to the base."
CHANNELS = {"web": "Web form", "assisted": "Assisted", "email": "E-mail", "post": "Post", "import": "Import"}
LINES = {
    "erased": "Erased",
    "not_a_response": "Not a response",
    "in_quarantine": "In quarantine",
    "invalid": "Invalid",
    "withdrawn": "Withdrawn",
    "superseded": "Superseded by a later version",
    "out_of_time": "Out of time",
    "blank": "Blank",
    "duplicate": "Duplicate",
    "merged": "Merged into a composite",
    "in_review": "In review",
    "included": "Included",
}
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


def number(value: int | float) -> str:
    """1234 as `1,234`; a fraction with one decimal."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def count(responses: int | None) -> str:
    """A count, or what stands for one that is hidden.

    A hidden count need not be small: larger ones are hidden beside it, so that it cannot be worked out.
    """
    return "not shown" if responses is None else number(responses)


def counted(value: int, noun: str) -> str:
    """`1 response`, `1,234 responses`."""
    return f"{number(value)} {noun}{'' if value == 1 else 's'}"


def day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    return f"{day(value)}, {value:%H:%M}"


def listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def channel(code: str) -> str:
    return CHANNELS.get(code, code)


def line(code: str) -> str:
    return LINES.get(code, code)
