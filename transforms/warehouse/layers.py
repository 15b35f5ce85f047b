"""pandera's word on the clean and the masked layer of a build: the contract that readers of a version rely on.

The parsed layer is checked before anything is built on it (`transforms.checks`). What bulk brings in went through SQL
generated from the same rules, so only micro-batches are read into a frame here.
"""

from schemas import frames
from transforms.checks import MICRO_BATCH
from transforms.errors import CheckFailed
from transforms.sql import columns
from transforms.warehouse.build import Staging
from transforms.warehouse.read import create_reader_views
from transforms.warehouse.tables import create_views

# What an officer released as it is may break a rule; that is what a waiver says.
_NEW_ROWS = """
SELECT {columns} FROM {layer} JOIN part.received AS own USING (response_id)
WHERE response_id NOT IN (SELECT response_id FROM new_releases)
"""


def check_layers(staging: Staging) -> dict[str, int]:
    """How many rows of each layer were held against its contract; none where the build is a bulk one.

    Raises:
        CheckFailed: a row breaks the contract; names layer, column and rule, never a value.
    """
    connection, definition = staging.connection, staging.warehouse.definition
    row = connection.execute("SELECT count(*) FROM part.received").fetchone()
    if not row or row[0] > MICRO_BATCH:
        return {"clean": 0, "masked": 0}
    create_views(connection, staging.parts, "")
    create_reader_views(connection, staging.layout)
    checked = {}
    for layer, schema in (("clean", frames.clean_schema(definition)), ("masked", frames.masked_schema(definition))):
        names = columns(["response_id", *frames.layer_types(definition)])
        frame = connection.execute(_NEW_ROWS.format(columns=names, layer=layer)).df()
        try:
            failures = frames.failures(schema, frame)
        except frames.FrameError as error:
            raise CheckFailed(f"The {layer} layer breaks its contract: {error}") from None
        if failures:
            first = failures[0]
            raise CheckFailed(
                f"The {layer} layer breaks its contract at {len(failures)} cells; the first is"
                f" {first.column}: {first.rule} of {first.response_id}."
            )
        checked[layer] = len(frame)
    return checked
