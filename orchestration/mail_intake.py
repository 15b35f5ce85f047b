"""Taking in a consultation's mail from wherever it waits: the same for the command line and for Dagster."""

import hmac
from pathlib import Path

from ingest.landing import Landed
from ingest.mail.acknowledging.acknowledge import Acknowledged, acknowledge
from ingest.mail.acknowledging.acknowledgement_log import open_acknowledgement_log
from ingest.mail.intake.imap_intake import land_imap
from ingest.mail.intake.land import land_mail_folder
from ingest.mail.intake.mail_settings import Mail, MailAccount, mail_settings
from ingest.mail.intake.mailbox import Door
from orchestration.intake import landing_of, recipients_of
from schemas.data_folder import DataFolder
from schemas.definition import Definition, published_definitions
from schemas.sealing import opener, read_identity, read_secret


def take_in_mail(data: DataFolder, definition: Definition, folder: Path | None = None) -> Landed:
    """Land what waits in the consultation's account, if one is set up, and in its inbox; in `folder` alone if named.

    Raises:
        YourSayError: a mailbox cannot be read; what was landed stays.
    """
    door = door_of(data, definition)
    if folder is not None:
        return land_mail_folder(folder, door)
    files = land_mail_folder(data.inbox(definition.id, "email"), door)
    settings = settings_of(data, definition)
    if not isinstance(settings, MailAccount):
        return files
    account = land_imap(settings, door)
    return Landed(files.new + account.new, files.already + account.already, account.last_seq)


def acknowledge_mail(data: DataFolder, definition: Definition) -> Acknowledged | None:
    """Acknowledge what was landed; None where acknowledgements are off.

    Raises:
        YourSayError: the server that sends mail is away or refuses; what was not sent waits.
    """
    settings = settings_of(data, definition)
    if settings is None or settings.acknowledgement is None:
        return None
    open_body = opener(read_identity(data.keys(definition.id)))
    with open_acknowledgement_log(data.acknowledgements(definition.id)) as log:
        return acknowledge(door_of(data, definition), open_body, settings.acknowledgement, log)


def describe_acknowledged(done: Acknowledged) -> str:
    """A sentence for people."""
    parts = [f"{done.sent} acknowledged", f"{done.not_due} not to be acknowledged"]
    parts += [f"{done.refused} refused by the mail server"] if done.refused else []
    parts += [f"{done.waiting} waiting"] if done.waiting else []
    parts += [f"{done.unknown} perhaps sent when a run broke off, and not sent again"] if done.unknown else []
    return f"{', '.join(parts)}."


def door_of(data: DataFolder, definition: Definition) -> Door:
    """Where the consultation's messages go."""
    return Door(
        landing_of(data, definition),
        recipients_of(data, definition),
        definition,
        data.clock,
        mail_key(data, definition),
    )


def settings_of(data: DataFolder, definition: Definition) -> Mail | None:
    """What `sources.toml` says of the consultation's mailbox."""
    published = len(published_definitions(data.definitions))
    return mail_settings(data.root / "sources.toml", definition.id, published)


def mail_key(data: DataFolder, definition: Definition) -> bytes:
    """The key of the artefact ids of messages: made of the consultation's key for pseudonyms, and for nothing else."""
    pseudonyms = bytes.fromhex(read_secret(data.keys(definition.id) / "pseudonym.key"))
    return hmac.digest(pseudonyms, b"artefact ids of e-mail", "sha256")
