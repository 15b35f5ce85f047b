"""What officers have not decided yet and what therefore keeps a release from the public."""

from orchestration.builds import warehouse_of
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from transforms.warehouse.read import open_private

_REDACTIONS = "SELECT count(DISTINCT (response_id, field)) FROM text_finds WHERE NOT masked"
_PAIRS = "SELECT count(*) FROM link_candidates"


def open_work(data: DataFolder, definition: Definition) -> tuple[str, ...]:
    """Why nothing may go to the public yet, in sentences; empty where nothing is open. Small cells the gate sees.

    It is the current version that is asked: what was decided since counts with the next run of the pipeline.

    Raises:
        TransformError: there is no version yet.
    """
    with open_private(warehouse_of(data, definition)) as connection:
        (redactions,) = connection.execute(_REDACTIONS).fetchone() or (0,)
        (pairs,) = connection.execute(_PAIRS).fetchone() or (0,)
    found = []
    if redactions:
        found.append(
            f"Masking is not sure of {_counted(redactions, 'answer')}: decide the redactions, run the pipeline, and "
            "draft another release."
        )
    if pairs:
        found.append(
            f"Of {_counted(pairs, 'pair')} of responses nobody has decided whether one respondent sent both: decide "
            "the links, run the pipeline, and draft another release."
        )
    return tuple(found)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
