"""Taking in what waits, one function for each channel: the same for the command line and for Dagster."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from ingest.landing import Landed, Landing
from ingest.post.sheets.keying import land_keying_batch
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.errors import YourSayError
from schemas.sealing import Recipients, read_recipients, read_secret

DEFAULT_PUBLIC_URL = "http://127.0.0.1:8701"


class IntakeError(YourSayError):
    """A source cannot be read."""


@dataclass(frozen=True)
class PublicSource:
    """Where the public server answers and the token that reads its feed."""

    url: str
    token_file: Path

    def token(self) -> str:
        return read_secret(self.token_file)


def public_source(data: DataFolder) -> PublicSource:
    """The public server that YOURSAY_PUBLIC_URL names, else `sources.toml` of the data folder, else this machine's.

    Raises:
        IntakeError: the file is not understood.
    """
    file = data.root / "sources.toml"
    token_file = data.public_server / "feed.token"
    given = os.environ.get("YOURSAY_PUBLIC_URL")
    if given or not file.exists():
        return PublicSource(given or DEFAULT_PUBLIC_URL, token_file)
    try:
        web = tomllib.loads(file.read_text("utf-8"))["web"]
        return PublicSource(str(web["url"]), data.root / web.get("token_file", token_file))
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise IntakeError(
            f"{file}: a table [web] with 'url' is expected (and 'token_file', if not the usual)."
        ) from error


def landing_of(data: DataFolder, definition: Definition) -> Landing:
    return Landing(data.landing(definition.id), data.clock)


def recipients_of(data: DataFolder, definition: Definition) -> Recipients:
    return read_recipients(data.keys(definition.id) / "recipients.toml")


def describe(landed: Landed) -> str:
    """A sentence for people: what is new and what was there already."""
    return f"{landed.new} new, {landed.already} already there; landing is at record {landed.last_seq}."


def land_keying_batches(data: DataFolder, definition: Definition) -> Landed:
    """Land every keying batch of the consultation's inbox; afterwards each lies in `done/`.

    A batch that cannot be taken stays where it is, and the others go on.

    Raises:
        IntakeError: names the first batch that could not be taken, once the others are landed.
    """
    folder, landing = data.inbox(definition.id, "post"), landing_of(data, definition)
    recipients = recipients_of(data, definition)
    new = already = 0
    refused: list[str] = []
    for file in sorted(folder.glob("*")) if folder.is_dir() else []:
        if not file.is_file() or file.is_symlink() or file.suffix.lower() not in (".csv", ".xlsx"):
            continue
        try:
            landed = land_keying_batch(file, landing, recipients, definition, data.clock)
        except YourSayError as error:
            refused.append(str(error))
            continue
        new, already = new + landed.new, already + landed.already
        _move_to_done(file)
    if refused:
        more = f" ({len(refused) - 1} more)" if len(refused) > 1 else ""
        raise IntakeError(f"{refused[0]}{more}")
    return Landed(new, already, landing.log.last_seq())


def _move_to_done(file: Path) -> None:
    """Another batch of the same name there is not replaced."""
    done = file.parent / "done"
    done.mkdir(exist_ok=True, mode=0o700)
    target, number = done / file.name, 1
    while target.exists():
        number += 1
        target = done / f"{file.stem}.{number}{file.suffix}"
    file.replace(target)
