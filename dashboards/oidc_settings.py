"""The sign-in provider that a data folder names, in `sign-in.toml`. The client's secret is in a file of its own."""

import ipaddress
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dashboards.errors import DashboardError

Screen = Literal["results", "desk"]
SECRET_VARIABLE = "YOURSAY_SIGN_IN_SECRET"  # noqa: S105 - a variable's name


@dataclass(frozen=True)
class ProviderSettings:
    """An OpenID Connect provider and what it knows us as.

    Attributes:
        issuer: its address, as it writes it itself.
        client_id: our name there.
        client_secret: None for a client without one, which PKCE alone protects.
        name: what the sign-in page calls it.
        address: where our screen is reached from outside; None where it is reached on loopback.
    """

    issuer: str
    client_id: str
    name: str
    address: str | None = None
    client_secret: str | None = field(default=None, repr=False)


class _Addresses(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    results: str | None = None
    desk: str | None = None
    desks: dict[str, str] = {}

    def of(self, screen: Screen, consultation: str | None) -> str | None:
        """Where a screen is reached; a consultation's desk may have an address of its own."""
        if screen == "results":
            return self.results
        return self.desks.get(consultation or "", self.desk)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    issuer: str
    client_id: str = Field(min_length=1, max_length=255)
    client_secret_file: str | None = None
    name: str = Field(default="your council account", min_length=1, max_length=100)
    addresses: _Addresses = _Addresses()


def read_provider(file: Path, screen: Screen, consultation: str | None = None) -> ProviderSettings | None:
    """The provider that `file` names, for one screen; None where there is no such file.

    The secret comes from the file that `client_secret_file` names, beside this one unless the path is absolute and
    readable by its owner alone, or from the environment (`YOURSAY_SIGN_IN_SECRET`).

    Raises:
        DashboardError: the file is not understood, an address is not https, or the secret cannot be read.
    """
    said = _read(file)
    if said is None:
        return None
    address = said.addresses.of(screen, consultation)
    for one in (said.issuer, *([address] if address is not None else [])):
        if not is_safe_address(one):
            raise DashboardError(f"{file}: {one} is no https address; http is for loopback alone.")
    return ProviderSettings(
        said.issuer,
        said.client_id,
        said.name,
        address.rstrip("/") if address else None,
        _secret(file, said.client_secret_file),
    )


def read_issuer(file: Path) -> str | None:
    """The provider that `file` names; None where there is no such file.

    Raises:
        DashboardError: the file is not understood.
    """
    said = _read(file)
    return said.issuer if said else None


def is_safe_address(address: object) -> bool:
    """Whether this is an https address of a host, or http on loopback; without user or fragment."""
    if not isinstance(address, str) or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str | None) -> bool:
    """Whether a host's name or address is this machine's own."""
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _read(file: Path) -> _File | None:
    try:
        return _File.model_validate(tomllib.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DashboardError(f"{file} is not TOML; mend it.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DashboardError(f"{file}: '{place}' is not right ({first['msg']}); see docs/accounts.md.") from None


def _secret(file: Path, named: str | None) -> str | None:
    if named is None:
        return os.environ.get(SECRET_VARIABLE) or None
    secret_file = file.parent / named
    if not secret_file.is_file():
        raise DashboardError(f"{secret_file}, which {file.name} names, is missing; put the client's secret there.")
    if secret_file.stat().st_mode & 0o077:
        raise DashboardError(f"{secret_file} can be read by others; run 'chmod 600' on it.")
    secret = secret_file.read_text("utf-8").strip()
    if not secret:
        raise DashboardError(f"{secret_file} is empty; put the client's secret there.")
    return secret
