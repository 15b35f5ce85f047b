"""What a sender changed in a letter, word by word."""

from transforms.campaigns.words import MOST_WORDS, Change, changes

TEMPLATE = "Please keep the library open on Saturdays. It is the only warm room nearby."


def test_each_change_is_given_as_it_was_written() -> None:
    text = "Dear Council, please keep the Library open on Sundays; it is the only warm and dry room."
    assert changes(TEMPLATE, text) == (
        Change("added", "", "Dear Council,"),
        Change("changed", "Saturdays.", "Sundays;"),
        Change("added", "", "and dry"),
        Change("left_out", "nearby.", ""),
    )


def test_what_makes_no_difference_is_no_change() -> None:
    assert changes(TEMPLATE, "PLEASE keep the library\nopen, on Saturdays! It is the only wärm - room nearby") == ()


def test_an_empty_text_leaves_all_out() -> None:
    assert changes("Keep it open.", "") == (Change("left_out", "Keep it open.", ""),)


def test_beyond_what_is_compared_word_by_word_the_rest_is_one_change() -> None:
    same = " ".join(str(n) for n in range(MOST_WORDS))
    assert changes(f"{same} old end", f"{same} new end") == (Change("changed", "old end", "new end"),)
    assert changes(f"{same} end", f"{same} END!") == ()
    assert changes(same, f"{same} more") == (Change("added", "", "more"),)
