"""Writes what Outlook writes: messages saved as files (.msg, a compound file) and attachments packed in winmail.dat."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SECTOR, _MINI_SECTOR, _MINI_LIMIT = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NONE = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_TEXT, _BYTES, _INTEGER = 0x001F, 0x0102, 0x0003
# Properties by their numbers in MS-OXPROPS.
_CLASS, _SUBJECT, _BODY, _HTML, _SENDER, _CODEPAGE, _UNICODE = 0x001A, 0x0037, 0x1000, 0x1013, 0x0C1F, 0x3FDE, 0x340D
_DATA, _METHOD, _NAME = 0x3701, 0x3705, 0x3707
_PROPERTIES = "__properties_version1.0"

Tree = Mapping[str, "bytes | Tree"]


@dataclass(frozen=True)
class OutlookMessage:
    """What a saved message holds; `files` are (name, content), `messages` are attached to it."""

    sender: str
    subject: str
    text: str = ""
    html: str = ""
    files: Sequence[tuple[str, bytes]] = ()
    messages: Sequence["OutlookMessage"] = ()


def write_msg(message: OutlookMessage) -> bytes:
    """The message as a .msg file."""
    return _compound(_tree(message, bytes(8)))


def _tree(message: OutlookMessage, tail: bytes) -> dict[str, "bytes | Tree"]:
    texts = {_CLASS: "IPM.Note", _SUBJECT: message.subject, _SENDER: message.sender}
    if message.text:
        texts[_BODY] = message.text
    data = {_HTML: message.html.encode()} if message.html else {}
    count = len(message.files) + len(message.messages)
    head = bytes(8) + struct.pack("<4I", 0, count, 0, count) + tail
    tree = _properties(head, texts, data, {_CODEPAGE: 65001, _UNICODE: 0x00040000})
    for number, (name, content) in enumerate(message.files):
        attached = _properties(bytes(8), {_NAME: name}, {_DATA: content}, {_METHOD: 1})
        tree[f"__attach_version1.0_#{number:08X}"] = attached
    for number, inner in enumerate(message.messages, len(message.files)):
        attached = _properties(bytes(8), {_NAME: "message"}, {}, {_METHOD: 5})
        attached[f"__substg1.0_{_DATA:04X}000D"] = _tree(inner, b"")
        tree[f"__attach_version1.0_#{number:08X}"] = attached
    return tree


def _properties(
    head: bytes, texts: Mapping[int, str], data: Mapping[int, bytes], numbers: Mapping[int, int]
) -> dict[str, "bytes | Tree"]:
    streams = {(number, _TEXT): text.encode("utf-16-le") for number, text in texts.items()}
    streams |= {(number, _BYTES): content for number, content in data.items()}
    table = head
    for number, value in numbers.items():
        table += struct.pack("<HHIII", _INTEGER, number, 6, value, 0)
    for (number, kind), content in streams.items():
        table += struct.pack("<HHIII", kind, number, 6, len(content) + (2 if kind == _TEXT else 0), 0)
    tree: dict[str, bytes | Tree] = {_PROPERTIES: table}
    for (number, kind), content in streams.items():
        tree[f"__substg1.0_{number:04X}{kind:04X}"] = content
    return tree


@dataclass
class _Entry:
    name: str
    kind: int
    content: bytes = b""
    right: int = _NONE
    child: int = _NONE
    start: int = _END
    size: int = 0


def _compound(tree: Tree) -> bytes:
    """A compound file (MS-CFB) of storages and streams; each storage's entries are a chain."""
    entries = [_Entry("Root Entry", _ROOT)]
    _add(tree, 0, entries)
    mini = bytearray()
    mini_table: list[int] = []
    sectors: list[bytes] = []
    table: list[int] = []
    for entry in entries:
        entry.size = len(entry.content)
        if entry.kind != _STREAM or not entry.size:
            continue
        if entry.size < _MINI_LIMIT:
            entry.start = _chain(mini_table, _pieces(entry.content, _MINI_SECTOR), None)
            mini += entry.content.ljust(-(-entry.size // _MINI_SECTOR) * _MINI_SECTOR, b"\0")
        else:
            entry.start = _chain(table, _pieces(entry.content, _SECTOR), sectors)
    entries[0].size = len(mini)
    entries[0].start = _chain(table, _pieces(bytes(mini), _SECTOR), sectors) if mini else _END
    mini_start = _chain(table, _pieces(_numbers(mini_table), _SECTOR, b"\xff"), sectors)
    mini_count = len(_pieces(_numbers(mini_table), _SECTOR))
    directory = b"".join(map(_encode_entry, entries))
    directory_start = _chain(table, _pieces(directory, _SECTOR), sectors)
    fat_sectors = 1
    while (len(table) + fat_sectors) * 4 > fat_sectors * _SECTOR:
        fat_sectors += 1
    fat_places = list(range(len(table), len(table) + fat_sectors))
    assert fat_sectors <= 109, "a larger file needs a table of tables"
    table += [_FAT] * fat_sectors
    sectors += _pieces(_numbers(table), _SECTOR, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIII", 0, fat_sectors, directory_start, 0, _MINI_LIMIT, mini_start, mini_count, _END)
    head += struct.pack("<I", 0) + _numbers(fat_places + [_FREE] * (109 - fat_sectors))
    return head + b"".join(sectors)


def _add(tree: Tree, parent: int, entries: list[_Entry]) -> None:
    before = _NONE
    for name in sorted(tree, key=lambda one: (len(one), one.upper())):
        content = tree[name]
        place = len(entries)
        entries.append(_Entry(name, _STREAM, content) if isinstance(content, bytes) else _Entry(name, _STORAGE))
        if before == _NONE:
            entries[parent].child = place
        else:
            entries[before].right = place
        before = place
        if not isinstance(content, bytes):
            _add(content, place, entries)


def _pieces(content: bytes, size: int, fill: bytes = b"\0") -> list[bytes]:
    return [content[at : at + size].ljust(size, fill) for at in range(0, len(content), size)]


def _chain(table: list[int], pieces: list[bytes], sectors: list[bytes] | None) -> int:
    """Add a chain of sectors to a table; gives its first."""
    first = len(table)
    table += [*range(first + 1, first + len(pieces)), _END]
    if sectors is not None:
        sectors += pieces
    return first


def _numbers(values: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def _encode_entry(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    return (
        name.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(name) + 2, entry.kind, 1, _NONE, entry.right, entry.child)
        + bytes(36)
        + struct.pack("<IQ", entry.start, entry.size)
    )


def write_winmail(text: str, files: Sequence[tuple[str, bytes]]) -> bytes:
    """A message's text and files as winmail.dat (MS-OXTNEF)."""
    out = struct.pack("<IH", 0x223E9F78, 1)
    out += _attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
    out += _attribute(1, 0x00069007, struct.pack("<II", 1252, 0))
    if text:
        out += _attribute(1, 0x0002800C, text.encode("cp1252", "replace") + b"\0")
    for name, content in files:
        out += _attribute(2, 0x00069002, bytes(14))
        out += _attribute(2, 0x00018010, name.encode("cp1252", "replace") + b"\0")
        out += _attribute(2, 0x0006800F, content)
    return out


def _attribute(level: int, tag: int, content: bytes) -> bytes:
    return struct.pack("<BII", level, tag, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)
