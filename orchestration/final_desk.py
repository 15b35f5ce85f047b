"""The desk's back ends for the sign-off and for the report, over a data folder."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.desk.council import LastVerified
from dashboards.desk.work_list import WorkQueue
from orchestration import reports, signing_off
from orchestration.releases import folder_of
from orchestration.report_check import is_report
from orchestration.result_verification import verified_file
from schemas.data_folder import DataFolder
from schemas.definition import Definition
from transforms.release import life
from transforms.release.check import read_manifest
from transforms.release.life import Deed
from transforms.report.said_did import YouSaid, read_entries
from transforms.report.sections import Section, Sections, read_sections, sections_of
from transforms.signoff.life import Standing, read_standing


@dataclass(frozen=True)
class DeskSignOff:
    """The register of the sign-off, and what the other queues still have to do."""

    data: DataFolder
    definition: Definition
    work: Sequence[WorkQueue]

    def standing(self) -> Standing:
        return read_standing(self.data.sign_off(self.definition.id))

    def open(self) -> Sequence[str]:
        return signing_off.what_is_open(self.data, self.definition, self.work)

    def verified(self) -> LastVerified | None:
        file = verified_file(self.data, self.definition)
        if not file.exists():
            return None
        said = json.loads(file.read_text("utf-8"))
        return LastVerified(said["at"], said["hash"], said["rebuilt"], tuple(said["problems"]), tuple(said["notes"]))

    def close(self, officer: str, reason: str) -> None:
        signing_off.close(self.data, self.definition, self._deed(officer, reason), self.work)

    def freeze(self, officer: str, reason: str) -> None:
        signing_off.freeze(self.data, self.definition, self._deed(officer, reason), self.work)

    def sign(self, officer: str, signed: str) -> None:
        signing_off.sign_off(self.data, self.definition, self._deed(officer), signed)

    def correct(self, officer: str, reason: str) -> None:
        signing_off.correct(self.data, self.definition, self._deed(officer, reason))

    def _deed(self, officer: str, reason: str = "") -> Deed:
        return Deed(officer, self.data.clock.now(), reason)


@dataclass(frozen=True)
class DeskReports:
    """What officers write for the report, and its drafts."""

    data: DataFolder
    definition: Definition

    def asked(self) -> Sequence[Section]:
        return list(sections_of(self.definition))

    def sections(self) -> Sections:
        return read_sections(self.data.reports(self.definition.id), self.definition)

    def keep(self, section: str, text: str) -> None:
        reports.keep_section(self.data, self.definition, section, text)

    def entries(self) -> Sequence[YouSaid]:
        return read_entries(self.data.reports(self.definition.id), self.definition)

    def add(self, entry: YouSaid) -> None:
        reports.add_said_did(self.data, self.definition, entry)

    def remove(self, number: int) -> None:
        reports.remove_said_did(self.data, self.definition, number)

    def datasets(self) -> Sequence[str]:
        return reports.datasets(self.data, self.definition)

    def drafts(self) -> Sequence[tuple[life.Standing, str]]:
        releases = self.data.releases(self.definition.id)
        found = [one for one in life.standings(releases).values() if is_report(releases / one.release)]
        return [(one, str(read_manifest(releases / one.release)["based_on"])) for one in reversed(found)]

    def draft(self, officer: str, release: str, reason: str) -> None:
        folder_of(self.data, self.definition, release)
        reports.draft_report(self.data, self.definition, release, Deed(officer, self.data.clock.now(), reason))
