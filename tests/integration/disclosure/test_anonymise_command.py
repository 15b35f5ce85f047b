"""`yoursay anonymise` on files: what is reached, what it says, and what it refuses."""

import json
import random
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from orchestration.cli import app

POLICY = """
k = 5
l = 2
sensitive = ["answer"]

[quasi_identifiers.age]
bands = [5, 10, 20, 40]

[quasi_identifiers.district]
keep = [2]

[quasi_identifiers.job]
levels = [{ nurse = "care", cook = "care", driver = "other work", clerk = "other work" }]
"""
QUASI = ["age", "district", "job"]


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["anonymise", *map(str, arguments)])


@pytest.fixture
def people(tmp_path: Path) -> pd.DataFrame:
    chance = random.Random(5)
    return pd.DataFrame(
        {
            "name": f"Person {number}",
            "age": chance.randint(16, 90),
            "district": chance.choice(["DE1", "DE21", "DE22", "NG1", "S1"]),
            "job": chance.choice(["nurse", "cook", "driver", "clerk", None]),
            "answer": chance.choice(["yes", "no", "unsure"]),
        }
        for number in range(400)
    )


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "policy.toml"
    file.write_text(POLICY)
    return file


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_file_is_made_anonymous_and_the_findings_are_those_of_the_file(
    kind: str, tmp_path: Path, people: pd.DataFrame, policy: Path
) -> None:
    source, out = tmp_path / f"people.{kind}", tmp_path / "out.parquet"
    if kind == "parquet":
        people.to_parquet(source)
    else:
        people.to_csv(source, index=False)
    done = invoke(source, "--policy", policy, "--out", out, "--json")
    assert done.exit_code == 0, done.output
    found, rows = json.loads(done.stdout), pd.read_parquet(out)
    groups = rows.groupby(QUASI)
    assert (found["k"], found["l"]) == (groups.size().min(), groups["answer"].nunique().min())
    assert found["k"] >= 5
    assert found["l"] >= 2
    assert found["rows"] == len(rows) == 400
    assert found["classes"] == len(groups)
    assert found["left_out"] == ["name"]
    assert list(rows.columns) == ["age", "district", "job", "answer"]
    assert {one["column"]: one["removed"] for one in found["columns"] if one["level"] < one["levels"]} == {
        one["column"]: int((rows[one["column"]] == "*").sum())
        for one in found["columns"]
        if one["level"] < one["levels"]
    }
    assert 0 < found["information_lost"] < 1
    assert rows["answer"].value_counts().to_dict() == people["answer"].value_counts().to_dict()


def test_the_same_file_gives_the_same_rows(tmp_path: Path, people: pd.DataFrame, policy: Path) -> None:
    people.to_parquet(tmp_path / "people.parquet")
    people.sample(frac=1, random_state=3).to_parquet(tmp_path / "shuffled.parquet")
    outs = []
    for name in ("people", "shuffled"):
        outs.append(tmp_path / f"{name}-out.parquet")
        assert invoke(tmp_path / f"{name}.parquet", "--policy", policy, "--out", outs[-1]).exit_code == 0
    first, second = (pd.read_parquet(out) for out in outs)
    pd.testing.assert_frame_equal(first, second)


def test_people_read_what_it_cost(tmp_path: Path, people: pd.DataFrame, policy: Path) -> None:
    people.to_parquet(tmp_path / "people.parquet")
    done = invoke(tmp_path / "people.parquet", "--policy", policy, "--out", tmp_path / "out.parquet")
    for said in ("k reached", "rows with a value removed", "detail lost", "columns left out", "district"):
        assert said in done.output


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("k = 5", "k = 1"), "policy.toml: k: Input should be greater than or equal to 2."),
        (("bands = [5, 10, 20, 40]", "bands = [5, 12]"), "bands: 12 is not a larger multiple of 5."),
        (("k = 5", "k = "), "policy.toml: cannot be read as TOML"),
        (('sensitive = ["answer"]', 'sensitive = ["view"]'), "The rows have no column 'view'; they have: name, age,"),
        (("nurse", "matron"), "'job' has 1 values that level 1 of its hierarchy does not name; add them."),
        (("k = 5", "k = 500"), "There are 400 rows, fewer than 500; they cannot be made anonymous."),
        (("l = 2", "l = 4"), "or a sensitive column has fewer than 4 values."),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence_and_nothing_is_written(
    change: tuple[str, str], message: str, tmp_path: Path, people: pd.DataFrame, policy: Path
) -> None:
    policy.write_text(POLICY.replace(*change))
    people.to_parquet(tmp_path / "people.parquet")
    done = invoke(tmp_path / "people.parquet", "--policy", policy, "--out", tmp_path / "out.parquet")
    assert done.exit_code == 1
    assert message in f"{done.exception}"
    assert not list(tmp_path.glob("*out*"))


def test_a_file_that_is_no_table_is_named(tmp_path: Path, policy: Path) -> None:
    (tmp_path / "people.parquet").write_text("not a table")
    done = invoke(tmp_path / "people.parquet", "--policy", policy, "--out", tmp_path / "out.parquet")
    assert "people.parquet: cannot be read; give a .parquet file" in f"{done.exception}"
