"""The built files, sent in the smaller form that the build made of them where the browser takes it."""

import mimetypes
import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

# The smaller one first.
_ENCODINGS = {"br": ".br", "gzip": ".gz"}


class CompressedFiles(StaticFiles):
    """Files of a folder, each with `.br` and `.gz` beside it where it can be made smaller."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = compressed_file(Path(full_path), Headers(scope=scope), stat_result, status_code)
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


def compressed_file(
    file: Path, asked: Headers, stat_result: os.stat_result | None = None, status_code: int = 200
) -> FileResponse:
    """The file in the smallest encoding that the request (`asked` are its headers) takes."""
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = {"vary": "accept-encoding"}
    for encoding, ending in _ENCODINGS.items():
        smaller = file.with_name(file.name + ending)
        if encoding in _accepted(asked) and smaller.exists():
            headers["content-encoding"] = encoding
            return FileResponse(smaller, status_code, headers, media_type)
    return FileResponse(file, status_code, headers, media_type, stat_result=stat_result)


def _accepted(asked: Headers) -> set[str]:
    """The encodings in `accept-encoding`, without those that it rules out (`;q=0`)."""
    offers = [offer.replace(" ", "").lower().split(";q=") for offer in asked.get("accept-encoding", "").split(",")]
    return {name for name, *weight in offers if not weight or weight[0].strip("0.") != ""}
