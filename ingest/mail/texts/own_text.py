"""What of a text its sender wrote: without the message that is answered, the signature, and what programs add."""

import re

from ingest.mail.texts.vocabulary import closing_line, disclaimer_line

QUOTED = re.compile(r"^\s{0,3}(?:>\s?)+")
_ORIGINAL = re.compile(
    r"^\s*(?:-{2,}\s*(?:original|forwarded) message\s*-{2,}|begin forwarded message:|_{20,}|on\s.{5,200}\swrote:)\s*$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"^--\s?$")
_MAX_CLOSING_LINES = 8
_HEAD_LINES = 5


def original_begins(lines: list[str]) -> int | None:
    """The line from which on the text is the message that is answered or passed on; None where there is none."""
    for place, line in enumerate(lines):
        if _ORIGINAL.match(line):
            return place
        # 'On ... wrote:' is often broken over two lines.
        if line.startswith("On ") and place + 1 < len(lines) and len(line) < 200:
            joined = f"{line.rstrip()} {lines[place + 1].strip()}"
            if len(joined) < 300 and _ORIGINAL.match(joined):
                return place
        head = [one.strip().strip("*") for one in lines[place : place + _HEAD_LINES]]
        block = head[0].startswith("From:") and any(one.startswith(("Sent:", "Date:")) for one in head)
        if block and any(one.startswith(("To:", "Subject:")) for one in head):
            return place
    return None


def without_signature(lines: list[str]) -> list[str]:
    """The lines before '-- ', before a disclaimer, and before a closing such as 'Kind regards' with a name after it."""
    for place, line in enumerate(lines):
        if (_SIGNATURE.match(line) and place) or disclaimer_line().match(line[:400]):
            lines = lines[:place]
            break
    filled = [place for place, line in enumerate(lines) if line.strip()]
    for place in filled[-_MAX_CLOSING_LINES - 1 :]:
        if closing_line().match(lines[place].strip()[:200]):
            return lines[:place]
    return lines


def own_words(text: str) -> str:
    """The text that its sender wrote, where there is any; else the text whole."""
    lines = text.split("\n")
    place = original_begins(lines)
    own = [line for line in lines[:place] if not QUOTED.match(line)]
    return "\n".join(without_signature(own)).strip()


def unflow(text: str, *, delete_space: bool) -> str:
    """A text of `format=flowed` (RFC 3676) with its soft line breaks taken out and its stuffed spaces removed."""
    lines: list[str] = []
    depth_before, open_line = 0, False
    for line in text.split("\n"):
        quotes = len(line) - len(line.lstrip(">"))
        content = line[quotes:].removeprefix(" ")
        is_signature = content == "-- "
        flowed = content.endswith(" ") and not is_signature
        if flowed and delete_space:
            content = content[:-1]
        if open_line and quotes == depth_before and not is_signature:
            lines[-1] += content
        else:
            lines.append((">" * quotes + " " if quotes else "") + content)
        depth_before, open_line = quotes, flowed
    return "\n".join(lines)
