"""The easy-read edition: wrong ones are refused by file, key and fault; it never touches the questions' hash."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.definition import (
    BUILT_IN,
    EASY_READ,
    Definition,
    DefinitionError,
    load_definition,
    publish_definition,
    published_definition,
)

Copy = Callable[[str], Path]
SEED, INVENTED = "third-sector-2007", "parks-and-libraries-2007"
# consultation, what is written there, what is written instead, the sentence that follows the file's name
WRONG = [
    (SEED, 'field = "q2_place"', 'field = "q9_nothing"', "fields[3].field: 'q9_nothing' is not a field of the"),
    (SEED, 'field = "q2_place"', 'field = "Q 2"', "fields[3].field: String should match pattern"),
    (SEED, 'field = "q2_place"', 'field = "q1a_term"', "fields[3].field: 'q1a_term' is given twice"),
    (SEED, 'field = "q2_place"\n', "", "fields[3].field: this key is missing"),
    (SEED, 'label = "Who are you?', 'title = "Who are you?', "fields[9].label: this key is missing"),
    (SEED, 'label = "What do you do there?"', 'label = " "', "fields[11].label: the text is empty"),
    (
        SEED,
        'label = "What do you do there?"',
        'label = "x"\ncolour = "red"',
        "fields[11].colour: this key is not known",
    ),
    (SEED, 'label = "What do you do there?"', 'label = { cy = "x" }', "fields[11].label: there is no text in 'en'"),
    (SEED, "introduction =", "beginning =", "introduction: this key is missing"),
    (SEED, "introduction =", "introduction ==", "introduction: not valid TOML"),
    (INVENTED, 'ar = "كم عمرك؟"', 'cy = "x"', "fields[9].label: there is no text in 'ar' (1 more)"),
    (INVENTED, ', ar = "كم عمرك؟" }', " }", "fields[9].label: there is no text in 'ar'."),
    (
        INVENTED,
        'label = { en = "How old are you?", ar = "كم عمرك؟" }',
        'label = "Age"',
        "fields[9].label: there is no te",
    ),
    (
        INVENTED,
        'hint = { en = "For example DE1.',
        'hint = { fr = "x", en = "',
        "fields[10].hint: 'fr' is not one of the qu",
    ),
]


def replace_once(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture(params=[SEED, INVENTED])
def built_in(request: pytest.FixtureRequest) -> Definition:
    return load_definition(BUILT_IN / request.param)


@pytest.mark.parametrize(("name", "old", "new", "sentence"), WRONG)
def test_a_wrong_edition_names_file_key_and_what_is_wrong(
    copy: Copy, name: str, old: str, new: str, sentence: str
) -> None:
    folder = copy(name)
    replace_once(folder / EASY_READ, old, new)
    with pytest.raises(DefinitionError) as caught:
        load_definition(folder)
    assert str(caught.value).startswith(f"{folder / EASY_READ}: {sentence}")
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_an_edition_without_a_field_is_none(copy: Copy) -> None:
    folder = copy(SEED)
    (folder / EASY_READ).write_text('introduction = "x"\nfields = []\n', "utf-8")
    with pytest.raises(DefinitionError, match=r"easy_read\.toml: fields: Tuple should have at least 1 item"):
        load_definition(folder)


def test_the_built_in_editions_have_easy_words_for_every_field_in_every_language(built_in: Definition) -> None:
    easy_read, questionnaire = built_in.easy_read, built_in.questionnaire
    assert easy_read is not None
    for one in questionnaire.fields():
        easy = easy_read.of(one.id)
        assert easy is not None
        for language in questionnaire.languages:
            assert easy.label.in_language(language).strip()


def test_no_sentence_of_the_built_in_editions_is_long(built_in: Definition) -> None:
    easy_read = built_in.easy_read
    assert easy_read is not None
    texts = [easy_read.introduction]
    for one in easy_read.fields:
        texts += [one.label, *([one.hint] if one.hint else [])]
    sentences = [
        sentence
        for text in texts
        for language in built_in.questionnaire.languages
        for sentence in text.in_language(language).replace("?", ".").replace("؟", ".").replace(":", ".").split(".")
    ]
    assert len(sentences) > 40
    assert [sentence for sentence in sentences if len(sentence.split()) > 24] == []


def test_the_questions_hash_is_the_same_with_and_without_the_edition(copy: Copy, built_in: Definition) -> None:
    folder = copy(built_in.id)
    (folder / EASY_READ).unlink()
    without = load_definition(folder)
    assert without.easy_read is None
    assert (without.questionnaire_hash, without.policy_hash) == (built_in.questionnaire_hash, built_in.policy_hash)


def test_a_field_without_easy_words_has_none(copy: Copy) -> None:
    folder = copy(SEED)
    (folder / EASY_READ).write_text('introduction = "x"\n[[fields]]\nfield = "r3_role"\nlabel = "y"\n', "utf-8")
    easy_read = load_definition(folder).easy_read
    assert easy_read is not None
    assert (easy_read.of("q2_place"), easy_read.fields[0].hint) == (None, None)
    assert easy_read.of("r3_role") == easy_read.fields[0]


def test_an_edition_can_be_added_to_what_is_published(copy: Copy, tmp_path: Path) -> None:
    definitions = tmp_path / "definitions"
    folder = copy(SEED)
    text = (folder / EASY_READ).read_text("utf-8")
    (folder / EASY_READ).unlink()
    publish_definition(folder, definitions)
    (folder / EASY_READ).write_text(text, "utf-8")
    publish_definition(folder, definitions)
    assert published_definition(definitions, SEED) == load_definition(BUILT_IN / SEED)


@pytest.mark.parametrize("change", ["another word", "taken away"])
def test_a_published_edition_cannot_change(copy: Copy, tmp_path: Path, change: str) -> None:
    definitions = tmp_path / "definitions"
    before = publish_definition(BUILT_IN / SEED, definitions)
    folder = copy(SEED)
    if change == "another word":
        replace_once(folder / EASY_READ, "What do you do there?", "What is your job there?")
    else:
        (folder / EASY_READ).unlink()
    with pytest.raises(DefinitionError) as caught:
        publish_definition(folder, definitions)
    assert str(caught.value).startswith(f"{folder / EASY_READ}: ")
    assert "differs from version 1 of 'third-sector-2007', which is published and cannot change" in str(caught.value)
    if change == "another word":
        assert ": fields[11].label: differs" in str(caught.value)
    assert published_definition(definitions, SEED) == before
