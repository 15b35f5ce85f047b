"""`yoursay keying`: what people read from paper and from doubtful attachments."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ingest.errors import IngestError
from ingest.post.keyed.entry import Outcome
from ingest.post.keyed.queue import Job
from ingest.post.sheets.keying import land_keying_batch
from ingest.post.sheets.template import keying_template
from orchestration.commands.desk import DESK_PORT, run_desk
from orchestration.commands.shared import (
    CommandError,
    ConsultationOption,
    DataOption,
    JsonOption,
    data_folder,
    print_json,
    print_table,
    the_consultation,
    warn,
)
from orchestration.intake import describe, landing_of, recipients_of
from orchestration.keying_queue import KeyingQueue
from orchestration.keying_status import keying_by_batch, keying_status

app = typer.Typer(no_args_is_help=True, help="Paper forms and doubtful answers, keyed by officers.")
OfficerOption = Annotated[str, typer.Option(help="Who keys.", envvar="YOURSAY_OFFICER")]
_WAITING = {
    "first": "to be keyed",
    "second": "keyed once, for a second person",
    "third": "keyed differently, for a third person",
    "continued": "goes on elsewhere, for a person who has the sheets",
    "audit": "ticked boxes to be looked at again",
}
_SETTLED = {"answer": "answer", "blank": "blank", "illegible": "illegible"}


@app.command("template")
def template(
    out: Annotated[Path, typer.Argument(help="The file to write, .xlsx or .csv.")],
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Write an empty keying batch: a row for each keying of each sheet."""
    keying_template(the_consultation(data_folder(data), consultation), out)
    typer.echo(str(out))


@app.command("land")
def land(
    file: Annotated[Path, typer.Argument(help="A keying batch, .xlsx or .csv.")],
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Take in a keying batch; the same batch again adds nothing."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    landing, recipients = landing_of(folder, definition), recipients_of(folder, definition)
    typer.echo(describe(land_keying_batch(file, landing, recipients, definition, folder.clock)))


@app.command("next")
def next_(
    *,
    officer: OfficerOption,
    crop: Annotated[Path | None, typer.Option(help="Where to write the picture (PNG); a second is OUT.2.png.")] = None,
    original: Annotated[
        Path | None, typer.Option(help="Where to write all that arrived with it: a message, a scanned file.")
    ] = None,
    skip: Annotated[str | None, typer.Option(help="Give this job back first, to come after all others.")] = None,
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the next answer to key: its question and choices; it is yours for a quarter of an hour."""
    queue = _queue(consultation, data)
    if skip:
        queue.skip(skip, officer)
    job = queue.next_job(officer)
    files = _write(_pictures(queue, job, officer), crop) if job and crop else []
    files += _write([queue.original(job.id, officer)], original) if job and original else []
    if as_json:
        print_json({"job": _as_dict(job) | {"files": files} if job else None})
    elif job is None:
        typer.echo("Nothing waits for you.")
    else:
        _print(job, files)


@app.command("answer")
def answer(
    job: Annotated[str, typer.Argument(help="The job, as 'keying next' prints it.")],
    *,
    officer: OfficerOption,
    file: Annotated[Path | None, typer.Option(help="The text, if it does not come from standard input.")] = None,
    code: Annotated[list[str] | None, typer.Option(help="A box that is ticked; may be repeated.")] = None,
    blank: Annotated[bool, typer.Option("--blank", help="Nothing is written or ticked.")] = False,
    illegible: Annotated[
        bool, typer.Option("--illegible", help="Something is there, and nobody can tell what.")
    ] = False,
    continued: Annotated[bool, typer.Option("--continued", help="The answer goes on on another sheet.")] = False,
    settled_with: Annotated[
        str | None, typer.Option(help="The other person, where two settle their difference.")
    ] = None,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Key an answer: its text from standard input or a file, its ticks by --code, or one of the other outcomes."""
    others: dict[Outcome, bool] = {"blank": blank, "illegible": illegible, "continued_elsewhere": continued}
    given = [outcome for outcome, is_given in others.items() if is_given]
    if len(given) + bool(code) + bool(file) > 1:
        raise CommandError("Give one of a text, --code, --blank, --illegible and --continued.")
    text = None if given or code else _read_text(file)
    outcome = given[0] if given else "answer"
    queue = _queue(consultation, data)
    queue.answer(job, officer, outcome, text=text, codes=tuple(code or ()), settled_with=settled_with)
    typer.echo(f"{job}: keyed; it counts from the next 'yoursay pipeline run'.")


@app.command("status")
def status(
    batches: Annotated[
        bool,
        typer.Option("--batches", help="Each batch of scans too, held against its sheets; reads every page again."),
    ] = False,
    consultation: ConsultationOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what waits, what is settled, how often two people agree and how often the machine was wrong."""
    queue = _queue(consultation, data)
    found = keying_status(queue)
    if batches:
        found["batches"] = keying_by_batch(data_folder(data), queue)
    if as_json:
        print_json(found)
        return
    print_table("Waiting", ["answers", "what for"], [[found["waiting"][due], what] for due, what in _WAITING.items()])
    print_table("Settled", ["answers", "as"], [[found["settled"][key], what] for key, what in _SETTLED.items()])
    print_table(
        "Measured",
        ["what", "count", "of", "share", "95% interval"],
        [
            ["keyed alike by two people", *_cells(found["double_keying"])],
            ["boxes read wrongly by machine", *_cells(found["audit"]["boxes"])],
            ["questions with such a box", *_cells(found["audit"]["questions"])],
        ],
    )
    if batches:
        columns = ["batch", "forms", "sheets", "agrees", "waiting", "settled"]
        print_table("Batches", columns, [[one[name] for name in columns] for one in found["batches"]])
    for line in (
        f"{found['audit']['unclear']} audited questions a person could not read either.",
        f"{found['letters']} letters as a whole wait for an officer, who codes them.",
        *(job for jobs in found["jobs"].values() for job in jobs),
    ):
        typer.echo(line)


@app.command("serve")
def serve(
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = DESK_PORT,
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Serve the queue as a plain page behind a sign-in, on loopback; the same as `yoursay serve desk`."""
    run_desk(data_folder(data), consultation, port)


def _queue(consultation: str | None, data: Path | None) -> KeyingQueue:
    folder = data_folder(data)
    return KeyingQueue(folder, the_consultation(folder, consultation))


def _read_text(file: Path | None) -> str:
    """A text in UTF-8; what is wrong with it is said without it."""
    try:
        return (file.read_bytes() if file else sys.stdin.buffer.read()).decode()
    except OSError as error:
        raise CommandError(f"{file}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise CommandError(f"{file or 'Standard input'}: not a text in UTF-8.") from None


def _pictures(queue: KeyingQueue, job: Job, officer: str) -> list[bytes]:
    """The pictures of a job; without them it can be keyed from what arrived, or skipped."""
    try:
        return queue.pictures(job.id, officer)
    except IngestError as error:
        warn(str(error))
        return []


def _write(contents: list[bytes], out: Path) -> list[str]:
    """Write files that their user alone can read, numbered after the first, and say where."""
    files = [
        out if number == 1 else out.with_suffix(f".{number}{out.suffix}") for number in range(1, len(contents) + 1)
    ]
    for file, content in zip(files, contents, strict=True):
        try:
            file.touch(mode=0o600)
            file.chmod(0o600)
            file.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{file}: cannot be written ({error.strerror}).") from None
    return [str(file) for file in files]


def _as_dict(job: Job) -> dict[str, Any]:
    choices = [{"code": code, "label": label} for code, label in job.choices]
    return vars(job) | {"choices": choices}


def _print(job: Job, files: list[str]) -> None:
    typer.echo(f"job       {job.id}")
    typer.echo(f"response  {job.response}, {job.part}")
    typer.echo(f"kind      {job.kind}")
    typer.echo(f"question  {f'{job.number}. ' if job.number else ''}{job.wording}")
    for code, label in job.choices:
        typer.echo(f"  --code {code}: {label}")
    if job.why:
        typer.echo(f"why       {job.why}")
    if job.suggestion is not None:
        text = job.suggestion if isinstance(job.suggestion, str) else ", ".join(job.suggestion)
        typer.echo(f"read as   {text}")
    for file in files:
        typer.echo(f"written   {file}")


def _cells(rate: dict[str, Any]) -> list[object]:
    if rate["share"] is None:
        return [rate["count"], rate["base"], None, None]
    low, high = rate["interval"]
    return [rate["count"], rate["base"], f"{rate['share']:.2%}", f"{low:.2%} to {high:.2%}"]
