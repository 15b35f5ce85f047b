"""`yoursay mask` and `yoursay masking`: names and other personal details out of texts."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="How personal details are found in texts.")


def mask(
    source: Annotated[Path, typer.Argument(help='Lines of JSON: {"id": ..., "text": "..."}.', metavar="INPUT.jsonl")],
    *,
    out: Annotated[Path, typer.Option(help="Where the masked lines go.", metavar="OUT.jsonl")],
    model: Annotated[
        Path | None, typer.Option(help="Another model than the one that came with YourSay.", metavar="FILE.model")
    ] = None,
) -> None:
    """Mask names, addresses and numbers in texts. No text may be published on the word of this alone."""
    # The tagger takes a while to load, which no other command should wait for.
    from transforms.masking.lines import mask_lines
    from transforms.masking.masker import Masker
    from transforms.masking.model import read_model
    from transforms.masking.tagger import Tagger

    masker = Masker(Tagger(read_model(model)) if model else None)
    count = mask_lines(source, out, masker)
    typer.echo(f"{count} texts masked; written to {out}.")


@app.command("train")
def train(
    out: Annotated[
        Path | None, typer.Option(help="Where the model goes; else it replaces the one in use.", metavar="FILE.model")
    ] = None,
    *,
    seed: Annotated[int | None, typer.Option(help="Another seed than the project's.")] = None,
) -> None:
    """Make up sentences and fit the tagger of names to them: the same seed gives the same model."""
    from transforms.masking.model import MODEL_FILE, write_model
    from transforms.masking.training.train import Recipe, train

    recipe = Recipe() if seed is None else replace(Recipe(), seed=seed)
    made = train(recipe)
    target = out or MODEL_FILE
    write_model(made, target)
    typer.echo(f"Fitted to {made.card['sentences']} texts of {made.card['words']} words; written to {target}.")
