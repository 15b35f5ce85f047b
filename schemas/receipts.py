"""Signed receipts: what the server promises about a response that is committed.

An Ed25519 signature over the canonical JSON of the receipt's fields. `reference` is what a person writes down.
"""

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from schemas.change_code import ALPHABET
from schemas.sealing import SealingError, read_secret, write_secret


class Receipt(BaseModel):
    """What was received, when, under which number, and the server's signature."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    consultation: str
    sha256: str
    sequence: int
    received_at: str
    reference: str
    key_id: str
    signature: str = ""

    def signed_content(self) -> bytes:
        content = {name: value for name, value in vars(self).items() if name != "signature"}
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def reference_of(consultation: str, submission_id: str) -> str:
    """Eight letters and digits, such as `ABCD-2345`, that follow from the id and tell nothing of the content."""
    number = int.from_bytes(hashlib.sha256(f"{consultation}/{submission_id}".encode()).digest()[:8], "big")
    letters = ""
    for _ in range(8):
        number, position = divmod(number, len(ALPHABET))
        letters += ALPHABET[position]
    return f"{letters[:4]}-{letters[4:]}"


class PublishedKey(BaseModel):
    """A public key that receipts are signed with, or were until `retired_at` (ISO 8601, UTC)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_id: str
    algorithm: Literal["Ed25519"] = "Ed25519"
    public_key: str = Field(description="the 32 raw bytes, base64")
    retired_at: str | None = None


_KEYS = TypeAdapter(tuple[PublishedKey, ...])


class Signer:
    """Holds the server's signing key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_bytes = key.public_key().public_bytes_raw()
        self.key_id = hashlib.sha256(self.public_bytes).hexdigest()[:16]

    def published(self, retired_at: str | None = None) -> PublishedKey:
        return PublishedKey(
            key_id=self.key_id,
            public_key=base64.b64encode(self.public_bytes).decode(),
            retired_at=retired_at,
        )

    def signature_of(self, content: bytes) -> str:
        """The signature of any content, base64."""
        return base64.b64encode(self._key.sign(content)).decode()

    def sign(self, receipt: Receipt) -> Receipt:
        signature = self.signature_of(receipt.signed_content())
        return Receipt.model_construct(**(vars(receipt) | {"signature": signature}))


def load_signer(file: Path) -> Signer:
    """The signing key in `file` (PEM, 0600), made on first use.

    Raises:
        SealingError: the file is open to others, or holds no Ed25519 key.
    """
    if not file.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_secret(file, pem.decode().strip())
    try:
        key = serialization.load_pem_private_key(read_secret(file).encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SealingError(f"{file} holds no Ed25519 signing key; restore it from a backup.")
    return Signer(key)


def retired_keys(file: Path) -> tuple[PublishedKey, ...]:
    """The keys that were in use before, the last one first.

    Raises:
        SealingError: the file is not understood.
    """
    if not file.exists():
        return ()
    try:
        return _KEYS.validate_json(file.read_bytes())
    except ValidationError:
        raise SealingError(f"{file} must hold a list of public keys; restore it from a backup.") from None


def rotate_signer(file: Path, retired: Path, retired_at: str) -> Signer:
    """Make a new signing key in the place of the one in `file`, whose public half is kept in `retired`.

    The public half is on the disk before the key is replaced, so that no receipt is left without a key to check it by.

    Raises:
        SealingError: a file is not as it should be.
    """
    keys = (load_signer(file).published(retired_at), *retired_keys(retired))
    _write_whole(retired, _KEYS.dump_json(keys, exclude_none=True, indent=2) + b"\n")
    made = file.with_name(f".{file.name}.new")
    made.unlink(missing_ok=True)
    signer = load_signer(made)
    made.replace(file)
    return signer


def _write_whole(file: Path, content: bytes) -> None:
    temporary = file.with_name(f".{file.name}.part")
    with temporary.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(file)


def receipt_is_genuine(receipt: Receipt, public_bytes: bytes) -> bool:
    """Whether the key that `public_bytes` (32 raw bytes) belongs to signed this receipt."""
    return signature_is_genuine(receipt.signature, receipt.signed_content(), public_bytes)


def signature_is_genuine(signature: str, content: bytes, public_bytes: bytes) -> bool:
    """Whether the key that `public_bytes` (32 raw bytes) belongs to made this signature (base64) of `content`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_bytes).verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True
