"""What a translator is given."""

from dataclasses import dataclass
from dataclasses import field as kept


@dataclass(frozen=True)
class TranslationJob:
    """An answer in another language, as it came: to be redacted and translated."""

    response: str
    field: str
    question: str
    language: str
    text: str = kept(repr=False)

    @property
    def id(self) -> str:
        """`RESPONSE:FIELD`."""
        return f"{self.response}:{self.field}"
