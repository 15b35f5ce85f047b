"""Which editions a definition has, how their files are called, and the list of those that are built.

The public server reads the list and serves the files; what draws editions is not needed for that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.definition import Definition, hash_of
from schemas.editions.errors import EditionError
from schemas.editions.print_layout import Variant

Kind = Literal["fillable", "docx", "print", "print-large", "fillable-easy-read", "docx-easy-read", "print-easy-read"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PRINTED: dict[Kind, Variant] = {"print": "standard", "print-large": "large", "print-easy-read": "easy_read"}
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
LIST = "editions.json"


@dataclass(frozen=True)
class Edition:
    """One file that a definition gives: what it is, in which language."""

    consultation: str
    language: str
    kind: Kind

    @property
    def format(self) -> str:
        """The file's ending."""
        return "docx" if self.kind.startswith("docx") else "pdf"

    @property
    def name(self) -> str:
        what = self.kind.replace("docx", "fillable")
        return f"{self.consultation}.{self.language}.{what}.{self.format}"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.format]


class BuiltFile(BaseModel):
    """One edition as it was built. `pages` is None where the reader's program decides it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    language: str
    kind: Kind
    media_type: str
    pages: int | None
    size: int
    sha256: str


class BuiltEditions(BaseModel):
    """What is built of one consultation, and from which words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    questionnaire_hash: str
    easy_read_hash: str | None
    files: tuple[BuiltFile, ...]

    def are_of(self, definition: Definition) -> bool:
        """Whether they are the editions of just these words."""
        return (self.questionnaire_hash, self.easy_read_hash) == words_of(definition)


def words_of(definition: Definition) -> tuple[str, str | None]:
    """The hashes of the words that a definition's editions are made from: the questionnaire's, the easy words'."""
    return definition.questionnaire_hash, hash_of(definition.easy_read) if definition.easy_read else None


def editions_of(definition: Definition) -> Iterator[Edition]:
    """Every edition in every language."""
    for language in definition.questionnaire.languages:
        for kind in KINDS:
            if definition.easy_read is not None or not kind.endswith("easy-read"):
                yield Edition(definition.id, language, kind)


def read_built(folder: Path) -> BuiltEditions | None:
    """The list in a folder of editions; None where none are built.

    Raises:
        EditionError: the list cannot be read.
    """
    file = folder / LIST
    try:
        return BuiltEditions.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise EditionError(f"{file} cannot be read; make it anew with 'yoursay editions build'.") from error
