"""Builds a report: a release of its own beside the one that its figures are of."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from schemas.definition import Definition
from transforms.disclosure.contract import TABLES
from transforms.disclosure.promises import check_promises
from transforms.disclosure.prose import Prose
from transforms.disclosure.vocabulary import in_words
from transforms.release.build import FORMAT, Release, release_id, write_release
from transforms.release.check import read_manifest
from transforms.release.files import MANIFEST, SUMS, checksums, json_bytes, sha256
from transforms.release.verify import verify_release
from transforms.report.content import Report, report_document
from transforms.report.document import Figure, figures_in
from transforms.report.errors import ReportError
from transforms.report.html import render_html, render_pdf
from transforms.report.prose import without_addresses
from transforms.report.said_did import YouSaid, check_entry
from transforms.report.said_did_page import said_did_document
from transforms.report.sections import Sections, check_section
from transforms.report.sources import Sources
from transforms.report.word import render_word

KIND = "report"
HTML_FILE, PDF_FILE, WORD_FILE = "report.html", "report.pdf", "report.docx"
FIGURES_FILE, SAID_DID_FILE = "figures.json", "you-said-we-did.html"
_OF_RELEASE = (
    "consultation", "title", "notice", "status", "interim", "as_at", "licence", "purpose", "questionnaire_hash",
    "policy_hash", "landing_head", "decisions_head", "code_version", "protection",
)  # fmt: skip


def build_report(
    definition: Definition, release: Path, folder: Path, sections: Sections, entries: Sequence[YouSaid] = ()
) -> Release:
    """Write the report on the dataset in the folder `release` to a folder named by its id inside `folder`.

    The same release, words and code give the same bytes and so the same id. The words have passed the gate before.

    Raises:
        ReportError: the release is damaged or a report itself, a section is wrong, or it asks for a figure that the
            release does not have.
        PromiseError: the release's tables would break a promise.
    """
    manifest, files = report_files(definition, release, sections, entries)
    target = folder / manifest["release"]
    write_release(target, files)
    return Release(manifest["release"], target, manifest)


def report_files(
    definition: Definition, release: Path, sections: Sections, entries: Sequence[YouSaid]
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest of a report, and all its files by name.

    Raises:
        ReportError: as `build_report`.
        PromiseError: as `build_report`.
    """
    sources = read_sources(definition, release)
    for section, text in sections.texts.items():
        check_section(definition, section, text)
    for one in entries:
        check_entry(definition, one)
    document = report_document(Report(definition, sources, sections))
    answered = said_did_document(definition, sources, entries)
    page = render_html(document)
    files = {
        HTML_FILE: page.encode(),
        PDF_FILE: render_pdf(page),
        WORD_FILE: render_word(document),
        FIGURES_FILE: json_bytes(_figures(sources.release, figures_in(document) | figures_in(answered))),
        SAID_DID_FILE: render_html(answered).encode(),
    }
    manifest = _manifest(definition, sources, release, sections, entries)
    manifest["files"] = {
        name: {"sha256": sha256(content), "bytes": len(content)} for name, content in sorted(files.items())
    }
    manifest["release"] = release_id(manifest)
    files[MANIFEST] = json_bytes(manifest)
    files[SUMS] = checksums(files)
    return manifest, files


def read_sources(definition: Definition, release: Path) -> Sources:
    """The tables of a dataset release, verified and passed through the gate again.

    Raises:
        ReportError: it is damaged, a report itself, or of another policy.
        PromiseError: a table would break a promise.
    """
    problems = verify_release(release)
    if problems:
        raise ReportError(f"{release.name}: {problems[0]}; it is not the release that was made.")
    manifest = read_manifest(release)
    if manifest.get("kind"):
        raise ReportError(f"{release.name} is a {manifest['kind']}; name the release of a dataset with --release.")
    if (manifest["consultation"], manifest["policy_hash"]) != (definition.id, definition.policy_hash):
        raise ReportError(f"{release.name} was made with another definition; draft a new release first.")
    tables = {}
    for name in manifest["tables"]:
        table = pq.read_table(release / f"tables/{name}.parquet")
        agreed = TABLES[name].schema if name in TABLES else table.schema
        tables[name] = table.cast(agreed) if table.schema.names == agreed.names else table
    check_promises(definition, tables, purpose=manifest["purpose"])
    return Sources(str(manifest["release"]), manifest, {name: table.to_pylist() for name, table in tables.items()})


def pass_gate(definition: Definition, texts: Mapping[str, str], private: Any) -> None:
    """Pass all that officers wrote: no name from the vault, no six words in a row of an answer.

    Raises:
        PromiseError: a text breaks a promise; the message says where.
    """
    check_promises(definition, prose=Prose(dict(texts), private))


def texts_of(sections: Sections, entries: Sequence[YouSaid]) -> dict[str, str]:
    """Every text that a person wrote, by where it stands, without the addresses of figures."""
    found = {f"section {name}": without_addresses(text) for name, text in sections.texts.items() if text.strip()}
    for number, one in enumerate(entries, 1):
        found[f"entry {number}, said"] = without_addresses(one.said)
        found[f"entry {number}, did"] = without_addresses(one.did)
        found |= {f"entry {number}, paragraph {n}": text for n, text in enumerate(one.paragraphs, 1)}
    return found


def _figures(release: str, figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {
        "release": release,
        "figures": {
            one.id: {
                "table": one.table,
                "where": dict(one.where),
                "column": one.column,
                "how": one.how,
                "value": one.value,
                "text": one.text,
            }
            for one in figures.values()
        },
    }


def _manifest(
    definition: Definition, sources: Sources, release: Path, sections: Sections, entries: Sequence[YouSaid]
) -> dict[str, Any]:
    said = {key: sources.manifest[key] for key in _OF_RELEASE}
    return said | {
        "format": FORMAT,
        "kind": KIND,
        "title": in_words(definition.questionnaire.title),
        "based_on": sources.release,
        "based_on_manifest": sha256((release / MANIFEST).read_bytes()),
        "sections": {name: text for name, text in sorted(sections.texts.items()) if text.strip()},
        "entries": [one.model_dump(mode="json") for one in entries],
        "unfilled": [one.id for one in sections.unfilled(definition)],
        "tables": {},
        "rows": {"included": False, "rows": 0, "why": "A report has no rows.", "k": None, "l": None},
        "risk": sources.manifest["risk"],
    }
