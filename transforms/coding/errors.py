"""What this room refuses, in a sentence for the coder. No message quotes an answer."""

from collections.abc import Mapping

from transforms.errors import TransformError


class CodingError(TransformError):
    """Something cannot be coded."""


class EntryError(CodingError):
    """What was entered does not fit; `faults` has a sentence for each place of the form."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)
