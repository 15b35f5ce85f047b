"""The ledger in words: one paragraph, the same on the command line, the screens, in releases and reports."""

from collections.abc import Mapping

CHANNELS = {"web": "Web form", "assisted": "Assisted", "email": "E-mail", "post": "Post", "import": "Import"}
# How people responded, in the middle of a sentence.
WAYS = {
    "web": "on the web form",
    "assisted": "with help",
    "email": "by e-mail",
    "post": "by post",
    "import": "from elsewhere, brought in from a file",
}
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
KINDS = {
    "campaign_unedited": "Campaign letter as it is",
    "campaign_edited": "Campaign letter, edited",
    "organisation": "Organisation",
    "individual": "Individual",
}
_OF_THESE = {
    "campaign_unedited": ("sent a campaign's letter as it is", "sent a campaign's letter as it is"),
    "campaign_edited": ("sent one with changes", "sent one with changes"),
    "organisation": ("names an organisation", "name an organisation"),
    "individual": ("is an individual's", "are individuals'"),
}


def ledger_paragraph(
    lines: Mapping[tuple[str, str], int], of_which: Mapping[tuple[str, str], int], channel: str | None = None
) -> str:
    """`612 responses were received. Less 4 blank and 3 duplicate, 605 are included. Of these, ...`

    Args:
        lines: (channel, line) to responses.
        of_which: (channel, kind) to the included respondents.
        channel: the one channel to speak of; all where it is not given.
    """
    received = _by_second(lines, channel)
    total, included = sum(received.values()), received.get("included", 0)
    less = [
        f"{number(received[line])} {LINES[line].lower()}" for line in LINES if line != "included" and received.get(line)
    ]
    sentences = [
        f"{counted(total, 'response')} {'was' if total == 1 else 'were'} received.",
        f"{f'Less {listed(less)}, ' if less else 'Nothing is taken off: '}{number(included)}"
        f" {'is' if included == 1 else 'are'} included.",
    ]
    kinds = _by_second(of_which, channel)
    told = [f"{number(kinds[kind])} {words[kinds[kind] != 1]}" for kind, words in _OF_THESE.items() if kinds.get(kind)]
    if told:
        sentences.append(f"Of these, {listed(told)}.")
    start = f"{CHANNELS.get(channel, channel)}: " if channel else ""
    return start + " ".join(sentences)


def _by_second(counts: Mapping[tuple[str, str], int], channel: str | None) -> dict[str, int]:
    found: dict[str, int] = {}
    for (one, what), responses in counts.items():
        if channel in (None, one):
            found[what] = found.get(what, 0) + responses
    return found


def number(value: int | float) -> str:
    """1234 as `1,234`; what is no whole number with one decimal."""
    return f"{int(value):,}" if value == int(value) else f"{value:,.1f}"


def counted(value: int, noun: str) -> str:
    """`1 response`, `1,234 responses`."""
    return f"{number(value)} {noun}{'' if value == 1 else 's'}"


def listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
