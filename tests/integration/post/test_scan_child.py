"""Whatever a file does to the process that reads it, there is an answer, and the next file is read."""

import os
import signal
from pathlib import Path

from ingest.parsed_response import ParsedResponse
from ingest.post.scans.read_scan import ScanDescription, pack_scan, read_scan
from ingest.post.scans.scan_child import facts_apart
from tests.integration.post.paper import as_pdf, definition_of, filled, printed, white
from tests.unit.post.test_page_images import png_that_says_it_is

PARKS = "parks-and-libraries-2007"


def read(content: bytes) -> list[ParsedResponse]:
    description = ScanDescription(PARKS, "Tuesday", "2007-05-02", ())
    return read_scan(pack_scan(description, content), definition_of(PARKS))


def reading_processes() -> list[int]:
    """This process's children that read scans."""
    here = Path(f"/proc/{os.getpid()}/task")
    children = [int(pid) for task in here.iterdir() for pid in (task / "children").read_text().split()]
    return [pid for pid in children if b"ingest.post.scans.scan_child" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_a_picture_that_would_fill_all_memory_is_quarantined_and_the_next_file_is_read() -> None:
    assert read(png_that_says_it_is(60_000, 60_000)) == [
        ParsedResponse(state="quarantined", reason="the picture cannot be read (page 1)")
    ]
    (response,) = read(as_pdf(filled(printed(), {"q1_use": ["parks"]})))
    assert response.answers == {"q1_use": "parks"}


def test_a_reading_process_that_is_ended_from_outside_is_replaced_and_nothing_is_lost() -> None:
    assert [page.kind for page in facts_apart(as_pdf([white()]), definition_of(PARKS))] == ["blank"]
    (process,) = reading_processes()
    os.kill(process, signal.SIGKILL)
    form = filled(printed(), {"q1_use": ["libraries"]})
    assert [page.page for page in facts_apart(as_pdf(form), definition_of(PARKS))] == [1, 2, 3, 4]
    assert reading_processes() != [process]
