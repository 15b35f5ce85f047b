"""Coded positions on one part (limb) of a question: who gave no answer to it stands outside the figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from dashboards.results import wording
from dashboards.results.content.counts import base_line, base_of, counts_table, hidden_note, most_frequent, sided_bars
from dashboards.results.figures import Figure, View
from dashboards.results.tables import PositionRow, QuestionRow

NO_ANSWER = "no_answer"
WHOLE = "whole"
_NOT_CODED = "Responses that are not yet coded are neither in the base nor counted as no answer."
_TOO_FEW = "Too few coded answers to show yet"


@dataclass(frozen=True)
class Limb:
    """One part of a coded question. `coded` is how many responses the figures are about, None where hidden.

    `base` leaves out those who gave no answer to this part; None where their number is hidden.
    """

    id: str
    label: str
    positions: tuple[PositionRow, ...]
    silent: tuple[PositionRow, ...]

    @property
    def coded(self) -> int | None:
        return base_of((*self.positions, *self.silent))

    @property
    def base(self) -> int | None:
        silent = [row.responses for row in self.silent]
        if self.coded is None or None in silent:
            return None
        return self.coded - sum(count or 0 for count in silent)

    @property
    def headline(self) -> str:
        """`31 of 54 coded answers: Support`; of all coded responses where how many gave no answer is hidden."""
        return most_frequent(self.positions, self.shown_base, self.unit) or _TOO_FEW

    @property
    def unit(self) -> str:
        """What the figures are out of: coded answers, or all coded responses where the base includes the silent."""
        return "coded response" if self.base is None else "coded answer"

    @property
    def shown_base(self) -> int | None:
        return self.coded if self.base is None else self.base


def limbs_of(view: View, field: str) -> list[Limb]:
    """The parts of a coded field, as they are in the frame; none for a field that is not coded."""
    rows = [row for row in view.version.positions if row.field == field]
    limbs = []
    for name, group in groupby(rows, key=lambda row: row.limb):
        codes = tuple(group)
        limbs.append(
            Limb(
                id=name,
                label="" if name == WHOLE else codes[0].limb_label,
                positions=tuple(row for row in codes if row.code != NO_ANSWER),
                silent=tuple(row for row in codes if row.code == NO_ANSWER),
            )
        )
    return limbs


def limb_figure(view: View, question: QuestionRow, limb: Limb) -> Figure:
    """The positions on one part, with what is coded, what waits for the next step, and who gave no answer."""
    about = view.version.about
    title = limb_title(limb)
    return Figure(
        key=f"positions-{limb.id}",
        headline=f"{limb.label}. {limb.headline}" if limb.label else limb.headline,
        title=title,
        table=counts_table(
            limb.positions, caption=title, heading="Position", unit="Coded answers", base=limb.base, about=about
        ),
        chart=sided_bars(limb.positions, view.sides.get(question.field, {})),
        base=base_line(limb.shown_base, limb.unit),
        notes=(*_notes(question, limb), *hidden_note((*limb.positions, *limb.silent), about)),
    )


def limb_title(limb: Limb) -> str:
    return f"Coded answers by position{f': {limb.label}' if limb.label else ''}"


def coded_of_included(question: QuestionRow) -> str:
    return f"{wording.number(question.coded or 0)} of {wording.number(question.included)} included"


def _notes(question: QuestionRow, limb: Limb) -> Iterator[str]:
    yield f"Coded: {coded_of_included(question)}. {_NOT_CODED}"
    if limb.coded is not None and question.coded is not None and limb.coded < question.coded:
        yield (
            f"{wording.number(limb.coded)} of the {wording.number(question.coded)} coded responses are shown: "
            "positions change in steps, so that nobody's answer can be worked out."
        )
    if any(row.collapsed for row in limb.positions):
        yield "Positions are joined into broader ones while few responses are coded."
    for row in limb.silent:
        yield f"No answer to this part, outside the figures above: {wording.count(row.responses)}."
    if limb.base is None and limb.coded is not None:
        yield "The base includes those who gave no answer to this part, because their number is not shown."
