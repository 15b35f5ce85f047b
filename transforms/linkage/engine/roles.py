"""The roles file: which column of a table is evidence of what. A column that is not named is an answer."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from transforms.linkage.engine.errors import LinkageError

Role = Literal[
    "title", "given_name", "family_name", "email", "phone", "address", "town", "postcode",
    "organisation", "role", "capacity", "ip_hash",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)


class Roles(BaseModel):
    """What the columns of a table are.

    Without `received_at` responses arrived in the order of their ids. `channel` is no evidence; naming it keeps the
    column out of the answers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    received_at: str | None = None
    channel: str | None = None
    roles: dict[str, Role] = Field(default_factory=dict)

    def columns(self, role: Role) -> list[str]:
        """The columns of a role, in the order of the file."""
        return [column for column, given in self.roles.items() if given == role]

    def answers(self, columns: Iterable[str]) -> list[str]:
        """Those of a table's columns that are answers."""
        return [column for column in columns if column not in {self.id, self.received_at, self.channel, *self.roles}]

    def check(self, columns: Iterable[str], table: str) -> None:
        """Whether a table has every column that is named.

        Raises:
            LinkageError: some are missing, or nothing is evidence of who responds.
        """
        present = list(columns)
        named = [self.id, self.received_at, self.channel, *self.roles]
        missing = [column for column in named if column is not None and column not in present]
        if missing:
            raise LinkageError(
                f"{table} has no column {_quoted(missing)}, which the roles name; it has {_quoted(present)}."
            )
        if not self.roles:
            raise LinkageError(
                "The roles name no evidence of who responds, and equal answers alone never merge; "
                f"give at least one column a role of: {', '.join(ROLES)}."
            )


def load_roles(file: Path) -> Roles:
    """Read a roles file.

    Raises:
        LinkageError: it is missing, is not TOML, or says something that is not understood.
    """
    try:
        given = tomllib.loads(file.read_text("utf-8"))
    except OSError:
        raise LinkageError(f"The roles file {file} cannot be read.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LinkageError(f"The roles file {file} is not valid TOML: {error}.") from None
    try:
        return Roles.model_validate(given)
    except ValidationError as error:
        raise LinkageError(f"The roles file {file}: {_first_fault(error)}.") from None


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return f'it needs a line {place} = "column"'
    if fault["type"] == "extra_forbidden":
        return f"it has no key '{place}'; the keys are id, received_at, channel and the table [roles]"
    if fault["type"] == "literal_error":
        return f"{place} is not a role; the roles are {', '.join(ROLES)}"
    return f"{place}: {fault['msg'].lower()}"


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(f"'{column}'" for column in columns)
