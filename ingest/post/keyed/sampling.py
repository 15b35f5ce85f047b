"""Which answers two people key, and which boxes read by machine a person looks at again.

A sample is drawn by a hash of the response and the column: it stays the same, and no keyer can choose it.
"""

import hashlib

from schemas.definition import Definition

# Linkage roles that say who a person is; an organisation, a role and a capacity do not by themselves.
_PERSON = frozenset({"title", "given_name", "family_name", "email", "phone", "address", "town", "postcode"})
_PARTS = 2**64


def is_keyed_twice(definition: Definition, response_id: str, column: str) -> bool:
    """Whether two people key this answer apart from each other: an identifier, or one of the sample."""
    share = definition.policy.keying.double_key_share
    return is_identifier(definition, column) or _is_drawn("double", response_id, column, share)


def is_audited(definition: Definition, response_id: str, column: str) -> bool:
    """Whether a person looks again at what a machine read of these boxes."""
    return _is_drawn("audit", response_id, column, definition.policy.keying.audit_share)


def is_identifier(definition: Definition, column: str) -> bool:
    """Whether the column tells who a person is, so that a slip of the key would make another person of it."""
    policy = definition.policy
    return policy.disclosure.get(column) == "direct_identifier" or policy.linkage.roles.get(column) in _PERSON


def _is_drawn(purpose: str, response_id: str, column: str, share: float) -> bool:
    digest = hashlib.sha256(f"{purpose}\0{response_id}\0{column}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * _PARTS
