"""`yoursay accounts`: who may sign in to the council's screens, and who did."""

import getpass
from collections.abc import Mapping
from typing import Annotated, cast

import typer

from dashboards.account_changes import add_known_account, change_role, remove_account
from dashboards.accounts import ROLES, Account, Role
from dashboards.identities import KnownAs, list_known
from dashboards.oidc_settings import read_issuer
from dashboards.sign_in_register import noted_sign_ins, register_heads
from orchestration.commands.shared import CommandError, DataOption, JsonOption, data_folder, print_json, print_table
from schemas.data_folder import DataFolder

app = typer.Typer(no_args_is_help=True, help="Who may sign in to the council's screens, and who did.")
NameArgument = Annotated[str, typer.Argument(help="The account's name, which stands under what is decided with it.")]
ByOption = Annotated[
    str | None, typer.Option(help="Who does this; else who is logged in to this machine.", envvar="YOURSAY_OFFICER")
]
_ROLES = ", ".join(ROLES)


@app.command("add")
def add(
    name: NameArgument,
    *,
    role: Annotated[str, typer.Option(help=f"What they are there for: {_ROLES}.")],
    subject: Annotated[str | None, typer.Option(help="By what the sign-in provider knows them.")] = None,
    email: Annotated[str | None, typer.Option(help="Their address there, until they first sign in.")] = None,
    issuer: Annotated[str | None, typer.Option(help="The provider; else the one in sign-in.toml.")] = None,
    by: ByOption = None,
    data: DataOption = None,
) -> None:
    """Give somebody whom the sign-in provider knows an account."""
    folder = data_folder(data)
    known_as = KnownAs(issuer or _issuer(folder), subject, email)
    add_known_account(folder, Account(name, cast(Role, role)), known_as, _who(by))
    typer.echo(f"Added {name.strip().casefold()} ({role}).")


@app.command("list")
def list_(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Every account: its role, and by what the provider knows who has it."""
    found = [
        {
            "name": account.name,
            "role": account.role,
            "demonstration": account.demo,
            "issuer": known_as.issuer if known_as else None,
            "subject": known_as.subject if known_as else None,
            "email": known_as.email if known_as else None,
        }
        for account, known_as in list_known(data_folder(data).accounts)
    ]
    if as_json:
        print_json({"accounts": found})
        return
    rows = [[one["name"], one["role"], _signs_in(one), one["issuer"]] for one in found]
    print_table("Accounts", ["name", "role", "signs in as", "at"], rows)


@app.command("role")
def role(
    name: NameArgument,
    role: Annotated[str, typer.Argument(help=f"The new role: {_ROLES}.")],
    by: ByOption = None,
    data: DataOption = None,
) -> None:
    """Give an account another role; it counts at the next request, also in a session that is open."""
    change_role(data_folder(data), name, cast(Role, role), _who(by))
    typer.echo(f"{name.strip().casefold()} is {role} now.")


@app.command("remove")
def remove(name: NameArgument, by: ByOption = None, data: DataOption = None) -> None:
    """Remove an account and end its sessions; what was decided under its name stays."""
    remove_account(data_folder(data), name, _who(by))
    typer.echo(f"Removed {name.strip().casefold()}.")


@app.command("audit")
def audit(
    last: Annotated[int, typer.Option(help="How many of the latest to show; 0 for all.", min=0)] = 0,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who signed in, was refused, signed out, and whose account was changed, checked against the chain."""
    folder = data_folder(data)
    found, heads = noted_sign_ins(folder.sign_ins), register_heads(folder.sign_ins)
    shown = found[-last:] if last else found
    if as_json:
        print_json({"entries": shown, "total": len(found), "heads": heads})
        return
    print_table("Sign-ins", ["at", "event", "account", "where", "what"], [_row(one) for one in shown])
    typer.echo(f"{len(found)} entries")
    for year, head in heads.items():
        typer.echo(f"head of the chain of {year}: {head}")


def _row(entry: Mapping[str, str]) -> list[str]:
    where = " ".join(entry[name] for name in ("screen", "address") if name in entry)
    what = [entry["what"]] if "what" in entry else []
    who = [f"by {entry['by']}"] if "by" in entry else []
    return [entry["at"].removesuffix("+00:00"), entry["event"], entry.get("account", ""), where, ", ".join(what + who)]


def _signs_in(account: Mapping[str, object]) -> str:
    if account["subject"]:
        return str(account["subject"])
    return f"{account['email']} (has not yet)" if account["email"] else "a password of the demonstration"


def _issuer(data: DataFolder) -> str:
    issuer = read_issuer(data.sign_in_file)
    if issuer is None:
        raise CommandError(f"Say which provider with --issuer, or name it in {data.sign_in_file}.")
    return issuer


def _who(by: str | None) -> str:
    return by or getpass.getuser()
