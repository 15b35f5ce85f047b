"""Writes a public version by the contract, with counts made up here: the stand-in for the pipeline in these tests."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from schemas.definition import Definition
from transforms.disclosure.contract import LINES, TABLES, table_of

_Rows = list[tuple[object, ...]]
_CHANNELS = (("~channel_web", "Web form"), ("~channel_post", "Post"))
_SIDES = (("~campaign", "Sent a campaign's letter"), ("~own_words", "In their own words"))
QUALITY = (
    ("linkage", "pairs_waiting", "Pairs that wait for an officer", 12.0, "pairs", ""),
    ("linkage", "kept_apart", "Pairs that an officer kept apart", None, "pairs", "Too few to show."),
    ("coding", "coded:q2_place", "Coded answers: Do you agree with this?", 296.0, "responses", ""),
    ("coding", "kappa:q2_place:all_levels", "Cohen's kappa: Do you agree with this? (b)", 0.8125, "kappa", "1 is all."),
    ("reading", "errors", "Forms read wrongly", 0.0375, "share", "Of 80 forms that were audited."),
)
OUTREACH = (
    (date(2007, 3, 5), "The cluster groups", "A presentation", ""),
    (date(2007, 3, 5), "Partner agencies", "By e-mail", "With the summary"),
    (date(2007, 4, 2), "The libraries", "Posters", ""),
    (None, "The advice centres", "By telephone", ""),
)


def publish_version(
    public: Path,
    definition: Definition,
    as_at: datetime,
    *,
    name: str,
    status: str = "open",
    web: int = 321,
    quotes: tuple[tuple[str, str], ...] = (),
    as_at_view: str | None = None,
) -> Path:
    """Write version `name`; make it the current one, or with `as_at_view` the one for that moment. Returns its file."""
    public.mkdir(parents=True, exist_ok=True)
    file = public / f"{name}.duckdb"
    tables = _tables(definition, as_at, name, status, web) | {"quotes": list(quotes)}
    with duckdb.connect(str(file)) as connection:
        for table in TABLES:
            connection.from_arrow(table_of(table, tables[table])).create(table)
    if as_at_view is None:
        (public / "CURRENT").write_text(name + "\n")
    else:
        views = public / "as-at.json"
        known = json.loads(views.read_text()) if views.exists() else {}
        views.write_text(json.dumps(known | {as_at_view: name}))
    return file


def _tables(definition: Definition, as_at: datetime, name: str, status: str, web: int) -> dict[str, _Rows]:
    policy, questionnaire = definition.policy, definition.questionnaire
    about = {
        "time_zone": policy.dates.time_zone,
        "member_threshold": "5",
        "member_step": "10",
        "percentages_from_base": "50",
        "breakdowns_from_included": "100",
        "consultation": definition.id,
        "title": questionnaire.title.in_language("en"),
        "version": name,
        "as_at": as_at.isoformat(),
        "built_at": as_at.isoformat(),
        "status": status,
        "opens": policy.dates.opens.isoformat(),
        "closes": policy.dates.closes.isoformat(),
        "notice": "Every response here is synthetic.",
        "purpose": policy.publication.purpose,
        "answers_pending": "3",
    }
    ledger = [
        (channel, line, web - 40 * place if line == "included" else (5 * place + 3 * row) % 11)
        for place, channel in enumerate(policy.channels)
        for row, line in enumerate(LINES)
    ]
    received, included = sum(row[2] for row in ledger), sum(row[2] for row in ledger if row[1] == "included")
    days = (as_at.date() - policy.dates.opens).days + 1
    types = _types(definition)
    tables: dict[str, _Rows] = {table: [] for table in TABLES}
    tables["about"] = list(about.items())
    tables["ledger"] = list(ledger)
    tables["received_over_time"] = [
        (policy.dates.opens + timedelta(place), received * (place + 1) // days // 10 * 10) for place in range(days)
    ]
    tables["respondent_types"] = [(code, label, *_cell(place), 60) for place, (code, label) in enumerate(types)]
    tables["meetings"] = [(one.id, one.label, one.at.astimezone(UTC)) for one in policy.meetings]
    for question in questionnaire.questions:
        for field in question.fields:
            if policy.disclosure[field.id] == "direct_identifier":
                continue
            coding = (57, 50) if field.id in policy.frames else (None, None)
            label = field.label.in_language("en")
            tables["questions"].append((field.id, question.number, label, field.kind, included, 120, *coding))
            if field.kind == "number":
                tables["number_summary"].append((field.id, 40, 12.5, 10.0, 4.0, 20.0))
            if field.id != policy.respondent_type_field:
                tables["closed_answers"] += [(field.id, *row) for row in _closed(field)]
            _add_positions(tables, definition, field.id, types)
    tables["themes"] = [
        (field, f"theme_{place + 1}", f"Theme {place + 1}", *_cell(place), 50)
        for field in policy.frames
        for place in range(4)
    ]
    tables["quality"] = list(QUALITY)
    tables["outreach"] = list(OUTREACH)
    return tables


def _add_positions(tables: dict[str, _Rows], definition: Definition, field: str, types: list[tuple[str, str]]) -> None:
    """50 coded responses on each limb: 6 without an answer to the first limb, a hidden number without to the others."""
    frame = definition.policy.frames.get(field)
    for place, limb in enumerate(frame.limb_ids if frame else ()):
        limb_label = frame.limbs.get(limb, "The answer as a whole")
        for row, code in enumerate(frame.codes):
            cell = ((6, False) if place == 0 else (None, True)) if code.code == "no_answer" else _cell(row)
            tables["positions"].append((field, limb, limb_label, code.code, code.label, *cell, 50, False))
            groups = [*types, *_CHANNELS, *_SIDES]
            tables["positions_by_type"] += [
                (field, limb, code.code, code.label, *of, *_cell(row + column), 23 + column)
                for column, of in enumerate(groups)
            ]


def _closed(field) -> _Rows:
    if field.kind in ("single_choice", "multiple_choice", "age_band", "permission"):
        codes = [(choice.code, choice.label.in_language("en")) for choice in field.choices]
    elif field.kind == "scale":
        codes = [(str(point), text.in_language("en")) for point, text in enumerate(field.points, 1)]
    elif field.kind == "postcode_district":
        codes = [("DE1", "DE1"), ("other_districts", "All other districts")]
    else:
        return []
    base = 120 if field.kind == "single_choice" else 40
    return [(*code, *_cell(place), base) for place, code in enumerate(codes)]


def _cell(place: int) -> tuple[int | None, bool]:
    """A count and whether it is hidden; every fourth is."""
    return (None, True) if place % 4 == 3 else (23 - 6 * (place % 4), False)


def _types(definition: Definition) -> list[tuple[str, str]]:
    choices = definition.questionnaire.field(definition.policy.respondent_type_field).choices
    return [*((choice.code, choice.label.in_language("en")) for choice in choices), ("none_given", "None given")]
