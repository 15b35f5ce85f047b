"""How well the work is done: linkage, masking, coding and the reading of paper, each with its measures."""

from dashboards.results import wording
from dashboards.results.figures import Figure, Page, Table, View
from dashboards.results.tables import QualityRow

_AREAS = {
    "linkage": ("Linkage", "Responses that belong together"),
    "masking": ("Masking", "What names or points to a person"),
    "coding": ("Coding", "Answers coded by officers"),
    "reading": ("Reading of paper", "Forms that were read by machine or keyed"),
}
_COEFFICIENTS = frozenset({"kappa", "alpha"})


def quality_page(view: View) -> Page:
    """A figure for each area that has measures, in the order of the work."""
    areas = dict.fromkeys((*_AREAS, *(row.area for row in view.version.quality)))
    figures = [_figure(view, area) for area in areas if any(row.area == area for row in view.version.quality)]
    summary = (
        "How responses that belong together were found, how what points to a person was masked, and how far two "
        "officers who coded the same answers agree."
    )
    nothing = () if figures else ("No measure is published yet.",)
    return Page(key="quality", title="Quality", menu="Quality", summary=(summary, *nothing), figures=tuple(figures))


def _figure(view: View, area: str) -> Figure:
    name, title = _AREAS.get(area, (area.capitalize(), area.capitalize()))
    rows = [row for row in view.version.quality if row.area == area]
    return Figure(
        key=area,
        headline=name,
        title=title,
        table=Table(
            f"{name}: measures",
            ("Measure", "Value", "Unit", "Note"),
            tuple((row.label, _value(row), row.unit, row.note) for row in rows),
        ),
        notes=() if all(row.value is not None for row in rows) else ("Not shown: too few, or not measured.",),
    )


def _value(row: QualityRow) -> str:
    """Whole numbers as they are, shares as percentages, coefficients with two places."""
    if row.value is None:
        return "not shown"
    if row.unit == "share":
        return f"{100 * row.value:.1f}%"
    if row.unit in _COEFFICIENTS:
        return f"{row.value:.2f}"
    return wording.number(int(row.value) if row.value.is_integer() else row.value)
