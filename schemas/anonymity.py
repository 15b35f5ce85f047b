"""How rows are made anonymous: which columns might single a person out, how each is made coarser, and by how much."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.fields import Strict

_Value = Annotated[str, StringConstraints(min_length=1)]


class Hierarchy(Strict):
    """How one column is made coarser, a level at a time; the last level of all is its removal.

    One of: `bands` (widths of bands of a whole number, growing, each a multiple of the one before), `keep` (how many
    characters from the start are kept, shrinking), `levels` (each names for every value of the level before the broader
    one). With none of them the column can only be removed.
    """

    bands: tuple[Annotated[int, Field(ge=2)], ...] = ()
    keep: tuple[Annotated[int, Field(ge=1)], ...] = ()
    levels: tuple[dict[_Value, _Value], ...] = ()

    @property
    def depth(self) -> int:
        """How many levels there are above the values themselves, removal not counted."""
        return len(self.bands or self.keep or self.levels)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if sum(map(bool, (self.bands, self.keep, self.levels))) > 1:
            raise ValueError("give one of bands, keep and levels, not more")
        for narrow, wide in zip(self.bands, self.bands[1:], strict=False):
            if wide <= narrow or wide % narrow:
                raise ValueError(f"bands: {wide} is not a larger multiple of {narrow}")
        for long, short in zip(self.keep, self.keep[1:], strict=False):
            if short >= long:
                raise ValueError(f"keep: {short} is not fewer than {long}")
        for place, (lower, upper) in enumerate(zip(self.levels, self.levels[1:], strict=False), 2):
            missing = sorted(set(lower.values()) - set(upper))
            if missing:
                raise ValueError(f"levels: level {place} has no broader value for '{missing[0]}'")
        return self


class Anonymity(Strict):
    """What rows must reach before they leave, and how.

    `k` rows at least share each combination of quasi-identifiers; within it each sensitive column has `l` values at
    least. While more than `most_removed` of the rows would lose a value, columns are made coarser.
    """

    k: int = Field(default=5, ge=2)
    l: int = Field(default=2, ge=1)  # noqa: E741 - the field's own name for it
    most_removed: float = Field(default=0.05, ge=0, le=1)
    quasi_identifiers: dict[_Value, Hierarchy] = Field(min_length=1)
    sensitive: tuple[_Value, ...] = ()
    keep: tuple[_Value, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        named = [*self.quasi_identifiers, *self.sensitive, *self.keep]
        doubled = next((name for place, name in enumerate(named) if name in named[:place]), None)
        if doubled:
            raise ValueError(
                f"'{doubled}' is named twice: a column is a quasi-identifier, or sensitive, or kept as it is"
            )
        return self
