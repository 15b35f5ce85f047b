"""Signed receipts: what the server promises about a response that is committed.

An Ed25519 signature over the canonical JSON of the receipt's fields. `reference` is what a person writes down.
"""

import base64
import hashlib
import json
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict

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
        content = self.model_dump(exclude={"signature"})
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def reference_of(consultation: str, submission_id: str) -> str:
    """Eight letters and digits, such as `ABCD-2345`, that follow from the id and tell nothing of the content."""
    number = int.from_bytes(hashlib.sha256(f"{consultation}/{submission_id}".encode()).digest()[:8], "big")
    letters = ""
    for _ in range(8):
        number, position = divmod(number, len(ALPHABET))
        letters += ALPHABET[position]
    return f"{letters[:4]}-{letters[4:]}"


class Signer:
    """Holds the server's signing key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_bytes = key.public_key().public_bytes_raw()
        self.key_id = hashlib.sha256(self.public_bytes).hexdigest()[:16]

    def sign(self, receipt: Receipt) -> Receipt:
        signature = base64.b64encode(self._key.sign(receipt.signed_content())).decode()
        return receipt.model_copy(update={"signature": signature})


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


def receipt_is_genuine(receipt: Receipt, public_bytes: bytes) -> bool:
    """Whether the key that `public_bytes` (32 raw bytes) belongs to signed this receipt."""
    try:
        signature = base64.b64decode(receipt.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public_bytes).verify(signature, receipt.signed_content())
    except (InvalidSignature, ValueError):
        return False
    return True
