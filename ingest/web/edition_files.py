"""The built editions of each consultation, as the public server finds them."""

from dataclasses import dataclass
from pathlib import Path

from ingest.web.chrome import Chrome
from ingest.web.consultations import Offered
from ingest.web.settings import PublicSettings
from schemas.editions.catalogue import BuiltEditions, BuiltFile, read_built
from schemas.editions.errors import EditionError


@dataclass(frozen=True)
class EditionFiles:
    """The built editions of each consultation."""

    settings: PublicSettings

    def folder(self, offered: Offered) -> Path:
        return self.settings.editions(offered.id)

    def built(self, offered: Offered) -> BuiltEditions | None:
        """What is built of the consultation; None where nothing is, or it was made from other words."""
        try:
            built = read_built(self.folder(offered))
        except EditionError:
            return None
        return built if built and built.are_of(offered.definition) else None

    def links(self, offered: Offered, chrome: Chrome) -> list[tuple[str, str]]:
        """The address of each form in the page's language, and what the link says."""
        built = self.built(offered)
        files = [one for one in built.files if one.language == chrome.language] if built else []
        return [(f"/{offered.id}/editions/{one.name}", _said(one, chrome)) for one in files]


def _said(one: BuiltFile, chrome: Chrome) -> str:
    """What the file is, its format and its size, in words."""
    text = chrome.text(f"download_{one.kind.replace('-', '_')}")
    size = chrome.text("download_size", kilobytes=chrome.number(max(1, round(one.size / 1000))))
    pages = [chrome.text("download_pages", pages=chrome.number(one.pages))] if one.pages else []
    return f"{text} ({', '.join([chrome.text('download_format_' + one.name.rpartition('.')[2]), *pages, size])})"
