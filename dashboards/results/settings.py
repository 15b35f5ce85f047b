"""What the results server is given: public versions, releases, definitions, accounts, the audit and the clock.

No key, and nothing private.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboards.errors import DashboardError
from dashboards.sign_in_settings import SignInSettings, sign_in_settings
from schemas.clock import Clock
from schemas.data_folder import DataFolder


@dataclass(frozen=True)
class ResultsSettings:
    """Everything that the results server may open.

    Attributes:
        store: accounts and sessions (SQLite), which it writes.
        clock: the data folder's clock.
        warehouses: consultation -> the folder of its public versions.
        releases: consultation -> the folder of its releases.
        definitions: the folder of the published definitions, whose promises every page keeps.
        audits: consultation -> the register of what was downloaded, which it adds to.
        live: consultation -> the file with its live total.
        sign_in: how people sign in, and the register of it, which it adds to.
    """

    store: Path
    clock: Clock
    warehouses: Mapping[str, Path]
    releases: Mapping[str, Path]
    definitions: Path
    audits: Mapping[str, Path]
    live: Mapping[str, Path]
    sign_in: SignInSettings


def results_settings(data: DataFolder, consultations: Iterable[str]) -> ResultsSettings:
    """The settings for the published `consultations` of a data folder."""
    names = tuple(consultations)
    return ResultsSettings(
        store=data.accounts,
        clock=data.clock,
        warehouses={name: data.warehouse_public(name) for name in names},
        releases={name: data.releases(name) for name in names},
        definitions=data.definitions,
        audits={name: data.audit(name) for name in names},
        live={name: data.live_totals(name) for name in names},
        sign_in=sign_in_settings(data, "results"),
    )


_installed: list[ResultsSettings] = []


def install(settings: ResultsSettings) -> None:
    """Make `settings` those of this process. Streamlit runs its script by path and has one application a process."""
    _installed[:] = [settings]


def installed() -> ResultsSettings:
    """The settings of this process.

    Raises:
        DashboardError: the script is run without the application around it, so nobody would be asked to sign in.
    """
    if not _installed:
        raise DashboardError("The results are shown by 'yoursay serve results', which also asks to sign in.")
    return _installed[0]
