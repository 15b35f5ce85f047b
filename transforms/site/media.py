"""How a release's files are handed out: their media types, and which of them are read in the browser."""

from schemas.published import Use

_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "txt": "text/plain; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_PLAIN = "text/plain; charset=utf-8"
_READ = frozenset({"html", "pdf", "txt"})


def media_type_of(name: str) -> str:
    """The media type of a file by its ending; a file without one is plain text."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return _TYPES.get(ending, "application/octet-stream") if ending else _PLAIN


def use_of(name: str) -> Use:
    """Whether a browser shows the file or saves it."""
    return "document" if name.rpartition(".")[2].lower() in _READ else "data"
