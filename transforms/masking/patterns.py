"""The pattern pack: what identifies a person in Britain by its form, its checksum or a cue word beside it.

Names, and addresses that have no form of their own, are left to the tagger. Machine masking is never enough to
publish: no free text leaves without an officer's approval.
"""
# ruff: noqa: E501 - word lists and expressions are read whole

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from transforms.masking.checksums import is_card_number, is_iban, is_nhs_number
from transforms.masking.postcodes import find_postcodes
from transforms.masking.spans import Span

# A text without any of these characters or cues cannot hold a find of the pack.
TELLING = re.compile(
    r"[0-9@]|://|www\.|\[at\]|\(at\)|\bat\b.{1,40}\b(?:dot|co|com|org)\b|\.(?:com|org|net|co\.uk|uk)\b"
    r"|\b(?:[A-Z] ){3,}|\b(?:d\.?o\.?b|born|aged?|years? old|birthday)\b|\b(?:twitter|facebook|instagram|insta|tiktok|skype)\b|[oO][1-9lI]",
    re.IGNORECASE,
)

_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_DAY = r"[0-3]?[0-9](?:\s?(?:st|nd|rd|th))?"
_DATE = (
    rf"(?:[0-3]?[0-9]\s?[./-]\s?[01]?[0-9]\s?[./-]\s?(?:[12][0-9])?[0-9]{{2}}|[12][0-9]{{3}}\s?[./-]\s?[01]?[0-9]\s?[./-]\s?[0-3]?[0-9]"
    rf"|[0-3]?[0-9] [01]?[0-9] (?:[12][0-9])?[0-9]{{2}}|{_DAY}\s?(?:of\s)?[\s./-]?{_MONTH},?[\s./-]?\s?'?(?:[12][0-9])?[0-9]{{2}}"
    rf"|{_MONTH}\s?{_DAY},?\s(?:[12][0-9])?[0-9]{{2}})(?![0-9])"
)
_DIGIT = "[0-9OoIl]"
_GAP = r"[\s.\-–/()]{0,2}"
_EXTENSION = r"(?:[\s,]*(?:ext(?:ension|n)?\.?|x)\s*[0-9]{1,5}\b)?"
_STREET = (
    r"(?:road|rd|street|st|avenue|ave|av|lane|ln|close|cl|drive|dr|crescent|cres|court|ct|way|place|pl|terrace|terr|gardens|gdns"
    r"|grove|gr|hill|park|rise|row|square|sq|view|walk|mews|green|croft|mount|parade|wharf|gate|villas|cottages|yard|fold|bank|vale|end)"
)
# Words that stand between a number and 'road' in plain sentences, not in addresses.
_NOT_STREET_NAME = (
    r"(?:the|of|on|in|at|and|or|to|for|is|are|was|were|from|with|by|a|an|this|that|these|those|our|my|your|their|per|each|every|more|most"
    r"|people|years?|months?|weeks?|days?|hours?|minutes?|miles?|metres?|yards?|pounds?|percent|other|different|new|local|houses?|homes?"
    r"|cars?|residents?|families|children|trees|it|we|they|will|can|have|has|had|been|no|not|extra|main|busy|quiet|public)"
)
_WORD = rf"(?!{_NOT_STREET_NAME}\b)[A-Za-z][A-Za-z'’.-]*"


@dataclass(frozen=True)
class Pattern:
    """An expression; the group 'find' is what is masked, or else all. `check` may refuse a find."""

    label: str
    shown: str
    expression: re.Pattern[str]
    check: Callable[[str], bool] | None = None
    score: float = 1.0


def _pattern(
    label: str, expression: str, shown: str = "", check: Callable[[str], bool] | None = None, *, case: bool = False
) -> Pattern:
    return Pattern(label, shown or label, re.compile(expression, 0 if case else re.IGNORECASE), check)


def _has_phone_digits(text: str) -> bool:
    """Whether there are as many figures as a telephone number has, the first of them as it begins."""
    text = re.split(r"ext|x", text, maxsplit=1, flags=re.IGNORECASE)[0]
    figures = re.sub(
        r"[^0-9+]", "", text.replace("(0)", "").replace("O", "0").replace("o", "0").replace("l", "1").replace("I", "1")
    )
    if figures.startswith(("+", "00")):
        return 9 <= len(figures.lstrip("+0")) <= 14
    return (
        10 <= len(figures) <= 11
        and figures[0] == "0"
        and figures[1] in "12356789"
        and sum(c.isdigit() for c in text) >= 7
    )


def _is_ni_number(text: str) -> bool:
    plain = re.sub(r"[^A-Z0-9]", "", text.upper())
    return plain[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


def _is_new_plate(text: str) -> bool:
    """Two letters, an age of 01 to 29 or 51 to 79, three letters: not the end of a postcode."""
    age = int(re.sub(r"[^0-9]", "", text))
    return 1 <= age <= 30 or 51 <= age <= 80


_EMAIL_NAME = r"[\w.%+'’-]*[\w+-]"
_TOP = r"(?:com|co|org|net|uk|gov|ac|edu|info|me|eu|io|ie|pl|fr|de|nhs|biz|cymru|wales|scot|ro|pt|it|es|in|ng|pk|cn|tr)"
_AT = r"\s?[\[({<]\s?(?:at|@)\s?[\])}>]\s?"
_DOT = r"(?:\s?[\[({<]\s?(?:dot|\.)\s?[\])}>]\s?|\s+dot\s+|\s?\.\s?)"
_PROVIDER = r"(?:gmail|googlemail|hotmail|yahoo|outlook|btinternet|aol|live|icloud|sky|talktalk|ntlworld|virginmedia|msn|btconnect|tiscali)"
_ID_CUED = (
    r"(?:council[ -]tax|blue[ -]badge|passport|driving[ -]licen[cs]e|licen[cs]e|housing|tenan(?:t|cy)|rent|benefits?|claim|patient"
    r"|hospital|member(?:ship)?|customer|account|case|policy|payroll|staff|employee|pupil|student|library(?: card)?|bus pass|disabled badge|UC|PIP|crime"
    r"|care record|social care|mosaic|liquidlogic|swift|CHI|UPRN|visa|BRP|home office|charity card|electoral)"
)
_ID_WORDS = r"(?:\s+(?:account|reference|ref|number|no|num|card|badge|id|permit|record))*\.?"
_PATTERNS = (
    _pattern("email", rf"(?<![\w.%+-]){_EMAIL_NAME}\s?@{{1,2}}\s?[A-Z0-9-]+(?:(?:\s?\.\s?[A-Z0-9-]+){{0,3}}?\s?[.,]\s?(?:[A-Z0-9-]+\.)*{_TOP}\b(?:\s?\.\s?{_TOP}\b)*|(?:\.[A-Z0-9-]+)+)"),
    _pattern("email", rf"(?<![\w.%+-]){_EMAIL_NAME}{_AT}[A-Z0-9-]+(?:(?:{_DOT})[A-Z0-9-]+)*?(?:{_DOT}{_TOP}\b(?:{_DOT}{_TOP}\b)*|(?:\.[A-Z0-9-]+)+)"),
    _pattern("email", rf"(?<![\w.%+-]){_EMAIL_NAME}\s+at\s+[A-Z0-9-]+(?:(?:\.|{_DOT})[A-Z0-9-]+)*?(?:\s+dot\s+|\s?[\[(]\s?dot\s?[\])]\s?){_TOP}\b(?:{_DOT}{_TOP}\b)*"),
    _pattern("email", rf"(?<![\w.%+-]){_EMAIL_NAME}\s+at\s+{_PROVIDER}\b(?:{_DOT}{_TOP}\b)*"),
    _pattern("email", rf"(?<![\w.%+-]){_EMAIL_NAME}@\s?[A-Z0-9-]{{2,}}\b"),
    _pattern("email", r"\be-?mail(?:\s+address)?(?:\s+is|:)\s*(?P<find>[A-Z0-9._-]{3,}\s+at\s+[A-Z0-9.-]{3,})"),
    _pattern("web address", r"(?:\bhttps?://|\bwww\.)[^\s<>\"']*[^\s<>\"'.,;:!?)\]]"),
    _pattern("web address", r"(?<![@A-Z0-9.])(?:[A-Z0-9-]+\.)+(?:com|org|net|co\.uk|org\.uk|gov\.uk|ac\.uk|info|me\.uk)(?:/[^\s<>\"']*[^\s<>\"'.,;:!?)\]])?(?![A-Z0-9@])"),
    _pattern("handle", r"(?<![A-Z0-9_@.])@[A-Z0-9_][A-Z0-9_.]*[A-Z0-9_]"),
    _pattern("handle", r"\b(?:twitter|facebook|instagram|insta|tiktok|skype|snapchat|whatsapp)(?:\s+(?:handle|name|id|account|user ?name))?\s*(?::|is|=)\s*(?P<find>[A-Z0-9_.]{3,}[A-Z0-9_])"),
    _pattern("id", r"(?:\bNHS|national health|patient|hospital|medical|health)\b[^0-9]{0,40}?(?P<find>(?<![0-9])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(?![0-9]))", "NHS number", is_nhs_number),
    _pattern("id", r"\bNHS\s*(?:number|no\.?|num|id|#)?[\s:#=-]*(?:is\s+|was\s+)?(?P<find>[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(?![0-9]))", "NHS number"),
    _pattern("id", r"(?<![A-Z0-9])(?P<find>[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ .-]?[0-9]{2}[ .-]?[0-9]{2}[ .-]?[0-9]{2}[ .-]?[A-D])(?![A-Z0-9])", "NI number", _is_ni_number),
    _pattern("id", r"\b(?:N\.?I\.?(?:NO)?|national insurance)\s*(?:number|no\.?|num|#)?[\s:#=-]*(?:is\s+|was\s+)?(?P<find>[A-Z]{2}[ .-]?(?:[0-9O][ .-]?){6}[A-D]?)(?![A-Z0-9])", "NI number"),
    _pattern("id", r"(?<![A-Z0-9])[A-HJ-PR-Y][A-HJ-PR-Y][0-9]{2} ?[A-HJ-PR-Z]{3}(?![A-Z0-9])", "number plate", _is_new_plate, case=True),
    _pattern("id", r"\b(?:registration|reg|number ?plate|plate|vrm|car|van|vehicle|lorry)\b[^.!?\n0-9]{0,30}?\b(?P<find>[A-Z]{2}[0-9]{2} ?[A-Z]{3}|[A-Z][0-9]{1,3} ?[A-Z]{3}|[A-Z]{3} ?[0-9]{1,3} ?[A-Z]|[A-Z]{1,3} ?[0-9]{3,4})\b", "number plate"),
    _pattern("id", r"(?<![A-Z0-9])(?P<find>[A-Z][0-9]{1,3} [A-Z]{3}|[A-Z]{3} [0-9]{1,3}[A-Z])(?![A-Z0-9])(?= (?:is|was|parked|parks|keeps))", "number plate", case=True),
    _pattern("id", r"\bsort\s?-?code\b[^0-9]{0,20}(?P<find>[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2})(?![0-9])", "bank details"),
    _pattern("id", r"(?<![0-9-])(?P<find>[0-9]{2}-[0-9]{2}-[0-9]{2})(?![0-9-])(?=\W{0,3}(?:and\s|account|acc?t?|a/c)?[^0-9]{0,20}[0-9]{8}\b)", "bank details"),
    _pattern("id", r"\b(?:account|acc?t|a/c)\b\.?[^0-9.!?]{0,20}(?P<find>[0-9]{8})(?![0-9])", "bank details"),
    _pattern("id", r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])", "bank details", is_iban),
    _pattern("id", r"(?<![0-9])(?:[0-9][ -]?){12,18}[0-9](?![0-9])", "card number", is_card_number),
    _pattern("id", r"(?<![A-Z0-9])[A-Z9]{5}[0-9]{6}[A-Z9]{2}[0-9][A-Z]{2}(?:[0-9]{2})?(?![A-Z0-9])", "driving licence", case=True),
    _pattern("id", rf"\b{_ID_CUED}{_ID_WORDS}[\s:#=,-]*(?:is\s+|was\s+|of\s+)?(?P<find>(?=[A-Z/-]{{0,6}} ?[0-9])[A-Z]{{0,4}}[ /-]?[0-9][A-Z0-9]*(?:[/ -][0-9A-Z]*[0-9][0-9A-Z]*)*)(?![A-Z0-9])", "number", lambda text: len(re.sub(r"[^0-9]", "", text)) >= 5),
    _pattern("id", r"\b(?:ref(?:erence)?|my)\s*(?:number|no\.?|num|#)\s*[:#]?\s*(?:is\s+)?(?P<find>[A-Z]{0,4}[ /-]?[0-9][A-Z0-9]*(?:[/ -][0-9A-Z]*[0-9][0-9A-Z]*)*)(?![A-Z0-9])", "number", lambda text: len(re.sub(r"[^0-9]", "", text)) >= 5 and not _has_phone_digits(text)),
    _pattern("phone", rf"(?:\(?\+\s?[1-9][0-9]{{0,2}}\)?|(?<![0-9])00\s?[1-9][0-9]{{0,2}}){_GAP}(?:\(0\){_GAP})?[0-9](?:{_GAP}[0-9]){{6,11}}(?![0-9]){_EXTENSION}", check=_has_phone_digits),
    _pattern("phone", rf"(?<![A-Z0-9])\(?[0Oo]{_GAP}[1-9lI](?:{_GAP}{_DIGIT}){{8,9}}(?![A-Z0-9]){_EXTENSION}", check=_has_phone_digits),
    _pattern("phone", rf"\b(?:tel(?:ephone|e?)?|phone|ring|call|mobile|mob|fax|ext(?:ension)?|number)\b\.?(?:\s+(?:me|us|him|her|number|no\.?|is|on|at|number's))*[\s:.]*(?P<find>[0-9]{{3}}[ -]?[0-9]{{3,4}}(?: ?[0-9]{{2,4}})?)(?![0-9/]|\s?(?:people|times|years|pounds|homes|%)){_EXTENSION}"),
    _pattern("date of birth", rf"\b(?:d\.{{0,2}}\s?o\.{{0,2}}\s?b\.{{0,2}}|d\.{{1,2}}b\.|dates?\s+o\w?\s+b\w{{3,5}}|b\w{{1,2}}th\s?da(?:y|te)|(?:bo?r+n|bonr|bron|bon|brn)(?:\s+on)?)(?:\s+(?:is|was|the|on))*[\s.:,=(-]*(?P<find>{_DATE}|{_DAY}\s(?:of\s)?[a-z]{{3,10}},?\s[12][0-9]{{3}}(?![0-9])|[a-z]{{3,10}}\s{_DAY},?\s[12][0-9]{{3}}(?![0-9]))"),
    _pattern("date of birth", rf"\b(?P<find>{_DATE})\s*(?:\(?(?:d\.?o\.?b\.?|date of birth)|is my (?:date of birth|birth\s?day)|is when i was born|,?\s?i was born)"),
    _pattern("date of birth", r"\b(?:i|he|she|who|husband|wife|mother|father|mum|dad|son|daughter|brother|sister|was|were|am)\s+(?:was\s+)?born\s+(?:back\s+)?in\s+(?:[a-z]+\s+in\s+)?(?P<find>(?:" + _MONTH + r"\s+)?(?:19|20)[0-9]{2})\b"),
    _pattern("date of birth", r"\b(?:d\.?o\.?b\.?|year of birth|birth year|born in)[\s:]*(?:is\s+)?(?P<find>(?:" + _MONTH + r"\s+)?(?:19|20)[0-9]{2})\b|(?<=\()(?:b\.|born)\s?(?P<also>(?:19|20)[0-9]{2})(?=\))"),
    _pattern("age", r"\b(?:i\s?['’]?\s?a?m|he\s?['’]?i?s|she\s?['’]?i?s|(?:husband|wife|mother|father|mum|dad|son|daughter|brother|sister|nan|gran|grandson|granddaughter|neighbour),?\s+(?:who\s+)?is)\s+(?:now\s+|nearly\s+|almost\s+|over\s+|only\s+|an?\s+)*(?P<find>[0-9]{1,3})(?=\s*(?:[,.;!?)]|$|-?\s?(?:years?|yrs?)\b|and\b|with\b|now\b|next\b))(?!\s?%)"),
    _pattern("age", r"\b(?:my|our|her|his|a)\s+(?P<find>[0-9]{1,3})(?=[\s-]{1,2}years?[\s-]{1,2}old\b)"),
    _pattern("age", r"(?<!people )(?<!those )(?<!anyone )(?<!children )(?<!adults )(?<!residents )(?<!everyone )(?<!persons )(?<!men )(?<!women )(?<!users )(?<!pupils )(?<!pensioners )\b(?:aged|age)[\s:]+(?P<find>[1-9][0-9]?|1[01][0-9])(?![0-9]|\s?(?:-|–|\+|to\b|and (?:over|under|above|up|older|below)|or (?:over|under|above|older|below)|plus|upwards|group|range|%|limit))"),
    _pattern("address", rf"(?<![£$€0-9.,/-])(?:(?:flat|apt|apartment|unit|room|block)\s+[0-9]{{1,4}}[A-Z]?\s*,?\s*)?(?<![0-9])[0-9]{{1,4}}\s?[A-Z]?(?:\s?[-–/]\s?[0-9]{{1,4}}[A-Z]?)?\s*,?\s+(?:{_WORD}\s+){{1,3}}{_STREET}\b(?!\s+(?:scheme|schemes|improvements|safety|users|closures?|works|network|accidents))"),
    _pattern("address", r"\bP\.?\s?O\.?\s?Box\s+[0-9]{1,6}\b"),
)  # fmt: skip


def find_patterns(text: str) -> Iterator[Span]:
    """Every find of the pack, overlapping ones too."""
    if not TELLING.search(text):
        return
    for pattern in _PATTERNS:
        for match in pattern.expression.finditer(text):
            group = next((name for name, found in match.groupdict().items() if found), 0)
            if pattern.check is None or pattern.check(match[group]):
                yield Span(*match.span(group), pattern.label, pattern.shown, pattern.score, "pattern")
    for start, end, outward, score in find_postcodes(text):
        yield Span(start, end, "postcode", f"postcode area {outward}", score, "pattern")
