"""The forms of each batch of scanned paper, each counted in one place, and on demand held against the paper itself."""

from collections import Counter
from dataclasses import dataclass

import pyarrow.compute as pc

from ingest.post.scans.read_scan import SCAN_MEDIA_TYPE
from orchestration.builds import warehouse_of
from orchestration.intake import landing_of
from orchestration.keying_queue import KeyingQueue
from orchestration.scanned_batches import scanned_batches
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from transforms.warehouse.read import open_private

SCAN_SOURCE = "scan-"
_LINES = """
SELECT r.artefact_id, r.response_id, o.line FROM received AS r LEFT JOIN outcomes AS o USING (rid)
WHERE r.artefact_id IN (SELECT unnest($artefacts)) ORDER BY r.response_id
"""
_COUNTED = frozenset({"included", "merged", "duplicate", "in_review"})


@dataclass(frozen=True)
class Batch:
    """The forms of one batch. `scanned` is how many its pages make when they are looked at again, if they were."""

    name: str
    keyed: int
    waiting: int
    by_machine: int
    set_aside: int
    scanned: int | None

    @property
    def forms(self) -> int:
        """How many the record has."""
        return self.keyed + self.waiting + self.by_machine + self.set_aside


def batches_of(data: DataFolder, queue: KeyingQueue, *, count_again: bool) -> list[Batch]:
    """Every batch by its name; what was keyed since the last build counts already.

    Raises:
        TransformError: there is no version of the warehouse yet.
    """
    definition = queue.definition
    batch_of = batches_by_artefact(data, definition)
    counted = {one.name: one.counts.forms for one in scanned_batches(data, definition)} if count_again else {}
    waiting = {place[0] for place, one in queue.standings().items() if one.verdict.due}
    keyed = {place[0] for place, one in queue.standings().items() if one.verdict.keyed}
    found: dict[str, Counter[str]] = {name: Counter() for name in batch_of.values()}
    with open_private(warehouse_of(data, definition)) as connection:
        rows = connection.execute(_LINES, {"artefacts": sorted(batch_of)}).fetchall()
    for artefact, response, line in rows:
        where = "set_aside"
        if response in waiting:
            where = "waiting"
        elif response in keyed:
            where = "keyed"
        elif line in _COUNTED:
            where = "by_machine"
        found[batch_of[artefact]][where] += 1
    return [
        Batch(
            name,
            counts["keyed"],
            counts["waiting"],
            counts["by_machine"],
            counts["set_aside"],
            counted.get(name, 0) if count_again else None,
        )
        for name, counts in sorted(found.items())
    ]


def batches_by_artefact(data: DataFolder, definition: Definition) -> dict[str, str]:
    """The batch of each scanned artefact, by the headers of landing."""
    found = {}
    for records in landing_of(data, definition).log.read_batches(columns=["artefact_id", "media_type", "source"]):
        for row in records.filter(pc.equal(records["media_type"], SCAN_MEDIA_TYPE)).to_pylist():
            found[row["artefact_id"]] = row["source"].removeprefix(SCAN_SOURCE)
    return found
