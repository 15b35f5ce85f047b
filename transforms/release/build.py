"""Builds a release: what may leave of a version, its package of files, manifest and checksums."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from schemas.definition import Definition
from transforms.disclosure.members import moment_of, protect_tables
from transforms.disclosure.promises import check_promises
from transforms.disclosure.prose import Prose
from transforms.disclosure.report import render_html, render_pdf, risk_report
from transforms.disclosure.shown import Register
from transforms.disclosure.told import prose_of
from transforms.disclosure.views import RELEASE
from transforms.disclosure.vocabulary import Rule, in_words
from transforms.release.errors import ReleaseError
from transforms.release.files import MANIFEST, SUMS, checksums, json_bytes, sha256
from transforms.release.package import package_files
from transforms.release.risk_answers import RiskAnswers
from transforms.release.rows import Rows, approved_rows
from transforms.warehouse.versions import sync_folder

FORMAT = "yoursay-release/2"
RISK_HTML, RISK_PDF = "risk-report.html", "risk-report.pdf"
_NEEDED = ("as_at", "status", "landing_head", "decisions_head", "code_version")


@dataclass(frozen=True)
class Release:
    """A release that lies in `folder`, whose name is its id."""

    id: str
    folder: Path
    manifest: dict[str, Any]

    @property
    def interim(self) -> bool:
        return bool(self.manifest["interim"])


def build_release(
    private: duckdb.DuckDBPyConnection,
    definition: Definition,
    about: Mapping[str, str],
    folder: Path,
    *,
    risk: RiskAnswers | None = None,
    register: Register | None = None,
) -> Release:
    """Write the release of the private version open in `private` to a folder named by its id inside `folder`.

    The same inputs give the same bytes and so the same id; a release that lies there already is left as it is.
    Who may have it is no part of it: see `transforms.release.life`.

    Args:
        private: a connection in which the marts are tables or views by their names.
        definition: the one that the version was built with.
        about: the version's own facts: as_at, status, landing_head, decisions_head and code_version are needed.
        folder: the consultation's releases.
        risk: what officers answered about the risk; it stands in the release.
        register: of all that was shown before: the tables are protected together with it, and noted in it.

    Raises:
        ReleaseError: a fact is missing, the definition is another one, or a damaged release lies there.
        DisclosureError: the marts do not belong together, or a hidden count could be worked out.
        PromiseError: a file would hold what the policy forbids; the message names the promise.
    """
    _check_about(about, definition)
    rule = Rule.for_release(definition.policy, about["status"])
    risk = risk or RiskAnswers()
    protected = protect_tables(private, definition, rule, about, register=register, audience=RELEASE)
    tables = {name: table for name, table in protected.tables.items() if table.num_rows}
    texts = risk.texts() | prose_of(tables)
    prose = Prose(texts, private) if texts else None
    check_promises(definition, tables, purpose=definition.policy.publication.purpose, prose=prose)
    rows = approved_rows(private, definition)
    manifest = _manifest(definition, about, rule, tables, rows) | {"risk": risk.model_dump(mode="json")}
    answers, overrides = risk.for_report()
    report = risk_report(
        definition, about, rule, protected, rows=rows.findings, why_rows=rows.why, intruder=answers, overrides=overrides
    )
    files = package_files(definition, manifest, tables, rows.table) | {
        RISK_HTML: render_html(report).encode(),
        RISK_PDF: render_pdf(report),
    }
    manifest["files"] = {
        name: {"sha256": sha256(content), "bytes": len(content)} for name, content in sorted(files.items())
    }
    manifest["release"] = release_id(manifest)
    files[MANIFEST] = json_bytes(manifest)
    files[SUMS] = checksums(files)
    target = folder / manifest["release"]
    write_release(target, files)
    return Release(manifest["release"], target, manifest)


def release_id(manifest: Mapping[str, Any]) -> str:
    """The id that follows from a manifest: from the inputs and every file."""
    content = {key: value for key, value in manifest.items() if key != "release"}
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"r-{hashlib.sha256(canonical.encode()).hexdigest()[:16]}"


def _check_about(about: Mapping[str, str], definition: Definition) -> None:
    missing = [key for key in _NEEDED if not about.get(key)]
    if missing:
        raise ReleaseError(f"A release needs '{missing[0]}' of the version; run the pipeline again.")
    moment_of(about)
    for key, current in (
        ("questionnaire_hash", definition.questionnaire_hash),
        ("policy_hash", definition.policy_hash),
        ("consultation", definition.id),
    ):
        if about.get(key, current) != current:
            raise ReleaseError(f"The version was built with another {key}; run the pipeline again, then release.")


def _manifest(
    definition: Definition, about: Mapping[str, str], rule: Rule, tables: Mapping[str, pa.Table], rows: Rows
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "consultation": definition.id,
        "title": in_words(definition.questionnaire.title),
        "notice": about.get("notice") or None,
        "status": about["status"],
        "interim": about["status"] != "final",
        "as_at": about["as_at"],
        "licence": definition.policy.publication.licence,
        "purpose": definition.policy.publication.purpose,
        "questionnaire_hash": definition.questionnaire_hash,
        "policy_hash": definition.policy_hash,
        "landing_head": about["landing_head"],
        "decisions_head": about["decisions_head"],
        "code_version": about["code_version"],
        "protection": asdict(rule),
        "tables": {name: {"rows": table.num_rows, "hidden": _hidden(table)} for name, table in tables.items()},
        "rows": {
            "included": rows.table is not None,
            "rows": rows.table.num_rows if rows.table is not None else 0,
            "why": rows.why,
            "k": rows.findings.k if rows.findings else None,
            "l": rows.findings.l if rows.findings else None,
        },
    }


def _hidden(table: pa.Table) -> int:
    """How many counts of a table are hidden."""
    return int(pc.sum(table["hidden"]).as_py()) if "hidden" in table.column_names else 0


def write_release(target: Path, files: Mapping[str, bytes]) -> None:
    """Put the whole folder in place at once; the same release again is left alone.

    Raises:
        ReleaseError: something else lies there under this id.
    """
    if target.exists():
        found = {file.relative_to(target).as_posix(): file for file in target.rglob("*") if file.is_file()}
        if set(found) != set(files) or any(found[name].read_bytes() != content for name, content in files.items()):
            raise ReleaseError(f"{target} holds something else under this id; verify it, then move it away.")
        return
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for name, content in files.items():
        file = part / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
    part.rename(target)
    sync_folder(target.parent)
