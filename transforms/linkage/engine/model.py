"""What a table is linked with."""

from dataclasses import dataclass

from transforms.linkage.engine.answers import AnswerColumns
from transforms.linkage.engine.roles import Roles
from transforms.linkage.engine.statistics import Statistics
from transforms.linkage.engine.weights import Weights


@dataclass(frozen=True)
class Engine:
    """A table's roles and answers, the weights, and what was counted in its first rows.

    `assumed` are the weights as the file has them, `weights` those fitted to the table's numbers.
    """

    roles: Roles
    answers: AnswerColumns
    assumed: Weights
    weights: Weights
    statistics: Statistics

    @property
    def asks_names(self) -> bool:
        """Whether the table has a column of names."""
        return bool(self.roles.columns("given_name") or self.roles.columns("family_name"))
