"""Where things lie in a data folder: paths only, nothing is read or written here."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from schemas.clock import Clock, read_clock


@dataclass(frozen=True)
class DataFolder:
    """The paths of one installation's data."""

    root: Path

    @property
    def clock(self) -> Clock:
        """This folder's clock (see `schemas.clock`)."""
        return read_clock(self.root / "clock.toml")

    @property
    def clock_file(self) -> Path:
        return self.root / "clock.toml"

    @property
    def definitions(self) -> Path:
        """Published definitions, a folder for each consultation."""
        return self.root / "definitions"

    @property
    def public_server(self) -> Path:
        """All that the public server may see: its store, its signing key, recipients. No private key."""
        return self.root / "public-server"

    def published(self, consultation: str) -> Path:
        """What the public server shows of a consultation's releases (`schemas.published`)."""
        return self.public_server / "published" / consultation

    @property
    def accounts(self) -> Path:
        """Accounts and sessions of the council's screens (SQLite)."""
        return self.root / "accounts.sqlite"

    @property
    def sign_in_file(self) -> Path:
        """How officers and members sign in (TOML); none in a demonstration."""
        return self.root / "sign-in.toml"

    @property
    def sign_ins(self) -> Path:
        """Who signed in, was refused, signed out, and whose account was changed: a chained register a year."""
        return self.root / "sign-ins"

    @property
    def dagster_home(self) -> Path:
        return self.root / "dagster"

    def keys(self, consultation: str) -> Path:
        """Private keys, each file 0600: pipeline identity, warehouse, pseudonyms."""
        return self.root / "keys" / consultation

    def recovery(self, consultation: str) -> Path:
        """Where a recovery key is written until somebody takes it offline."""
        return self.root / "recovery" / f"{consultation}.key"

    def landing(self, consultation: str) -> Path:
        return self.root / "landing" / consultation

    def journal(self, consultation: str) -> Path:
        """Officers' decisions."""
        return self.root / "decisions" / consultation

    def inbox(self, consultation: str, channel: str) -> Path:
        """Where files of a channel are put for ingestion: `email` (.eml), `post` (keying batches)."""
        return self.root / "inbox" / consultation / channel

    def readings(self, consultation: str) -> Path:
        """What was read of messages and scans, sealed: derived, may be deleted."""
        return self.root / "readings" / consultation

    def acknowledgements(self, consultation: str) -> Path:
        """Which messages were acknowledged (SQLite); no address, no text."""
        return self.root / "mail" / consultation / "acknowledgements.sqlite"

    def linkage_weights(self, consultation: str) -> Path:
        """Weights fitted to this consultation (`yoursay linkage estimate`), where somebody put them there."""
        return self.root / "linkage" / consultation / "weights.toml"

    def access_log(self, consultation: str) -> Path:
        """Who looked at what arrived, and why: a line of JSON each."""
        return self.root / "access" / f"{consultation}.jsonl"

    def warehouse_private(self, consultation: str) -> Path:
        return self.root / "warehouse" / consultation / "private"

    def warehouse_public(self, consultation: str) -> Path:
        return self.root / "warehouse" / consultation / "public"

    def live_totals(self, consultation: str) -> Path:
        """How many arrived since the published version was made: derived, written anew every few seconds."""
        return self.root / "live" / f"{consultation}.json"

    def shown(self, consultation: str) -> Path:
        """The register of every view that members saw and every release: it cannot be made again."""
        return self.root / "shown" / f"{consultation}.jsonl"

    def releases(self, consultation: str) -> Path:
        return self.root / "releases" / consultation

    def sign_off(self, consultation: str) -> Path:
        """The register of closing, freezing and signing; what was frozen lies in the folder of the same name."""
        return self.root / "signoff" / f"{consultation}.jsonl"

    def frozen(self, consultation: str) -> Path:
        """What was frozen for signatures: a folder for each time. Exact counts in it are encrypted."""
        return self.root / "signoff" / consultation

    def reports(self, consultation: str) -> Path:
        """What officers write for the reports, kept between drafts, and the updates for meetings."""
        return self.root / "reports" / consultation

    def audit(self, consultation: str) -> Path:
        """Who took which data out, when and why: a chained register (`schemas.register`)."""
        return self.root / "audit" / f"{consultation}.jsonl"


def find_data_folder(given: Path | None) -> DataFolder:
    """The data folder: `given`, else `YOURSAY_DATA`, else a folder of the user's."""
    named = given or (Path(os.environ["YOURSAY_DATA"]) if os.environ.get("YOURSAY_DATA") else None)
    return DataFolder((named or platformdirs.user_data_path("yoursay")).expanduser().absolute())
