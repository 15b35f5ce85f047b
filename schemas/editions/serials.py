"""Numbers of printed forms: short, and hard to misread. A serial keeps a form's pages together; it names nobody."""

import re

# Without 0, O, 1, I and L: 31 are left, a prime, so that the check letter misses no misread and no exchanged letter.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_RUN_LENGTH, _FORM_LENGTH = 3, 3
_SERIAL = re.compile(f"[{LETTERS}]{{{_RUN_LENGTH}}}-[{LETTERS}]{{{_FORM_LENGTH + 1}}}")
MOST_RUNS = len(LETTERS) ** _RUN_LENGTH - 1
MOST_FORMS = len(LETTERS) ** _FORM_LENGTH - 1


def serial_of(run: int, form: int) -> str:
    """The serial of a form, `RRR-FFFC`: the print run, the form in it (both count from 1), a check letter.

    Raises:
        ValueError: there is no serial of that number.
    """
    if not 1 <= run <= MOST_RUNS or not 1 <= form <= MOST_FORMS:
        raise ValueError(f"Runs go from 1 to {MOST_RUNS} and forms from 1 to {MOST_FORMS}.")
    first, second = _written(run, _RUN_LENGTH), _written(form, _FORM_LENGTH)
    return f"{first}-{second}{_check_letter(first + second)}"


def is_serial(text: str) -> bool:
    """Whether a text is a serial, its check letter right: one misread letter, or two exchanged, are noticed."""
    if not _SERIAL.fullmatch(text):
        return False
    letters = text.replace("-", "")
    return _check_letter(letters[:-1]) == letters[-1]


def _written(number: int, length: int) -> str:
    letters = ""
    for _ in range(length):
        number, rest = divmod(number, len(LETTERS))
        letters = LETTERS[rest] + letters
    return letters


def _check_letter(letters: str) -> str:
    """The letter with which the sum of all, each times its place from the end, can be divided by their number."""
    total = sum(weight * LETTERS.index(letter) for weight, letter in enumerate(reversed(letters), 2))
    return LETTERS[-total % len(LETTERS)]
