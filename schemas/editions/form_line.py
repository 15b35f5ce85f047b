"""The line in which an edition says in clear which form it is, for programs that lose its hidden fields."""

import re
from collections.abc import Mapping

from schemas.editions.pdf_fields import CONSULTATION, EDITION, HASH, IDENTITY, LANGUAGE, VERSION

_LINE = re.compile(
    r"\[\s*YourSay:\s*(?P<consultation>[a-z0-9-]{1,63}),\s*(?P<version>[^\[\],]{1,40}),\s*(?P<hash>[0-9a-f]{12,64}),"
    r"\s*(?P<language>[A-Za-z-]{2,12}),\s*(?P<edition>[a-z_]{1,20})\s*\]"
)


def form_line(identity: Mapping[str, str]) -> str:
    """The line for the values of the hidden fields (`pdf_fields.identity_of`)."""
    version = re.sub(r"[\[\],\s]+", " ", identity[VERSION])[:40]
    values = (identity[CONSULTATION], version, identity[HASH][:12], identity[LANGUAGE], identity[EDITION])
    return f"[YourSay: {', '.join(values)}]"


def identity_in(text: str) -> dict[str, str]:
    """The values that the first such line in a text says, of the hash its beginning alone; empty without one."""
    found = _LINE.search(text)
    return dict(zip(IDENTITY, found.groups(), strict=True)) if found else {}
