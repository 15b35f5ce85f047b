"""Puts a tree in place: content under its hash first, then the index at once, then what nobody names is removed."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from schemas.published import FILES, INDEX, published_file
from transforms.site.errors import SiteError
from transforms.site.tree import Entry, Tree
from transforms.warehouse.versions import sync_folder

_PART = ".part"


def write_tree(tree: Tree, folder: Path) -> None:
    """Make `folder` hold exactly this tree; killed anywhere, it holds the whole of the old one or of this one.

    Where nothing is published, there is no index. Only one process may write at a time.

    Raises:
        SiteError: a release's file changed while it was copied; the old tree stays.
    """
    (folder / FILES).mkdir(parents=True, exist_ok=True, mode=0o700)
    for entry in tree.entries:
        _keep(entry, published_file(folder, entry.file.sha256))
    sync_folder(folder / FILES)
    if tree.index is None:
        (folder / INDEX).unlink(missing_ok=True)
    else:
        _replace(folder / INDEX, tree.index.model_dump_json(indent=1).encode() + b"\n")
    sync_folder(folder)
    wanted = {entry.file.sha256 for entry in tree.entries}
    for stray in _strays(folder, wanted):
        stray.unlink()
    sync_folder(folder / FILES)


def _keep(entry: Entry, target: Path) -> None:
    """Write the content where it is not there, or no longer what its name says."""
    if _is_regular(target) and _sha256(target.read_bytes()) == entry.file.sha256:
        return
    content = entry.content if isinstance(entry.content, bytes) else entry.content.read_bytes()
    if _sha256(content) != entry.file.sha256:
        raise SiteError(
            f"{entry.address}: the file changed while it was published; verify the release, then try again."
        )
    _replace(target, content)


def _replace(target: Path, content: bytes) -> None:
    part = target.with_name(f"{target.name}{_PART}")
    part.unlink(missing_ok=True)
    with part.open("xb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(target)


def _strays(folder: Path, wanted: set[str]) -> Iterator[Path]:
    """What the index does not name: content of an earlier tree, or of a build that was killed."""
    yield from (one for one in (folder / FILES).iterdir() if one.name not in wanted)
    yield from folder.glob(f"*{_PART}")


def _is_regular(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
