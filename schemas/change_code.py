"""The change code of a response: whoever has it may replace or withdraw that response, and nothing else.

Twenty letters and digits (98 bits), shown in groups of five. The server keeps only its hash, the change key.
"""

import hashlib
import hmac
import re
import secrets
from typing import Annotated

from pydantic import StringConstraints

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
LENGTH = 20
ChangeCode = Annotated[str, StringConstraints(pattern=rf"^[{ALPHABET}]{{{LENGTH}}}$")]
ChangeKey = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def new_change_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def change_key_of(code: str) -> str:
    """SHA-256 (hex) of `yoursay change code:` and the code, as devices make it too."""
    return hashlib.sha256(f"yoursay change code:{code}".encode()).hexdigest()


def code_fits(code: str, change_key: str | None) -> bool:
    """Whether this is the code that the key was made from; never for a response without a key."""
    return change_key is not None and hmac.compare_digest(change_key_of(code), change_key)


def shown_code(code: str) -> str:
    """`ABCDE-FGHJK-MNPQR-STVWX`, as a person reads it."""
    return "-".join(code[start : start + 5] for start in range(0, LENGTH, 5))


def typed_code(text: str) -> str | None:
    """The code in what a person typed (small letters, spaces, hyphens); None where it cannot be one."""
    letters = re.sub(r"[^A-Z0-9]", "", text[:80].upper())
    return letters if re.fullmatch(rf"[{ALPHABET}]{{{LENGTH}}}", letters) else None
