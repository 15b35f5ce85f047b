"""One-way tables: which counts are hidden, rounding, and the collapse of codes. Pure functions over small lists.

The attacker knows the table's total, every published count and this code. What is hidden is therefore chosen by the
size of the counts alone: exchanging any two hidden counts gives the same published table, and the hidden counts are
never all equal while another count is left to hide. So no hidden count follows from what is shown.
"""

from collections.abc import Mapping, Sequence

from schemas.policy import Frame


def hidden_cells(counts: Sequence[int], threshold: int, *, subgroup: bool = False) -> tuple[bool, ...]:
    """Which counts of a one-way table are hidden.

    A count under `threshold` is hidden, a zero too, so that the two look alike. The next larger counts follow, all
    equal ones together, until the hidden counts differ among themselves and add up to `threshold` at least.
    In a table of everybody (`subgroup` false) whose only small counts are zeros nothing is hidden: that nobody holds
    a view is a result. In a subgroup it would tell the view of each of its members.

    Args:
        counts: the exact counts of one table, none negative.
        threshold: the smallest count that is shown.
        subgroup: whether the table is about a part of the respondents.
    """
    small = [count for count in counts if count < threshold]
    if not small or (not subgroup and not any(small)):
        return tuple(False for _ in counts)
    limit = max(small)
    while True:
        hidden = [count for count in counts if count <= limit]
        larger = [count for count in counts if count > limit]
        if not larger or (len(set(hidden)) > 1 and sum(hidden) >= threshold):
            return tuple(count <= limit for count in counts)
        limit = min(larger)


def round_to_base(count: int, base: int) -> int:
    """The multiple of `base` nearest to `count`; a half goes up."""
    return (2 * count + base) // (2 * base) * base


def round_down(count: int, step: int) -> int:
    """The largest multiple of `step` that is not above `count`."""
    return count // step * step


def collapse(counts: Mapping[str, int], frame: Frame) -> dict[str, int]:
    """Counts by code as counts by the frame's collapsed codes, zeros included, in the frame's order.

    Raises:
        KeyError: the frame has no such code.
    """
    broader = {code.code: code.collapsed for code in frame.codes}
    collapsed = dict.fromkeys(frame.collapsed_codes, 0)
    for code, count in counts.items():
        collapsed[broader[code]] += count
    return collapsed
