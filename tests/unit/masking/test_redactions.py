"""Officers' redactions: anchored by words, so that they hold when a model finds something else."""

from typing import Any

from schemas.decisions import Redaction
from transforms.masking.lexicon import Lexicon
from transforms.masking.redactions import apply_redactions, place_of, places_of_words, redaction_of, standing
from transforms.masking.response import mask_found
from transforms.masking.spans import Span

TEXT = "Rose said that a rose is a rose, and Bill pays the bill."
LEXICON = Lexicon({}, frozenset())


def found(words: str, score: float = 0.9, at: int = 0) -> Span:
    start = TEXT.index(words, at)
    return Span(start, start + len(words), "name", "name", score, "tagger")


def decision(start: int, words: str, change: str, **given: Any) -> Redaction:
    assert TEXT[start : start + len(words)] == words
    return redaction_of(
        TEXT, start, start + len(words), response="a.1", field="q", change=change, reason="read", **given
    )


def test_what_is_removed_stays_though_the_machine_finds_it_again() -> None:
    gone = decision(TEXT.index("Bill"), "Bill", "remove")
    assert apply_redactions(TEXT, [found("Rose"), found("Bill")], [], [gone]).spans == (found("Rose"),)


def test_what_is_accepted_or_added_is_masked_though_the_machine_finds_it_no_more() -> None:
    accepted = decision(0, "Rose", "accept")
    added = decision(TEXT.index("bill."), "bill", "add", label="id")
    result = apply_redactions(TEXT, [], [found("Rose", 0.05)], [accepted, added])
    assert result.shown == ()
    assert result.spans == (
        Span(0, 4, "name", "name", 1.0, "officer"),
        Span(51, 55, "id", "id", 1.0, "officer"),
    )


def test_of_several_places_the_one_with_the_same_words_around_it_is_meant() -> None:
    second = TEXT.index("rose", TEXT.index("rose") + 1)
    assert place_of("Well. " + TEXT, decision(second, "rose", "add", label="name")) == (second + 6, second + 10)


def test_the_later_of_two_decisions_counts_and_one_without_its_words_changes_nothing() -> None:
    added, removed = decision(0, "Rose", "add", label="name"), decision(0, "Rose", "remove")
    assert apply_redactions(TEXT, [], [], [added, removed]).spans == ()
    assert len(apply_redactions(TEXT, [], [], [removed, added]).spans) == 1
    elsewhere = apply_redactions("Another text.", [], [], [added])
    assert (elsewhere.spans, elsewhere.unplaced) == ((), (added,))


def test_part_of_a_find_can_be_taken_out() -> None:
    whole = Span(0, 9, "name", "name", 0.9, "tagger")
    rest = apply_redactions(TEXT, [whole], [], [decision(5, "said", "remove")]).spans
    assert rest == (Span(0, 5, "name", "name", 0.9, "tagger"),)


def test_what_an_officer_adds_is_masked_in_the_other_answers_too_and_what_is_removed_stays_in() -> None:
    texts = {"q": "Zedwick came.", "r": "Then zedwick left."}
    add = redaction_of(texts["q"], 0, 7, response="a.1", field="q", change="add", reason="a name", label="name")
    keep = redaction_of(texts["r"], 5, 12, response="a.1", field="r", change="remove", reason="the dog")
    masked = mask_found(texts, {}, LEXICON, {"q": [add]})
    assert {name: one.text for name, one in masked.items()} == {"q": "[name] came.", "r": "Then [name] left."}
    masked = mask_found(texts, {}, LEXICON, {"q": [add], "r": [keep]})
    assert {name: one.text for name, one in masked.items()} == {"q": "[name] came.", "r": "Then zedwick left."}


def test_what_was_said_of_words_is_taken_back_at_that_place_alone_and_may_be_said_again() -> None:
    first, second = TEXT.index("rose"), TEXT.rindex("rose")
    removed, added = decision(first, "rose", "remove"), decision(second, "rose", "add", label="name")
    undone = decision(first, "rose", "undo")
    assert standing([removed, added, undone]) == [added]
    assert standing([undone, removed, added]) == [removed, added]
    found_there = Span(first, first + 4, "name", "name", 0.9, "tagger")
    assert apply_redactions(TEXT, [found_there], [], [removed]).spans == ()
    assert apply_redactions(TEXT, [found_there], [], [removed, undone]).spans == (found_there,)
    texts = {"q": "Zedwick came.", "r": "Then zedwick left."}
    said = {"response": "a.1", "field": "q", "reason": "a name"}
    both = [redaction_of(texts["q"], 0, 7, change=change, label="name", **said) for change in ("add", "undo")]
    masked = mask_found(texts, {}, LEXICON, {"q": both})
    assert {name: one.text for name, one in masked.items()} == texts


def test_words_are_found_wherever_they_stand_as_whole_words_first() -> None:
    text = "Ann asked the annual meeting. ann\n Lee agreed with ANN  LEE, Lee-Ann did not."
    assert [text[a:b] for a, b in places_of_words(text, " ann ")] == ["Ann", "ann", "ANN", "Ann"]
    assert [text[a:b] for a, b in places_of_words(text, "ann lee")] == ["ann\n Lee", "ANN  LEE"]
    assert [text[a:b] for a, b in places_of_words(text, "nnua")] == ["nnua"]
    assert places_of_words(text, "(ann") == []
    assert places_of_words(text, " ") == []
    assert len(places_of_words("a " * 500, "a")) == 50
