"""What the warehouse knows of who responds, as the table that the engine takes.

Who sent an artefact that holds several responses carried them for others, so the sender is no evidence for any of them.
A response without evidence of identity is left out: equal answers alone never link.
"""

import duckdb

from schemas.policy import LinkageRole
from transforms.layout import Layout
from transforms.linkage.engine.roles import Roles
from transforms.sql import columns, identifier, union_all

# No field can be called so.
SENDER = " sender"
# What tells somebody from others; a title, a town or a capacity does not.
_TELLING: tuple[LinkageRole, ...] = (
    "given_name", "family_name", "email", "phone", "address", "postcode", "organisation", "role",
)  # fmt: skip

# One row = one response that can be linked, with its evidence and answers. A masked sender, such as '*', is nobody.
_SOURCE = """
CREATE OR REPLACE TEMP VIEW {view} AS
SELECT * FROM (
    SELECT a.rid{vault}{clean},
        CASE WHEN r.artefact_id NOT IN (SELECT artefact_id FROM {prefix}received WHERE ordinal > 1)
            AND regexp_full_match(i.sender, '[^@\\s*]+@[^@\\s*]+\\.[^@\\s*.]+') THEN i.sender END AS {sender}
    FROM {prefix}answers AS a JOIN {prefix}received AS r USING (rid) LEFT JOIN {prefix}identifiers AS i USING (rid)
) WHERE coalesce({telling}) IS NOT NULL
"""


def roles_of(layout: Layout) -> Roles:
    """The roles of the source's columns: the definition's, and the sender's address after those that were given."""
    return Roles(id="rid", roles={**layout.definition.policy.linkage.roles, SENDER: "email"})


def create_source(connection: duckdb.DuckDBPyConnection, layout: Layout, prefix: str, view: str) -> None:
    """Make the temporary view `view` of the responses in `<prefix>answers` and `<prefix>identifiers`."""
    telling = [name for role in _TELLING for name in layout.with_role(role)]
    vault = [name for name in layout.vault if name in layout.definition.policy.linkage.roles]
    connection.execute(
        _SOURCE.format(
            view=view,
            prefix=prefix,
            vault=", " + columns(vault, "i") if vault else "",
            clean=", " + columns(layout.clean, "a") if layout.clean else "",
            sender=identifier(SENDER),
            telling=", ".join(f"{identifier(name)}::VARCHAR" for name in (*telling, SENDER)),
        )
    )


def rows_of(source: str, *relations: str) -> str:
    """SQL: the rows of `source` whose `rid` is in one of the relations."""
    return f"(SELECT * FROM {source} WHERE rid IN ({union_all(f'SELECT rid FROM {one}' for one in relations)}))"
