"""Pages go together by serial and order; what does not is told apart."""

from dataclasses import replace

from ingest.post.scans.gather import Gathered, gather
from ingest.post.scans.recognise import PageFacts
from tests.unit.post.pages import intro, look, page


def forms_of(gathered: Gathered) -> list[dict[int, int]]:
    """For each form: printed number -> where it is in the file."""
    return [{number: one.at for number, one in sorted(form.pages.items())} for form in gathered.forms]


def test_a_form_is_its_pages_in_any_order() -> None:
    assert forms_of(gather([page(1, 3), page(2, 1), page(3, 2)])) == [{1: 2, 2: 3, 3: 1}]


def test_interleaved_respondents_are_told_apart_by_their_serials() -> None:
    pages = [page(1, 1, "AA-2"), page(2, 1, "BB-3"), page(3, 2, "AA-2"), page(4, 2, "BB-3")]
    assert forms_of(gather(pages)) == [{1: 1, 2: 3}, {1: 2, 2: 4}]


def test_photocopies_of_one_blank_are_different_forms_in_spite_of_their_serial() -> None:
    pages = [page(1, 1), page(2, 2), page(3, 1), page(4, 2)]
    assert forms_of(gather(pages)) == [{1: 1, 2: 2}, {1: 3, 2: 4}]


def test_photocopies_whose_first_page_has_no_answer_are_different_forms_too() -> None:
    pages = [intro(1), page(2, 2), intro(3), page(4, 2)]
    assert forms_of(gather(pages)) == [{1: 1, 2: 2}, {1: 3, 2: 4}]


def test_a_sheet_fed_twice_is_read_once() -> None:
    found = gather([page(1, 1), page(2, 2, seed=7), page(3, 2, seed=7), page(4, 3)])
    assert forms_of(found) == [{1: 1, 2: 2, 3: 4}]
    assert found.forms[0].doubled == [3]


def test_two_people_who_fill_a_page_alike_are_two() -> None:
    pages = [page(1, 1), page(2, 2, seed=7), page(3, 1), page(4, 2, seed=7)]
    assert forms_of(gather(pages)) == [{1: 1, 2: 2}, {1: 3, 2: 4}]


def test_forms_without_serials_follow_each_other() -> None:
    pages = [page(1, 1, None), page(2, 2, None), page(3, 1, None), page(4, 2, None)]
    assert forms_of(gather(pages)) == [{1: 1, 2: 2}, {1: 3, 2: 4}]


def test_a_stack_without_serials_may_be_fed_backwards() -> None:
    pages = [page(1, 3, None), page(2, 2, None), page(3, 1, None), page(4, 3, None), page(5, 2, None)]
    assert forms_of(gather(pages)) == [{1: 3, 2: 2, 3: 1}, {2: 5, 3: 4}]


def test_pages_of_two_people_without_serials_are_not_put_together() -> None:
    pages = [page(1, 1, None), page(2, 3, None), page(3, 2, None), page(4, 3, None)]
    assert forms_of(gather(pages)) == [{1: 1, 3: 2}, {2: 3, 3: 4}]


def test_a_page_whose_code_was_not_read_goes_to_the_form_around_it() -> None:
    pages = [page(1, 1), page(2, 2, code=False), page(3, 3), page(4, 1, "BB-3"), page(5, 2, "BB-3")]
    assert forms_of(gather(pages)) == [{1: 1, 2: 2, 3: 3}, {1: 4, 2: 5}]


def test_a_page_whose_code_was_not_read_goes_to_the_only_form_that_lacks_it() -> None:
    pages = [page(1, 1, "AA-2"), page(2, 1, "BB-3"), page(3, 2, code=False), page(4, 2, "BB-3")]
    assert forms_of(gather(pages)) == [{1: 1, 2: 3}, {1: 2, 2: 4}]


def test_a_page_that_may_be_of_either_of_two_interleaved_people_is_given_to_neither() -> None:
    pages = [
        page(1, 1, "AA-2"),
        page(2, 1, "BB-3"),
        page(3, 2, code=False),
        page(4, 2, code=False),
        page(5, 3, "AA-2"),
        page(6, 3, "BB-3"),
    ]
    found = forms_of(gather(pages))
    assert found[:2] == [{1: 1, 3: 5}, {1: 2, 3: 6}]
    assert sorted(form[2] for form in found[2:]) == [3, 4]


def test_blank_backs_are_left_out_and_letters_go_with_the_form_before_them() -> None:
    pages = [
        page(1, 1),
        PageFacts(2, "blank"),
        page(3, 2),
        PageFacts(4, "foreign"),
        page(5, 1, "BB-3"),
        page(6, 2, "BB-3"),
    ]
    found = gather(pages)
    assert forms_of(found) == [{1: 1, 2: 3}, {1: 5, 2: 6}]
    assert [[letter.at for letter in form.letters] for form in found.forms] == [[4], []]
    assert found.others == []


def test_a_letter_before_all_forms_goes_with_the_first() -> None:
    found = gather([PageFacts(1, "foreign"), page(2, 1), page(3, 1, "BB-3")])
    assert [[letter.at for letter in form.letters] for form in found.forms] == [[1], []]


def test_foreign_pages_alone_are_kept_together() -> None:
    found = gather([PageFacts(1, "foreign"), PageFacts(2, "blank"), PageFacts(3, "foreign")])
    assert (found.forms, [(other.kind, [one.at for one in other.pages]) for other in found.others]) == (
        [],
        [("foreign", [1, 3])],
    )


def test_forms_of_another_version_are_one_entry_for_each_form() -> None:
    old = [
        replace(page(at, number, serial), kind="other_version", questionnaire_hash="f" * 12)
        for at, (number, serial) in enumerate([(1, "AA-2"), (2, "AA-2"), (1, "BB-3"), (1, "BB-3")], 1)
    ]
    found = gather([*old, page(5, 1)])
    assert [(other.kind, [one.at for one in other.pages]) for other in found.others] == [
        ("other_version", [1, 2]),
        ("other_version", [3]),
        ("other_version", [4]),
    ]
    assert forms_of(found) == [{1: 5}]


def test_continuation_sheets_stay_with_their_form_however_many() -> None:
    pages = [page(1, 1), page(2, 0), page(3, 0), page(4, 0, seed=3), page(5, 1, "BB-3"), page(6, 0, "BB-3")]
    found = gather(pages)
    assert [[one.at for one in form.continuations] for form in found.forms] == [[2, 3], [6]]


def test_editions_are_not_mixed() -> None:
    found = gather([page(1, 1, None), page(2, 2, None, language="ar")])
    assert [(form.edition, form.at) for form in found.forms] == [
        (("en", "standard"), [1]),
        (("ar", "standard"), [2]),
    ]


def test_empty_pages_look_the_same() -> None:
    assert look(None) == look(None) != look(1)
