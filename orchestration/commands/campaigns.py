"""`yoursay campaigns`: letters that many people sent, in any table of texts."""

from pathlib import Path
from typing import Annotated

import pyarrow.compute as pc
import typer

from orchestration.commands.shared import JsonOption, print_json, print_table


def campaigns(
    source: Annotated[Path, typer.Argument(help="A Parquet file.", metavar="INPUT.parquet")],
    *,
    id_: Annotated[str, typer.Option("--id", help="The column that tells responses apart.", metavar="COLUMN")],
    text: Annotated[str, typer.Option(help="The column with the texts.", metavar="COLUMN")],
    out: Annotated[Path, typer.Option(help="Where the campaigns go, as Parquet.", metavar="CAMPAIGNS.parquet")],
    letters: Annotated[
        Path | None,
        typer.Option(help="Known letters: a Parquet file with campaign_id and text.", metavar="LETTERS.parquet"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find which texts of a table are of one campaign: near-equal letters, whoever sent them."""
    # The compiler that the search needs takes most of a second to load, which no other command should wait for.
    from transforms.campaigns.parquet import campaigns_of_file

    found = campaigns_of_file(source, out, id_column=id_, text_column=text, letters=letters)
    members = found.filter(pc.is_valid(found["campaign_id"]))
    counts = {
        "responses": found.num_rows,
        "campaigns": pc.count_distinct(members["campaign_id"]).as_py(),
        "members": members.num_rows,
    }
    counts |= {row["values"]: row["counts"] for row in pc.value_counts(members["variant"]).to_pylist()}
    if as_json:
        print_json(counts)
    else:
        print_table(f"Campaigns in {source.name}", ("what", "how many"), list(counts.items()))
