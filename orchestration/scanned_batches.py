"""The batches of scanned paper in landing, with what was recognised in them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow.compute as pc

from ingest.post.scans.page_images import ScanError
from ingest.post.scans.read_scan import SCAN_MEDIA_TYPE, read_facts, unpack_scan
from ingest.post.scans.scan_child import facts_apart
from ingest.post.scans.scan_summary import ScanSummary, summary_of
from orchestration.intake import landing_of
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.sealing import opener, read_identity


@dataclass(frozen=True)
class ScannedBatch:
    """A batch: how many files it has, what is in them, and the sheets counted by hand, where they were."""

    name: str
    files: int
    counts: ScanSummary
    sheets: int | None


def scanned_batches(data: DataFolder, definition: Definition) -> list[ScannedBatch]:
    """Every batch by its name. Sheets are those counted last for it; a file that was erased is left out.

    Raises:
        SealingError: the pipeline's identity cannot be read, or a body not be opened.
    """
    found: dict[str, list[tuple[str, ScanSummary, int | None]]] = {}
    for name, digest, counts, sheets in _files(data, definition):
        found.setdefault(name, []).append((digest, counts, sheets))
    return [
        ScannedBatch(
            name,
            len({digest for digest, _, _ in files}),
            sum((counts for _, counts, _ in files), ScanSummary()),
            next((sheets for _, _, sheets in reversed(files) if sheets is not None), None),
        )
        for name, files in sorted(found.items())
    ]


def _files(data: DataFolder, definition: Definition) -> Iterator[tuple[str, str, ScanSummary, int | None]]:
    open_body = opener(read_identity(data.keys(definition.id)))
    for records in landing_of(data, definition).log.read_batches():
        scans = records.filter(pc.equal(records["media_type"], SCAN_MEDIA_TYPE))
        for artefact, body in zip(scans["artefact_id"].to_pylist(), scans["body"].to_pylist(), strict=True):
            if body is None:
                continue
            try:
                description, content = unpack_scan(open_body(body))
                facts = facts_apart(content, definition, description.first_page, description.last_page)
            except ScanError:
                continue
            counts = summary_of(read_facts(facts, definition), definition)
            # The id is `scan-<SHA-256 of the file>`, and the first page where a file is several artefacts.
            yield description.batch, artefact.split("-")[1], counts, description.sheets
