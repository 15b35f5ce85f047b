"""The clean and masked layers are held against their pandera contract before anything is counted."""

from collections.abc import Callable
from typing import Any

import pytest

from orchestration import warehouse_assets
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from transforms.warehouse.build import Staging


def test_a_layer_that_breaks_its_contract_blocks_the_build(
    yoursay: Callable[..., Any],
    data: DataFolder,
    bus_shelters: Definition,
    import_rows: Callable[[list[str]], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import_rows(["1,By the bridge,daily,", "2,By the mill,rarely,"])
    assert yoursay("pipeline", "run").code == 0
    standing = (data.warehouse_public("bus-shelters") / "CURRENT").read_text("utf-8")
    settle = warehouse_assets.settling.settle

    def settle_and_spoil(staging: Staging) -> dict[str, int]:
        staging.connection.execute("UPDATE part.answers SET q2_often = 'sometimes'")
        return settle(staging)

    monkeypatch.setattr(warehouse_assets.settling, "settle", settle_and_spoil)
    failed = yoursay("pipeline", "run", "--full")
    assert failed.code == 1
    assert "layer_contracts" in failed.err
    assert "q2_often: code_known" in failed.err
    assert "sometimes" not in failed.err
    assert (data.warehouse_public("bus-shelters") / "CURRENT").read_text("utf-8") == standing
