"""`yoursay tokens` and `yoursay receipts`: who may send to the public server, and the key that signs its receipts."""

from datetime import UTC
from typing import Annotated, Literal

import typer

from ingest.web.senders import new_token
from ingest.web.settings import PublicSettings
from orchestration.commands.shared import (
    CommandError,
    ConsultationOption,
    DataOption,
    JsonOption,
    data_folder,
    print_json,
    print_table,
    public_store,
    the_consultation,
    warn,
)
from schemas.receipts import rotate_signer

tokens = typer.Typer(no_args_is_help=True, help="Named senders of the public server: kiosks, apps, staff.")
receipts = typer.Typer(no_args_is_help=True, help="The public server's receipts.")
NameOption = Annotated[str, typer.Option("--name", help="Who holds it, such as 'Central Library, kiosk 3'.")]


@tokens.command("new")
def new(
    name: NameOption,
    kind: Annotated[
        Literal["submission", "assisted"],
        typer.Option(help="submission: sends for itself; assisted: staff who take down what somebody says."),
    ] = "submission",
    consultation: ConsultationOption = None,
    data: DataOption = None,
) -> None:
    """Make a token and print it once. It can only write, for one consultation."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    text, token = new_token(definition.id, kind, name, folder.clock.now())
    with public_store(folder) as store:
        store.add_token(token)
    warn("The token is shown once. Give it to its holder by a safe way; only its hash is kept.")
    typer.echo(text)


@tokens.command("list")
def show(consultation: ConsultationOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the tokens of a consultation, revoked ones included."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    with public_store(folder) as store:
        found = store.tokens(definition.id)
    rows = [(one.name, one.kind, one.created_at, one.revoked_at) for one in found]
    if as_json:
        print_json([dict(zip(("name", "kind", "created_at", "revoked_at"), row, strict=True)) for row in rows])
    else:
        print_table(f"Tokens of {definition.id}", ("name", "kind", "made", "revoked"), rows)


@tokens.command("revoke")
def revoke(name: NameOption, consultation: ConsultationOption = None, data: DataOption = None) -> None:
    """Revoke a token: within two seconds nothing more is taken from it."""
    folder = data_folder(data)
    definition = the_consultation(folder, consultation)
    with public_store(folder) as store:
        if not store.revoke_token(definition.id, name, folder.clock.now().astimezone(UTC).isoformat()):
            raise CommandError(f"'{definition.id}' has no token named '{name}' that is not revoked; see 'tokens list'.")
    typer.echo(f"'{name}' can send no more.")


@receipts.command("rotate")
def rotate(data: DataOption = None) -> None:
    """Sign receipts with a new key from the public server's next start; the old key stays published."""
    folder = data_folder(data)
    settings = PublicSettings.of(folder)
    now = folder.clock.now().astimezone(UTC).isoformat()
    signer = rotate_signer(settings.signing_key, settings.retired_keys, now)
    typer.echo(f"The new key is {signer.key_id}; restart the public server, which signs with the old one until then.")
