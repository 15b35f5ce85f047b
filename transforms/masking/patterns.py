"""Masking by pattern: what identifies a person by its form alone, in any free text.

Each find is replaced by a label that says what stood there. Names and addresses have no form of their own and are not
found here. Machine masking is never enough to publish: no free text leaves without an officer's approval.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from transforms.sql import identifier, literal, union_all

# Numbers that are a date of birth or an NHS number only because a word beside them says so.
_BIRTH_CUE = r"(?:d\.?o\.?b\.?|date of birth|born(?: on)?|birth ?day)"
_NHS_CUE = r"(?:NHS|national health)(?:\s+(?:number|no\.?|id))?"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_OUTWARD = r"(?:GIR|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKPS-UW]|[A-HK-Y][0-9][ABEHMNPRV-Y]))"


@dataclass(frozen=True)
class Pattern:
    """One thing to find: an RE2 expression (case ignored) and what stands in for it.

    Every find holds one of `only_with` (where it is given), so that other texts need no search.
    """

    name: str
    expression: str
    label: str
    only_with: tuple[str, ...] = ()


# The order matters: a web address may hold an e-mail's '@', a telephone number could hold an NHS number's digits.
PATTERNS = (
    Pattern("email", r"[A-Z0-9._%+'-]+\s?@\s?[A-Z0-9-]+(?:\s?\.\s?[A-Z0-9-]+)+", "[email]", ("@",)),
    Pattern("url", r"(?:\bhttps?://|\bwww\.)[^\s<>\"']*[^\s<>\"'.,;:!?)]", "[web address]", ("/", "w", "W")),
    Pattern("handle", r"(^|[^A-Z0-9_@.])@[A-Z0-9_]{2,}", r"\1[handle]", ("@",)),
    Pattern("nhs_number", rf"\b({_NHS_CUE}[\s:#]*(?:is\s+)?)[0-9]{{3}}[ -]?[0-9]{{3}}[ -]?[0-9]{{4}}\b",
            r"\1[NHS number]"),
    Pattern("birth", rf"\b({_BIRTH_CUE}[\s:,]*(?:is\s+|was\s+)?)[0-9]{{1,4}}(?:[./ -][0-9]{{1,2}}[./ -][0-9]{{2,4}}"
            rf"|(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\.?,?\s+[0-9]{{2,4}})", r"\1[date of birth]"),
    Pattern("ni_number", r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[A-D]\b",
            "[NI number]"),
    Pattern("phone", r"(?:\+|\b00)[1-9][0-9]{0,2}[ .-]?(?:\(0\)[ .-]?)?[0-9](?:[ .-]?[0-9]){6,11}\b"
            r"|\(?\b0[1-9](?:[ .()-]{0,2}[0-9]){8,9}\b(?:\s*(?:ext\.?|extension|x)\s*[0-9]{1,5})?", "[phone]"),
    Pattern("postcode", rf"\b({_OUTWARD})[ ]{{0,2}}[0-9][ABD-HJLNP-UW-Z]{{2}}\b", r"[postcode area \1]"),
)  # fmt: skip

# A text without any of these cannot hold a find; looking for single characters is several times cheaper than RE2.
_TELLING_CHARACTERS = "@0123456789"
_TELLING_STARTS = (":", "ww.", "WW.")
_ANY = "|".join(f"(?:{pattern.expression})" for pattern in PATTERNS)


def may_hold_a_find(expression: str) -> str:
    """SQL: a cheap test that is true for every text with a find (and for some without)."""
    return f"({_contains_any(expression, [*_TELLING_CHARACTERS, *_TELLING_STARTS])})"


def _contains_any(expression: str, needles: Iterable[str]) -> str:
    return " OR ".join(f"contains({expression}, '{needle}')" for needle in needles)


def masked_cells(relation: str, texts: list[str]) -> str:
    """SQL over `relation` (rid and text columns) that gives (rid, field, text) for each cell that masking changes."""
    candidates = union_all(
        f"SELECT rid, {literal(name)} AS field, {identifier(name)} AS text FROM {relation}"
        f" WHERE {may_hold_a_find(identifier(name))}"
        for name in texts
    )
    query = f"SELECT rid, field, text FROM ({candidates}) WHERE regexp_matches(text, {literal(_ANY)}, 'i')"
    for pattern in PATTERNS:
        find, label = literal(pattern.expression), literal(pattern.label)
        replaced = f"regexp_replace(text, {find}, {label}, 'gi')"
        # Finding out that there is nothing is several times cheaper than replacing nothing.
        needed = _contains_any("text", pattern.only_with) or f"regexp_matches(text, {find}, 'i')"
        query = f"SELECT rid, field, CASE WHEN {needed} THEN {replaced} ELSE text END AS text FROM ({query})"
    return query


def mask_text(expression: str) -> str:
    """SQL that masks one text expression."""
    for pattern in PATTERNS:
        expression = f"regexp_replace({expression}, {literal(pattern.expression)}, {literal(pattern.label)}, 'gi')"
    return expression
