"""Sealing: age encryption (X25519) for a consultation's two recipients, and the key files.

The pipeline's identity opens what was sealed; the recovery key, kept offline, can open it too.
Anyone may hold the recipients file; private key files are 0600 and their content is never printed.
"""

import os
import secrets
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyrage

from schemas.errors import YourSayError

# Lies beside the keys that were destroyed.
DESTROYED = "destroyed.json"


class SealingError(YourSayError):
    """Something cannot be sealed or opened."""


@dataclass(frozen=True)
class Recipients:
    """The public halves that everything of one consultation is sealed for."""

    pipeline: str
    recovery: str

    def _parsed(self) -> list[pyrage.x25519.Recipient]:
        return [pyrage.x25519.Recipient.from_str(text) for text in (self.pipeline, self.recovery)]


@dataclass(frozen=True)
class Identity:
    """A private key; it never shows in a representation."""

    secret: str = field(repr=False)

    @property
    def recipient(self) -> str:
        return str(pyrage.x25519.Identity.from_str(self.secret).to_public())


def seal(plaintext: bytes, recipients: Recipients) -> bytes:
    """Encrypt for both recipients. Two seals of one text differ."""
    return bytes(pyrage.encrypt(plaintext, recipients._parsed()))


def opener(identity: Identity) -> Callable[[bytes], bytes]:
    """A function that decrypts sealed bodies, for many of them: the key is parsed once.

    It raises `SealingError` where a body was not sealed for this identity, or is damaged.
    """
    keys = [pyrage.x25519.Identity.from_str(identity.secret)]

    def open_body(sealed: bytes) -> bytes:
        try:
            return bytes(pyrage.decrypt(sealed, keys))
        except pyrage.DecryptError as error:
            raise SealingError("A sealed body cannot be opened: damaged, or sealed for another key.") from error

    return open_body


def open_sealed(sealed: bytes, identity: Identity) -> bytes:
    """Decrypt one sealed body.

    Raises:
        SealingError: it was not sealed for this identity, or is damaged.
    """
    return opener(identity)(sealed)


def new_identity() -> Identity:
    return Identity(str(pyrage.x25519.Identity.generate()))


def write_secret(file: Path, secret: str) -> None:
    """Write a new private file (0600); an existing one is never overwritten.

    Raises:
        SealingError: the file is there already.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise SealingError(f"{file} exists; a key is never overwritten. Move it away first.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(secret + "\n")
        # What is sealed for a key must not outlive it: the key is on the disk before anything is sealed.
        handle.flush()
        os.fsync(handle.fileno())


def read_secret(file: Path) -> str:
    """The content of a private key file.

    Raises:
        SealingError: missing, destroyed, or readable by others.
    """
    if not file.exists() and (file.parent / DESTROYED).exists():
        raise SealingError(f"{file} was destroyed when its keeping ended; what was sealed for it is gone for good.")
    if not file.exists():
        raise SealingError(f"{file} is missing; make the keys with 'yoursay keys new'.")
    if file.stat().st_mode & 0o077:
        raise SealingError(f"{file} can be read by others; run 'chmod 600' on it.")
    return file.read_text("utf-8").strip()


def make_keys(keys: Path, recovery_file: Path) -> Recipients:
    """Make all keys of one consultation.

    Writes into `keys`: `pipeline.key` (opens bodies), `warehouse.key` (encrypts the private version),
    `pseudonym.key` (HMAC), `recipients.toml` (public). The recovery identity goes to `recovery_file`,
    to be taken offline.

    Raises:
        SealingError: one of the files exists, or the keys that were there were destroyed.
    """
    if (keys / DESTROYED).exists():
        raise SealingError(f"The keys in {keys} were destroyed when their keeping ended; none are made in their place.")
    for file in (keys / "pipeline.key", recovery_file):
        if file.exists():
            raise SealingError(f"{file} exists; a key is never overwritten. Move it away first.")
    pipeline, recovery = new_identity(), new_identity()
    recipients = Recipients(pipeline.recipient, recovery.recipient)
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_secret(recovery_file, recovery.secret)
    write_secret(keys / "warehouse.key", secrets.token_hex(32))
    write_secret(keys / "pseudonym.key", secrets.token_hex(32))
    write_secret(keys / "pipeline.key", pipeline.secret)
    write_recipients(keys / "recipients.toml", recipients)
    return recipients


def write_recipients(file: Path, recipients: Recipients) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'pipeline = "{recipients.pipeline}"\nrecovery = "{recipients.recovery}"\n', "utf-8")


def read_recipients(file: Path) -> Recipients:
    """The recipients that `file` names.

    Raises:
        SealingError: missing or not understood.
    """
    try:
        content = tomllib.loads(file.read_text("utf-8"))
        recipients = Recipients(content["pipeline"], content["recovery"])
        recipients._parsed()
        return recipients
    except FileNotFoundError as error:
        raise SealingError(f"{file} is missing; make the keys with 'yoursay keys new'.") from error
    except (ValueError, KeyError, TypeError, pyrage.RecipientError) as error:
        raise SealingError(f"{file} must hold 'pipeline' and 'recovery', each an age recipient.") from error


def read_identity(keys: Path) -> Identity:
    """The pipeline's identity.

    Raises:
        SealingError: the key file is missing, open to others or not a key.
    """
    identity = Identity(read_secret(keys / "pipeline.key"))
    try:
        pyrage.x25519.Identity.from_str(identity.secret)
    except pyrage.IdentityError:
        raise SealingError(f"{keys / 'pipeline.key'} holds no age identity; restore it from a backup.") from None
    return identity
