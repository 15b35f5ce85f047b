"""The sections that officers write, kept between drafts in one file: what each is for, and which have to be there."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from schemas.definition import Definition
from transforms.disclosure.vocabulary import in_words, reported_fields
from transforms.report.errors import ReportError
from transforms.report.prose import is_plain, typed_numbers
from transforms.warehouse.versions import write_whole

FILE = "sections.toml"
OF_QUESTION = "question."
_LONGEST = 20_000


@dataclass(frozen=True)
class Section:
    """A section: its id, its heading, what an officer is asked to write, and whether the report needs it.

    A section about results has no typed number: a figure stands by its address there.
    """

    id: str
    heading: str
    asks: str
    needed: bool = False
    of_results: bool = False

    @property
    def of_question(self) -> bool:
        """Whether it is about one question."""
        return self.id.startswith(OF_QUESTION)


_ALWAYS = (
    Section("committee", "Committee", "The name of the committee that the report goes to.", needed=True),
    Section(
        "report_of", "Report of", "The post that reports, such as 'Director of ...'. No person's name.", needed=True
    ),
    Section("recommendation", "Recommendation", "What the committee is asked to decide, an item a line.", needed=True),
    Section("background", "Background", "What the consulted document is, and who wrote it.", needed=True),
    Section("phases", "Phases of the consultation", "What was done before, and how this phase was made known."),
    Section("method", "More on method", "What else is to be known of how answers were coded and checked."),
    Section("themes", "What the themes say", "What the themes come to, over all questions.", of_results=True),
    Section("equalities", "Equalities", "What the consultation did so that everybody could take part.", needed=True),
    Section("outreach", "Outreach", "What is to be said of who was told, beside the log.", of_results=True),
    Section("financial", "Financial implications", "Financial implications, or that there are none.", needed=True),
    Section("legal", "Legal implications", "Legal implications, or that there are none.", needed=True),
    Section("personnel", "Personnel implications", "Personnel implications, or that there are none.", needed=True),
    Section("priorities", "Corporate priorities", "Which of the council's priorities this links with.", needed=True),
    Section("contact", "For more information", "The post to ask. No person's name.", needed=True),
    Section("papers", "Background papers", "The papers that this report rests on, an item a line."),
)


@dataclass(frozen=True)
class Sections:
    """What is written so far, by section."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, section: str) -> str:
        return self.texts.get(section, "").strip()

    def unfilled(self, definition: Definition) -> list[Section]:
        """The sections that the report needs and does not have."""
        return [one for one in sections_of(definition) if one.needed and not self.text(one.id)]

    def having(self, section: str, text: str) -> "Sections":
        """The sections with this one written anew."""
        return replace(self, texts={**self.texts, section: text.strip()})


def sections_of(definition: Definition) -> Iterator[Section]:
    """Every section of a consultation's report in its order, those of the questions last."""
    yield from _ALWAYS
    for number, one in reported_fields(definition):
        label = in_words(one.label)
        heading = f"Question {number}: {label}" if number else label
        yield Section(
            f"{OF_QUESTION}{one.id}", heading, "What the answers come to, beside the figures.", of_results=True
        )


def section_of(definition: Definition, section: str) -> Section:
    """The section of that id.

    Raises:
        ReportError: the report has none.
    """
    for one in sections_of(definition):
        if one.id == section:
            return one
    known = ", ".join(one.id for one in _ALWAYS)
    raise ReportError(f"The report has no section '{section}'; it has {known}, and question.<id> for each question.")


def check_section(definition: Definition, section: str, text: str) -> None:
    """Pass what an officer wrote.

    Raises:
        ReportError: there is no such section, it is too long, or a number is typed where a figure belongs.
    """
    one = section_of(definition, section)
    if len(text) > _LONGEST or not is_plain(text):
        raise ReportError(f"The section '{section}' is too long or holds a control character; write plain paragraphs.")
    typed = typed_numbers(text) if one.of_results else []
    if typed:
        raise ReportError(
            f"The section '{section}' has a typed number ({typed[0]}); write a figure as {{table/keys/column}}, such "
            "as {questions/<question>/coded}, so that it is the release's."
        )


def read_sections(folder: Path, definition: Definition, name: str = FILE) -> Sections:
    """What is written so far; nothing where there is no file yet.

    Raises:
        ReportError: the file is not understood, or a section is wrong.
    """
    file = folder / name
    if not file.exists():
        return Sections()
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (ValueError, OSError):
        raise ReportError(f"{file}: is not TOML; mend it, or restore it from a backup.") from None
    texts = dict(_flat(content))
    for section, text in texts.items():
        if not isinstance(text, str):
            raise ReportError(f"{file}: {section}: a text is expected.")
        check_section(definition, section, text)
    return Sections({section: str(text).strip() for section, text in texts.items()})


def write_sections(folder: Path, definition: Definition, sections: Sections) -> Path:
    """Keep what is written, each section with what it is for; returns the file.

    Raises:
        ReportError: a section is wrong.
    """
    for section, text in sections.texts.items():
        check_section(definition, section, text)
    lines = [
        "# What officers write for the report. Paragraphs are parted by an empty line; lines that start with '- ' are",
        "# a list. A figure is written by its address in the release: {questions/<question>/coded}.",
    ]
    in_questions = False
    for one in sections_of(definition):
        name = one.id
        if name.startswith(OF_QUESTION):
            lines += [] if in_questions else ["", "[question]"]
            in_questions, name = True, name.removeprefix(OF_QUESTION)
        lines += ["", f"# {one.heading}. {one.asks}{' The report needs it.' if one.needed else ''}"]
        lines.append(f"{name} = {_toml(sections.text(one.id))}")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / FILE, "\n".join(lines))
    return folder / FILE


def _flat(content: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in content.items():
        if name == OF_QUESTION.rstrip(".") and isinstance(value, dict):
            yield from ((f"{OF_QUESTION}{field_id}", text) for field_id, text in value.items())
        else:
            yield name, value


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""\n{escaped}\n"""' if text else '""'
