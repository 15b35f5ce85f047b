"""The command line `yoursay`.

Exit codes: 0 done, 1 could not be done (one sentence on standard error says why), 2 used wrongly.
"""

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperGroup

from orchestration.unexpected import describe_unexpected
from schemas.errors import YourSayError

# In the order of the help: each command, its module in `orchestration.commands`, and what stands for it there.
_COMMANDS = {
    "keys": "keys.app",
    "definition": "definition.app",
    "editions": "editions.app",
    "landing": "landing.app",
    "mail": "mail.app",
    "scans": "scans.app",
    "keying": "keying.app",
    "coding": "coding.app",
    "linkage": "linkage.app",
    "masking": "masking.app",
    "pipeline": "pipeline.app",
    "quarantine": "quarantine.app",
    "redactions": "redactions.app",
    "release": "release.app",
    "publication": "publication.app",
    "results": "results.app",
    "report": "report.app",
    "outreach": "outreach.app",
    "audit": "audit.app",
    "accounts": "accounts.app",
    "retention": "retention.app",
    "serve": "serving.app",
    "tokens": "senders.tokens",
    "receipts": "senders.receipts",
    "pull": "ingesting.pull",
    "import": "ingesting.import_",
    "import-sealed": "ingesting.import_sealed",
    "purge": "purging.purge",
    "erase": "erase.erase",
    "subject-access": "subject_access.subject_access",
    "backup": "backup.backup",
    "restore": "backup.restore",
    "ledger": "ledger.ledger",
    "link": "link.link",
    "campaigns": "campaigns.campaigns",
    "campaign": "campaign.app",
    "mask": "masking.mask",
    "anonymise": "disclosure.anonymise",
    "export": "exporting.export",
    "demo": "demonstration.demo",
    "live": "live.live",
    "up": "serving.up",
}


class _Imported(Mapping[str, Any]):
    """The commands by name, each imported when it is asked for: all of them together take three seconds."""

    def __getitem__(self, name: str) -> Any:
        module, attribute = _COMMANDS[name].split(".")
        found = getattr(import_module(f"orchestration.commands.{module}"), attribute)
        around = typer.Typer(add_completion=False)
        if isinstance(found, typer.Typer):
            around.add_typer(found, name=name)
        else:
            around.command(name)(found)
        return typer.main.get_group(around).commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


class _Group(TyperGroup):
    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = cast(Any, _Imported())


app = typer.Typer(
    name="yoursay",
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Public consultations: responses in by web, e-mail and post, protected results out.",
)


@app.callback()
def _options() -> None:
    """There are no options before a command."""


def main() -> None:
    """Run a command; whatever goes wrong ends in one sentence, never in a trace (a trace could quote an answer)."""
    try:
        app()
    except YourSayError as error:
        sys.stderr.write(f"yoursay: {error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last resort: where it was, not what it held
        sys.stderr.write(f"yoursay: {describe_unexpected(error)}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
