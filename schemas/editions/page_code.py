"""The square code on every printed page: which questionnaire, edition and page it is, and which printed form.

It is written in the letters that a QR code packs tightest: `YS1:<hash>:<language>:<variant>:<page>:<serial>:<check>`.
"""

import re
import zlib
from dataclasses import dataclass

from schemas.editions.print_layout import Variant
from schemas.questionnaire import LANGUAGE

HASH_LENGTH = 12
_MARKER = "YS1"
_LETTERS: dict[Variant, str] = {"standard": "S", "large": "L", "easy_read": "E"}
_VARIANTS = {letter: variant for variant, letter in _LETTERS.items()}
_HASH = re.compile(rf"[0-9A-F]{{{HASH_LENGTH}}}")
_SERIAL = re.compile(r"[0-9A-Z-]{0,20}")
_PAGE = re.compile(r"0|[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class PageCode:
    """What a page's code says. Page 0 is the continuation sheet; `questionnaire_hash` is the first 12 hex digits."""

    questionnaire_hash: str
    language: str
    variant: Variant
    page: int
    serial: str | None = None


def encode_page_code(code: PageCode) -> str:
    """The code's text."""
    parts = (
        _MARKER,
        code.questionnaire_hash[:HASH_LENGTH],
        code.language,
        _LETTERS[code.variant],
        str(code.page),
        code.serial or "",
    )
    text = ":".join(parts).upper()
    return f"{text}:{_check(text)}"


def decode_page_code(text: str) -> PageCode | None:
    """What a code's text says; None for any text that is not one of ours, whole and unharmed."""
    body, _, check = text.rpartition(":")
    parts = body.split(":")
    if len(parts) != 6 or parts[0] != _MARKER or check != _check(body):
        return None
    _, digits, language, letter, page, serial = parts
    language = _in_usual_case(language)
    patterns = ((_HASH, digits), (re.compile(LANGUAGE), language), (_PAGE, page), (_SERIAL, serial))
    if letter not in _VARIANTS or not all(pattern.fullmatch(part) for pattern, part in patterns):
        return None
    return PageCode(digits.lower(), language, _VARIANTS[letter], int(page), serial or None)


def _check(text: str) -> str:
    return f"{zlib.crc32(text.encode()) & 0xFFFF:04X}"


def _in_usual_case(language: str) -> str:
    """`ZH-HANT-HK` as `zh-Hant-HK`: language small, script with a capital, region in capitals."""
    first, *others = language.split("-")
    return "-".join([first.lower(), *(part.title() if len(part) == 4 else part for part in others)])
