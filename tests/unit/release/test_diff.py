"""What changed from one release to the next, by what the two of them show."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from schemas.definition import BUILT_IN, load_definition
from tests.public_releases import make_release
from transforms.disclosure.contract import table_of
from transforms.release.diff import CellChange, TableChange, diff_releases

SEED = load_definition(BUILT_IN / "third-sector-2007")
Rows = list[tuple[object, ...]]
Diff = Callable[[dict[str, Rows], dict[str, Rows]], list[TableChange]]


@pytest.fixture
def diff(tmp_path: Path) -> Diff:
    """Hold a release of these tables against one of those."""

    def hold(before: dict[str, Rows], after: dict[str, Rows]) -> list[TableChange]:
        folders = []
        for tables in (before, after):
            known: dict[str, pa.Table] = {name: table_of(name, rows) for name, rows in tables.items()}
            folders.append(tmp_path / make_release(SEED, tmp_path, known))
        return diff_releases(folders[0], folders[1])

    return hold


def test_a_count_that_is_another_hidden_or_shown_is_a_cell_that_changed(diff: Diff) -> None:
    before: Rows = [("resident", "Resident", 170, False, 290), ("other", "Other", None, True, 290)]
    after: Rows = [("resident", "Resident", None, True, 300), ("other", "Other", 30, False, 300)]
    assert diff({"respondent_types": before}, {"respondent_types": after}) == [
        TableChange(
            "respondent_types",
            rows_before=2,
            rows_after=2,
            came=0,
            went=0,
            hidden_before=1,
            hidden_after=1,
            cells=(
                CellChange("other, Other", "base", "290", "300"),
                CellChange("other, Other", "responses", "hidden", "30"),
                CellChange("resident, Resident", "base", "290", "300"),
                CellChange("resident, Resident", "responses", "170", "hidden"),
            ),
        )
    ]


def test_rows_and_tables_that_came_or_went_are_told(diff: Diff) -> None:
    before: dict[str, Rows] = {"ledger": [("web", "included", 12)], "quotes": [("q2_place", "Yes.")]}
    after: dict[str, Rows] = {"ledger": [("web", "included", 12), ("post", "blank", 1)], "of_which": [("web", "x", 2)]}
    ledger, of_which, quotes = diff(before, after)
    assert ledger == TableChange("ledger", 1, 2, 1, 0, 0, 0, (CellChange("post, blank", "responses", "-", "1"),))
    assert of_which == TableChange("of_which", None, 1, 1, 0, 0, 0, (CellChange("web, x", "responses", "-", "2"),))
    assert quotes == TableChange("quotes", 1, None, 0, 1, 0, 0, ())


def test_other_words_are_a_change_and_rows_with_the_same_words_are_told_apart(diff: Diff) -> None:
    (quotes,) = diff({"quotes": [("q2_place", "Yes.")]}, {"quotes": [("q2_place", "No.")]})
    assert (quotes, quotes.is_changed) == (TableChange("quotes", 1, 1, 1, 1, 0, 0, ()), True)
    campaigns: Rows = [(None, 20, None), (None, 30, None)]
    (same,) = diff({"campaigns": campaigns}, {"campaigns": campaigns})
    assert same.is_changed is False
    (other,) = diff({"campaigns": campaigns}, {"campaigns": [(None, 20, None), (None, 40, None)]})
    assert other.cells == (CellChange("", "members", "30", "40"),)
