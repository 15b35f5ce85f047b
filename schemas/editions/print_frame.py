"""What is at the same place on every printed page: the four marks, the square code, the serial. In millimetres."""

from schemas.editions.print_layout import PAGE_HEIGHT, PAGE_WIDTH, Area, Mark

MARK_SIZE, MARK_INSET = 10.0, 8.0
CODE_SIZE = 15.0
# DICT_4X4_250 has four marks for each of so many pages; the pages beyond begin again with the first.
MARKED_PAGES = 250 // 4
_RIGHT, _LOWER = PAGE_WIDTH - MARK_INSET - MARK_SIZE, PAGE_HEIGHT - MARK_INSET - MARK_SIZE
_CORNERS = ((MARK_INSET, MARK_INSET), (_RIGHT, MARK_INSET), (_RIGHT, _LOWER), (MARK_INSET, _LOWER))
# Beside the upper right mark. White all around: the code's own quiet zone is four of its modules.
CODE_AREA = Area(_RIGHT - 6.0 - CODE_SIZE, MARK_INSET, CODE_SIZE, CODE_SIZE)


def marks_of(index: int) -> tuple[Mark, ...]:
    """The marks of the definition's page with that index, in the order of `PrintedPage.marks`."""
    first = 4 * (index % MARKED_PAGES)
    return tuple(Mark(first + corner, Area(x, y, MARK_SIZE, MARK_SIZE)) for corner, (x, y) in enumerate(_CORNERS))
