"""`yoursay link` on a table: who is one respondent, and who only looks like it."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from tests.integration.linkage.people import ROLES, answer, town, words

Clusters = dict[str, str]
Linker = Callable[..., Clusters]


@pytest.fixture
def link(tmp_path: Path) -> Linker:
    """Link rows by the command; returns each id's cluster. The pairs are left in `pairs.parquet`."""

    def run(rows: list[dict[str, Any]], roles: str = ROLES) -> Clusters:
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / "rows.parquet")
        (tmp_path / "roles.toml").write_text(roles, "utf-8")
        files = ["--out", str(tmp_path / "clusters.parquet"), "--pairs", str(tmp_path / "pairs.parquet")]
        done = CliRunner().invoke(
            app, ["link", str(tmp_path / "rows.parquet"), "--roles", str(tmp_path / "roles.toml"), *files],
            catch_exceptions=False,
        )  # fmt: skip
        assert done.exit_code == 0
        found = pq.read_table(tmp_path / "clusters.parquet").to_pylist()
        return {row["response_id"]: row["cluster_id"] for row in found}

    return run


def bands(folder: Path) -> dict[tuple[str, str], str]:
    pairs = pq.read_table(folder / "pairs.parquet").to_pylist()
    return {(pair["response_id_a"], pair["response_id_b"]): pair["band"] for pair in pairs}


ANN = {"first": "Margaret", "last": "Quillstone", "home": "12 Lantern Road", "code": "DE92 4QX"}


def test_the_same_person_by_web_and_by_scanned_post_is_one(link: Linker) -> None:
    rows = [
        answer("r900", **ANN, mail="m.quillstone@example.net"),
        answer("r901", first="Maggie", last="Quil1stone", home="12 Lantem Rd", code="DE924QX", way="post", says="r900"),
    ]
    clusters = link([*town(), *rows])
    assert (clusters["r900"], clusters["r901"]) == ("r900", "r900")
    assert len(set(clusters.values())) == 201


def test_a_couple_that_copied_is_two(link: Linker) -> None:
    shared = {"last": "Quillstone", "home": "12 Lantern Road", "code": "DE92 4QX", "mail": "quillstones@example.net"}
    rows = [
        answer("r900", first="Margaret", salutation="Mrs", **shared),
        answer("r901", first="Harold", salutation="Mr", **shared, says="r900"),
    ]
    clusters = link([*town(), *rows])
    assert (clusters["r900"], clusters["r901"]) == ("r900", "r901")


def test_father_and_son_of_one_name_wait_for_an_officer(link: Linker, tmp_path: Path) -> None:
    rows = [answer("r900", **ANN), answer("r901", **ANN)]
    clusters = link([*town(), *rows])
    assert (clusters["r900"], clusters["r901"]) == ("r900", "r901")
    assert bands(tmp_path)["r900", "r901"] == "review"


def test_namesakes_of_a_home_who_wrote_no_text_wait_unless_what_they_ticked_is_the_same(
    link: Linker, tmp_path: Path
) -> None:
    roles = ROLES.replace('first = "given_name"\n', "").replace('last = "family_name"', 'whole = "family_name"')
    rows = [
        *town(),
        answer("r900", **ANN, text=None),
        answer("r901", **ANN, text=None),
        answer("r902", **ANN | {"home": "9 Mill Street", "code": "DE92 9ZZ", "last": "Pellworth"}, text=None),
        answer(
            "r903", **ANN | {"home": "9 Mill Street", "code": "DE92 9ZZ", "last": "Pellworth"}, text=None, says="r902"
        ),
    ]
    whole = [row | {"whole": f"{row['first']} {row['last']}"} for row in rows]
    clusters = link(
        [{key: value for key, value in row.items() if key not in ("first", "last")} for row in whole], roles
    )
    assert [clusters[one] for one in ("r900", "r901", "r902", "r903")] == ["r900", "r901", "r902", "r902"]
    assert bands(tmp_path)["r900", "r901"] == "review"


@pytest.mark.parametrize("written", ["Magggie", "Maggie Rose", "Margraet Rose"])
def test_a_name_with_a_slip_or_a_middle_name_is_the_same_name(written: str, link: Linker) -> None:
    rows = [answer("r900", **ANN), answer("r901", **ANN | {"first": written}, says="r900")]
    clusters = link([*town(), *rows])
    assert clusters["r901"] == "r900"


def test_a_letter_that_many_copied_with_slips_says_less_of_who_sent_it(link: Linker, tmp_path: Path) -> None:
    chance, letter = Random("letter"), words("letter", 30).split()
    copied = [
        row | {"text": " ".join(chance.sample(letter, 29))} if n % 4 == 0 else row for n, row in enumerate(town())
    ]
    sent = [answer(nr, **ANN, text=" ".join(text)) for nr, text in (("r900", letter), ("r901", letter[:-1]))]

    def weighs(rows: list[dict[str, Any]]) -> float:
        link([*rows, *sent])
        pairs = pq.read_table(tmp_path / "pairs.parquet").to_pylist()
        (weight,) = [pair["text_weight"] for pair in pairs if pair["response_id_a"] == "r900"]
        return float(weight)

    by_nobody_else, by_many = weighs(town()), weighs(copied)
    assert by_nobody_else > 0
    assert by_many < by_nobody_else


def test_an_organisations_versions_are_one_and_its_officers_own_response_another(link: Linker) -> None:
    body = {"body": "Quillbank Council for Voluntary Service", "code": "DE92 4QX"}
    name = {"first": "Margaret", "last": "Quillstone", "mail": "margaret@example.net"}
    rows = [
        answer("r900", **name, **body, as_what="on behalf of an organisation"),
        answer("r901", **name, body="Quillbank CVS", as_what="on behalf of an organisation", says="r900"),
        answer("r902", **name, **body, as_what="individual", says="r900"),
    ]
    clusters = link([*town(), *rows])
    assert [clusters[one] for one in ("r900", "r901", "r902")] == ["r900", "r900", "r902"]


def test_equal_answers_alone_never_merge(link: Linker) -> None:
    rows = [answer(f"r90{number}", code=f"DE7{number} 1ZZ", says="one letter") for number in range(5)]
    clusters = link([*town(), *rows])
    assert {clusters[row["nr"]] for row in rows} == {row["nr"] for row in rows}


def test_no_name_is_asked_and_sender_organisation_and_text_tell(link: Linker) -> None:
    roles = 'id = "nr"\nreceived_at = "moment"\n[roles]\nmail = "email"\nbody = "organisation"\n'
    dropped = ("first", "last", "salutation", "home", "code", "as_what", "way")
    rows = [
        *town(),
        answer("r900", mail="office@example.net", body="Quillbank Civic Society"),
        answer("r901", mail="office@example.net", body="The Quillbank Civic Soc.", says="r900"),
        answer("r902", mail="office@example.net"),
    ]
    clusters = link([{key: value for key, value in row.items() if key not in dropped} for row in rows], roles)
    assert [clusters[one] for one in ("r900", "r901", "r902")] == ["r900", "r900", "r902"]


def test_the_order_of_rows_does_not_matter(link: Linker) -> None:
    rows = [*town(), *(answer(f"r90{n}", **ANN, mail="m.q@example.net", says="r900") for n in range(3))]
    clusters = link(rows)
    assert clusters["r902"] == "r900"
    for seed in range(3):
        Random(seed).shuffle(rows)
        assert link(rows) == clusters


def test_a_merged_pair_shows_its_levels_and_weights(link: Linker, tmp_path: Path) -> None:
    link([*town(), answer("r900", **ANN), answer("r901", **ANN, says="r900")])
    (pair,) = [one for one in pq.read_table(tmp_path / "pairs.parquet").to_pylist() if one["response_id_a"] == "r900"]
    assert (pair["response_id_b"], pair["band"], pair["against"]) == ("r901", "merge", "home")
    assert [pair[name] for name in ("given_name", "postcode", "email", "text")] == ["exact", "exact", "missing", "near"]
    shown = [value for name, value in pair.items() if name.endswith("_weight")]
    assert pair["weight"] == pytest.approx(pair["prior"] + sum(shown), abs=0.01)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"roles": ROLES.replace('mail = "email"', 'post = "email"')}, "has no column 'post'"),
        ({"ids": ["r1", "r1"]}, "1 rows have a 'nr' that another row has"),
        ({"ids": ["r1", None]}, "1 rows have no 'nr'"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    rows = [answer("r1", **ANN) | {"nr": one} for one in change.get("ids", ["r1"])]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "rows.parquet")
    (tmp_path / "roles.toml").write_text(change.get("roles", ROLES), "utf-8")
    arguments = [str(tmp_path / "rows.parquet"), "--roles", str(tmp_path / "roles.toml"), "--out", str(tmp_path / "o")]
    done = CliRunner().invoke(app, ["link", *arguments])
    assert done.exit_code == 1
    assert said in str(done.exception)
