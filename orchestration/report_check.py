"""Checks a report before anybody approves it: that it is whole, all is written, and its release gives it again."""

from pathlib import Path
from typing import Any

from orchestration.builds import warehouse_of
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.errors import YourSayError
from transforms.release.check import read_manifest
from transforms.release.life import standings
from transforms.release.verify import verify_release
from transforms.report.build import KIND, pass_gate, report_files, texts_of
from transforms.report.said_did import YouSaid
from transforms.report.sections import Sections, section_of
from transforms.warehouse.read import open_private


def is_report(folder: Path) -> bool:
    """Whether the release in a folder is a report. One whose manifest cannot be read is not known to be."""
    try:
        return read_manifest(folder).get("kind") == KIND
    except (OSError, ValueError, AttributeError):
        return False


def report_problems(data: DataFolder, definition: Definition, folder: Path) -> list[str]:
    """Why the report in `folder` must not leave; empty where nothing was found.

    Its words pass the gate again, and all of its files are made again from the release that its figures are of.
    """
    damaged = [str(problem) for problem in verify_release(folder)]
    if damaged:
        return damaged
    manifest = read_manifest(folder)
    problems = [
        f"the section '{section_of(definition, one).heading}' is not written; write it, and draft the report again"
        for one in manifest["unfilled"]
    ]
    releases = data.releases(definition.id)
    based_on = str(manifest["based_on"])
    standing = standings(releases).get(based_on)
    if standing is None or standing.state not in ("approved", "published"):
        state = standing.state if standing else "not drafted"
        problems.append(f"its figures are of {based_on}, which is {state}; have that approved first")
    return [*problems, *_again(data, definition, releases / based_on, manifest)]


def _again(data: DataFolder, definition: Definition, based_on: Path, manifest: dict[str, Any]) -> list[str]:
    sections = Sections(manifest["sections"])
    entries = [YouSaid.model_validate(one) for one in manifest["entries"]]
    try:
        with open_private(warehouse_of(data, definition)) as private:
            pass_gate(definition, texts_of(sections, entries), private)
        made, _ = report_files(definition, based_on, sections, entries)
    except YourSayError as error:
        return [str(error)]
    if made["release"] != manifest["release"]:
        return [f"release {based_on.name} gives another report; draft that one"]
    return []
