"""Releases made by hand from tables of known figures, in the real package, and their steps in the register."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from schemas.data_folder import DataFolder
from schemas.definition import Definition
from transforms.disclosure.contract import TABLES, table_of
from transforms.disclosure.vocabulary import Rule, in_words
from transforms.release import life
from transforms.release.build import FORMAT, release_id
from transforms.release.files import MANIFEST, checksums, json_bytes, sha256
from transforms.release.life import Audience, Deed
from transforms.release.package import package_files

APRIL = datetime(2007, 4, 4, 16, tzinfo=UTC)
_STANCES = (("support", "Support"), ("oppose", "Oppose"), ("unclear", "Unclear"), ("no_answer", "No answer"))


def third_sector_tables(support: int = 155) -> dict[str, pa.Table]:
    """Two questions of the seed's consultation, one in limbs, with groups of every kind and a hidden count or two."""
    rows: dict[str, list[tuple[object, ...]]] = {
        "ledger": [("web", "blank", 2), ("web", "included", 191), ("post", "blank", 0), ("post", "included", 124)],
        "of_which": [("web", "organisation", 101), ("web", "individual", 90), ("post", "organisation", 62)],
        "campaigns": [("Letter about grants", 60, 40), (None, 20, None)],
        "received_over_time": [(date(2007, 3, 1), 10), (date(2007, 3, 2), 170), (date(2007, 3, 3), 310)],
        "questions": [
            ("q1a_term", "1", "What do you think of the term 'Third Sector'?", "open_text", 315, 300, 280, 270),
            ("q2_place", "2", "Do you agree with this? Please explain.", "open_text", 315, 305, 290, 290),
            ("r1_type", None, "Are you a... (please ✓ all that apply)", "multiple_choice", 315, None, None, None),
        ],
        "respondent_types": [
            ("derby_resident", "Derby resident?", 170, False, 290),
            ("other", "other? Please say", None, True, 290),
        ],
        "positions": [
            ("q1a_term", "whole", "The answer as a whole", "favourable", "Favourable", 120, False, 270, True),
            ("q1a_term", "whole", "The answer as a whole", "unfavourable", "Unfavourable", 120, False, 270, True),
            ("q1a_term", "whole", "The answer as a whole", "no_answer", "No answer", None, True, 270, True),
            *_limb("partnership_place", "At least one place <on> any group", (support, 95, None, None)),
            *_limb("all_levels", "Representation at all levels", (None, None, None, 20)),
        ],
        "positions_by_type": [
            ("q1a_term", "whole", code, label, group, words, count, count is None, base)
            for group, words, base, counts in (
                ("derby_resident", "Derby resident?", 140, (75, 55)),
                ("other", "other? Please say", None, (None, None)),
                ("~campaign", "Sent a campaign's letter", 60, (25, 35)),
                ("~own_words", "In their own words", 210, (95, 85)),
                ("~channel_web", "Web form", 160, (70, 65)),
                ("~channel_post", "Post", 110, (50, 45)),
            )
            for (code, label), count in zip(
                (("favourable", "Favourable"), ("unfavourable", "Unfavourable")), counts, strict=True
            )
        ]
        + [
            ("q2_place", limb, code, label, group, words, count, count is None, base)
            for limb, group, words, base, counts in (
                ("partnership_place", "derby_resident", "Derby resident?", 125, (65, None)),
                ("partnership_place", "other", "other? Please say", 45, (25, 20)),
                ("all_levels", "derby_resident", "Derby resident?", 125, (None, None)),
                ("all_levels", "other", "other? Please say", None, (None, None)),
            )
            for (code, label), count in zip(_STANCES[:2], counts, strict=True)
        ],
        "themes": [
            ("q1a_term", "jargon", "The term is jargon", 85, False, 265),
            ("q1a_term", "cost", "The change would cost money", None, True, 265),
        ],
        "quality": [
            ("coding", "kappa:q1a_term", "Agreement of two coders on question 1", 0.82, "kappa", "Of 52 answers."),
            ("linkage", "pairs", "Pairs that wait for an officer", None, "pairs", ""),
        ],
        "outreach": [
            (date(2007, 3, 12), "BME cluster group", "by a visit", "with an interpreter"),
            (None, "Carers' network", "by letter", ""),
        ],
    }
    return {name: table_of(name, found) for name, found in rows.items()}


def parks_tables() -> dict[str, pa.Table]:
    """The second consultation: choices, a number, a quote, a question that is only counted."""
    rows: dict[str, list[tuple[object, ...]]] = {
        "ledger": [("web", "included", 46), ("email", "included", 39), ("email", "duplicate", 1)],
        "of_which": [("web", "individual", 46), ("email", "individual", 39)],
        "questions": [
            ("q1_use", "1", "Which do you use most?", "single_choice", 85, 80, None, None),
            ("q2_visits", "2", "About how many times did you visit one?", "number", 85, 60, None, None),
            ("q3_last_visit", "3", "When was your last visit?", "date", 85, 55, None, None),
            ("q5_proposal", "5", "What do you think of this proposal?", "open_text", 85, 70, 65, 65),
        ],
        "positions": [
            ("q5_proposal", "trees", "Trees in place of a car park", code, label, count, count is None, 65, True)
            for (code, label), count in zip(_STANCES, (None, None, None, None), strict=True)
        ],
        "closed_answers": [
            ("q1_use", "parks", "Parks", 25, False, 80),
            ("q1_use", "libraries", "Libraries", None, True, 80),
            ("q1_use", "both", "Both about the same", 30, False, 80),
        ],
        "number_summary": [("q2_visits", 60, 31.8, 24.0, 6.0, 50.0)],
        "quotes": [("q5_proposal", "Sundays, yes.\n\n<b>More</b> trees: a fine exchange.")],
    }
    return {name: table_of(name, found) for name, found in rows.items()}


def _limb(code: str, words: str, counts: tuple[int | None, ...]) -> list[tuple[object, ...]]:
    return [
        ("q2_place", code, words, stance, label, count, count is None, 290, False)
        for (stance, label), count in zip(_STANCES, counts, strict=True)
    ]


def make_release(
    definition: Definition, releases: Path, tables: Mapping[str, pa.Table], as_at: datetime = APRIL, **said: Any
) -> str:
    """Write a release of these tables as `build_release` packs one; its id. `said` stands in the manifest."""
    manifest = _manifest(definition, as_at) | said
    manifest["tables"] = {name: {"rows": table.num_rows, "hidden": 0} for name, table in tables.items()}
    known = {name: table for name, table in tables.items() if name in TABLES}
    return _write(releases, manifest, package_files(definition, manifest, known, None))


def make_report(definition: Definition, releases: Path, based_on: str, as_at: datetime = APRIL) -> str:
    """Write a report as a release of its own; its id."""
    page = "<!DOCTYPE html><html lang='en'><head><title>{0}</title><style>h1 {{color: #12332b}}</style></head><body>"
    page += "<main><h1>{0}</h1><p>155 of 290 coded answers.</p></main></body></html>"
    files = {
        "report.html": page.format("Report to the Commission").encode(),
        "report.pdf": b"%PDF-1.7\n%%EOF\n",
        "report.docx": b"PK\x03\x04",
        "you-said-we-did.html": page.format("You said, we did").encode(),
        "figures.json": b"{}\n",
    }
    said = {"kind": "report", "based_on": based_on, "tables": {}}
    return _write(releases, _manifest(definition, as_at) | said, files)


def publish(
    data: DataFolder, definition: Definition, release: str, at: datetime, audience: Audience = "public"
) -> None:
    """Note every step up to its publication."""
    releases, deed = data.releases(definition.id), Deed("anna", at)
    sha = sha256((releases / release / MANIFEST).read_bytes())
    life.draft(releases, release, deed, manifest_sha256=sha)
    life.take_checks(releases, release, deed, problems=())
    life.approve(releases, release, Deed("ben", at), manifest_sha256=sha)
    life.publish(releases, release, Deed("ben", at), audience=audience)


def _manifest(definition: Definition, as_at: datetime) -> dict[str, Any]:
    rule = Rule.for_release(definition.policy, "open")
    return {
        "format": FORMAT,
        "consultation": definition.id,
        "title": in_words(definition.questionnaire.title),
        "notice": None,
        "status": "open",
        "interim": True,
        "as_at": as_at.isoformat(),
        "licence": definition.policy.publication.licence,
        "purpose": definition.policy.publication.purpose,
        "questionnaire_hash": definition.questionnaire_hash,
        "policy_hash": definition.policy_hash,
        "landing_head": "a" * 64,
        "decisions_head": "b" * 64,
        "code_version": "c" * 64,
        "protection": asdict(rule),
        "rows": {"included": False, "rows": 0, "why": "The policy lets no rows leave.", "k": None, "l": None},
        "risk": {"intruder": {}, "overrides": []},
    }


def _write(releases: Path, manifest: dict[str, Any], files: dict[str, bytes]) -> str:
    manifest["files"] = {name: {"sha256": sha256(one), "bytes": len(one)} for name, one in sorted(files.items())}
    manifest["release"] = release_id(manifest)
    files = files | {MANIFEST: json_bytes(manifest)}
    files |= {"SHA256SUMS": checksums(files)}
    for name, content in files.items():
        file = releases / str(manifest["release"]) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return str(manifest["release"])


def manifest_of(data: DataFolder, consultation: str, release: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data.releases(consultation) / release / MANIFEST).read_bytes())
    return found
