"""Roles and weights files: what they say is checked, and what is wrong is said."""

from pathlib import Path

import pytest

from transforms.linkage.engine.errors import LinkageError
from transforms.linkage.engine.roles import Roles, load_roles
from transforms.linkage.engine.weights import load_weights, write_weights


def test_a_roles_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "roles.toml"
    file.write_text('id = "nr"\nreceived_at = "moment"\n[roles]\nhome = "phone"\nmobile = "phone"\n', "utf-8")
    roles = load_roles(file)
    assert roles == Roles(id="nr", received_at="moment", roles={"home": "phone", "mobile": "phone"})
    assert roles.columns("phone") == ["home", "mobile"]
    assert roles.answers(["nr", "moment", "home", "mobile", "q1"]) == ["q1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[roles]\n", 'it needs a line id = "column"'),
        ('id = "a"\n[roles]\nb = "shoe_size"\n', "roles.b is not a role; the roles are title, given_name"),
        ('id = "a"\nfirst = "b"\n', "it has no key 'first'"),
        ("id = \n", "is not valid TOML"),
    ],
)
def test_a_roles_file_that_is_wrong_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "roles.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(LinkageError, match=r"roles\.toml") as caught:
        load_roles(file)
    assert said in str(caught.value)


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(LinkageError) as caught:
        Roles(id="nr", roles={"mail": "email"}).check(["nr", "q1"], "table")
    assert str(caught.value) == "table has no column 'mail', which the roles name; it has 'nr', 'q1'."


def test_roles_without_evidence_are_refused() -> None:
    with pytest.raises(LinkageError, match="equal answers alone never merge"):
        Roles(id="nr").check(["nr", "q1"], "table")


def test_a_weights_file_that_was_written_reads_the_same(tmp_path: Path) -> None:
    weights = load_weights()
    write_weights(weights, tmp_path / "weights.toml")
    assert load_weights(tmp_path / "weights.toml") == weights


def test_a_weights_file_that_would_review_above_merging_is_refused(tmp_path: Path) -> None:
    write_weights(load_weights().model_copy(update={"review": 9.0}), tmp_path / "weights.toml")
    with pytest.raises(LinkageError, match="review: is above merge"):
        load_weights(tmp_path / "weights.toml")
