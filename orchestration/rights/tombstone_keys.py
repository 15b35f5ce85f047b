"""The key that signs a consultation's tombstones. It opens nothing, so it is kept when the other keys are destroyed."""

from pydantic import TypeAdapter, ValidationError

from ingest.erasure import published_keys_file
from schemas.data_folder import DataFolder
from schemas.errors import YourSayError
from schemas.receipts import PublishedKey, Signer, load_signer
from transforms.warehouse.versions import write_whole

_KEYS = TypeAdapter(tuple[PublishedKey, ...])


class TombstoneKeyError(YourSayError):
    """The public halves of the keys that signed tombstones cannot be read."""


def tombstone_signer(data: DataFolder, consultation: str) -> Signer:
    """The signing key, made on first use; its public half lies beside the log before anything is signed with it.

    Raises:
        SealingError: the key file is open to others, or holds no key.
        TombstoneKeyError: the file of public keys is damaged.
    """
    signer = load_signer(data.keys(consultation) / "tombstone.key")
    known = tombstone_keys(data, consultation)
    if signer.key_id not in {key.key_id for key in known}:
        text = _KEYS.dump_json((*known, signer.published()), exclude_none=True, indent=1).decode()
        write_whole(published_keys_file(data.landing(consultation)), text)
    return signer


def tombstone_keys(data: DataFolder, consultation: str) -> tuple[PublishedKey, ...]:
    """Every public key that tombstones of this consultation were signed with.

    Raises:
        TombstoneKeyError: the file is damaged.
    """
    file = published_keys_file(data.landing(consultation))
    if not file.exists():
        return ()
    try:
        return _KEYS.validate_json(file.read_bytes())
    except ValidationError:
        raise TombstoneKeyError(f"{file} must hold a list of public keys; restore it from a backup.") from None
