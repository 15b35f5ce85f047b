"""The README of a release, in plain English."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from transforms.disclosure.contract import TABLES
from transforms.figure_words import FEW_MORE, SUM_OVER_TYPES


def readme(manifest: Mapping[str, Any], zone: ZoneInfo, ledger: str) -> str:
    """What the release is, what is in it, and how it was protected; `ledger` is the ledger's paragraph."""
    protection, rows = manifest["protection"], manifest["rows"]
    as_at = f"{datetime.fromisoformat(manifest['as_at']).astimezone(zone):%-d %B %Y, %H:%M} ({zone.key})"
    state = (
        f"**Interim results, as at {as_at}.** They will change: do not quote them as the outcome."
        if manifest["interim"]
        else f"Final results, as at {as_at}."
    )
    held_back = (
        f"- Answers count in whole steps of {protection['step']} respondents; the last few wait for the next step.\n"
        if protection["step"] > 1
        else f"- {FEW_MORE}\n"
    )
    tables = "\n".join(
        f"- `tables/{name}.csv` and `.parquet`: {TABLES[name].meaning} {_size(size)}"
        for name, size in ((name, manifest["tables"][name]) for name in TABLES if name in manifest["tables"])
    )
    notice = f"{manifest['notice']}\n\n" if manifest["notice"] else ""
    return f"""# {manifest["title"]}: anonymised results

{state}

{notice}The name of this folder is the release's id: it follows from every file and from what they were made of.

This is not a poll. People chose to take part, so the counts say what was said, not how many people think so.
The information was given {manifest["purpose"]}, and is used for that alone.

{ledger}

## What is in it

{tables}
- `tables.ods` and `tables.xlsx`: the same tables for people, one a worksheet. `[c]` is a hidden figure.
- `codebook.csv` and `codebook.json`: the data dictionary, with every table, column and code.
- `datapackage.json` and `csv-metadata.json`: the same for programs (Frictionless data package, CSV on the Web).
- `risk-report.html` and `.pdf`: what was removed, and what somebody could still try to work out.
- `LICENCE.txt`: what you may do with it.
- `manifest.json`: where the figures come from, with the SHA-256 of each file.
- `SHA256SUMS`: check it with `sha256sum --check SHA256SUMS`.

Rows of single respondents: {"`rows/rows.csv` and `.parquet`." if rows["included"] else "none."} {rows["why"]}

## How it was protected

- Counts under {protection["threshold"]} are hidden, zeros among them, and others with them, so that nothing hidden can
  be worked out from what is shown. A hidden count is empty and its `hidden` is true.
- Counts are rounded to the nearest {protection["rounding"]}, so they may not add up. The ledger is exact.
{held_back}- Where a question has fewer than {protection["detail_from"]} answers, similar codes are joined and nothing
  is told by respondent type.
- What nobody or everybody of one respondent type said is hidden.
- Text cells that a spreadsheet could take for a formula start with an apostrophe in the CSV files.

## How to read it

"Coded" answers are those an officer has read and given a position; an answer that is not coded yet is in no base.
{SUM_OVER_TYPES}
"""


def _size(size: Mapping[str, int]) -> str:
    rows = f"{size['rows']} {'row' if size['rows'] == 1 else 'rows'}"
    return f"({rows}, {size['hidden']} hidden)" if size["hidden"] else f"({rows})"
