"""The word-processor edition as it is sent out, read by the same reader as what comes back."""

from dataclasses import dataclass

from ingest.mail.documents.docx_text import docx_text
from ingest.mail.documents.office_file import OfficeFile
from schemas.definition import Definition
from schemas.editions.anchors import anchors_of
from schemas.editions.docx_controls import tag_of
from schemas.editions.docx_edition import build_docx
from schemas.editions.pdf_fields import FormField, form_fields
from schemas.editions.wording import wording

# What Word shows in an emptied control when it does not find the edition's own prompt.
_WORDS_PROMPTS = (
    "Click or tap here to enter text.", "Click here to enter text.", "Cliquez ou appuyez ici pour entrer du texte.",
    "Klicken oder tippen Sie hier, um Text einzugeben.", "Haga clic o pulse aquí para escribir texto.",
    "Kliknij lub naciśnij tutaj, aby wprowadzić tekst.", "انقر أو اضغط هنا لإدخال نص.",
    "Cliciwch neu dapiwch yma i roi testun.",
)  # fmt: skip


@dataclass(frozen=True)
class BlankEdition:
    """What the edition prints: each paragraph's letters, the fields in order, their anchors and tags, the prompts."""

    printed: frozenset[str]
    fields: dict[str, FormField]
    by_anchor: dict[str, str]
    by_tag: dict[str, str]
    prompts: frozenset[str]


_BLANKS: dict[tuple[str, str, bool], BlankEdition] = {}
_MOST_BLANKS = 32


def blank_edition(definition: Definition, language: str, *, easy_read: bool) -> BlankEdition:
    """The blank edition in that language, made once in a process."""
    easy_read = easy_read and definition.easy_read is not None
    key = (definition.questionnaire_hash, language, easy_read)
    if key not in _BLANKS:
        if len(_BLANKS) >= _MOST_BLANKS:
            _BLANKS.clear()
        _BLANKS[key] = _read_blank(definition, language, easy_read)
    return _BLANKS[key]


def _read_blank(definition: Definition, language: str, easy_read: bool) -> BlankEdition:
    form = definition.questionnaire
    content = docx_text(OfficeFile(build_docx(definition, language, easy_read=easy_read)))
    anchors = anchors_of(form)
    return BlankEdition(
        printed=frozenset(one.letters for one in content.paragraphs if one.letters),
        fields={one.name: one for one in form_fields(form, language)},
        by_anchor={anchor.upper(): name for name, anchor in anchors.items()},
        by_tag={tag_of(name, anchor): name for name, anchor in anchors.items()},
        prompts=frozenset((wording(language)["type_here"], *_WORDS_PROMPTS)),
    )
