"""The editions that the public server offers for download. What draws them is imported when it is needed."""

from pathlib import Path

from ingest.web.settings import PublicSettings
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.editions.catalogue import BuiltEditions, read_built


def build_public_editions(data: DataFolder, definition: Definition) -> tuple[Path, BuiltEditions]:
    """Build every edition of a consultation into the public server's folder; gives the folder and what is in it.

    Raises:
        EditionError: an edition cannot be made, or the folder cannot be written.
    """
    from schemas.editions.build import build_editions

    settings = PublicSettings.of(data)
    # As the server's own preparation makes it: keys will lie in it.
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = settings.editions(definition.id)
    return folder, build_editions(definition, folder)


def has_public_editions(data: DataFolder, definition: Definition) -> bool:
    """Whether the editions of just these words are there.

    Raises:
        EditionError: their list cannot be read.
    """
    built = read_built(PublicSettings.of(data).editions(definition.id))
    return built is not None and built.are_of(definition)
