"""Texts that are written once for each language of a consultation."""

from typing import Any

from pydantic import RootModel, model_validator


class LocalisedText(RootModel[dict[str, str]]):
    """A text by language code. A plain string in a definition is a text for its only language (key "")."""

    model_config = {"frozen": True}

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: Any) -> Any:
        texts = {"": value} if isinstance(value, str) else value
        if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
            raise ValueError("a text, or a text for each language such as { en = '...', cy = '...' }, is expected")
        texts = {language: text.strip() for language, text in texts.items()}
        if not texts or not all(texts.values()):
            raise ValueError("the text is empty")
        return texts

    @property
    def languages(self) -> frozenset[str]:
        return frozenset(self.root)

    def in_language(self, language: str) -> str:
        """The text in `language`, else as given without a language, else in its first one."""
        return self.root.get(language) or self.root.get("") or next(iter(self.root.values()))

    def __str__(self) -> str:
        return self.in_language("")
