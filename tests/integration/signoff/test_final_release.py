"""Final results are released as what they are, beside the version that was frozen for them."""

import json

import pytest

from orchestration.builds import warehouse_of
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from tests.integration.signoff.conftest import CommandLine
from transforms.warehouse.versions import current_version


@pytest.mark.parametrize("place", ["000000000-000000-00000000", "999999999-999999-ffffffff"], ids=["before", "after"])
def test_a_release_of_final_results_is_made_again_from_the_final_version(
    yoursay: CommandLine, data: DataFolder, over: Definition, place: str
) -> None:
    warehouse = warehouse_of(data, over)
    assert yoursay("results", "close", "--officer", "anna").code == 0
    known = yoursay("results", "freeze", "--officer", "anna", "--json").json["hash"]
    frozen = current_version(warehouse)
    for officer in ("anna", "ben"):
        assert yoursay("results", "sign-off", "--hash", known, "--officer", officer).code == 0
    assert frozen is not None
    assert current_version(warehouse) != frozen
    # Versions of one moment are told apart by chance: what was frozen may stand before the final one or after it.
    (warehouse.public / f"{frozen}.duckdb").rename(warehouse.public / f"{place}.duckdb")
    (warehouse.private / frozen).rename(warehouse.private / place)

    (release,) = yoursay("release", "draft", "--officer", "anna").out.split(": ")[0].splitlines()
    manifest = json.loads((data.releases(over.id) / release / "manifest.json").read_text("utf-8"))
    assert (manifest["status"], manifest["interim"]) == ("final", False)
    checked = yoursay("release", "check", release, "--officer", "anna")
    assert (checked.code, checked.err) == (0, "")
    assert yoursay("release", "approve", release, "--officer", "ben", "--reason", "As signed.").code == 0
