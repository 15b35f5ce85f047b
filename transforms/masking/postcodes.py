"""British postcodes as people and scanners write them: any case, no space, I for 1, O for 0, the first half alone."""
# ruff: noqa: E501 - word lists and expressions are read whole

import re

AREAS = frozenset(
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G"
    " GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW"
    " OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC"
    " WD WF WN WR WS WV YO ZE".split()
)
# What looks like the first half of a postcode and is something else.
_NOT_OUTWARD = frozenset({"CO2", "SO2", "WD40", "UB40"})
_DIGIT = "[0-9OIl]"
_FULL = re.compile(
    rf"(?<![A-Za-z0-9])([A-Za-z]{{1,2}})({_DIGIT}(?:{_DIGIT}|[A-Za-z])?)( ?[ .-]? ?)({_DIGIT})([A-Za-z0-9]{{2}})(?![A-Za-z0-9])"
)
# A postcode that is spelled out: D E 1  2 F S.
_SPACED = re.compile(
    r"(?<![A-Za-z0-9])([A-Z]) ([A-Z]) ([0-9])(?: ([0-9]))? {1,2}([0-9]) ([A-Z]) ([A-Z])(?![A-Za-z0-9])"
)
_OUTWARD = re.compile(r"(?<![A-Za-z0-9/#-])([A-Za-z]{1,2})([0-9]{1,2}[A-HJKMNPR-Y]?)(?![A-Za-z0-9/]|-[0-9]|\.[0-9])")
_CUE = re.compile(
    r"(?:post ?codes?|postal (?:code|area|district)|(?:live|living|lives|lived|based|home|house|flat) (?:is )?in"
    r"|residents? (?:in|of)|people in)\W{0,3}(?:is |are |of |in )*\W?$",
    re.IGNORECASE,
)
_AREA_AFTER = re.compile(r"^\W{0,2}(?:post ?code|postal|area|district|residents?|postcodes)\b", re.IGNORECASE)
_TO_DIGIT = str.maketrans("OoIl", "0011")
_INWARD_LETTERS = frozenset("ABDEFGHJLNPQRSTUWXYZ")


def find_postcodes(text: str) -> list[tuple[int, int, str, float]]:
    """Where the postcodes are: start, end, the first half of each as it is written properly, and how sure."""
    found = []
    for match in _FULL.finditer(text):
        outward = _outward(match[1], match[2])
        if outward is None and match[1][1:] in ("I", "O"):
            # S14 that was read as SI4.
            outward = _outward(match[1][0], match[1][1] + match[2])
        if outward and _is_inward(match[5]) and _looks_typed(match):
            found.append((*match.span(), outward, 1.0))
    for match in _SPACED.finditer(text):
        if match[1] + match[2] in AREAS:
            found.append((*match.span(), match[1] + match[2] + match[3] + (match[4] or ""), 1.0))
    whole = list(found)
    for match in _OUTWARD.finditer(text):
        outward = _outward(match[1], match[2])
        if outward is None or outward in _NOT_OUTWARD or any(start < match.end() <= end for start, end, *_ in whole):
            continue
        cued = _CUE.search(text[max(0, match.start() - 40) : match.start()]) or _AREA_AFTER.search(
            text[match.end() : match.end() + 14]
        )
        # M1 is a motorway, E10 a fuel, and de2 could be anything, unless a word beside them says that they are places.
        if cued or (len(match[1]) > 1 and match[1].isupper()):
            found.append((*match.span(), outward, 0.9 if cued else 0.5))
    return found


def _outward(area: str, district: str) -> str | None:
    """The first half as it is written properly; nothing where there is no such area."""
    area, last = area.upper(), district[-1].upper()
    first = district[:-1].translate(_TO_DIGIT)
    last = (
        last
        if len(district) > 1 and last.isalpha() and last not in "OIL"
        else last.translate(_TO_DIGIT).replace("L", "1")
    )
    number = first + last
    if area not in AREAS or not number[0].isdigit() or (len(number) > 1 and number.startswith("0")):
        return None
    return area + number


def _is_inward(letters: str) -> bool:
    """Whether two characters can end a postcode: letters, or figures that a scanner takes for letters."""
    read = letters.upper().replace("5", "S").replace("8", "B").replace("0", "D")
    return set(read) <= _INWARD_LETTERS and not letters.isdigit()


def _looks_typed(match: re.Match[str]) -> bool:
    """Whether letters stand for figures in capitals alone, and some figure is one: a word is no postcode."""
    figures = match[2] + match[4]
    swapped = any(character in "OIl" for character in figures) or not match[5].isalpha()
    has_figure = any(character.isdigit() for character in figures)
    return has_figure and (not swapped or (match[1].isupper() and match[5].upper() == match[5]))
