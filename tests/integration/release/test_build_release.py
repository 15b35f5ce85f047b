"""A release from a private version to files that pandas reads."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from schemas.definition import Definition
from transforms.disclosure.errors import PromiseError
from transforms.disclosure.members import write_protected_tables
from transforms.release.build import build_release
from transforms.release.errors import ReleaseError
from transforms.release.verify import verify_release

Private = Callable[..., duckdb.DuckDBPyConnection]
ABOUT = {
    "as_at": "2007-06-20T12:00:00+00:00",
    "status": "final",
    "landing_head": "a" * 64,
    "decisions_head": "b" * 64,
    "code_version": "0.1.0",
    "built_at": "2007-06-20T12:01:00+00:00",
}
POSITIONS = ("support", "support_with_reservations", "oppose", "unclear", "no_answer")
TYPES = ("voluntary_community_rep", "derby_resident", "public_sector_rep")


def seed_respondents(respondent: Any) -> list[Any]:
    """126 respondents of three types; each type holds each position 8 times, residents oppose 6 times more."""
    everybody = [
        respondent(types=(of,), positions={"q4_grants_contracts": {"whole": code}})
        for _ in range(8)
        for of in TYPES
        for code in POSITIONS
    ]
    extra = respondent(types=("derby_resident",), positions={"q4_grants_contracts": {"whole": "oppose"}})
    return everybody + [extra] * 6


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_csv_and_parquet_hold_the_same(
    private_version: Private, respondent: Any, seed: Definition, tmp_path: Path
) -> None:
    release = build_release(private_version(seed_respondents(respondent)), seed, ABOUT, tmp_path / "releases")
    names = sorted(file.stem for file in release.folder.glob("tables/*.parquet"))
    assert names == [
        "ledger",
        "of_which",
        "positions",
        "positions_by_type",
        "quality",
        "questions",
        "received_over_time",
        "respondent_types",
    ]
    for name in names:
        parquet = pd.read_parquet(release.folder / f"tables/{name}.parquet", dtype_backend="numpy_nullable")
        if "day" in parquet:
            parquet["day"] = parquet["day"].astype("string")
        if "note" in parquet:
            parquet["note"] = parquet["note"].replace("", pd.NA)
        csv = pd.read_csv(release.folder / f"tables/{name}.csv", dtype=parquet.dtypes.to_dict())
        pd.testing.assert_frame_equal(csv, parquet)


def test_counts_are_rounded_and_small_ones_hidden(
    private_version: Private, respondent: Any, seed: Definition, tmp_path: Path
) -> None:
    release = build_release(private_version(seed_respondents(respondent)), seed, ABOUT, tmp_path / "releases")
    positions = pd.read_parquet(release.folder / "tables/positions.parquet")
    asked = positions[positions["field"] == "q4_grants_contracts"].set_index("code")
    assert asked["responses"].to_dict() == dict.fromkeys(POSITIONS, 25) | {"oppose": 30}
    assert set(asked["base"]) == {125}
    types = pd.read_parquet(release.folder / "tables/respondent_types.parquet").set_index("code")
    assert types["responses"].dropna().to_dict() == {
        "voluntary_community_rep": 40,
        "derby_resident": 45,
        "public_sector_rep": 40,
        "derby_business_rep": 0,
        "other": 0,
        "none_given": 0,
    }
    by_type = pd.read_parquet(release.folder / "tables/positions_by_type.parquet")
    of_question = by_type[by_type["field"] == "q4_grants_contracts"]
    assert of_question["responses"].isna().all()
    ledger = pd.read_parquet(release.folder / "tables/ledger.parquet")
    assert ledger.groupby("line")["responses"].sum().to_dict()["included"] == 126


def test_the_manifest_says_where_the_figures_come_from(
    private_version: Private, respondent: Any, seed: Definition, tmp_path: Path
) -> None:
    release = build_release(private_version(seed_respondents(respondent)), seed, ABOUT, tmp_path / "releases")
    manifest = json.loads((release.folder / "manifest.json").read_bytes())
    files = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in bytes_of(release.folder).items()
        if name not in ("manifest.json", "SHA256SUMS")
    }
    assert {key: value for key, value in manifest.items() if key not in ("release", "tables", "code_version")} == {
        "format": "yoursay-release/2",
        "consultation": "third-sector-2007",
        "title": "A Joint Commissioning Framework for the Third Sector",
        "notice": None,
        "status": "final",
        "interim": False,
        "as_at": ABOUT["as_at"],
        "licence": "OGL-UK-3.0",
        "risk": {"intruder": {}, "overrides": []},
        "purpose": seed.policy.publication.purpose,
        "questionnaire_hash": seed.questionnaire_hash,
        "policy_hash": seed.policy_hash,
        "landing_head": "a" * 64,
        "decisions_head": "b" * 64,
        "protection": {"threshold": 10, "rounding": 5, "step": 1, "detail_from": 100},
        "rows": {"included": False, "rows": 0, "why": "The policy lets no rows leave.", "k": None, "l": None},
        "files": files,
    }
    assert manifest["tables"]["positions_by_type"] == {"rows": 30, "hidden": 30}
    assert release.folder.name == manifest["release"] == release.id
    assert verify_release(release.folder) == []


def test_the_same_version_gives_the_same_bytes_and_the_same_id(
    private_version: Private, respondent: Any, seed: Definition, tmp_path: Path
) -> None:
    private = private_version(seed_respondents(respondent))
    first = build_release(private, seed, ABOUT, tmp_path / "first")
    later = ABOUT | {"built_at": "2007-06-21T09:00:00+00:00", "version": "another name"}
    second = build_release(private, seed, later, tmp_path / "second")
    assert first.id == second.id
    assert bytes_of(first.folder) == bytes_of(second.folder)
    again = build_release(private, seed, ABOUT, tmp_path / "first")
    assert again.manifest == first.manifest
    assert [entry.name for entry in (tmp_path / "first").iterdir()] == [first.id]


def test_other_inputs_give_another_id(
    private_version: Private, respondent: Any, seed: Definition, tmp_path: Path
) -> None:
    private = private_version(seed_respondents(respondent))
    changed = [{}, {"landing_head": "c" * 64}, {"decisions_head": "c" * 64}, {"code_version": "0.2.0"}]
    assert len({build_release(private, seed, ABOUT | change, tmp_path).id for change in changed}) == 4


def test_an_interim_release_says_so_and_shows_whole_steps(
    private_version: Private, respondent: Any, seed: Definition, tmp_path: Path
) -> None:
    private = private_version(seed_respondents(respondent))
    release = build_release(private, seed, ABOUT | {"status": "open", "as_at": "2007-04-04T17:00:00+01:00"}, tmp_path)
    text = (release.folder / "README.md").read_text("utf-8")
    assert "**Interim results, as at 4 April 2007, 17:00 (Europe/London).**" in text
    assert release.interim
    positions = pd.read_parquet(release.folder / "tables/positions.parquet")
    asked = positions[positions["field"] == "q4_grants_contracts"].set_index("code")
    assert set(asked["base"]) == {120}
    assert asked["responses"]["oppose"] == 25


def test_nothing_of_the_other_layers_is_in_any_byte_that_leaves(
    private_version: Private, respondent: Any, seed: Definition, needles: tuple[str, ...], tmp_path: Path
) -> None:
    private = private_version(seed_respondents(respondent))
    private.execute("CREATE VIEW approved_quotes AS SELECT 'q2_place' AS field, q2_place AS text FROM clean")
    private.execute("CREATE VIEW approved_rows AS SELECT * FROM clean, vault")
    release = build_release(private, seed, ABOUT, tmp_path / "releases")
    public = tmp_path / "public.duckdb"
    write_protected_tables(private, public, seed, ABOUT)
    with duckdb.connect(str(public), read_only=True) as connection:
        exported = "".join(
            str(connection.table(name).fetchall()) for (name,) in connection.execute("SHOW TABLES").fetchall()
        ).encode()
    parquet = b"".join(str(pd.read_parquet(file).to_dict()).encode() for file in release.folder.rglob("*.parquet"))
    every_byte = b"".join(bytes_of(release.folder).values()) + public.read_bytes() + exported + parquet
    assert [needle for needle in needles if needle.encode() in every_byte] == []


def test_the_codebook_explains_every_column_and_code(
    private_version: Private, respondent: Any, seed: Definition, tmp_path: Path
) -> None:
    release = build_release(private_version(seed_respondents(respondent)), seed, ABOUT, tmp_path)
    codebook = pd.read_csv(release.folder / "codebook.csv", keep_default_na=False)
    described = set(zip(codebook["table"], codebook["column"], strict=True))
    explained = {(row.table, row.column, row.field, row.code) for row in codebook.itertuples() if row.code}
    for file in release.folder.glob("tables/*.csv"):
        table = pd.read_csv(file, keep_default_na=False)
        assert {(file.stem, column) for column in table.columns} <= described
        if file.stem.startswith("positions"):
            used = {(file.stem, "code", row.field, row.code) for row in table.itertuples()}
            assert used <= explained
    document = json.loads((release.folder / "codebook.json").read_bytes())
    assert list(document["tables"]) == sorted(file.stem for file in release.folder.glob("tables/*.csv"))
    codes = {one["field"]: one.get("collapsed_codes") for one in document["fields"]}
    assert codes["q4_grants_contracts"]["support"] == "Support, with or without reservations"


@pytest.mark.parametrize("key", ["as_at", "status", "landing_head", "decisions_head", "code_version"])
def test_a_fact_that_is_missing_is_named(key: str, private_version: Private, seed: Definition, tmp_path: Path) -> None:
    about = {name: value for name, value in ABOUT.items() if name != key}
    with pytest.raises(ReleaseError, match=f"needs '{key}'"):
        build_release(private_version([]), seed, about, tmp_path / "releases")
    assert not (tmp_path / "releases").exists()


def test_a_version_of_another_policy_is_refused(private_version: Private, seed: Definition, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="another policy_hash"):
        build_release(private_version([]), seed, ABOUT | {"policy_hash": "0" * 64}, tmp_path)


def test_a_changed_release_under_the_same_id_is_not_overwritten(
    private_version: Private, respondent: Any, seed: Definition, tmp_path: Path
) -> None:
    private = private_version(seed_respondents(respondent))
    folder = build_release(private, seed, ABOUT, tmp_path / "releases").folder
    (folder / "README.md").write_text("changed", "utf-8")
    with pytest.raises(ReleaseError, match="holds something else"):
        build_release(private, seed, ABOUT, tmp_path / "releases")
    assert (folder / "README.md").read_text("utf-8") == "changed"


def test_what_a_killed_build_left_behind_is_replaced(
    private_version: Private, respondent: Any, seed: Definition, tmp_path: Path
) -> None:
    private = private_version(seed_respondents(respondent))
    whole = build_release(private, seed, ABOUT, tmp_path / "first")
    left = tmp_path / "second" / f".{whole.id}.part"
    left.mkdir(parents=True)
    (left / "README.md").write_text("half", "utf-8")
    again = build_release(private, seed, ABOUT, tmp_path / "second")
    assert bytes_of(again.folder) == bytes_of(whole.folder)
    assert not left.exists()


def approve_rows(private: duckdb.DuckDBPyConnection, rows: list[tuple[str, str, str | None, list[str], str]]) -> None:
    """The private view of rows an officer approved, with words beside the closed answers."""
    private.execute(
        "CREATE TABLE approved_rows (q1_use VARCHAR, r4_age VARCHAR, r5_district VARCHAR, r1_capacity VARCHAR[],"
        " p1_publish VARCHAR, q5_proposal VARCHAR, q1_use_other VARCHAR, c3_email VARCHAR, response_id VARCHAR)"
    )
    for number, row in enumerate(rows):
        private.execute(
            "INSERT INTO approved_rows VALUES (?, ?, ?, ?, ?, 'needle words', 'needle other', 'needle@x.org', ?)",
            [*row, f"needle-{number}.1"],
        )


def answered(use: str, age: str, district: str | None, capacity: list[str], permission: str = "yes") -> Any:
    return use, age, district, capacity, permission


def test_rows_leave_only_with_permission_and_only_closed_answers(
    private_version: Private, parks: Definition, tmp_path: Path
) -> None:
    private = private_version([])
    young = [answered(use, "from_16_to_24", "DE1", ["worker", "resident"]) for use in ("parks", "libraries")]
    old = [answered(use, "from_65", None, ["resident"]) for use in ("both", "libraries")]
    refused = answered("both", "under_16", "SW1A", ["group"], "no")
    approve_rows(private, [*young * 30, refused, *old * 30])
    release = build_release(private, parks, ABOUT, tmp_path / "releases")
    rows = pd.read_csv(release.folder / "rows/rows.csv", keep_default_na=False)
    assert list(rows.columns) == ["q1_use", "r1_capacity", "r4_age", "r5_district"]
    assert rows.value_counts().to_dict() == {
        ("parks", "resident;worker", "from_16_to_24", "DE1"): 30,
        ("libraries", "resident;worker", "from_16_to_24", "DE1"): 30,
        ("both", "resident", "from_65", ""): 30,
        ("libraries", "resident", "from_65", ""): 30,
    }
    assert pd.read_parquet(release.folder / "rows/rows.parquet").fillna("").equals(rows)
    assert {key: release.manifest["rows"][key] for key in ("included", "rows", "k", "l")} == {
        "included": True,
        "rows": 120,
        "k": 60,
        "l": 2,
    }
    every_byte = b"".join(bytes_of(release.folder).values())
    assert b"needle" not in every_byte
    assert b"SW1A" not in every_byte
    assert verify_release(release.folder) == []


def test_a_rare_combination_loses_what_makes_it_rare(
    private_version: Private, parks: Definition, tmp_path: Path
) -> None:
    private = private_version([])
    common = [answered(use, "from_16_to_24", "DE1", ["resident"]) for use in ("parks", "libraries")]
    approve_rows(private, [*common * 60, *[answered("parks", "from_16_to_24", "SW1A", ["resident"])] * 4])
    release = build_release(private, parks, ABOUT, tmp_path / "releases")
    rows = pd.read_parquet(release.folder / "rows/rows.parquet")
    assert (len(rows), "SW1A" in set(rows["r5_district"])) == (124, False)
    classes = rows.groupby(["r1_capacity", "r4_age", "r5_district"], dropna=False)
    assert classes.size().min() >= 5
    assert classes["q1_use"].nunique().min() >= 2
    assert b"SW1A" not in b"".join(bytes_of(release.folder).values())


def test_few_rows_do_not_leave(private_version: Private, parks: Definition, tmp_path: Path) -> None:
    private = private_version([])
    approve_rows(private, [answered("parks", "from_16_to_24", "DE1", ["resident"])] * 99)
    release = build_release(private, parks, ABOUT, tmp_path / "releases")
    why = "Refused: 99 rows may leave, fewer than 100; too few to be anonymous."
    assert release.manifest["rows"] == {"included": False, "rows": 0, "why": why, "k": None, "l": None}
    assert not (release.folder / "rows").exists()
    assert why in (release.folder / "README.md").read_text("utf-8")


def test_without_an_approval_there_are_no_rows(private_version: Private, parks: Definition, tmp_path: Path) -> None:
    release = build_release(private_version([]), parks, ABOUT, tmp_path / "releases")
    assert release.manifest["rows"]["why"] == "No officer has approved rows."


def test_quotes_leave_where_the_policy_lets_them_and_cannot_be_formulas(
    private_version: Private, parks: Definition, tmp_path: Path
) -> None:
    private = private_version([])
    private.execute("CREATE VIEW approved_quotes AS SELECT 'q5_proposal' AS field, '=1+1' AS text")
    release = build_release(private, parks, ABOUT, tmp_path / "releases")
    assert (release.folder / "tables/quotes.csv").read_text("utf-8") == "field,text\nq5_proposal,'=1+1\n"
    assert pd.read_parquet(release.folder / "tables/quotes.parquet")["text"].tolist() == ["=1+1"]


def test_a_quote_of_a_name_stops_the_release(
    private_version: Private, respondent: Any, parks: Definition, tmp_path: Path
) -> None:
    private = private_version([respondent()] * 10)
    private.execute("CREATE VIEW approved_quotes AS SELECT 'c1_given_name' AS field, 'Ann' AS text")
    with pytest.raises(PromiseError, match="The promise 'permission'"):
        build_release(private, parks, ABOUT, tmp_path / "releases")
    assert not (tmp_path / "releases").exists()
