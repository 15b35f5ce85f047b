"""What people write in many ways has one form."""

from typing import Any

import duckdb
import pyarrow as pa
import pytest

from transforms.linkage.engine.answers import AnswerColumns
from transforms.linkage.engine.normalise import normalise, prepare
from transforms.linkage.engine.roles import Roles

ROLES = Roles.model_validate(
    {
        "id": "id",
        "roles": {name: name for name in ("title", "given_name", "family_name", "email", "phone", "address")}
        | {name: name for name in ("postcode", "organisation", "capacity")},
    }
)


def normalised(**written: str | None) -> dict[str, Any]:
    row = {"rid": 1, "id": "r1"} | dict.fromkeys(ROLES.roles) | written
    with duckdb.connect() as connection:
        prepare(connection)
        types = {name: pa.int64() if name == "rid" else pa.string() for name in row}
        connection.register("rows", pa.Table.from_pylist([row], schema=pa.schema(types)))
        normalise(connection, "rows", ROLES, AnswerColumns(), "out")
        return connection.execute("FROM out").to_arrow_table().to_pylist()[0]


@pytest.mark.parametrize(
    ("column", "one", "other", "key"),
    [
        ("given_name", "Bill", "WILLIAM", "forms"),
        ("given_name", "Mr William", "william", "given"),
        ("family_name", "O'Brien", "OBrien", "family"),
        ("family_name", "Barnard", "Bamard", "family_ocr"),
        ("family_name", "Smith jnr", "Smith", "family"),
        ("family_name", "Thompson", "Tompsen", "family_sound"),
        ("email", "Ann.Lee@Example.org", "ann.lee@examp1e.org", "email"),
        ("phone", "01632 960123", "+44 (1632) 96O123", "phone"),
        ("address", "12, Weir Street", "12 weir st.", "address"),
        ("postcode", "DE81 0AB", "de8lOa8", "postcode"),
        ("organisation", "The Quill Council for Voluntary Service Ltd", "Quill CVS", "organisation"),
        ("organisation", "Weir Carers Association", "weir carers assn.", "organisation"),
        ("capacity", "On behalf of an organisation", "organisation", "capacity"),
    ],
)
def test_two_ways_of_writing_have_one_form(column: str, one: str, other: str, key: str) -> None:
    found = normalised(**{column: one})[key]
    assert found is not None
    assert found == normalised(**{column: other})[key]


def test_initials_stand_for_an_organisation() -> None:
    assert normalised(organisation="QWCS")["acronym"] == "qwcs"
    assert normalised(organisation="Quill and Weir Civic Society")["initials"] == "qwcs"


def test_what_stands_for_nothing_is_missing() -> None:
    found = normalised(given_name="n/a", email="-", phone="none", postcode=" ")
    assert [found[name] for name in ("given", "email", "phone", "postcode")] == [None, None, None, None]


def test_father_and_son_are_told_by_their_generation() -> None:
    assert normalised(family_name="Smith senior")["generation"] == "senior"
    assert normalised(title="Mr", given_name="John", family_name="Smith Jr")["generation"] == "junior"


def test_a_title_tells_the_sex_or_nothing() -> None:
    assert [normalised(title=title)["sex"] for title in ("Mr", "Mrs.", "Dr")] == ["m", "f", None]


def test_a_whole_name_in_one_column_has_its_title_and_both_names() -> None:
    roles = Roles.model_validate({"id": "id", "roles": {"who": "family_name"}})
    with duckdb.connect() as connection:
        prepare(connection)
        connection.register("rows", pa.table({"rid": [1], "who": ["Mrs Hayley Angela O'Sullivan"]}))
        normalise(connection, "rows", roles, AnswerColumns(), "out")
        row = connection.execute("SELECT sex, given, given_all, family FROM out").fetchone()
    assert row == ("f", "hayley", "hayleyangelao", "sullivan")


def test_letters_of_other_scripts_are_kept() -> None:
    assert normalised(given_name="Юлия", family_name="Σ. Παππάς")["given"] == "юлия"
