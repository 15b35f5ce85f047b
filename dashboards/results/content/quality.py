"""How well the work is done: linkage, masking, coding and the reading of paper, each with its measures."""

from collections.abc import Iterator, Mapping, Sequence

from dashboards.results import wording
from dashboards.results.content.positions import limbs_of
from dashboards.results.content.questions import question_name
from dashboards.results.figures import Figure, Page, Table, View
from dashboards.results.tables import QualityRow

_AREAS = {
    "linkage": ("Linkage", "Responses that belong together"),
    "masking": ("Masking", "What names or points to a person"),
    "coding": ("Coding", "Answers coded by officers"),
    "reading": ("Reading of paper", "Forms that were read by machine or keyed"),
}
_NOT_MEASURED = "not measured"
_COEFFICIENTS = frozenset({"kappa", "alpha"})


def quality_page(view: View) -> Page:
    """A figure for each area that has measures, in the order of the work."""
    areas = dict.fromkeys((*_AREAS, *(row.area for row in view.version.quality)))
    figures = [figure for area in areas for figure in _figures(view, area)]
    summary = (
        "How responses that belong together were found, how what points to a person was masked, and how far two "
        "officers who coded the same answers agree."
    )
    nothing = () if figures else ("No measure is published yet.",)
    return Page(key="quality", title="Quality", menu="Quality", summary=(summary, *nothing), figures=tuple(figures))


def _figures(view: View, area: str) -> Iterator[Figure]:
    """What is measured of each part of a question as a line of its own, the other measures one by one."""
    rows = [row for row in view.version.quality if row.area == area]
    parts = _parts(view)
    of_parts = [row for row in rows if _place(row, parts)]
    others = [row for row in rows if row not in of_parts]
    if of_parts:
        yield _by_part(area, of_parts, parts)
    if others:
        yield _one_by_one(area, others)


def _one_by_one(area: str, rows: Sequence[QualityRow]) -> Figure:
    name, title = _AREAS.get(area, (area.capitalize(), area.capitalize()))
    return Figure(
        key=area,
        headline=name,
        title=title,
        table=Table(
            f"{name}: measures",
            ("Measure", "Value", "Unit", "Note"),
            tuple((row.label, _value(row), row.unit, row.note) for row in rows),
        ),
        notes=_hidden(rows),
    )


def _by_part(area: str, rows: Sequence[QualityRow], parts: Mapping[tuple[str, str], str]) -> Figure:
    name, title = _AREAS.get(area, (area.capitalize(), area.capitalize()))
    columns = {row.measure.partition(":")[0]: row.label.partition(":")[0] for row in rows}
    cells = {(row.measure.partition(":")[0], *_place(row, parts)): _value(row) for row in rows}
    measured = {place[0] for _, *place in cells}
    return Figure(
        key=f"{area}-by-question",
        headline=f"{name}, question by question",
        title=f"{title}, by question",
        table=Table(
            f"{name}: measures by question",
            ("Question", *columns.values()),
            tuple(
                (words, *(cells.get((one, field, limb), cells.get((one, field), _NOT_MEASURED)) for one in columns))
                for (field, limb), words in parts.items()
                if field in measured
            ),
        ),
        notes=(*dict.fromkeys(row.note for row in rows if row.note), *_hidden(rows)),
    )


def _parts(view: View) -> dict[tuple[str, str], str]:
    """Each part of each coded question in words."""
    names = {question.field: question_name(view, question) for question in view.version.questions}
    return {
        (field, limb.id): f"{name}{f': {limb.label}' if limb.label else ''}"
        for field, name in names.items()
        for limb in limbs_of(view, field)
    }


def _place(row: QualityRow, parts: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    """The field, or the field and the part of it, that a measure is of; nothing where it is of all."""
    _, *place = row.measure.split(":")
    known = {field for field, _ in parts}
    return tuple(place) if place and place[0] in known and (len(place) == 1 or tuple(place) in parts) else ()


def _hidden(rows: Sequence[QualityRow]) -> tuple[str, ...]:
    return () if all(row.value is not None for row in rows) else ("Not shown: too few, or not measured.",)


def _value(row: QualityRow) -> str:
    """Whole numbers as they are, shares as percentages, coefficients with two places."""
    if row.value is None:
        return "not shown"
    if row.unit == "share":
        return f"{100 * row.value:.1f}%"
    if row.unit in _COEFFICIENTS:
        return f"{row.value:.2f}"
    return wording.number(int(row.value) if row.value.is_integer() else row.value)
