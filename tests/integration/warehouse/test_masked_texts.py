"""Texts in the warehouse: masked by the tagger, withheld in other languages, redacted and translated by officers."""

from typing import Any

from schemas.decisions import Redaction, Translation

NAMED = "Please ask Oluwaseun Adebayo. We may hope."
POLISH = "Tak, zgadzam się. Małe organizacje powinny mieć głos."
WITHHELD = "[text in Polish, withheld until it is redacted and translated]"


def _masked(builder: Any, field: str = "q5_proposal") -> dict[str, Any]:
    return dict(builder.query(f"SELECT response_id, {field} FROM masked ORDER BY ALL"))


def _redaction(response: str, change: str, words: str, **given: str) -> Redaction:
    said = {"response": response, "field": "q5_proposal", "change": change, "words": words, "reason": "read"}
    return Redaction.model_validate(said | given)


def test_names_are_masked_through_all_answers_of_a_response_and_in_no_other(new_builder: Any, history: Any) -> None:
    history.arrive("a", {"q5_proposal": NAMED, "q1_use": "other", "q1_use_other": "adebayo's hall"})
    history.arrive("b", {"q5_proposal": "We may hope.", "q1_use": "other", "q1_use_other": "a hall"})
    builder = new_builder()
    builder.build(history)
    assert _masked(builder) == {"a.1": "Please ask [name]. We may hope.", "b.1": "We may hope."}
    assert _masked(builder, "q1_use_other") == {"a.1": "[name]'s hall", "b.1": "a hall"}
    finds = builder.query("SELECT response_id, field, starts, ends, label, masked FROM text_finds ORDER BY ALL")
    assert finds == [
        ("a.1", "q1_use_other", 0, 7, "name", True),
        ("a.1", "q5_proposal", 11, 28, "name", True),
    ]


def test_a_text_in_another_language_is_withheld_until_a_person_translated_it(new_builder: Any, history: Any) -> None:
    history.arrive("a", {"q5_proposal": POLISH})
    history.arrive("b", {"q5_proposal": "We agree with the small groups."})
    builder = new_builder()
    builder.build(history)
    assert _masked(builder) == {"a.1": WITHHELD, "b.1": "We agree with the small groups."}
    languages = "SELECT response_id, field, language, withheld FROM text_languages"
    assert builder.query(languages) == [("a.1", "q5_proposal", "pl", True)]
    history.decide(
        Translation(
            response="a.1", field="q5_proposal", language="pl",
            redacted="Tak, zgadzam się.", translation="Yes, I agree.",
        )
    )  # fmt: skip
    assert builder.build(history).parts[1:]
    assert _masked(builder)["a.1"] == "Tak, zgadzam się.\n[translated from Polish] Yes, I agree."
    assert builder.query(languages) == [("a.1", "q5_proposal", "pl", False)]


def test_officers_decisions_hold_in_increments_and_in_a_rebuild(new_builder: Any, history: Any) -> None:
    history.arrive("a", {"q5_proposal": NAMED})
    history.arrive("b", {"q5_proposal": "The zedwick will be there."})
    builder = new_builder()
    builder.build(history)
    history.decide(_redaction("a.1", "remove", "Oluwaseun Adebayo"))
    history.decide(_redaction("b.1", "add", "zedwick", label="name"))
    builder.build(history)
    expected = {"a.1": NAMED, "b.1": "The [name] will be there."}
    assert _masked(builder) == expected
    increment = builder.rows()
    builder.build(history, full=True)
    assert _masked(builder) == expected
    assert builder.rows() == increment


def test_texts_are_masked_alike_in_bulk_and_one_by_one(new_builder: Any, history: Any) -> None:
    texts = [NAMED, "Thanks, Bev", "ring 01332 255555", POLISH, "We agree.", NAMED, "I live at 14 Wharfedale Crescent."]
    one_by_one = new_builder()
    for n, text in enumerate(texts):
        history.arrive(f"a{n}", {"q5_proposal": text})
        one_by_one.build(history)
    in_bulk = new_builder()
    in_bulk.build(history)
    assert in_bulk.rows() == one_by_one.rows()
    assert _masked(in_bulk) == {
        "a0.1": "Please ask [name]. We may hope.",
        "a1.1": "Thanks, [name]",
        "a2.1": "ring [phone]",
        "a3.1": WITHHELD,
        "a4.1": "We agree.",
        "a5.1": "Please ask [name]. We may hope.",
        "a6.1": "I live at [address].",
    }
