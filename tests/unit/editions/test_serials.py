"""Numbers of printed forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.editions.serials import LETTERS, MOST_FORMS, MOST_RUNS, is_serial, serial_of

runs, forms = st.integers(1, MOST_RUNS), st.integers(1, MOST_FORMS)


def test_a_serial_is_short_and_has_no_letter_that_is_taken_for_another() -> None:
    assert [serial_of(1, 1), serial_of(1, 2), serial_of(2, 1)] == ["223-223T", "223-224R", "224-223N"]
    assert set("01OIL").isdisjoint(LETTERS)


@given(st.sets(st.tuples(runs, forms), min_size=2))
def test_no_two_forms_have_one_serial(numbers: set[tuple[int, int]]) -> None:
    assert len({serial_of(run, form) for run, form in numbers}) == len(numbers)


@given(runs, forms)
def test_a_serial_is_known_as_one(run: int, form: int) -> None:
    assert is_serial(serial_of(run, form))


@given(runs, forms, st.data())
def test_one_misread_letter_is_noticed(run: int, form: int, data: st.DataObject) -> None:
    serial = serial_of(run, form)
    place = data.draw(st.sampled_from([0, 1, 2, 4, 5, 6, 7]))
    letter = data.draw(st.sampled_from([one for one in LETTERS if one != serial[place]]))

    assert not is_serial(serial[:place] + letter + serial[place + 1 :])


@given(runs, forms, st.data())
def test_two_exchanged_letters_are_noticed(run: int, form: int, data: st.DataObject) -> None:
    letters = list(serial_of(run, form))
    first, second = data.draw(st.sampled_from([(0, 1), (1, 2), (2, 4), (4, 5), (5, 6), (6, 7)]))
    same = letters[first] == letters[second]
    letters[first], letters[second] = letters[second], letters[first]

    assert is_serial("".join(letters)) is same


@pytest.mark.parametrize("text", ["", "223-223", "223223T", "223-223t", "OIL-1011", "223-223T "])
def test_other_texts_are_no_serials(text: str) -> None:
    assert not is_serial(text)


@pytest.mark.parametrize(("run", "form"), [(0, 1), (1, 0), (MOST_RUNS + 1, 1), (1, MOST_FORMS + 1)])
def test_a_number_beyond_the_serials_is_refused(run: int, form: int) -> None:
    with pytest.raises(ValueError, match="Runs go from 1 to"):
        serial_of(run, form)
