"""Reads public versions: which one is current, which show an earlier moment, and what is in one.

A version is a small read-only DuckDB file that never changes under its name. Each is read whole with one short
connection and kept by name, so that a writer is never held up and a page never mixes two versions.
"""

import json
import logging
import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import duckdb

from dashboards.errors import DashboardError
from dashboards.results.tables import (
    About,
    CampaignRow,
    ClosedByTypeRow,
    ClosedRow,
    LedgerRow,
    MeetingRow,
    NumberRow,
    OfWhichRow,
    OutreachRow,
    PositionByTypeRow,
    PositionRow,
    PublicVersion,
    QualityRow,
    QuestionRow,
    QuoteRow,
    ReceivedRow,
    ThemeRow,
    TypeRow,
)
from schemas.local_time import local_moment

_LOGGER = logging.getLogger(__name__)
_VERSION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_KEPT_VERSIONS = 16
_IS_THERE = "SELECT 1 FROM duckdb_tables() WHERE table_name = ?"
_Row = TypeVar("_Row")


def read_current(public: Path) -> PublicVersion:
    """The version that `CURRENT` in the folder `public` names.

    Raises:
        DashboardError: nothing is published yet, or the version cannot be read.
    """
    return _read_named(public, lambda: current_name(public))


def as_at_moments(public: Path) -> tuple[str, ...]:
    """The moments, as written in `as-at.json` and earliest first, for which a version shows what was known then."""
    return tuple(sorted(_as_at_names(public)))


def read_as_at(public: Path, moment: str) -> PublicVersion:
    """The version that shows what was known at `moment`, one of `as_at_moments`.

    Raises:
        DashboardError: there is none, or it cannot be read.
    """

    def name() -> str:
        names = _as_at_names(public)
        if moment not in names:
            raise DashboardError("There is no view as at that moment; choose one from the list.")
        return names[moment]

    return _read_named(public, name)


def _read_named(public: Path, name: Callable[[], str]) -> PublicVersion:
    """Read a version; where it was pruned since its name was read, the pointer already names the next one."""
    found = name()
    try:
        return _load(public / f"{found}.duckdb")
    except DashboardError:
        again = name()
        if again == found:
            raise
        return _load(public / f"{again}.duckdb")


def current_name(public: Path) -> str:
    """The name of the current version.

    Raises:
        DashboardError: nothing is published yet.
    """
    try:
        return _checked_name((public / "CURRENT").read_text("utf-8").strip())
    except FileNotFoundError as error:
        raise DashboardError("Nothing is published yet for this consultation; run the pipeline first.") from error


def _as_at_names(public: Path) -> dict[str, str]:
    file = public / "as-at.json"
    if not file.exists():
        return {}
    try:
        names = json.loads(file.read_text("utf-8"))
        return {moment: _checked_name(str(name)) for moment, name in names.items() if datetime.fromisoformat(moment)}
    except (ValueError, AttributeError) as error:
        raise DashboardError("The list of as-at views is damaged; run the pipeline again.") from error


def _checked_name(name: str) -> str:
    """A version's name is one file name, nothing else."""
    if not _VERSION_NAME.fullmatch(name):
        raise DashboardError("The name of a published version is damaged; run the pipeline again.")
    return name


@lru_cache(maxsize=_KEPT_VERSIONS)
def _load(file: Path) -> PublicVersion:
    try:
        with duckdb.connect(str(file), read_only=True, config={"autoinstall_known_extensions": "false"}) as connection:
            about = _about(dict(connection.table("about").select("key", "value").fetchall()))
            return PublicVersion(
                about=about,
                ledger=_rows(connection, "ledger", LedgerRow),
                of_which=_rows(connection, "of_which", OfWhichRow),
                campaigns=_rows(connection, "campaigns", CampaignRow),
                received_over_time=_rows(connection, "received_over_time", ReceivedRow),
                questions=_rows(connection, "questions", QuestionRow),
                respondent_types=_rows(connection, "respondent_types", TypeRow),
                positions=_rows(connection, "positions", PositionRow),
                positions_by_type=_rows(connection, "positions_by_type", PositionByTypeRow),
                closed_answers=_rows(connection, "closed_answers", ClosedRow),
                closed_by_type=_rows(connection, "closed_by_type", ClosedByTypeRow),
                number_summary=_rows(connection, "number_summary", NumberRow),
                quotes=_rows(connection, "quotes", QuoteRow),
                meetings=_meetings(connection, about.zone),
                themes=_rows(connection, "themes", ThemeRow),
                quality=_rows(connection, "quality", QualityRow),
                outreach=_rows(connection, "outreach", OutreachRow),
            )
    except (duckdb.Error, KeyError, TypeError, ValueError) as error:
        _LOGGER.warning("%s cannot be read: %s", file, error)
        raise DashboardError(f"The published version {file.stem} cannot be read; run the pipeline again.") from error


def _rows(connection: duckdb.DuckDBPyConnection, table: str, row: type[_Row]) -> tuple[_Row, ...]:
    """A table's rows; none where the version was built before there was such a table."""
    if not connection.execute(_IS_THERE, [table]).fetchall():
        return ()
    columns = [one.name for one in fields(row)]  # type: ignore[arg-type]
    return tuple(row(*values) for values in connection.table(table).select(*columns).fetchall())


def _meetings(connection: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> tuple[MeetingRow, ...]:
    """Moments are fetched as text, so that no other library has to interpret their time zone."""
    rows = connection.table("meetings").project('id, label, CAST("at" AS VARCHAR)').fetchall()
    return tuple(MeetingRow(name, label, local_moment(at, zone)) for name, label, at in rows)


def _about(values: dict[str, Any]) -> About:
    zone = ZoneInfo(values["time_zone"])
    signed_off_at = values.get("signed_off_at")
    return About(
        consultation=values["consultation"],
        title=values["title"],
        version=values["version"],
        as_at=local_moment(values["as_at"], zone),
        status=values["status"],
        opens=date.fromisoformat(values["opens"][:10]),
        closes=date.fromisoformat(values["closes"][:10]),
        zone=zone,
        notices=tuple(values[key] for key in ("notice",) if values.get(key)),
        answers_pending=int(values["answers_pending"]),
        hidden_below=int(values["member_threshold"]),
        percentages_from=int(values["percentages_from_base"]),
        final_hash=values.get("final_hash") or "",
        signed_off_at=local_moment(signed_off_at, zone) if signed_off_at else None,
        correction=int(values.get("correction") or 0),
    )
