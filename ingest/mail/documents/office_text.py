"""What is read out of an office document, whatever its format: its paragraphs, its controls, what it says of itself."""

from dataclasses import dataclass, field

EMPTY_BOXES = frozenset("☐□▢❏❑⬜\uf0a8\uf06f")
TICKED_BOXES = frozenset("☒☑✓✔✗✘✕✖⊠🗷🗹⮽\uf0fc\uf0fe\uf0fd\uf078")
TYPED_TICKS = frozenset(("x", "X", "×", "√", "✓", "✔"))


@dataclass(frozen=True, slots=True)
class Control:
    """A content control: its tag ('' where it has none), what stands in it, and whether that is only its prompt.

    `ticked` is None for a control that is no box.
    """

    tag: str
    text: str = field(repr=False)
    ticked: bool | None = None
    prompting: bool = False


@dataclass(frozen=True, slots=True)
class TextParagraph:
    """A paragraph: its text, the table cells it lies in from the outermost to the innermost, the tags in or around it.

    `ticked` is the state of the box in it, where it has one such control. `listed` names the list that it is an item
    of, where a word processor numbers it: the number itself is not in the text.
    """

    text: str = field(repr=False)
    cells: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    ticked: bool | None = None
    listed: str | None = None

    @property
    def letters(self) -> str:
        """The text without any space, to be compared with what is printed."""
        return "".join(self.text.split())


@dataclass(frozen=True, slots=True)
class OfficeText:
    """A document's paragraphs and controls in order. `subject` is the property of that name; `notes` its comments."""

    paragraphs: tuple[TextParagraph, ...]
    controls: tuple[Control, ...] = ()
    subject: str = ""
    notes: tuple[str, ...] = field(default=(), repr=False)


def is_ticked(text: str) -> bool:
    """Whether the text of a box shows a tick or a cross."""
    text = text.strip()
    return text in TYPED_TICKS or any(letter in TICKED_BOXES for letter in text)
