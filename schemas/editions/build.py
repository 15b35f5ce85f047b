"""Builds every edition of a definition into a folder."""

import hashlib
import io
from pathlib import Path

from pikepdf import Pdf

from schemas.definition import Definition
from schemas.editions.catalogue import (
    LIST,
    PRINTED,
    BuiltEditions,
    BuiltFile,
    Edition,
    editions_of,
    read_built,
    words_of,
)
from schemas.editions.docx_edition import build_docx
from schemas.editions.errors import EditionError
from schemas.editions.pdf import build_fillable_pdf
from schemas.editions.print_edition import build_print_edition


def build_edition(definition: Definition, edition: Edition) -> bytes:
    """The content of one edition's file.

    Raises:
        EditionError: it cannot be made from the definition.
    """
    if edition.kind in PRINTED:
        return build_print_edition(definition, edition.language, PRINTED[edition.kind])
    easy_read = edition.kind.endswith("easy-read")
    if edition.format == "docx":
        return build_docx(definition, edition.language, easy_read=easy_read)
    return build_fillable_pdf(definition, edition.language, easy_read=easy_read)


def build_editions(definition: Definition, folder: Path) -> BuiltEditions:
    """Write every edition of the definition, and the list of them, into the folder; what is there the same is kept.

    Each file appears whole, and the list last: whoever reads it finds what it names. Files that an earlier list named
    and this one does not are removed.

    Raises:
        EditionError: an edition cannot be made, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        earlier = _earlier(folder)
        files = tuple(_build(definition, edition, folder) for edition in editions_of(definition))
        built = BuiltEditions(
            questionnaire_hash=words_of(definition)[0], easy_read_hash=words_of(definition)[1], files=files
        )
        write_whole(folder / LIST, (built.model_dump_json(indent=2) + "\n").encode())
        for name in earlier - {one.name for one in files}:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise EditionError(f"{folder} cannot be written ({error.strerror}); choose another folder.") from error
    return built


def write_whole(file: Path, content: bytes) -> None:
    """Write a file so that a reader sees it as it was or as it is; the same content is left alone."""
    if file.exists() and file.read_bytes() == content:
        return
    temporary = file.with_name(f".{file.name}.part")
    temporary.write_bytes(content)
    temporary.replace(file)


def _earlier(folder: Path) -> set[str]:
    """The names on the list that is there; a list that cannot be read names nothing."""
    try:
        built = read_built(folder)
    except EditionError:
        return set()
    # A name with a path in it is none of ours.
    return {Path(one.name).name for one in built.files} if built else set()


def _build(definition: Definition, edition: Edition, folder: Path) -> BuiltFile:
    content = build_edition(definition, edition)
    write_whole(folder / edition.name, content)
    return BuiltFile(
        name=edition.name,
        language=edition.language,
        kind=edition.kind,
        media_type=edition.media_type,
        pages=_pages(content) if edition.format == "pdf" else None,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _pages(content: bytes) -> int:
    with Pdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)
