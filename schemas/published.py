"""What the public site holds of a consultation's releases: addresses, and the files that answer them.

Files lie under their own SHA-256 and never change. `index.json` names those that are published, and is replaced at
once: whoever reads it sees the whole of the old site or of the new one. An address is what follows
`/results/<consultation>/`; it is looked up, and never becomes a path.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import YourSayError

INDEX, FILES = "index.json", "files"
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# A page may be made anew; what a release holds stays as it is. A document is read in the browser, data are saved.
Use = Literal["page", "feed", "style", "document", "data"]


class PublishedError(YourSayError):
    """What is published cannot be read."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PublishedFile(_Frozen):
    """One file: which it is, and how it is handed out."""

    sha256: Sha256
    size: Annotated[int, Field(ge=0)]
    media_type: str
    use: Use


class LatestRelease(_Frozen):
    """The release whose figures count now; `as_at` is an ISO moment."""

    release: str
    as_at: str
    interim: bool


class PublishedIndex(_Frozen):
    """Everything that is published of one consultation.

    Attributes:
        latest: None where none is published, or all were withdrawn.
        files: by address.
        withdrawn: releases whose files were taken away; what was below them is gone, and their own page says why.
    """

    format: Literal["yoursay-published/1"] = "yoursay-published/1"
    consultation: str
    latest: LatestRelease | None
    files: dict[str, PublishedFile]
    withdrawn: tuple[str, ...] = ()


def published_file(folder: Path, sha256: str) -> Path:
    """Where a file lies in the folder of a consultation's publication."""
    return folder / FILES / sha256


def read_index(folder: Path) -> PublishedIndex | None:
    """What is published of a consultation; None where nothing ever was.

    Raises:
        PublishedError: the index is damaged.
    """
    try:
        return PublishedIndex.model_validate_json((folder / INDEX).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        raise PublishedError(f"{folder / INDEX}: cannot be read; run 'yoursay publication build'.") from None
