"""Pages as they were recognised, made by hand: what gathering and answering start from."""

import base64
import zlib

import numpy as np

from ingest.post.scans.boxes import BoxReading, BoxState
from ingest.post.scans.recognise import PageFacts

_SIDE = 100


def look(seed: int | None) -> str:
    """What was added to a page, small; None for nothing. Different seeds are different respondents' pages."""
    picture = np.zeros((_SIDE, _SIDE), np.uint8)
    if seed is not None:
        random = np.random.default_rng(seed)
        picture[random.integers(0, _SIDE, 300), random.integers(0, _SIDE, 300)] = 200
    return base64.b64encode(zlib.compress(picture.tobytes())).decode()


def page(
    at: int,
    number: int,
    serial: str | None = "AB-2345",
    *,
    seed: int | None = None,
    code: bool = True,
    boxes: tuple[BoxReading, ...] = (),
    written: tuple[bool, ...] = (),
    language: str = "en",
) -> PageFacts:
    """A page of the standard edition; filled differently from every other unless `seed` says so."""
    return PageFacts(
        at=at,
        kind="form",
        language=language,
        variant="standard",
        page=number,
        serial=serial if code else None,
        questionnaire_hash="0" * 12,
        marks=4,
        code=code,
        boxes=boxes,
        written=written or (True,),
        look=look(at if seed is None else seed),
    )


def intro(at: int, number: int = 1, serial: str | None = "AB-2345") -> PageFacts:
    """A page on which nothing is written, and nothing can be."""
    return PageFacts(
        at, "form", "en", "standard", number, serial, "0" * 12, marks=4, code=True, look=look(None)
    )  # fmt: skip


def box(state: BoxState, likely: BoxState | None = None) -> BoxReading:
    return BoxReading(state, 0.99 if state != "doubtful" else 0.6, likely or state)
