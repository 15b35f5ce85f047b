"""Rows (microdata): closed answers of respondents who said yes, made anonymous, where policy and officer allow it."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from schemas.definition import Definition
from schemas.questionnaire import OTHER_SUFFIX
from transforms.disclosure.contract import TEXT_KINDS
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.findings import RowsFindings
from transforms.disclosure.members import has_table
from transforms.disclosure.microdata import anonymous_rows
from transforms.disclosure.promises import check_promises
from transforms.disclosure.vocabulary import may_be_counted

_VIEW, _SOURCE = "approved_rows", "rows_to_release"


@dataclass(frozen=True)
class Rows:
    """The rows that may leave, and what making them anonymous came to.

    `table` is None where none may leave, and `why` says so in a sentence.
    """

    table: pa.Table | None
    why: str
    findings: RowsFindings | None = None


def approved_rows(private: duckdb.DuckDBPyConnection, definition: Definition) -> Rows:
    """The rows of a release, in no order that tells of arrival.

    Reads the private view `approved_rows`: one row = one included respondent of whom an officer approved that the row
    leaves; its columns are named as the fields.

    Raises:
        PromiseError: a column would break a promise.
    """
    publication = definition.policy.publication
    permission = publication.permission_field
    if not publication.rows or permission is None:
        return Rows(None, "The policy lets no rows leave.")
    if not has_table(private, _VIEW):
        return Rows(None, "No officer has approved rows.")
    view = private.table(_VIEW)
    columns = [name for name in row_columns(definition) if name in view.columns and name != permission]
    if not columns or permission not in view.columns:
        return Rows(None, "The approved rows have no column that may leave.")
    check_promises(definition, row_columns=columns)
    said_yes = view.filter(duckdb.ColumnExpression(permission) == duckdb.ConstantExpression("yes"))
    kinds = dict(zip(view.columns, view.types, strict=True))
    released = said_yes.select(*(_plain(name, str(kinds[name])) for name in columns))
    private.register("said_yes", released.to_arrow_table())
    private.execute(f"CREATE OR REPLACE TEMP TABLE {_SOURCE} AS FROM said_yes")
    private.unregister("said_yes")
    try:
        made = anonymous_rows(private, _SOURCE, definition, columns)
        table = made.rows.to_arrow_table()
    except DisclosureError as error:
        return Rows(None, f"Refused: {error}")
    finally:
        private.execute(f"DROP TABLE {_SOURCE}")
    found = made.findings
    several = f", with {found.l} or more different answers to each other question" if found.l else ""
    why = f"Each combination of answers that might single a person out is shared by {found.k} or more{several}."
    return Rows(table, why, found)


def row_columns(definition: Definition) -> list[str]:
    """The answer columns that rows may have, in the order of the questionnaire: never words."""
    return [
        name
        for name, one in definition.questionnaire.answer_columns().items()
        if one.kind not in TEXT_KINDS
        and (name == one.id or not name.endswith(OTHER_SUFFIX))
        and may_be_counted(definition, one)
    ]


def _plain(name: str, kind: str) -> duckdb.Expression:
    """The column as it is; a list of codes as its codes, sorted, with semicolons."""
    column: duckdb.Expression = duckdb.ColumnExpression(name)
    if kind.endswith("[]"):
        ordered = duckdb.FunctionExpression("list_sort", column)
        column = duckdb.FunctionExpression("array_to_string", ordered, duckdb.ConstantExpression(";"))
    return column.alias(name)
