"""The file of the tagger: the fitted model, the classes of words and how it was made, in one archive."""

import json
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from transforms.errors import TransformError
from transforms.masking.lexicon import Lexicon

MODEL_FILE = Path(__file__).with_name("english.model")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Model:
    """A fitted CRF in CRFsuite's form, what is known of words, and its card."""

    crf: bytes
    lexicon: Lexicon
    card: dict[str, Any]


def write_model(model: Model, file: Path) -> None:
    """Write a model; the same model gives the same bytes."""
    by_class = {kind: sorted(words) for kind, words in model.lexicon.words_of.items()}
    lines = "".join(f"{kind} {' '.join(words)}\n" for kind, words in sorted(by_class.items()))
    contents = {
        "card.json": json.dumps(model.card, indent=1, sort_keys=True).encode(),
        "known.txt": " ".join(sorted(model.lexicon.known)).encode(),
        "words.txt": lines.encode(),
        "tagger.crfsuite": model.crf,
    }
    beside = file.with_name(file.name + ".part")
    with zipfile.ZipFile(beside, "w") as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED, 9)
    beside.replace(file)


def read_model(file: Path = MODEL_FILE) -> Model:
    """The model in a file, the shipped one by default.

    Raises:
        TransformError: it is missing or is no model.
    """
    try:
        with zipfile.ZipFile(BytesIO(file.read_bytes())) as archive:
            classes = {
                word: line[0]
                for line in archive.read("words.txt").decode().splitlines()
                for word in line[2:].split(" ")
            }
            known = frozenset(archive.read("known.txt").decode().split(" "))
            card = json.loads(archive.read("card.json"))
            return Model(archive.read("tagger.crfsuite"), Lexicon(classes, known), card)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        raise TransformError(f"{file}: is no model of the tagger; run `yoursay masking train`.") from None
