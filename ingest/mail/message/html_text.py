"""What a person would read of an HTML text: cells one below the other, lists with their numbers, quotes marked '>'."""

import re

from inscriptis import Inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml import html  # type: ignore[import-untyped]
from lxml.etree import LxmlError  # type: ignore[import-untyped]

_MAX_QUOTE_DEPTH = 6
_MAX_ELEMENTS = 100_000
_CELLS = ("table", "thead", "tbody", "tfoot", "tr", "td", "th")
_UNSEEN = ("script", "style", "head", "template", "noscript")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def text_of_html(content: str) -> str:
    """The text of an HTML document, whatever its faults. Never raises on its content."""
    try:
        tree = html.document_fromstring(_NOT_IN_XML.sub("", content).encode(), parser=html.HTMLParser(encoding="utf-8"))
        if sum(1 for _ in zip(tree.iter(), range(_MAX_ELEMENTS + 1), strict=False)) > _MAX_ELEMENTS:
            return _without_tags(content)
        return _text_of(tree, 0)
    except (LxmlError, ValueError, AssertionError, AttributeError, TypeError, RecursionError, IndexError):
        return _without_tags(content)


def _without_tags(content: str) -> str:
    return re.sub(r"<[^>]{0,2000}>", " ", content)


def _text_of(tree: html.HtmlElement, depth: int) -> str:
    for one in list(tree.iter(*_UNSEEN)):
        one.drop_tree()
    quotes = _take_out_quotes(tree, depth) if depth < _MAX_QUOTE_DEPTH else []
    for number_list in list(tree.iter("ol")):
        _write_numbers(number_list)
    for one in tree.iter(*_CELLS):
        # A table laid out in columns would mix the lines of a question with those of its answer.
        one.tag = "div"
    text = str(Inscriptis(tree, ParserConfig(css=CSS_PROFILES["strict"])).get_text())
    for number, quote in enumerate(quotes):
        inside = "\n".join(f"> {line}" for line in _text_of(quote, depth + 1).split("\n"))
        text = text.replace(_place_of(number, depth), f"\n{inside}\n", 1)
    return text


def _take_out_quotes(tree: html.HtmlElement, depth: int) -> list[html.HtmlElement]:
    """The outermost quoted messages, each replaced by a mark of its place."""
    quotes: list[html.HtmlElement] = []
    waiting = list(reversed(tree))
    while waiting:
        one = waiting.pop()
        if not _is_quote(one):
            waiting.extend(reversed(one))
            continue
        place = html.Element("div")
        place.text = _place_of(len(quotes), depth)
        place.tail, one.tail = one.tail, None
        one.getparent().replace(one, place)
        one.tag = "div"
        quotes.append(one)
    return quotes


def _is_quote(one: html.HtmlElement) -> bool:
    """A message that is answered, as mail programs mark it; a blockquote alone may be no more than an indentation."""
    return one.tag == "blockquote" and (one.get("type") == "cite" or "gmail_quote" in (one.get("class") or ""))


def _place_of(number: int, depth: int) -> str:
    return f"\ue000{depth}.{number}\ue001"


def _write_numbers(numbered: html.HtmlElement) -> None:
    """'<ol start=3><li>Yes' as '3. Yes'."""
    start = (numbered.get("start") or "").strip()
    number = int(start) if start.isdigit() and len(start) < 6 else 1
    for item in [one for one in numbered if one.tag == "li"]:
        value = (item.get("value") or "").strip()
        number = int(value) if value.isdigit() and len(value) < 6 else number
        item.text = f"{number}. {(item.text or '').lstrip()}"
        item.tag = "div"
        number += 1
    numbered.tag = "div"
