"""Narrow keys of who responds: an HMAC of identity evidence under the consultation's pseudonym key.

One row = one piece of evidence of one response. Only evidence of identity makes a key; answers never do.
A key tells two responses of one person without showing who it is, and joining millions of them is cheap.
"""

import hashlib
from dataclasses import dataclass

import duckdb

from transforms.layout import Layout
from transforms.sql import identifier, literal, union_all

_BLOCK = 64


@dataclass(frozen=True)
class KeyKind:
    """One kind of evidence; `merges` tells whether it may merge without an officer."""

    name: str
    merges: bool


# An address that several people share is no proof: it merges only where names, organisation and role agree as well.
SAME_PERSON = KeyKind("email_and_person", merges=True)
NAME_AND_POSTCODE = KeyKind("name_and_postcode", merges=True)
EMAIL = KeyKind("email", merges=False)
ORGANISATION_AND_ROLE = KeyKind("organisation_and_role", merges=False)
KINDS = (SAME_PERSON, NAME_AND_POSTCODE, EMAIL, ORGANISATION_AND_ROLE)

# HMAC-SHA256 (RFC 2104); 64 bits of it are kept, enough to tell some millions apart.
_HMAC = """
CREATE OR REPLACE TEMP MACRO keyed(message) AS
('0x' || left(
    sha256(getvariable('outer_pad') || unhex(sha256(getvariable('inner_pad') || encode(message)))), 16
))::UBIGINT
"""

# Who sent an artefact that holds several responses carried them for others, so the sender is no evidence for any.
_EVIDENCE = """
CREATE OR REPLACE TEMP TABLE evidence AS
SELECT rid,
    {email} AS email,
    {person} AS person,
    {name} AS name,
    {postcode} AS postcode,
    {organisation} AS organisation,
    {role} AS role
FROM (SELECT *, seq NOT IN (SELECT seq FROM parsed WHERE ordinal > 1) AS alone FROM passed WHERE {any_evidence})
"""

_KEYS = """
INSERT INTO part.keys
SELECT DISTINCT rid, kind, keyed(kind || chr(31) || message) AS key FROM ({messages}) WHERE message IS NOT NULL
"""


def prepare_keys(connection: duckdb.DuckDBPyConnection, pseudonym_key: bytes) -> None:
    """Make the macro `keyed(message)` on this connection. The key never enters SQL text."""
    key = pseudonym_key if len(pseudonym_key) <= _BLOCK else hashlib.sha256(pseudonym_key).digest()
    padded = key.ljust(_BLOCK, b"\0")
    connection.execute("SET VARIABLE inner_pad = $1::BLOB", [bytes(byte ^ 0x36 for byte in padded)])
    connection.execute("SET VARIABLE outer_pad = $1::BLOB", [bytes(byte ^ 0x5C for byte in padded)])
    connection.execute(_HMAC)


def evidence(layout: Layout) -> str:
    """SQL: the normalised evidence of the chunk's responses that have any."""
    given, family = layout.with_role("given_name"), layout.with_role("family_name")
    emails, organisation, role = layout.with_role("email"), layout.with_role("organisation"), layout.with_role("role")
    addresses = [_email(identifier(name)) for name in emails] + [_email("CASE WHEN alone THEN sender END")]
    name = _joined(given + family) if given and family else "NULL::VARCHAR"
    present = [identifier(one) for one in (*given, *family, *emails, *organisation, *role)]
    return _EVIDENCE.format(
        email=f"coalesce({', '.join(addresses)})",
        person=_joined(given + family + organisation + role, needs_all=False),
        name=name,
        postcode=_joined(layout.with_role("postcode")),
        organisation=_joined(organisation),
        role=_joined(role),
        any_evidence=" OR ".join(f"{one} IS NOT NULL" for one in ["sender", *present]),
    )


def keys() -> str:
    """SQL: each piece of evidence as a key, added to the part."""
    messages = {
        SAME_PERSON: "email || chr(31) || person",
        NAME_AND_POSTCODE: "name || chr(31) || postcode",
        EMAIL: "email",
        ORGANISATION_AND_ROLE: "organisation || chr(31) || role",
    }
    return _KEYS.format(
        messages=union_all(
            f"SELECT rid, {literal(kind.name)} AS kind, {message} AS message FROM evidence"
            for kind, message in messages.items()
        )
    )


def _email(value: str) -> str:
    """SQL: a plausible address in small letters, else NULL: a sender that was masked, such as '*', is nobody."""
    return f"CASE WHEN regexp_full_match({value}, '[^@\\s*]+@[^@\\s*]+\\.[^@\\s*.]+') THEN lower({value}) END"


def _joined(names: list[str], needs_all: bool = True) -> str:
    """SQL: letters and digits of the columns, in small letters, joined; NULL where one that is needed is missing."""
    if not names:
        return "NULL::VARCHAR" if needs_all else "''"
    plain = [
        f"nullif(regexp_replace(lower(strip_accents({identifier(n)})), '[^\\pL\\pN]+', '', 'g'), '')" for n in names
    ]
    if needs_all:
        return " || chr(31) || ".join(plain)
    return " || chr(31) || ".join(f"coalesce({one}, '')" for one in plain)
