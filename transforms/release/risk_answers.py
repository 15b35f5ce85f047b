"""What officers answer in the motivated-intruder test, and what they decide against the rules: a part of a release."""

import tomllib
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.fields import Text
from transforms.disclosure.report import INTRUDER_QUESTIONS, IntruderAnswer, Override
from transforms.release.errors import ReleaseError


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Answered(_Said):
    """One answer of the motivated-intruder test, and who gave it."""

    officer: str
    answer: Text


class Decided(_Said):
    """One decision against the rules: who, when, what and why."""

    officer: str
    at: datetime
    what: Text
    reason: Text


class RiskAnswers(_Said):
    """All of them. They are prose, so they pass the gate, and they stand in the manifest and in the risk report."""

    intruder: dict[str, Answered] = Field(default_factory=dict)
    overrides: tuple[Decided, ...] = ()

    def texts(self) -> dict[str, str]:
        """Every text in it by where it stands."""
        found = {f"intruder.{key}": one.answer for key, one in self.intruder.items()}
        for number, one in enumerate(self.overrides, 1):
            found[f"override {number}"] = f"{one.what}\n{one.reason}"
        return found

    def for_report(self) -> tuple[dict[str, IntruderAnswer], tuple[Override, ...]]:
        answers = {key: IntruderAnswer(one.officer, one.answer) for key, one in self.intruder.items()}
        return answers, tuple(Override(one.officer, one.at, one.what, one.reason) for one in self.overrides)


def read_risk_answers(file: Path, officer: str, at: datetime) -> RiskAnswers:
    """The answers in a TOML file, given by `officer` now: `[intruder.KEY] answer`, `[[overrides]] what, reason`.

    Raises:
        ReleaseError: it cannot be read, or answers a question that the test does not have.
    """
    try:
        said = tomllib.loads(file.read_text("utf-8"))
        answers = {key: one | {"officer": officer} for key, one in said.pop("intruder", {}).items()}
        overrides = [one | {"officer": officer, "at": at} for one in said.pop("overrides", [])]
        found = RiskAnswers.model_validate(said | {"intruder": answers, "overrides": overrides})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, AttributeError):
        raise ReleaseError(f"{file}: cannot be read as TOML with [intruder.KEY] and [[overrides]].") from None
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ReleaseError(f"{file}: {where}: {error.errors()[0]['msg']}; see docs/releases.md.") from None
    unknown = sorted(set(found.intruder) - set(INTRUDER_QUESTIONS))
    if unknown:
        raise ReleaseError(f"{file}: the test has no question '{unknown[0]}'; it has {', '.join(INTRUDER_QUESTIONS)}.")
    return found
