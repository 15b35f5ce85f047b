"""What was taken out of a container: a zip, winmail.dat or an Outlook message."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class File:
    """One file: its name and what the sender calls it, both in lower case, and its content."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Unpacked:
    """Files, and where the container is a message its texts and sender; `faults` are why not all could be reached."""

    files: tuple[File, ...] = ()
    plain: str | None = field(default=None, repr=False)
    html: str | None = field(default=None, repr=False)
    sender: str | None = field(default=None, repr=False)
    messages: tuple["Unpacked", ...] = ()
    faults: tuple[str, ...] = ()
