"""What the documents say of the channels is what the code does."""

import re
import tomllib
from pathlib import Path

import pytest

from ingest.files.mapping import read_map
from schemas.definition import Definition, load_definition

ROOT = Path(__file__).parents[3]
SOURCES = "".join(file.read_text("utf-8") for file in (ROOT / "ingest").rglob("*.py"))
DOCUMENTS = "\n".join((ROOT / f"docs/{name}.md").read_text("utf-8") for name in ("channels", "mail-reading"))
# What is given as a reason stands in the last cell of a row that names a state or says why an answer waits.
REASONS = [
    reason
    for table in re.findall(r"(?:^\|.*\n)+", DOCUMENTS, re.MULTILINE)
    if re.search(r"reason given|why an answer waits", table.split("\n")[0])
    for line in table.split("\n")[2:]
    for reason in re.findall(r"`([^`]+)`", line.rsplit("|", 2)[1] if line else "")
]


def test_the_document_lists_the_reasons() -> None:
    assert len(REASONS) > 50


@pytest.mark.parametrize("reason", REASONS)
def test_every_documented_reason_is_one_that_the_readers_give(reason: str) -> None:
    assert reason in SOURCES


def test_the_documented_map_can_be_used(parks: Definition, tmp_path: Path) -> None:
    text = (ROOT / "docs/imports.md").read_text("utf-8")
    whole, other = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    file = tmp_path / "map.toml"
    for content in (whole, whole.split("[answers.r1_capacity]")[0] + other):
        file.write_text(content, "utf-8")
        mapping = read_map(file, parks)
        assert mapping.answers.keys() == {"q5_proposal", "q1_use", "r1_capacity"}


def test_the_example_fits_together() -> None:
    example = ROOT / "docs/examples/national-security-2016"
    definition = load_definition(example)
    mapping = read_map(example / "map.toml", definition)
    assert list(mapping.answers) == [one.id for one in definition.questionnaire.fields()]
    given = mapping.received_at.given
    assert given is not None
    assert definition.opens_at() <= given < definition.closes_at()
    assert tomllib.loads((example / "map.toml").read_text("utf-8"))["sender"] == {"column": "FromAddress/DeL'Addresse"}
