"""The outreach log of a consultation: written into the journal through the gate, read as it stands now."""

from ingest.journal import Journal
from orchestration.builds import warehouse_of
from orchestration.releases import check_text
from orchestration.review_decisions import Officer, decisions_of
from schemas.data_folder import DataFolder
from schemas.decisions import OutreachEntry
from schemas.definition import Definition
from schemas.sealing import read_identity
from transforms.outreach import Told, standing_entries
from transforms.warehouse.versions import current_version


def entries(data: DataFolder, definition: Definition) -> list[Told]:
    """The entries that stand, whether a version shows them yet or not.

    Raises:
        SealingError: a decision was sealed for another key.
    """
    journal = Journal(data.journal(definition.id), data.clock)
    decided = decisions_of(journal, read_identity(data.keys(definition.id)), {"outreach_entry"})
    return standing_entries((one.seq, one.decision) for one in decided if isinstance(one.decision, OutreachEntry))


def write_entry(data: DataFolder, definition: Definition, officer: str, entry: OutreachEntry) -> int:
    """Write an entry, or what puts one right; returns its number. It is published, so it passes the gate first.

    Raises:
        PromiseError: it says a name, or six words in a row of an answer.
    """
    if current_version(warehouse_of(data, definition)) and not entry.withdrawn:
        texts = {"who": entry.who, "how": entry.how, "note": entry.note}
        check_text(data, definition, {where: text for where, text in texts.items() if text})
    return Officer(officer, data, definition).decides([entry])
