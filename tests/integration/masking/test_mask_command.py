"""`yoursay mask` and `yoursay masking train`: lines in, masked lines out; a model made twice is the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from transforms.masking.masker import Masker
from transforms.masking.model import read_model, write_model
from transforms.masking.tagger import Tagger
from transforms.masking.training.train import Recipe, train


def _yoursay(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "orchestration.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)


def test_each_line_is_masked_with_its_spans(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    texts = ["I spoke to Perpetua Oyelowo. 🙂 Ring 01332 255555.", "", "Nothing here."]
    source.write_text(
        "".join(json.dumps({"id": n, "text": text, "more": 1}) + "\n" for n, text in enumerate(texts)), "utf-8"
    )
    assert _yoursay("mask", str(source), "--out", str(out)).returncode == 0
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [(line["id"], line["masked"]) for line in lines] == [
        (0, "I spoke to [name]. 🙂 Ring [phone]."),
        (1, ""),
        (2, "Nothing here."),
    ]
    spans = [(texts[0][one["start"] : one["end"]], one["label"], one["source"]) for one in lines[0]["spans"]]
    assert spans == [("Perpetua Oyelowo", "name", "tagger"), ("01332 255555", "phone", "pattern")]
    assert all(set(one) == {"start", "end", "label", "score", "source"} for one in lines[0]["spans"])


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("not JSON Perpetua", "is no JSON in UTF-8"),
        ('["Perpetua"]', "is no JSON object"),
        ('{"id": 2}', "has no 'text' that is a text"),
        ('{"text": "Perpetua"}', "has no 'id' that is a text or a number"),
        ('{"id": 2, "text": "\\ud83d"}', "has half a character in its 'text'"),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_nothing_is_written(tmp_path: Path, line: str, what: str) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": 1, "text": "One."}\n' + line + "\n", "utf-8")
    done = _yoursay("mask", str(source), "--out", str(out))
    assert done.returncode == 1
    assert done.stderr.startswith(f"yoursay: {source}, line 2: {what}; ")
    assert "Perpetua" not in done.stderr
    assert list(tmp_path.iterdir()) == [source]


def test_the_same_seed_trains_the_same_model_and_another_a_different_one(tmp_path: Path) -> None:
    small = Recipe(texts=1500, passes=2)
    models = []
    for name, recipe in (("one", small), ("two", small), ("three", Recipe(seed=2, texts=1500, passes=2))):
        write_model(train(recipe), tmp_path / name)
        models.append((tmp_path / name).read_bytes())
    assert models[0] == models[1]
    assert models[0] != models[2]
    masked = Masker(Tagger(read_model(tmp_path / "one"))).mask({"text": "Please ask Mr Adebayo."})["text"]
    assert masked.text == "Please ask Mr [name]."


def test_a_file_that_is_no_model_is_refused_in_one_sentence(tmp_path: Path) -> None:
    source, model = tmp_path / "in.jsonl", tmp_path / "broken.model"
    source.write_text('{"id": 1, "text": "One."}\n', "utf-8")
    model.write_bytes(b"nothing")
    done = _yoursay("mask", str(source), "--out", str(tmp_path / "out.jsonl"), "--model", str(model))
    assert (done.returncode, done.stderr) == (
        1,
        f"yoursay: {model}: is no model of the tagger; run `yoursay masking train`.\n",
    )
