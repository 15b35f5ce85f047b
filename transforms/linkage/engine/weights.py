"""The weights file: what agreement and disagreement count for. See `transforms/linkage/weights.toml`."""

import math
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from transforms.linkage.engine.errors import LinkageError

Chance = Annotated[float, Field(gt=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(_Strict):
    """The chances of one level: of one respondent's responses, of strangers', of two people's of one home."""

    m: Chance
    u: Chance | Literal["frequency"]
    home: Chance

    @property
    def against_stranger(self) -> float:
        """The weight against a stranger; of a level by frequency, without the value's rarity."""
        return math.log2(self.m) if self.u == "frequency" else math.log2(self.m / self.u)

    @property
    def against_home(self) -> float:
        return math.log2(self.m / self.home)


class Official(_Strict):
    """What names weigh between two official responses of one organisation."""

    same_name: float
    other_name: float


class Answers(_Strict):
    """What is assumed of answers, and the bounds of what they weigh."""

    same: Chance
    pairs: float
    most: float
    least: float
    beside_other_text: float
    most_numbers: float
    least_numbers: float


class TextLevel(_Strict):
    """Chances of one level of likeness of two texts."""

    m: Chance
    u: Chance


class Text(_Strict):
    """What is assumed of texts, and the bounds of what they weigh."""

    pairs: float
    most: float
    most_at_home: float
    least: float
    near: TextLevel
    close: TextLevel
    some: TextLevel
    little: TextLevel
    other: TextLevel


class Home(_Strict):
    """What is assumed of how many pairs from one home are of two people."""

    others: Chance
    fewest_others: Chance
    unseen: float
    pairs: float
    namesake: float = -4.0
    namesake_without_text: float = 2.0


Levels = dict[str, Level]


class Weights(_Strict):
    """A weights file, complete."""

    sample: int = Field(ge=1)
    prior: float
    merge: float
    merge_at_home: float = -2.0
    review: float
    worst_in_cluster: float
    least_identity: float
    least_identity_to_ask: float
    most_rare: float
    given_name: Levels
    family_name: Levels
    title: Levels
    generation: Levels
    email: Levels
    phone: Levels
    address: Levels
    town: Levels
    postcode: Levels
    organisation: Levels
    role: Levels
    capacity: Levels
    ip_hash: Levels
    official: Official
    answers: Answers
    text: Text
    home: Home

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.review > self.merge:
            raise ValueError("review: is above merge")
        return self

    def of(self, comparison: str) -> Levels:
        """The levels of a comparison of identity."""
        levels: Levels = getattr(self, comparison)
        return levels


def load_weights(file: Path | None = None) -> Weights:
    """Read a weights file, by default the one that comes with the project.

    Raises:
        LinkageError: it is missing, is not TOML, or says something that is not understood.
    """
    name = str(file) if file else "weights.toml"
    try:
        text = (file or files("transforms.linkage").joinpath("weights.toml")).read_text("utf-8")
        return Weights.model_validate(tomllib.loads(text))
    except OSError:
        raise LinkageError(f"The weights file {name} cannot be read.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LinkageError(f"The weights file {name} is not valid TOML: {error}.") from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise LinkageError(f"The weights file {name}: {place}: {fault['msg'].lower()}.") from None


def write_weights(weights: Weights, file: Path) -> None:
    """Write a weights file that `load_weights` reads."""
    lines: list[str] = ["# Fitted to a table; see docs/linkage.md for what each key means."]
    tables: list[str] = []
    for name, value in weights.model_dump().items():
        if not isinstance(value, dict):
            lines.append(f"{name} = {value!r}")
            continue
        tables.append(f"\n[{name}]")
        for key, entry in value.items():
            if isinstance(entry, dict):
                chances = ", ".join(f"{chance} = {_number(number)}" for chance, number in entry.items())
                tables.append(f"{key} = {{ {chances} }}")
            else:
                tables.append(f"{key} = {_number(entry)}")
    file.write_text("\n".join([*lines, *tables]) + "\n", "utf-8")


def _number(value: float | str) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return repr(max(round(value, 6), 1e-6) if 0 < value < 1 else round(value, 6))
