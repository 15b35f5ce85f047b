"""Content controls of a word-processor document: a place for a text, a box to tick, and what it is called."""

from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.xmlchemy import BaseOxmlElement

PLACEHOLDER = "YourSayAnswer"
EMPTY_BOX, TICKED_BOX = "\u2610", "\u2612"
# More than this many letters of a tag or a title make some word processors refuse the document.
_LONGEST_NAME = 64
_W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
_BOX_FONT = "MS Gothic"


def tag_of(name: str, anchor: str) -> str:
    """The tag of a form field's control: its name, or its anchor where the name is too long for a tag."""
    return name if len(name) <= _LONGEST_NAME else anchor


def text_control(number: int, tag: str, title: str, prompt: str, *, right_to_left: bool) -> BaseOxmlElement:
    """A place for a text that shows `prompt` until something is typed.

    No `w:text`: LibreOffice makes an input field of a plain-text control and moves the line breaks out of it.
    """
    return parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtPr>{_direction(right_to_left)}{_names(number, tag, title)}"
        f'<w:placeholder><w:docPart w:val="{PLACEHOLDER}"/></w:placeholder><w:showingPlcHdr/></w:sdtPr>'
        f"<w:sdtContent>{_prompt(prompt, right_to_left)}</w:sdtContent></w:sdt>"
    )


def box_control(number: int, tag: str, title: str) -> BaseOxmlElement:
    """A box to tick, not ticked."""
    fonts = f'<w:rFonts w:ascii="{_BOX_FONT}" w:hAnsi="{_BOX_FONT}" w:eastAsia="{_BOX_FONT}" w:hint="eastAsia"/>'
    return parse_xml(
        f"<w:sdt {nsdecls('w')} {_W14}><w:sdtPr><w:rPr>{fonts}</w:rPr>{_names(number, tag, title)}"
        f'<w14:checkbox><w14:checked w14:val="0"/>'
        f'<w14:checkedState w14:val="{ord(TICKED_BOX):04X}" w14:font="{_BOX_FONT}"/>'
        f'<w14:uncheckedState w14:val="{ord(EMPTY_BOX):04X}" w14:font="{_BOX_FONT}"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent><w:r><w:rPr>{fonts}</w:rPr><w:t>{EMPTY_BOX}</w:t></w:r></w:sdtContent></w:sdt>"
    )


def fixed_control(number: int, tag: str, value: str) -> BaseOxmlElement:
    """A text that the document says of itself and that cannot be changed."""
    return parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtPr>{_names(number, tag, tag, lock='sdtContentLocked')}<w:text/></w:sdtPr>"
        f"<w:sdtContent><w:r><w:t>{escape(value)}</w:t></w:r></w:sdtContent></w:sdt>"
    )


def placeholder_part(prompt: str, *, right_to_left: bool) -> bytes:
    """The part of the package that says what a control shows again when its text is deleted."""
    content = (
        f"<w:glossaryDocument {nsdecls('w')}><w:docParts><w:docPart><w:docPartPr>"
        f'<w:name w:val="{PLACEHOLDER}"/><w:category><w:name w:val="General"/><w:gallery w:val="placeholder"/>'
        '</w:category><w:types><w:type w:val="bbPlcHdr"/></w:types>'
        '<w:behaviors><w:behavior w:val="content"/></w:behaviors>'
        '<w:guid w:val="{6B0C4C1E-7A35-4C0B-9C5E-2F1B6D7A9E10}"/></w:docPartPr>'
        f"<w:docPartBody><w:p>{_prompt(prompt, right_to_left)}</w:p></w:docPartBody></w:docPart></w:docParts>"
        "</w:glossaryDocument>"
    )
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + content.encode()


def _names(number: int, tag: str, title: str, lock: str = "sdtLocked") -> str:
    title = title if len(title) <= _LONGEST_NAME else title[: _LONGEST_NAME - 1].rstrip() + "…"
    return (
        f"<w:alias w:val={quoteattr(title)}/><w:tag w:val={quoteattr(tag)}/>"
        f'<w:id w:val="{number}"/><w:lock w:val="{lock}"/>'
    )


def _direction(right_to_left: bool) -> str:
    return "<w:rPr><w:rtl/></w:rPr>" if right_to_left else ""


def _prompt(prompt: str, right_to_left: bool) -> str:
    direction = "<w:rtl/>" if right_to_left else ""
    return f'<w:r><w:rPr><w:rStyle w:val="PlaceholderText"/>{direction}</w:rPr><w:t>{escape(prompt)}</w:t></w:r>'
