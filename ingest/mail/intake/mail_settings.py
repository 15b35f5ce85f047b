"""The mailbox's account and the server that sends acknowledgements: the tables `[mail]` of `sources.toml`.

Secrets are named by their files alone, each readable by its owner only, and read anew for each connection: an access
token is replaced every hour.
"""

import ipaddress
import re
import ssl
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingest.errors import IngestError
from schemas.key_paths import faults_of
from schemas.sealing import SealingError, read_secret

Security = Literal["tls", "starttls", "none"]
_PORTS: dict[tuple[str, Security], int] = {
    ("imap", "tls"): 993,
    ("imap", "starttls"): 143,
    ("imap", "none"): 143,
    ("smtp", "tls"): 465,
    ("smtp", "starttls"): 587,
    ("smtp", "none"): 25,
}
_FolderName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^%*\x00-\x1f\x7f]+$")]


def _is_address(text: str) -> str:
    if not re.fullmatch(r"[!-?A-~]{1,64}@[!-?A-~]{1,190}", text):
        raise ValueError(f"'{text}' is not an e-mail address such as consultation@example.org")
    return text


_Address = Annotated[str, AfterValidator(_is_address)]


class MailError(IngestError):
    """The mailbox or the server that sends mail cannot be used as it is set up."""


class Server(BaseModel):
    """A server, how the line to it is kept private, and who signs in with which secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: str = Field(min_length=1)
    port: int | None = Field(default=None, ge=1, le=65_535)
    security: Security = "tls"
    ca_file: Path | None = None
    username: str | None = None
    password_file: Path | None = None
    token_file: Path | None = None
    timeout_seconds: float = Field(default=60.0, gt=0, le=600)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.security == "none" and not _is_loopback(self.host):
            raise ValueError("security: 'none' is for a server on this machine alone; use 'tls' or 'starttls'")
        if self.password_file and self.token_file:
            raise ValueError("token_file: a password_file is given too; keep one of them")
        if (self.username is None) != (self.password_file is None and self.token_file is None):
            raise ValueError("username: it goes with a password_file or a token_file")
        return self

    def port_for(self, protocol: Literal["imap", "smtp"]) -> int:
        return self.port or _PORTS[protocol, self.security]

    def secret(self) -> str:
        """The password or token as its file holds it now.

        Raises:
            MailError: the file is missing or can be read by others.
        """
        file = self.password_file or self.token_file
        assert file
        if not file.is_file():
            raise MailError(f"{file} is missing; put the secret of {self.host} there, readable by you alone.")
        try:
            return read_secret(file)
        except (SealingError, UnicodeDecodeError) as error:
            raise MailError(str(error) if isinstance(error, SealingError) else f"{file} is no text.") from None

    def trust(self) -> ssl.SSLContext:
        """Whose certificates are believed: those of `ca_file`, else the system's.

        Raises:
            MailError: `ca_file` holds no certificate.
        """
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except (OSError, ssl.SSLError):
            raise MailError(f"{self.ca_file} must hold a certificate (PEM); mend 'ca_file' of {self.host}.") from None


class AcknowledgementSettings(Server):
    """How acknowledgements are sent; without this table none is.

    `return_path` is where the server reports that one could not be delivered; empty, as for every automatic message,
    unless the server asks for one.
    """

    from_address: _Address
    from_name: str = Field(default="", max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
    return_path: _Address | Literal[""] = ""
    per_hour: int = Field(default=100, ge=1, le=100_000)
    per_address_per_day: int = Field(default=5, ge=1, le=100)
    within_days: int = Field(default=7, ge=1, le=366)


class MailAccount(Server):
    """One mailbox on an IMAP server, of one consultation."""

    consultation: str | None = None
    folder: _FolderName = "INBOX"
    done_folder: _FolderName = "YourSay done"
    too_large_folder: _FolderName = "YourSay too large"
    acknowledgement: AcknowledgementSettings | None = None

    @model_validator(mode="after")
    def _has_secret(self) -> Self:
        if self.username is None:
            raise ValueError("username: an IMAP server asks for one, with a password_file or a token_file")
        if len({self.folder, self.done_folder, self.too_large_folder}) < 3:
            raise ValueError("done_folder: the three folders must have names of their own")
        return self


class _Acknowledging(BaseModel):
    """A mailbox that is read from files, and whose messages are acknowledged all the same."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    consultation: str | None = None
    acknowledgement: AcknowledgementSettings


Mail = MailAccount | _Acknowledging


def mail_settings(file: Path, consultation: str, published: int) -> Mail | None:
    """What `sources.toml` says of a consultation's mailbox; None where it says nothing.

    `[mail]` is one mailbox, `[[mail]]` is one of several. A mailbox names its `consultation` where more than one is
    published (`published` of them). Paths are taken from the file's folder.

    Raises:
        MailError: the file is not understood, or two mailboxes are one consultation's.
    """
    if not file.exists():
        return None
    try:
        given = tomllib.loads(file.read_text("utf-8")).get("mail", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MailError(f"{file}: is not TOML; mend it.") from error
    tables = given if isinstance(given, list) else [given]
    found = [one for one in (_checked(table, file) for table in tables) if _is_of(one, consultation, published, file)]
    if len(found) > 1:
        raise MailError(f"{file}: two mailboxes are given for '{consultation}'; a consultation has one.")
    return found[0] if found else None


def _is_of(mail: Mail, consultation: str, published: int, file: Path) -> bool:
    if mail.consultation is None and published > 1:
        raise MailError(f"{file}: say in [mail] whose mailbox it is, with 'consultation'; several are published.")
    return mail.consultation in (None, consultation)


def _checked(table: object, file: Path) -> Mail:
    if not isinstance(table, dict):
        raise MailError(f"{file}: 'mail' must be a table [mail], or several [[mail]].")
    model = _Acknowledging if table.keys() <= _Acknowledging.model_fields.keys() else MailAccount
    try:
        mail: Mail = model.model_validate(_with_paths(table, file.parent))
        return mail
    except ValidationError as error:
        key, what = faults_of(error)[0]
        place = f"mail.{key}" if key else "mail"
        raise MailError(f"{file}: {place}: {what}.") from None


def _with_paths(table: dict[str, object], folder: Path) -> dict[str, object]:
    """The table with its files' paths taken from the folder of the settings."""
    whole: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            whole[key] = _with_paths(value, folder)
        elif key in ("ca_file", "password_file", "token_file") and isinstance(value, str):
            whole[key] = folder / value
        else:
            whole[key] = value
    return whole


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
