"""Reports of a data folder: what officers write, drafts, and the update for a meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.builds import moment_name, warehouse_of
from orchestration.releases import OFFICERS, check_role, folder_of, manifest_sha256
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.policy import Meeting
from transforms.disclosure.contract import TABLES
from transforms.disclosure.promises import check_promises
from transforms.release import life
from transforms.release.audit import note_export
from transforms.release.build import Release
from transforms.release.life import Deed
from transforms.report.build import build_report, pass_gate, read_sources, texts_of
from transforms.report.errors import ReportError
from transforms.report.html import render_html
from transforms.report.prose import addresses_in
from transforms.report.said_did import YouSaid, add_entry, check_entry, read_entries, write_entries
from transforms.report.sections import Sections, check_section, read_sections, write_sections
from transforms.report.sources import Sources
from transforms.report.update import Seen, seen_of, until, update_document
from transforms.signoff.frozen import read_results
from transforms.warehouse.read import open_private
from transforms.warehouse.versions import as_at_versions, write_whole


@dataclass(frozen=True)
class Drafted:
    """A report that was drafted, and what is still to be written in it (headings)."""

    release: Release
    unfilled: tuple[str, ...]


def draft_report(data: DataFolder, definition: Definition, based_on: str, deed: Deed) -> Drafted:
    """Write the report on a release with what officers wrote, and ask for its release.

    Raises:
        ReportError: the release or a section does not do.
        PromiseError: what was written says a name or an answer.
        ReleaseError: this very report was drafted before.
    """
    check_role(data, deed.officer, OFFICERS)
    home = data.reports(definition.id)
    sections, entries = read_sections(home, definition), read_entries(home, definition)
    _pass_gate(data, definition, sections, entries)
    folder = folder_of(data, definition, based_on)
    release = build_report(definition, folder, data.releases(definition.id), sections, entries)
    sha256 = manifest_sha256(data, definition, release.id)
    life.draft(data.releases(definition.id), release.id, deed, manifest_sha256=sha256)
    what = f"report {release.id} on {based_on} drafted"
    note_export(data.audit(definition.id), who=deed.officer, why=deed.reason, what=what, at=deed.at)
    return Drafted(release, tuple(one.heading for one in sections.unfilled(definition)))


def keep_section(data: DataFolder, definition: Definition, section: str, text: str) -> Sections:
    """Keep what an officer wrote in a section, once it has passed the gate.

    Raises:
        ReportError: there is no such section, or a number is typed in it.
        PromiseError: it says a name or an answer.
    """
    check_section(definition, section, text)
    _check_addresses(data, definition, addresses_in(text))
    sections = read_sections(data.reports(definition.id), definition).having(section, text)
    _pass_gate(data, definition, Sections({section: text}), ())
    write_sections(data.reports(definition.id), definition, sections)
    return sections


def take_sections(data: DataFolder, definition: Definition, file: Path) -> Sections:
    """Keep every section of a file that has the shape of the kept one; sections that it does not name stay.

    Raises:
        ReportError: it is not understood, or a section is wrong.
        PromiseError: a section says a name or an answer.
    """
    home = data.reports(definition.id)
    if not file.is_file():
        raise ReportError(f"{file}: there is no such file.")
    given = read_sections(file.parent, definition, file.name)
    _pass_gate(data, definition, given, ())
    sections = Sections({**read_sections(home, definition).texts, **given.texts})
    write_sections(home, definition, sections)
    return sections


def add_said_did(data: DataFolder, definition: Definition, entry: YouSaid) -> int:
    """Add an entry of 'You said, we did', once it has passed the gate; returns how many there are.

    Raises:
        ReportError: it is about no question, or its figure is in no release.
        PromiseError: it says a name or an answer.
    """
    check_entry(definition, entry)
    addresses = [*addresses_in(entry.said), *addresses_in(entry.did), *([entry.figure] if entry.figure else [])]
    _check_addresses(data, definition, addresses)
    _pass_gate(data, definition, Sections(), [entry])
    return add_entry(data.reports(definition.id), definition, entry)


def remove_said_did(data: DataFolder, definition: Definition, number: int) -> int:
    """Take out the entry of this number, counted from one; returns how many are left.

    Raises:
        ReportError: there is none.
    """
    entries = list(read_entries(data.reports(definition.id), definition))
    if not 1 <= number <= len(entries):
        raise ReportError(f"There is no entry {number}; there are {len(entries)}.")
    del entries[number - 1]
    return write_entries(data.reports(definition.id), entries)


def datasets(data: DataFolder, definition: Definition) -> list[str]:
    """The datasets that a report may be on: drafted and not withdrawn, the latest first."""
    known = life.standings(data.releases(definition.id))
    standing = [one.release for one in known.values() if one.state not in ("withdrawn", "corrected")]
    found = []
    for release in reversed(standing):
        try:
            read_sources(definition, folder_of(data, definition, release))
        except ReportError:
            continue
        found.append(release)
    return found


def latest_sources(data: DataFolder, definition: Definition) -> Sources | None:
    """The tables of the latest dataset that a report may be on, or nothing."""
    found = datasets(data, definition)
    return read_sources(definition, folder_of(data, definition, found[0])) if found else None


def write_update(data: DataFolder, definition: Definition, meeting: str, since: str | None, officer: str) -> Path:
    """Write the page that says what has changed between two meetings of the policy; returns the file.

    Raises:
        ReportError: there is no such meeting, no earlier one, or no view as at one of them.
        PromiseError: a table would break a promise.
    """
    check_role(data, officer, OFFICERS)
    now = _meeting(definition, meeting)
    earlier = until(definition.policy.meetings, now.at)
    if since is None and not earlier:
        raise ReportError(f"There is no meeting before '{meeting}'; name one with --since.")
    before = _meeting(definition, since) if since else earlier[-1]
    views = [_seen(data, definition, one) for one in (before, now)]
    file = data.reports(definition.id) / f"update-{now.id}.html"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(file, render_html(update_document(definition, views[0], views[1])))
    what = f"update for {now.id} since {before.id} written"
    note_export(data.audit(definition.id), who=officer, why="for the meeting", what=what, at=data.clock.now())
    return file


def _meeting(definition: Definition, meeting: str) -> Meeting:
    found = [one for one in definition.policy.meetings if one.id == meeting]
    if not found:
        known = ", ".join(one.id for one in definition.policy.meetings) or "none"
        raise ReportError(f"The policy has no meeting '{meeting}'; it has {known}.")
    return found[0]


def _seen(data: DataFolder, definition: Definition, meeting: Meeting) -> Seen:
    warehouse, name = warehouse_of(data, definition), moment_name(definition, meeting.at)
    version = as_at_versions(warehouse).get(name)
    if version is None:
        raise ReportError(f"There is no view as at {name}; build it with 'yoursay pipeline run --as-at {name}'.")
    tables = {}
    for table, rows in read_results(warehouse.public / f"{version}.duckdb").items():
        agreed = TABLES[table].schema if table in TABLES else rows.schema
        tables[table] = rows.cast(agreed) if rows.schema.names == agreed.names else rows
    about = dict(zip(*tables["about"].to_pydict().values(), strict=True))
    check_promises(definition, tables, earlier_policy=about.get("policy_hash") != definition.policy_hash)
    return seen_of(meeting, version, {table: rows.to_pylist() for table, rows in tables.items()})


def _check_addresses(data: DataFolder, definition: Definition, addresses: Sequence[str]) -> None:
    sources = latest_sources(data, definition) if addresses else None
    if addresses and sources is None:
        raise ReportError("There is no release whose figures could be named; draft one with 'yoursay release draft'.")
    for address in addresses:
        assert sources
        sources.at(address)


def _pass_gate(data: DataFolder, definition: Definition, sections: Sections, entries: Sequence[YouSaid]) -> None:
    texts = texts_of(sections, entries)
    if texts:
        with open_private(warehouse_of(data, definition)) as private:
            pass_gate(definition, texts, private)
