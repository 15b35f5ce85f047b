"""The protected tables that are not breakdowns: ledger, days, questions, numbers, meetings."""

import datetime
from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa

from schemas.definition import Definition
from transforms.disclosure.contract import LINES, table_of
from transforms.disclosure.counts import EVERYBODY, Counts
from transforms.disclosure.errors import DisclosureError
from transforms.disclosure.tables import round_down, round_to_base
from transforms.disclosure.vocabulary import Rule, coded_fields, in_words, reported_fields, tabulated_fields
from transforms.of_which import KINDS

SUMMARY_FROM = 10


def ledger(counts: Counts, definition: Definition) -> pa.Table:
    """Every channel of the policy, and any other that occurs, by every line; exact.

    Raises:
        DisclosureError: the marts have a line that the ledger does not.
    """
    unknown = {line for _, line in counts.ledger} - set(LINES)
    if unknown:
        raise DisclosureError(f"The ledger has no line '{min(unknown)}'; run the pipeline with --full.")
    others = sorted({channel for channel, _ in counts.ledger} - set(definition.policy.channels))
    channels = [*definition.policy.channels, *others]
    rows = [(channel, line, counts.ledger.get((channel, line), 0)) for channel in channels for line in LINES]
    return table_of("ledger", [tuple(row) for row in rows])


def of_which(counts: Counts, definition: Definition) -> pa.Table:
    """The included respondents of every channel of the ledger by kind; exact."""
    others = sorted({channel for channel, _ in counts.ledger} - set(definition.policy.channels))
    channels = [*definition.policy.channels, *others]
    return table_of("of_which", [(c, kind, counts.of_which.get((c, kind), 0)) for c in channels for kind in KINDS])


def campaigns(rows: Iterable[tuple[str | None, int, int]], rule: Rule) -> pa.Table:
    """Campaigns, the largest first, of which enough took part: (description, members, unedited) to protected counts."""
    shown: list[tuple[object, ...]] = []
    for description, members, unedited in sorted(rows, key=lambda row: (-row[1], row[0] or "", row[2])):
        if members < rule.threshold:
            continue
        told = _rounded(members, rule)
        edited = members - unedited
        hidden = 0 < unedited < rule.threshold or 0 < edited < rule.threshold
        shown.append((description, told, None if hidden else min(told, _rounded(unedited, rule))))
    return table_of("campaigns", shown)


def _rounded(count: int, rule: Rule) -> int:
    return round_to_base(round_down(count, rule.step), rule.rounding)


def received_over_time(counts: Counts, definition: Definition, as_at: datetime.datetime) -> pa.Table:
    """The total received by the end of each day from the opening to `as_at`, rounded down to the members' step."""
    step = definition.policy.publication.member_step
    last = as_at.astimezone(definition.zone).date()
    first = definition.policy.dates.opens
    so_far = sum(n for day, n in counts.received_by_day.items() if day < first)
    rows: list[tuple[object, ...]] = []
    for offset in range((last - first).days + 1):
        day = first + datetime.timedelta(days=offset)
        so_far += counts.received_by_day.get(day, 0)
        rows.append((day, round_down(so_far, step)))
    return table_of("received_over_time", rows)


def questions(counts: Counts, definition: Definition, rule: Rule) -> pa.Table:
    """Each reported field with how many are included, answered and coded.

    How many answered is as of the last step, since the exact figure tells of one respondent what was left out; how
    many are coded is the officers' progress, and exact but in a release.
    """
    coded = {one.id for one in coded_fields(definition)}
    rows: list[tuple[object, ...]] = []
    for number, one in reported_fields(definition):
        is_coded = one.id in coded
        rows.append(
            (
                one.id,
                number,
                in_words(one.label),
                one.kind,
                counts.included,
                _total(round_down(counts.answered.get((one.id, EVERYBODY), 0), rule.step), rule),
                _progress(counts.coded_now.get(one.id, 0), rule) if is_coded else None,
                _total(counts.coded.get((one.id, EVERYBODY), 0), rule) if is_coded else None,
            )
        )
    return table_of("questions", rows)


def as_positions_show(questions: pa.Table, positions: pa.Table) -> pa.Table:
    """The table `questions` with as many coded answers shown as the positions are out of: some wait for a step."""
    bases = {row["field"]: row["base"] for row in positions.to_pylist()}
    rows = [
        row | {"coded_shown": bases.get(row["field"])} if row["field"] in bases else row
        for row in questions.to_pylist()
    ]
    return table_of("questions", [tuple(row.values()) for row in rows])


def number_summary(counts: Counts, definition: Definition, rule: Rule) -> pa.Table:
    """Mean and quartiles of each number asked for; nothing under ten answers, nor where steps cannot be held."""
    smallest = max(SUMMARY_FROM, rule.threshold)
    rows: list[tuple[object, ...]] = []
    for one in tabulated_fields(definition, frozenset({"number"})):
        histogram = counts.numbers.get(one.id, {})
        base = sum(histogram.values())
        if base < smallest or base % rule.step:
            rows.append((one.id, *(None,) * 5))
            continue
        mean = sum(value * count for value, count in histogram.items()) / base
        lower, median, upper = _quartiles(histogram)
        figures = [round(figure, 2) for figure in (mean, median, lower, upper)]
        rows.append((one.id, round_to_base(base, rule.rounding), *figures))
    return table_of("number_summary", rows)


def meetings(definition: Definition) -> pa.Table:
    """The policy's meetings; a time without a zone is local."""
    rows: list[tuple[object, ...]] = []
    for one in definition.policy.meetings:
        at = one.at if one.at.tzinfo else one.at.replace(tzinfo=definition.zone)
        rows.append((one.id, one.label, at.astimezone(datetime.UTC)))
    return table_of("meetings", rows)


def _total(count: int, rule: Rule) -> int | None:
    return None if 0 < count < rule.threshold else round_to_base(count, rule.rounding)


def _progress(count: int, rule: Rule) -> int | None:
    return count if rule.rounding == 1 else _total(count, rule)


def _quartiles(histogram: Mapping[float, int]) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile, with linear interpolation between neighbours."""
    values = np.array(sorted(histogram))
    up_to = np.cumsum([histogram[value] for value in values])
    positions = np.array([0.25, 0.5, 0.75]) * (up_to[-1] - 1)
    below = values[np.searchsorted(up_to, np.floor(positions), side="right")]
    above = values[np.searchsorted(up_to, np.ceil(positions), side="right")]
    lower, median, upper = below + (above - below) * (positions % 1)
    return float(lower), float(median), float(upper)
