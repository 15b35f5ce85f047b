"""What signing in to a screen needs: the store, the register, the provider, and whether passwords open anything."""

from dataclasses import dataclass
from pathlib import Path

from dashboards.oidc_settings import ProviderSettings, Screen, read_provider
from schemas.clock import Clock
from schemas.data_folder import DataFolder


@dataclass(frozen=True)
class SignInSettings:
    """How people sign in to one screen.

    Attributes:
        store: accounts and sessions (SQLite), which both screens share.
        register: the folder of the register of sign-ins.
        clock: the data folder's clock.
        screen: which of the two this is.
        provider: the council's OpenID Connect provider; None where none is named.
        passwords: whether the embedded accounts open this: in a demonstration alone.
    """

    store: Path
    register: Path
    clock: Clock
    screen: Screen
    provider: ProviderSettings | None
    passwords: bool


def sign_in_settings(data: DataFolder, screen: Screen, consultation: str | None = None) -> SignInSettings:
    """How people sign in to a screen of this data folder.

    Raises:
        DashboardError: `sign-in.toml` is not understood.
    """
    return SignInSettings(
        store=data.accounts,
        register=data.sign_ins,
        clock=data.clock,
        screen=screen,
        provider=read_provider(data.sign_in_file, screen, consultation),
        passwords=data.clock_file.exists(),
    )
