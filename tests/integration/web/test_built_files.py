"""The built files as they are sent: compressed where the browser takes it, and the service worker always fresh."""

import gzip
import json
from typing import Any

import pytest
import requests

from ingest.web.render import BUILT


def _script() -> str:
    return str(json.loads((BUILT / "manifest.json").read_text("utf-8"))["form.js"])


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("br;q=0.0", None),
    ],
)
def test_a_file_is_sent_in_the_smallest_form_that_is_asked_for(quiet: Any, accepted: str, encoding: str | None) -> None:
    for path in (f"/static/{_script()}", "/sw.js"):
        name = "worker.js" if path == "/sw.js" else _script()
        with requests.get(quiet.url + path, headers={"accept-encoding": accepted}, stream=True, timeout=10) as answer:
            sent = answer.raw.read(decode_content=False)
        assert answer.status_code == 200
        assert answer.headers.get("content-encoding") == encoding
        assert answer.headers["vary"] == "accept-encoding"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert sent == (BUILT / f"{name}{ {'br': '.br', 'gzip': '.gz', None: ''}[encoding] }").read_bytes()


def test_what_is_compressed_is_the_file() -> None:
    for file in BUILT.glob("*.gz"):
        assert gzip.decompress(file.read_bytes()) == file.with_suffix("").read_bytes()


def test_the_worker_is_asked_for_anew_each_time_and_files_are_kept_for_good(quiet: Any) -> None:
    worker = requests.get(f"{quiet.url}/sw.js", timeout=10)
    assert worker.headers["cache-control"] == "no-cache"
    assert "connect-src 'self'" in worker.headers["content-security-policy"]
    again = requests.get(f"{quiet.url}/sw.js", headers={"if-none-match": worker.headers["etag"]}, timeout=10)
    assert (again.status_code, again.content) == (304, b"")
    script = requests.get(f"{quiet.url}/static/{_script()}", timeout=10)
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_the_form_is_asked_for_again_without_being_sent_again(quiet: Any) -> None:
    address = f"{quiet.url}/third-sector-2007/form"

    def asked_twice() -> tuple[str, int, bytes]:
        form = requests.get(address, timeout=10)
        again = requests.get(address, headers={"if-none-match": form.headers["etag"]}, timeout=10)
        return form.headers["cache-control"], again.status_code, again.content

    # The page says by how many seconds the server's clock is shifted, and this server's clock stands still: a second
    # may end between the two, but not twice in a row.
    assert ("no-cache", 304, b"") in (asked_twice(), asked_twice())
