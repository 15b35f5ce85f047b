"""`yoursay coding`: how far the coding is, and how far coders agree. Never an answer."""

from dataclasses import asdict
from typing import Any

import typer

from orchestration.coding_queue import CodingQueue
from orchestration.commands.shared import (
    ConsultationOption,
    DataOption,
    JsonOption,
    data_folder,
    print_json,
    print_table,
    the_consultation,
)

app = typer.Typer(no_args_is_help=True, help="The officers' coding of answers, which is done at the desk.")


@app.command("status")
def status(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Show for each question what is coded, what waits, and how far two coders agree."""
    folder = data_folder(data)
    found = coding_status(CodingQueue(folder, the_consultation(folder, consultation)))
    if as_json:
        print_json(found)
        return
    columns = ["question", "answers", "coded", "second coder", "to settle"]
    print_table("Coding", columns, [[one["field"], one["answers"], one["coded"], *_waiting(one)] for one in found])
    print_table(
        "Agreement of two coders",
        ["question", "what", "answers", "alike", "alpha", "kappa by pair"],
        [
            [one["field"], row["what"], row["answers"], row["alike"], _figure(row["alpha"]), _kappas(row["pairs"])]
            for one in found
            for row in one["agreement"]
        ],
    )


def coding_status(queue: CodingQueue) -> list[dict[str, Any]]:
    """Each question: its counts, what waits and since when, its agreement, and how suggestions fared."""
    return [
        {
            "field": one.field,
            "answers": one.answers,
            "coded": one.coded,
            "waiting": dict(one.waiting),
            "oldest": {due: at.isoformat() for due, at in one.oldest.items()},
            "frame": queue.state.frame_version(one.field),
            "agreement": [asdict(row) for row in queue.state.agreement(one.field)],
            "suggestions": [asdict(row) for row in queue.suggestions_fared(one.field)],
        }
        for one in queue.state.progress()
    ]


def _waiting(one: dict[str, Any]) -> list[int]:
    return [one["waiting"]["second"], one["waiting"]["third"]]


def _figure(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _kappas(pairs: list[dict[str, Any]]) -> str | None:
    given = [f"{' and '.join(one['coders'])} {one['kappa']:.2f}" for one in pairs if one["kappa"] is not None]
    return "; ".join(given) or None
