"""Writes a public version by its contract, with counts made up here: the stand-in for the pipeline in these tests."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from schemas.definition import Definition

LINES = (
    "erased",
    "not_a_response",
    "in_quarantine",
    "invalid",
    "withdrawn",
    "superseded",
    "out_of_time",
    "blank",
    "duplicate",
    "merged",
    "in_review",
    "included",
)
_TABLES = """
CREATE TABLE about (key VARCHAR, value VARCHAR);
CREATE TABLE ledger (channel VARCHAR, line VARCHAR, responses BIGINT);
CREATE TABLE received_over_time (day DATE, received_so_far BIGINT);
CREATE TABLE questions (field VARCHAR, number VARCHAR, label VARCHAR, kind VARCHAR, included BIGINT, answered BIGINT,
    coded BIGINT, coded_shown BIGINT);
CREATE TABLE respondent_types (code VARCHAR, label VARCHAR, responses BIGINT, hidden BOOLEAN, base BIGINT);
CREATE TABLE positions (field VARCHAR, limb VARCHAR, limb_label VARCHAR, code VARCHAR, label VARCHAR, responses BIGINT,
    hidden BOOLEAN, base BIGINT, collapsed BOOLEAN);
CREATE TABLE positions_by_type (field VARCHAR, limb VARCHAR, code VARCHAR, label VARCHAR, type_code VARCHAR,
    type_label VARCHAR, responses BIGINT, hidden BOOLEAN, base BIGINT);
CREATE TABLE closed_answers (field VARCHAR, code VARCHAR, label VARCHAR, responses BIGINT, hidden BOOLEAN, base BIGINT);
CREATE TABLE closed_by_type (field VARCHAR, code VARCHAR, label VARCHAR, type_code VARCHAR, type_label VARCHAR,
    responses BIGINT, hidden BOOLEAN, base BIGINT);
CREATE TABLE number_summary (field VARCHAR, base BIGINT, mean DOUBLE, median DOUBLE, lower_quartile DOUBLE,
    upper_quartile DOUBLE);
CREATE TABLE quotes (field VARCHAR, text VARCHAR);
CREATE TABLE meetings (id VARCHAR, label VARCHAR, "at" TIMESTAMP WITH TIME ZONE);
"""


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
    with duckdb.connect(str(file)) as connection:
        connection.execute(_TABLES)
        _fill(connection, definition, as_at, name, status, web)
        if quotes:
            connection.executemany("INSERT INTO quotes VALUES (?, ?)", quotes)
    if as_at_view is None:
        (public / "CURRENT").write_text(name + "\n")
    else:
        views = public / "as-at.json"
        known = json.loads(views.read_text()) if views.exists() else {}
        views.write_text(json.dumps(known | {as_at_view: name}))
    return file


def _fill(
    connection: duckdb.DuckDBPyConnection, definition: Definition, as_at: datetime, name: str, status: str, web: int
) -> None:
    policy, questionnaire = definition.policy, definition.questionnaire

    def insert(table: str, rows: list[tuple[object, ...]]) -> None:
        if rows:
            connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)

    about = {
        "consultation": definition.id,
        "title": questionnaire.title.in_language("en"),
        "version": name,
        "as_at": as_at.isoformat(),
        "built_at": as_at.isoformat(),
        "status": status,
        "questionnaire_hash": definition.questionnaire_hash,
        "policy_hash": definition.policy_hash,
        "opens": policy.dates.opens.isoformat(),
        "closes": policy.dates.closes.isoformat(),
        "notice": "Every response here is synthetic.",
        "purpose": policy.publication.purpose,
    }
    insert("about", list(about.items()))
    ledger = [
        (channel, line, (web if line == "included" else (5 * place + 3 * row) % 11))
        for place, channel in enumerate(policy.channels)
        for row, line in enumerate(LINES)
    ]
    insert("ledger", [*ledger])
    received, included = sum(row[2] for row in ledger), sum(row[2] for row in ledger if row[1] == "included")
    days = (min(as_at.date(), policy.dates.closes) - policy.dates.opens).days + 1
    insert(
        "received_over_time",
        [(policy.dates.opens + timedelta(d), received * (d + 1) // days // 10 * 10) for d in range(days)],
    )
    types = _types(definition)
    insert("respondent_types", [(c, label, 61 - 7 * i, False, included) for i, (c, label) in enumerate(types)])
    for question in questionnaire.questions:
        for field in question.fields:
            frame = policy.frames.get(field.id)
            label = field.label.in_language("en")
            row = (field.id, question.number, label, field.kind, included, included - 9)
            insert("questions", [(*row, 57, 50) if frame else (*row, None, None)])
            if frame:
                for limb in frame.limb_ids:
                    rows = [
                        (field.id, limb, frame.limbs.get(limb, ""), code.code, code.label, *_cell(i), 54, False)
                        for i, code in enumerate(frame.codes)
                    ]
                    insert("positions", rows)
                    insert(
                        "positions_by_type",
                        [
                            (field.id, limb, code.code, code.label, one, name_, *_cell(i + j + 1), 23 + j)
                            for i, code in enumerate(frame.codes)
                            for j, (one, name_) in enumerate(types)
                        ],
                    )
            elif field.kind in ("single_choice", "multiple_choice", "age_band", "permission"):
                choices = [(choice.code, choice.label.in_language("en")) for choice in field.choices]
                insert("closed_answers", [(field.id, c, text, *_cell(i), 54) for i, (c, text) in enumerate(choices)])
            elif field.kind == "scale":
                points = [(str(i), text.in_language("en")) for i, text in enumerate(field.points, 1)]
                insert("closed_answers", [(field.id, c, text, *_cell(i), 49) for i, (c, text) in enumerate(points)])
            elif field.kind == "number":
                insert("number_summary", [(field.id, 45, 12.5, 10.0, 4.0, 20.0)])
    insert("meetings", [(m.id, m.label, m.at) for m in policy.meetings])


def _cell(place: int) -> tuple[int | None, bool]:
    """Count and whether it is hidden; every fourth cell is."""
    return (None, True) if place % 4 == 3 else (31 - 6 * (place % 5), False)


def _types(definition: Definition) -> list[tuple[str, str]]:
    field = definition.policy.respondent_type_field
    if field is None:
        return []
    choices = definition.questionnaire.field(field).choices
    return [*((choice.code, choice.label.in_language("en")) for choice in choices), ("none_given", "None given")]


def first_day(definition: Definition) -> date:
    return definition.policy.dates.opens
