"""Letters of a form that no font has: they are drawn as empty boxes, and whoever builds the form is told."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_DRAWN_AS_BOXES = ".notdef glyph"


class _Letters(logging.Handler):
    """Collects the letters that the drawing library says it has no glyph for."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith(_DRAWN_AS_BOXES) and isinstance(record.args, tuple):
            self.found[str(record.args[0])] = None


@contextmanager
def missing_letters() -> Iterator[dict[str, None]]:
    """Collect, in the order they were met, the letters that what is drawn meanwhile has no font for."""
    logger, letters = logging.getLogger("weasyprint"), _Letters()
    logger.addHandler(letters)
    try:
        yield letters.found
    finally:
        logger.removeHandler(letters)
