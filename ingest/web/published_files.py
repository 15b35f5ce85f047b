"""What is published of each consultation, as the public server finds it: an index of addresses, and files by hash."""

import hashlib
import logging
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from ingest.web.settings import PublicSettings
from schemas.published import (
    INDEX,
    PublishedError,
    PublishedFile,
    PublishedIndex,
    published_file,
    read_index,
)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Published:
    """What is published of each consultation, as the public server finds it; an index is read when it has changed."""

    settings: PublicSettings
    _indexes: dict[str, tuple[tuple[int, ...], PublishedIndex | None]] = field(default_factory=dict)
    _checked: set[tuple[str, int, int]] = field(default_factory=set)

    def index(self, consultation: str) -> PublishedIndex | None:
        """The index of a known consultation; None where nothing ever was published.

        Raises:
            PublishedError: it is damaged.
        """
        folder = self.settings.published(consultation)
        try:
            found = (folder / INDEX).stat()
        except OSError:
            return None
        state = (found.st_ino, found.st_mtime_ns, found.st_size)
        kept = self._indexes.get(consultation)
        if kept is None or kept[0] != state:
            kept = self._indexes[consultation] = (state, read_index(folder))
        return kept[1]

    def known(self, consultation: str) -> PublishedIndex | None:
        """The index, for the pages around the results; None also where it is damaged."""
        try:
            return self.index(consultation)
        except PublishedError as error:
            _LOG.warning("%s", error)
            return None

    def content(self, consultation: str, file: PublishedFile) -> bytes:
        """A page's content.

        Raises:
            FileNotFoundError: it is gone, or not what the index says.
        """
        descriptor = self._open(consultation, file)
        with os.fdopen(descriptor, "rb") as handle:
            content = handle.read()
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise _changed(file)
        return content

    def path(self, consultation: str, file: PublishedFile) -> tuple[Path, os.stat_result]:
        """Where a file lies, after its content was compared with its hash once.

        Raises:
            FileNotFoundError: it is gone, or not what the index says.
        """
        descriptor = self._open(consultation, file)
        with os.fdopen(descriptor, "rb") as handle:
            found = os.fstat(handle.fileno())
            key = (file.sha256, found.st_ino, found.st_mtime_ns)
            if key not in self._checked:
                if hashlib.file_digest(handle, "sha256").hexdigest() != file.sha256:
                    raise _changed(file)
                self._checked.add(key)
        return published_file(self.settings.published(consultation), file.sha256), found

    def _open(self, consultation: str, file: PublishedFile) -> int:
        """Open the regular file of that hash: a link could lead anywhere."""
        path = published_file(self.settings.published(consultation), file.sha256)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            raise
        except OSError:
            raise _changed(file) from None
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size != file.size:
            os.close(descriptor)
            raise _changed(file)
        return descriptor


def _changed(file: PublishedFile) -> FileNotFoundError:
    _LOG.warning("Published file %s is not what its name says; run 'yoursay publication build'.", file.sha256)
    return FileNotFoundError(file.sha256)
