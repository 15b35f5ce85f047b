"""Reading tick boxes: a small trained model and plain rules, which must agree; what neither is sure of is for a person.

The model (`boxes.onnx`) is trained on synthetic scans by `benchmarks/_train_boxes.py`; its limits were set on the
development seeds.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.post.scans.blanks import Grey
from ingest.post.scans.box_patches import BOX, PATCH, BoxPatch, box_patch, stacked
from ingest.post.scans.register import Sheet

BoxState = Literal["empty", "ticked", "filled", "doubtful"]
_MODEL = Path(__file__).parent / "boxes.onnx"
_CLASSES: tuple[BoxState, ...] = ("empty", "ticked", "filled", "doubtful")
# How sure the model must be of each.
_SURE = {"empty": 0.95, "ticked": 0.95, "filled": 0.95}
# The rules: how much ink (a share of the box's inside, from 0 to 1) an empty box has at most, a ticked one at least.
_EMPTY_INK, _TICKED_INK, _FILLED_INK = 0.012, 0.006, 0.3
_LEAST_FOUND = 0.35


@dataclass(frozen=True)
class BoxReading:
    """What a box is read as, and how sure that is (0 to 1). 'filled' is coloured in: an answer, or a correction."""

    state: BoxState
    confidence: float
    likely: BoxState


def read_boxes(sheet: Sheet) -> list[BoxReading]:
    """Every box of a registered page, in the order of the layout."""
    patches = [box_patch(sheet, box) for box in sheet.blank.page.boxes]
    if not patches:
        return []
    return [_agreed(chances, patch) for chances, patch in zip(chances_of(patches), patches, strict=True)]


def chances_of(patches: list[BoxPatch]) -> NDArray[np.float64]:
    """How likely the model takes each patch to be empty, ticked, filled or doubtful: seen as it is and in a mirror."""
    seen = stacked(patches)
    model = _model()
    model.setInput(np.concatenate([seen, seen[..., ::-1]]))
    scores = np.asarray(model.forward(), dtype=np.float64)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    both: NDArray[np.float64] = (chances[: len(seen)] + chances[len(seen) :]) / 2
    return both


def _agreed(chances: NDArray[np.float64], patch: BoxPatch) -> BoxReading:
    likely = _CLASSES[int(chances.argmax())]
    confidence = float(chances.max())
    if likely == "doubtful" or confidence < _SURE[likely] or patch.found < _LEAST_FOUND:
        return BoxReading("doubtful", confidence, likely)
    ink = ink_inside(patch)
    agreeing = {"empty": ink <= _EMPTY_INK, "ticked": ink >= _TICKED_INK, "filled": ink >= _FILLED_INK}[likely]
    return BoxReading(likely if agreeing else "doubtful", confidence, likely)


def ink_inside(patch: BoxPatch) -> float:
    """The share of a box's inside that is darker than the blank's, weighted by how dark."""
    edge = (PATCH - BOX) // 2 + 4
    inside = slice(edge, PATCH - edge)
    printed = cv2.dilate(patch.printed, np.ones((3, 3), np.uint8))
    extra: Grey = np.asarray(cv2.subtract(patch.seen, printed), dtype=np.uint8)[inside, inside]
    return float(np.where(extra > 25, extra, 0).mean() / 255)


@cache
def _model() -> Any:
    return cv2.dnn.readNetFromONNX(str(_MODEL))
