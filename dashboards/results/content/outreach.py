"""The outreach log as it is: who was told of the consultation, when and how."""

from datetime import date
from itertools import groupby

from dashboards.results import wording
from dashboards.results.figures import Figure, Page, Table, View

NOT_ASKED = (
    "The form did not ask who belongs to which group. So nothing here says who answered, and no group that was told "
    "can be called silent."
)


def outreach_page(view: View) -> Page:
    """Every entry of the log in the order of days, those without a day last."""
    rows = view.version.outreach
    figure = Figure(
        key="outreach",
        headline=f"Told {wording.counted(len(rows), 'time')}, as the log has it",
        title="Who was told of the consultation, when and how",
        table=Table(
            "Outreach log",
            ("Day", "Who was told", "How", "Note"),
            tuple((wording.day(row.day) if row.day else "Day not known", row.who, row.how, row.note) for row in rows),
        ),
        notes=("Officers keep the log by hand.",),
    )
    nothing = () if rows else ("The outreach log has no entry yet.",)
    return Page(
        key="outreach",
        title="Outreach",
        menu="Outreach",
        summary=(NOT_ASKED, *nothing),
        figures=(figure,) if rows else (),
    )


def outreach_marks(view: View, last: date) -> tuple[tuple[tuple[date, str], ...], tuple[str, ...]]:
    """Days on which somebody was told, numbered to stand on a line up to `last`; and what each number means."""
    dated = sorted(
        ((row.day, f"{row.who}, {row.how}") for row in view.version.outreach if row.day), key=lambda one: one[0]
    )
    shown = [one for one in dated if view.version.about.opens <= one[0] <= last]
    marks, notes = [], []
    for number, (day, group) in enumerate(groupby(shown, key=lambda one: one[0]), 1):
        marks.append((day, str(number)))
        notes.append(f"{number}: {wording.day(day)}: {'; '.join(words for _, words in group)}.")
    return tuple(marks), tuple(notes)
