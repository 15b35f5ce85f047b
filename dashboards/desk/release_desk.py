"""What the pages need of the releases. Whoever starts the desk hands one over; the pages hold no rule of their own."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from dashboards.accounts import Account
from transforms.release.diff import TableChange
from transforms.release.life import Standing

Audience = Literal["members", "public"]


class Step(Protocol):
    """One step of a release as the register has it."""

    @property
    def what(self) -> str: ...
    @property
    def officer(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def problems(self) -> Sequence[str]: ...


class Detail(Protocol):
    """All that is shown of one release."""

    @property
    def standing(self) -> Standing: ...
    @property
    def manifest(self) -> Mapping[str, Any]: ...
    @property
    def manifest_sha256(self) -> str: ...
    @property
    def is_as_drafted(self) -> bool: ...
    @property
    def steps(self) -> Sequence[Step]: ...
    @property
    def compared_with(self) -> str: ...
    @property
    def changes(self) -> Sequence[TableChange]: ...
    @property
    def open_work(self) -> Sequence[str]: ...
    @property
    def successors(self) -> Sequence[str]: ...


class Releases(Protocol):
    """The releases of one consultation. What is refused is a `YourSayError` with a sentence for the person."""

    def standings(self) -> Sequence[Standing]:
        """Every release, the latest draft first."""
        ...

    def kinds(self) -> Mapping[str, str]:
        """What each release is: a dataset or a report."""
        ...

    def moments(self) -> Sequence[str]:
        """The views as at a moment, of which a release can be drafted beside the current one."""
        ...

    def detail(self, release: str) -> Detail:
        """One release with what changed since the last one."""
        ...

    def draft(self, account: Account, reason: str, as_at: str) -> str:
        """Ask for the release of the current version or of a view; its id."""
        ...

    def check(self, account: Account, release: str) -> Sequence[str]:
        """Check a draft; the problems that were found."""
        ...

    def approve(self, account: Account, release: str, reason: str) -> None:
        """Approve a checked release, as a second person."""
        ...

    def publish(self, account: Account, release: str, audience: Audience, reason: str) -> None:
        """Publish an approved release."""
        ...

    def correct(self, account: Account, release: str, successor: str, reason: str) -> None:
        """Put another published release in the place of this one."""
        ...

    def withdraw(self, account: Account, release: str, reason: str) -> None:
        """Withdraw a release."""
        ...
