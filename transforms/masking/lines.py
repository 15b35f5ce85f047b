"""Masking a file of texts line by line: `{"id", "text"}` in, `{"id", "masked", "spans"}` out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transforms.errors import TransformError
from transforms.masking.masker import Masker


def mask_lines(source: Path, out: Path, masker: Masker) -> int:
    """Write each line of `source` masked to `out`, in its order; other keys are ignored. Returns how many there are.

    Places count characters (Unicode code points), `end` is the first that is not part of the span.

    Raises:
        TransformError: a file cannot be read or written, or a line is not as it has to be; nothing is written then.
    """
    beside = out.with_name(out.name + ".part")
    try:
        with beside.open("w", encoding="utf-8") as written:
            count = 0
            for number, text in _texts(source):
                written.write(json.dumps({"id": number, **_masked(text, masker)}, ensure_ascii=False) + "\n")
                count += 1
        beside.replace(out)
        return count
    except OSError as error:
        raise TransformError(
            f"{error.filename or out}: {error.strerror}; name a file that can be read or written."
        ) from None
    finally:
        beside.unlink(missing_ok=True)


def _texts(source: Path) -> Iterator[tuple[str | int, str]]:
    with source.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line.decode("utf-8"))
            except ValueError:
                raise _fault(source, number, "is no JSON in UTF-8") from None
            if not isinstance(row, dict):
                raise _fault(source, number, "is no JSON object")
            identity, text = row.get("id"), row.get("text")
            if not isinstance(identity, str | int) or isinstance(identity, bool):
                raise _fault(source, number, "has no 'id' that is a text or a number")
            if not isinstance(text, str):
                raise _fault(source, number, "has no 'text' that is a text")
            try:
                text.encode("utf-8")
            except UnicodeEncodeError:
                raise _fault(source, number, "has half a character in its 'text'") from None
            yield identity, text


def _masked(text: str, masker: Masker) -> dict[str, Any]:
    masked = masker.mask({"text": text})["text"]
    spans = [
        {"start": one.start, "end": one.end, "label": one.label, "score": one.score, "source": one.source}
        for one in masked.spans
    ]
    return {"masked": masked.text, "spans": spans}


def _fault(source: Path, number: int, what: str) -> TransformError:
    return TransformError(f'{source}, line {number}: {what}; each line has to read {{"id": ..., "text": "..."}}.')
