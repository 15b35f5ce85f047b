"""The ugly corpus: one message of every kind, again and again from other seeds, and mutations of them.

Development seeds are for tuning the readers; what is reported is of the others.
"""

import random
from collections.abc import Iterator, Sequence

from benchmarks._mail_files import FILES
from benchmarks._mail_sample import Editions, Maker, Sample, each
from benchmarks._mail_sealed import SEALED
from benchmarks._mail_texts import TEXTS
from benchmarks._mail_ugly import UGLY
from benchmarks._mail_wrapped import WRAPPED
from schemas.sealing import Identity

DEVELOPMENT_SEEDS = range(1_000, 1_002)
REPORTED_SEEDS = range(9_000, 9_002)
KINDS = (*TEXTS, *FILES, *WRAPPED, *SEALED, *UGLY)
# Larger messages are mutated no better, only slower.
_MAX_MUTATED_BYTES = 300_000
_HEADERS = (
    b"Content-Type: text/html", b"Content-Type: multipart/alternative; boundary=b", b"Content-Type: message/rfc822",
    b"Content-Type: application/ms-tnef", b"Content-Type: text/plain; charset=utf-16",
    b"Content-Type: text/plain; charset=iso-2022-jp; format=flowed; delsp=yes", b"Content-Type: image/tiff",
    b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable",
    b"Content-Transfer-Encoding: x-uuencode", b"Content-Disposition: attachment; filename=form.docx",
    b"Content-Disposition: attachment; filename*0*=utf-7''%2B; filename*1=.zip", b"From: =?utf-8?q?=?=",
    b"Subject: \xff\xfe", b"Content-Type: application/pkcs7-mime", b"\xef\xbb\xbfContent-Type: text/plain",
)  # fmt: skip


def corpus(seeds: Sequence[int], identity: Identity, editions: Editions) -> Iterator[Sample]:
    """The messages of these seeds, one of every kind for each."""
    for seed in seeds:
        yield from each(KINDS, Maker(seed, identity, editions))


def mutations(samples: Sequence[Sample], seed: int, count: int) -> Iterator[Sample]:
    """`count` messages, each a message of the corpus that something happened to. No outcome is expected but one."""
    chance = random.Random(seed)
    usable = [one for one in samples if len(one.raw) <= _MAX_MUTATED_BYTES]
    for _ in range(count):
        sample = chance.choice(usable)
        raw = bytearray(sample.raw)
        for _ in range(chance.choice((1, 1, 2, 3, 8))):
            raw = chance.choice(_MUTATORS)(raw, chance, usable)
        yield Sample(sample.kind, bytes(raw[: 2 * _MAX_MUTATED_BYTES]), (), sample.about)


def _flip(raw: bytearray, chance: random.Random, _: Sequence[Sample]) -> bytearray:
    for _ in range(chance.choice((1, 4, 40, 400))):
        if raw:
            raw[chance.randrange(len(raw))] = chance.randrange(256)
    return raw


def _cut_off(raw: bytearray, chance: random.Random, _: Sequence[Sample]) -> bytearray:
    return raw[: chance.randrange(len(raw) + 1)]


def _cut_out(raw: bytearray, chance: random.Random, _: Sequence[Sample]) -> bytearray:
    place = chance.randrange(len(raw) + 1)
    del raw[place : place + chance.choice((1, 30, 3_000))]
    return raw


def _double(raw: bytearray, chance: random.Random, _: Sequence[Sample]) -> bytearray:
    place = chance.randrange(len(raw) + 1)
    piece = raw[place : place + chance.choice((1, 30, 3_000))] * chance.choice((1, 2, 50))
    raw[place:place] = piece[:_MAX_MUTATED_BYTES]
    return raw


def _insert(raw: bytearray, chance: random.Random, _: Sequence[Sample]) -> bytearray:
    place = chance.randrange(len(raw) + 1)
    raw[place:place] = chance.choice(
        (chance.randbytes(30), b"\x00" * 50, b"\n\n", b"--b\n", b"\r", b"\xff" * 9, b">" * 99)
    )
    return raw


def _header(raw: bytearray, chance: random.Random, _: Sequence[Sample]) -> bytearray:
    """Another header before, or in the place of, one of the lines at the top or of a part."""
    lines = raw.split(b"\n")
    heads = [place for place, line in enumerate(lines[:2_000]) if b":" in line[:40]] or [0]
    place = chance.choice(heads)
    lines[place : place + chance.choice((0, 1))] = [bytearray(chance.choice(_HEADERS))]
    return bytearray(b"\n").join(lines)


def _shuffle(raw: bytearray, chance: random.Random, _: Sequence[Sample]) -> bytearray:
    """The lines between boundaries in another order."""
    parts = raw.split(b"\n--")
    chance.shuffle(parts)
    return bytearray(b"\n--").join(parts)


def _nest(raw: bytearray, chance: random.Random, usable: Sequence[Sample]) -> bytearray:
    """The message within another, or beside one."""
    other = chance.choice(usable).raw if chance.random() < 0.5 else b""
    for _ in range(chance.choice((1, 2, 7))):
        raw = bytearray(
            b'From: x@example.org\nContent-Type: multipart/mixed; boundary="n"\n\n--n\nContent-Type: message/rfc822\n\n'
            + raw[:_MAX_MUTATED_BYTES] + b"\n--n\n" + other[:_MAX_MUTATED_BYTES] + b"\n--n--\n"
        )  # fmt: skip
    return raw


def _splice(raw: bytearray, chance: random.Random, usable: Sequence[Sample]) -> bytearray:
    other = chance.choice(usable).raw
    return raw[: chance.randrange(len(raw) + 1)] + other[chance.randrange(len(other) + 1) :]


_MUTATORS = (_flip, _flip, _cut_off, _cut_out, _double, _insert, _header, _header, _shuffle, _nest, _splice)
