"""The themes of a question: what officers found in the answers, in their own words, with counts."""

from collections.abc import Iterator

from dashboards.results.content.counts import bars_of, base_line, base_of, counts_table, hidden_note, most_frequent
from dashboards.results.figures import Figure, View
from dashboards.results.tables import QuestionRow

_TITLE = "Themes of the coded answers"


def theme_figure(view: View, question: QuestionRow) -> Iterator[Figure]:
    """The themes of a question, the most frequent first as the table has them; nothing where none is coded."""
    rows = [row for row in view.version.themes if row.field == question.field]
    if not rows:
        return
    about, base = view.version.about, base_of(rows)
    most = most_frequent(rows, base, "coded answer")
    yield Figure(
        key="themes",
        headline=f"Themes. {most}" if most else "Themes. Too few coded answers to show yet",
        title=_TITLE,
        table=counts_table(
            rows, caption=_TITLE, heading="Theme", unit="Respondents who raise it", base=base, about=about
        ),
        chart=bars_of(rows),
        base=base_line(base, "coded answer"),
        notes=(
            "The themes are in officers' words. An answer may raise several or none, so the figures do not add up.",
            *hidden_note(rows, about),
        ),
    )
