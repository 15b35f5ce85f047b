"""Reading what somebody sent, for them or before it goes: nothing of what is read is kept."""

from collections.abc import Sequence

from ingest.journal import Journal
from ingest.parsed_response import ParsedResponse
from orchestration.intake import landing_of
from orchestration.kept_readings import KeptReadings
from orchestration.opening import Opening
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.sealing import read_identity


class _KeepsNothing(KeptReadings):
    """Knows nothing of earlier readings, and forgets this one."""

    def of(self, artefact_id: str, body: bytes) -> list[ParsedResponse] | None:  # noqa: ARG002
        return None

    def keep(self, artefact_id: str, body: bytes, responses: Sequence[ParsedResponse]) -> None:
        """Nothing is kept."""

    def forget(self, artefact_id: str) -> None:
        """There is nothing to forget."""


def opening_of(data: DataFolder, definition: Definition) -> Opening:
    """What it takes to read bodies of a consultation.

    Raises:
        SealingError: the pipeline's identity cannot be read.
    """
    identity = read_identity(data.keys(definition.id))
    keyed = Journal(data.journal(definition.id), data.clock).keyed_answers(identity)
    kept = _KeepsNothing(data.readings(definition.id), identity, "")
    return Opening(landing_of(data, definition), identity, definition, keyed, kept)
