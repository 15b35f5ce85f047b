"""Two-way tables: which counts of a breakdown are hidden, when the totals of its rows and columns are known.

Rows are respondent types or channels, columns are codes. Everything that an attacker may know is taken as known: the
base of each row, the table of all respondents (whose columns these are), and that nobody ticked two types, even where
they did: an exchange of hidden responses that keeps all these sums keeps every weaker one.
"""

from collections.abc import Iterator, Sequence

from transforms.disclosure.tables import hidden_cells

Mask = tuple[tuple[bool, ...], ...]


def hidden_in_breakdown(
    counts: Sequence[Sequence[int]],
    bases: Sequence[int],
    threshold: int,
    *,
    hidden_rows: Sequence[bool],
    hidden_columns: Sequence[bool],
    also: Sequence[Sequence[bool]] | None = None,
    open_bases: bool = False,
) -> Mask:
    """Which counts of a breakdown are hidden; a row whose base cannot be shown is hidden whole.

    A count is hidden when it is under `threshold` (zero too), is the whole of its row's base, or stands in a column
    that the table of all respondents hides; then others with it, until no hidden count is determined by the sums and
    the hidden counts of each row and column add up to `threshold` where another can be added.

    Args:
        counts: rows by columns, the exact counts.
        bases: the exact base of each row.
        threshold: the smallest count that is shown.
        hidden_rows: the respondent types that their own table hides.
        hidden_columns: what the table of all respondents hides.
        also: counts that are hidden besides, rows by columns.
        open_bases: how many each row is out of is no secret, so that none is hidden for another's sake.
    """
    small_bases = [base < threshold for base in bases] if open_bases else hidden_cells(bases, threshold)
    hidden = []
    for row, base, small_base, type_hidden in zip(counts, bases, small_bases, hidden_rows, strict=True):
        small = hidden_cells(row, threshold, subgroup=True)
        whole_row = small_base or type_hidden
        cells = zip(row, small, hidden_columns, strict=True)
        hidden.append([whole_row or cell or column or count == base for count, cell, column in cells])
    for hidden_row, more in zip(hidden, also or hidden, strict=True):
        hidden_row[:] = [one or other for one, other in zip(hidden_row, more, strict=True)]
    while True:
        found = _next_to_hide(counts, bases, threshold, hidden)
        if found is None:
            return tuple(tuple(row) for row in hidden)
        hidden[found[0]][found[1]] = True


def hidden_in_two_sides(
    counts: Sequence[Sequence[int]],
    bases: Sequence[int],
    threshold: int,
    *,
    hidden_rows: Sequence[bool],
    hidden_columns: Sequence[bool],
    also: Sequence[Sequence[bool]],
) -> Mask:
    """Which counts of a breakdown in two rows are hidden that together are everybody.

    What one row hides of a column the other must hide too, so columns are hidden whole: those that
    `hidden_in_breakdown` begins with, then the smallest, until no hidden count is determined and each row hides
    `threshold` or more. Arguments as there.
    """
    columns = range(len(hidden_columns))
    small = [hidden_cells(row, threshold, subgroup=True) for row in counts]
    hidden = {
        column
        for column in columns
        if hidden_columns[column]
        or any(cells[column] for cells in (*small, *also))
        or any(row[column] == base for row, base in zip(counts, bases, strict=True))
    }
    if any(hidden_rows) or min(bases) < threshold:
        hidden = set(columns)
    while True:
        mask = tuple(tuple(column in hidden for column in columns) for _ in counts)
        covered = all(sum(row[column] for column in hidden) >= threshold for row in counts)
        shown = [(min(row[column] for row in counts), column) for column in columns if column not in hidden]
        if not shown or not hidden or (covered and next(determined_cells(counts, bases, mask), None) is None):
            return mask
        hidden.add(min(shown)[1])


def determined_cells(
    counts: Sequence[Sequence[int]], bases: Sequence[int], hidden: Sequence[Sequence[bool]]
) -> Iterator[tuple[int, int]]:
    """The hidden cells (row, column) that follow from the sums of rows and columns and the counts shown.

    A cell can hold another value exactly when a response can be moved into it or out of it along a ring of hidden
    cells, one up and one down in turn, with no count below zero and none above its row's base. The zeros of a row or a
    column that is empty are left out: they follow from the sums, whatever is hidden.
    """
    used = [any(row[column] for row in counts) for column in range(len(counts[0]) if counts else 0)]
    for row, cells in enumerate(hidden):
        for column, is_hidden in enumerate(cells):
            if not is_hidden or not any(counts[row]) or not used[column]:
                continue
            if not any(_ring_exists(counts, bases, hidden, row, column, up=up) for up in (True, False)):
                yield row, column


def _next_to_hide(
    counts: Sequence[Sequence[int]], bases: Sequence[int], threshold: int, hidden: Sequence[Sequence[bool]]
) -> tuple[int, int] | None:
    """One more cell to hide: the smallest shown one beside a hidden one that is not safe yet.

    A cell that is the only hidden one of its row or column comes first: nothing else can make it safe.
    """
    rows, columns = range(len(counts)), range(len(counts[0]) if counts else 0)
    for column in columns:
        covered = [counts[row][column] for row in rows if hidden[row][column] and bases[row]]
        if covered and sum(covered) < threshold:
            beside = [(counts[row][column], row, column) for row in rows if not hidden[row][column]]
            if beside:
                return min(beside)[1:]
    alone: list[tuple[int, int, int]] = []
    together: list[tuple[int, int, int]] = []
    for row, column in determined_cells(counts, bases, hidden):
        in_row = [(counts[row][other], row, other) for other in columns if not hidden[row][other]]
        in_column = [(counts[other][column], other, column) for other in rows if not hidden[other][column]]
        alone += in_row if sum(hidden[row]) == 1 else []
        alone += in_column if sum(other[column] for other in hidden) == 1 else []
        together += in_row + in_column
    if alone or together:
        return min(alone or together)[1:]
    return None


def _ring_exists(
    counts: Sequence[Sequence[int]],
    bases: Sequence[int],
    hidden: Sequence[Sequence[bool]],
    row: int,
    column: int,
    *,
    up: bool,
) -> bool:
    """Whether the cell can go up (or down) by one while other hidden cells of its rows and columns make up for it."""
    if not (counts[row][column] < bases[row] if up else counts[row][column] > 0):
        return False
    # Going up, the column has one too many: walk from it down a cell to a row, up a cell to a column, and so on to
    # the starting row. Going down is the same walk from the starting row to the starting column.
    start, goal = (("column", column), ("row", row)) if up else (("row", row), ("column", column))
    seen, waiting = {start}, [start]
    while waiting:
        side, index = waiting.pop()
        if side == "column":
            reached = [
                ("row", other)
                for other in range(len(counts))
                if hidden[other][index] and (other, index) != (row, column) and counts[other][index] > 0
            ]
        else:
            reached = [
                ("column", other)
                for other in range(len(counts[index]))
                if hidden[index][other] and (index, other) != (row, column) and counts[index][other] < bases[index]
            ]
        if goal in reached:
            return True
        fresh = [node for node in reached if node not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
    return False
