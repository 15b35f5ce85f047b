"""What the public server needs and may see, and how its folder is prepared. It never needs a private key."""

import hmac
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from ingest.errors import IngestError
from schemas.data_folder import DataFolder
from schemas.definition import published_definitions
from schemas.receipts import load_signer
from schemas.sealing import read_recipients, read_secret, write_recipients, write_secret

# Paths of the server itself: a consultation of that name could not be reached.
RESERVED_IDS = frozenset({"accessibility", "api", "help", "openrosa", "receipt", "results", "static"})


@dataclass(frozen=True)
class PublicSettings:
    """Where the public server finds what it needs: its own folder, and the published definitions."""

    folder: Path
    definitions: Path

    @classmethod
    def of(cls, data: DataFolder) -> "PublicSettings":
        return cls(data.public_server, data.definitions)

    @property
    def store(self) -> Path:
        return self.folder / "store.sqlite"

    @property
    def signing_key(self) -> Path:
        return self.folder / "signing.key"

    @property
    def retired_keys(self) -> Path:
        """Public halves of signing keys that were in use before (JSON)."""
        return self.folder / "retired-keys.json"

    @property
    def limits(self) -> Path:
        """How much is taken on (TOML); may be missing."""
        return self.folder / "limits.toml"

    @property
    def idempotency_key(self) -> Path:
        """Keys the HMAC that tells a repeated form; it opens nothing."""
        return self.folder / "idempotency.key"

    @property
    def feed_token(self) -> Path:
        return self.folder / "feed.token"

    def editions(self, consultation: str) -> Path:
        """Where a consultation's editions are: the files that can be downloaded, and their list."""
        return self.folder / "editions" / consultation

    def published(self, consultation: str) -> Path:
        """What is published of a consultation's releases (`schemas.published`)."""
        return self.folder / "published" / consultation

    def recipients(self, consultation: str) -> Path:
        return self.folder / "recipients" / f"{consultation}.toml"


@dataclass(frozen=True)
class Secrets:
    """The server's own secrets; they never show in a representation."""

    idempotency: bytes = field(repr=False)
    feed_token: bytes = field(repr=False)

    def feed_token_is(self, given: str) -> bool:
        return hmac.compare_digest(self.feed_token, given.encode())


def prepare_public_server(data: DataFolder) -> PublicSettings:
    """Make the public server's folder ready: its keys and token on first use, recipients of what is published.

    Raises:
        IngestError: a consultation has an id that the server needs for itself.
        SealingError: a published consultation has no keys yet.
    """
    settings = PublicSettings.of(data)
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    load_signer(settings.signing_key)
    for file in (settings.idempotency_key, settings.feed_token):
        if not file.exists():
            write_secret(file, secrets.token_hex(32))
    for consultation in published_definitions(data.definitions):
        if consultation in RESERVED_IDS:
            raise IngestError(f"'{consultation}' is a path of the public server; give the consultation another id.")
        recipients, target = (
            read_recipients(data.keys(consultation) / "recipients.toml"),
            settings.recipients(consultation),
        )
        if not target.exists() or read_recipients(target) != recipients:
            write_recipients(target, recipients)
    return settings


def read_secrets(settings: PublicSettings) -> Secrets:
    """The server's own secrets.

    Raises:
        SealingError: a file is missing or readable by others.
    """
    return Secrets(bytes.fromhex(read_secret(settings.idempotency_key)), read_secret(settings.feed_token).encode())
