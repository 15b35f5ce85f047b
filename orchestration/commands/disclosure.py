"""`yoursay anonymise`: any table of people, made anonymous."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.shared import JsonOption, print_json, print_table
from transforms.disclosure.anonymise_file import anonymise_file, read_wanted


def anonymise(
    source: Annotated[Path, typer.Argument(help="A Parquet or CSV file, a row a person.", metavar="INPUT.parquet")],
    *,
    policy: Annotated[
        Path,
        typer.Option(help="Quasi-identifiers with hierarchies, sensitive columns, k and l.", metavar="FILE.toml"),
    ],
    out: Annotated[Path, typer.Option(help="Where the anonymous rows go, as Parquet.", metavar="OUT.parquet")],
    as_json: JsonOption = False,
) -> None:
    """Make rows anonymous: k alike in what might single out, l values of what is sensitive, and what that cost."""
    findings, left_out = anonymise_file(source, out, read_wanted(policy))
    if as_json:
        print_json(asdict(findings) | {"left_out": left_out})
        return
    facts = [
        ("rows", findings.rows),
        ("k reached", findings.k),
        ("l reached", "no sensitive column" if findings.l is None else findings.l),
        ("combinations", findings.classes),
        ("rows with a value removed", findings.suppressed_rows),
        ("detail lost", f"{100 * findings.information_lost:.1f}%"),
        ("columns left out", ", ".join(left_out) or "none"),
    ]
    print_table(f"{out.name}: anonymous rows of {source.name}", ("what", "how many"), facts)
    columns = [(one.column, f"{one.level} of {one.levels}", one.removed) for one in findings.columns]
    print_table("What each column lost", ("column", "level", "values removed"), columns)
