"""What the definition asks of rows that may leave: which columns might single a person out, and which are sensitive."""

from collections.abc import Sequence

import duckdb

from schemas.anonymity import Anonymity, Hierarchy
from schemas.definition import Definition
from transforms.disclosure.anonymise import Anonymised, anonymise
from transforms.disclosure.errors import DisclosureError


def anonymous_rows(
    connection: duckdb.DuckDBPyConnection, source: str, definition: Definition, columns: Sequence[str]
) -> Anonymised:
    """The rows of `source` made anonymous as the policy says; `columns` are those that may leave.

    Raises:
        DisclosureError: there are fewer rows than the policy's minimum, or k and l cannot be reached.
    """
    microdata = definition.policy.microdata
    row = connection.execute(f"SELECT count(*) FROM {source}").fetchone()
    many = int(row[0]) if row else 0
    if many < microdata.minimum_rows:
        raise DisclosureError(f"{many} rows may leave, fewer than {microdata.minimum_rows}; too few to be anonymous.")
    # A connection of its own, whose tables are not mistaken for those of a version.
    own = duckdb.connect()
    own.from_arrow(connection.table(source).to_arrow_table()).create("source_rows")
    return anonymise(own, "source_rows", anonymity_of(definition, columns))


def anonymity_of(definition: Definition, columns: Sequence[str]) -> Anonymity:
    """What is asked of rows with these columns.

    Quasi-identifiers are what the policy classes as such, the respondent type, and coded positions: who reads a report
    may know what somebody said. The others are sensitive, or those of them that the policy names.

    Raises:
        DisclosureError: no column is a quasi-identifier.
    """
    policy = definition.policy
    quasi = {name: _hierarchy(definition, name) for name in columns if _singles_out(definition, name)}
    if not quasi:
        raise DisclosureError("No column of the rows is a quasi-identifier; name them in the policy's [disclosure].")
    others = [name for name in columns if name not in quasi]
    sensitive = [name for name in others if not policy.microdata.sensitive or name in policy.microdata.sensitive]
    return Anonymity(
        k=policy.microdata.k,
        l=policy.microdata.l,
        most_removed=policy.microdata.most_removed,
        quasi_identifiers=quasi,
        sensitive=tuple(sensitive),
        keep=tuple(name for name in others if name not in sensitive),
    )


def _singles_out(definition: Definition, name: str) -> bool:
    policy = definition.policy
    known = policy.disclosure.get(name) == "quasi_identifier" or name == policy.respondent_type_field
    return known or name in policy.frames


def _hierarchy(definition: Definition, name: str) -> Hierarchy:
    """The policy's, else the broader codes of a frame, else removal alone."""
    policy = definition.policy
    if name in policy.microdata.hierarchies:
        return policy.microdata.hierarchies[name]
    if name in policy.frames:
        return Hierarchy(levels=({code.code: code.collapsed for code in policy.frames[name].codes},))
    return Hierarchy()
