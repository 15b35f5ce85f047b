"""The XLSForm edition, the XForm made from it, and what is read of it when it comes back, agree with the definition."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pyxform.validators.odk_validate import check_xform
from pyxform.xls2xform import convert

from ingest.web.openrosa.instance import read_instance
from schemas.definition import BUILT_IN, Definition, load_definition
from schemas.editions.errors import EditionError
from schemas.editions.pdf_fields import ChoiceField, choices_of
from schemas.editions.xform import build_xform
from schemas.editions.xlsform import ROOT, write_xlsform
from schemas.fields import MultipleChoice
from schemas.questionnaire import KINDS, Questionnaire
from schemas.response import RawAnswer

BUILT = [load_definition(BUILT_IN / name) for name in ("third-sector-2007", "parks-and-libraries-2007")]
XF = "{http://www.w3.org/2002/xforms}"
LANGUAGES = {"en": "English (en)", "ar": "Arabic (ar)", "cy": "Welsh (cy)", "zh-Hant": "Chinese (zh-Hant)"}
# Names and words that XForms, XPath and pyxform use themselves.
AWKWARD_IDS = ["start", "end", "today", "name", "id", "note", "group", "data", "selected", "or", "div", "form", "text"]
AWKWARD = st.sampled_from(["${q1}", "$ {", "*one* _two_", "# three", "a\\b", "<b>", "&amp;", "'", '"', "]]>", "a\n\nb"])
WORDS = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=20).filter(str.strip)


def all_kinds(draw: st.DrawFn) -> dict[str, Any]:
    """A questionnaire with a field of every kind, in one to four languages, whatever its texts say."""
    languages = draw(st.lists(st.sampled_from(list(LANGUAGES)), min_size=1, unique=True))

    def text() -> dict[str, str]:
        return {language: draw(AWKWARD | WORDS) for language in languages}

    def choices(codes: list[str]) -> list[dict[str, Any]]:
        return [{"code": code, "label": text(), "please_say": code == "other"} for code in codes]

    own = {
        "contact": {"detail": draw(st.sampled_from(["address", "phone", "email", "postcode"]))},
        "single_choice": {"choices": choices(["one", "other"])},
        "multiple_choice": {"choices": choices(["other", "two", "three"])},
        "age_band": {"choices": choices(["young", "old"])},
        "permission": {"choices": choices(["yes", "no"])},
        "scale": {"points": [text() for _ in range(5)]},
        "number": {"whole": draw(st.booleans()), "minimum": -5, "maximum": draw(st.sampled_from([7, 10**12]))},
        "date": {"earliest": "1990-01-01", "latest": "2007-05-31"},
    }
    ids = draw(st.permutations([*AWKWARD_IDS]))[: len(KINDS)]
    kinds = draw(st.permutations(KINDS))
    condition = {"shown_when": {"field": ids[kinds.index("single_choice")], "any_of": ["one", "other"]}}
    fields, asked = [], False
    for one, kind in zip(ids, kinds, strict=True):
        extra = condition if asked and draw(st.booleans()) else {}
        asked = asked or kind == "single_choice"
        fields.append({"id": one, "kind": kind, "label": text(), "hint": text()} | own.get(kind, {}) | extra)
    halves = draw(st.integers(1, len(fields) - 1))
    return {
        "id": "made-up",
        "version": "1",
        "languages": languages,
        "title": text(),
        "asked_by": ["A council"],
        "stated_duration": text(),
        "return_by": "2007-05-31",
        "summary": text(),
        "before_about_you": text(),
        "promises": [{"id": "meta", "text": text()}],
        "return_address": text(),
        "return_ways": [text()],
        "thanks": text(),
        "questions": [
            {"number": "1", "heading": text(), "preamble": text(), "fields": fields[:halves]},
            {"fields": fields[halves:]},
        ],
    }


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    form = Questionnaire.model_validate(all_kinds(draw))
    digest = hashlib.sha256(form.model_dump_json().encode()).hexdigest()
    return replace(BUILT[0], questionnaire=form, questionnaire_hash=digest)


@pytest.mark.parametrize("definition", BUILT, ids=lambda one: one.id)
def test_the_workbook_has_every_question_choice_and_text_in_every_language(
    definition: Definition, tmp_path: Path
) -> None:
    write_xlsform(definition, tmp_path / "form.xlsx")
    survey, choices, settings_row = (
        rows_of(tmp_path / "form.xlsx", name) for name in ("survey", "choices", "settings")
    )
    form = definition.questionnaire
    texts: dict[str, Callable[[str], str]] = {
        "note-summary": form.summary.in_language,
        "note-thanks": form.thanks.in_language,
        **{one.id: one.label.in_language for one in form.fields()},
        **{f"note-promise-{one.id}": one.text.in_language for one in form.promises},
    }
    for language in form.languages:
        column = f"label::{LANGUAGES[language]}"
        shown = {row["name"]: row.get(column) for row in survey if "name" in row}
        assert {name: shown[name] for name in texts} == {name: text(language) for name, text in texts.items()}
        labels = {
            (row["list_name"], row["name"]): row[column] for row in choices if row["list_name"] != "form-language"
        }
        assert labels == {
            (one.id, code): label
            for one in form.fields()
            if isinstance(one, ChoiceField)
            for code, label in choices_of(one, language)
        }
    assert [row["name"] for row in survey if row.get("name") in form.answer_columns()] == list(form.answer_columns())
    assert settings_row == [
        {
            "form_title": form.title.in_language(form.languages[0]),
            "form_id": definition.id,
            "version": definition.questionnaire_hash[:16],
            "default_language": LANGUAGES[form.languages[0]],
            "style": "pages",
            "clean_text_values": "no",
        }
    ]


def rows_of(file: Path, sheet: str) -> list[dict[str, str]]:
    header, *rows = load_workbook(file)[sheet].iter_rows(values_only=True)
    return [{name: cell for name, cell in zip(header, row, strict=True) if cell is not None} for row in rows]


@pytest.mark.parametrize("definition", BUILT, ids=lambda one: one.id)
def test_the_workbook_asks_for_nothing_by_force_and_is_the_same_bytes_each_time(
    definition: Definition, tmp_path: Path
) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write_xlsform(definition, tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    columns = {column.split("::")[0] for row in rows_of(tmp_path / "one.xlsx", "survey") for column in row}
    assert columns <= {"type", "name", "label", "hint", "appearance", "relevant", "default"}


@pytest.mark.parametrize("definition", BUILT, ids=lambda one: one.id)
def test_the_form_is_what_pyxform_makes_of_the_workbook_without_a_warning(
    definition: Definition, tmp_path: Path
) -> None:
    write_xlsform(definition, tmp_path / "form.xlsx")
    converted = convert(tmp_path / "form.xlsx", form_name=ROOT)
    assert (converted.xform.encode(), converted.warnings) == (build_xform(definition), [])


@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs Java")
@pytest.mark.parametrize("definition", BUILT, ids=lambda one: one.id)
def test_odk_validate_finds_no_fault(definition: Definition, tmp_path: Path) -> None:
    (tmp_path / "form.xml").write_bytes(build_xform(definition))
    assert check_xform(str(tmp_path / "form.xml")) == []


@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs Java")
@settings(max_examples=8, deadline=None)
@given(definition=definitions())
def test_odk_validate_finds_no_fault_whatever_a_definition_says(definition: Definition) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "form.xml").write_bytes(build_xform(definition))
        assert check_xform(str(Path(folder) / "form.xml")) == []


@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs Java")
def test_odk_validate_finds_a_fault_where_there_is_one(tmp_path: Path) -> None:
    wrong = build_xform(BUILT[1]).replace(b"selected(", b"chosen(")
    (tmp_path / "form.xml").write_bytes(wrong)
    with pytest.raises(Exception, match="chosen"):
        check_xform(str(tmp_path / "form.xml"))


def test_a_question_is_asked_when_its_condition_holds_and_other_is_said_beside_its_choice() -> None:
    binds = {one.get("nodeset"): one.attrib for one in ElementTree.fromstring(build_xform(BUILT[1])).iter(f"{XF}bind")}
    group, said = "/response/page-6/r1_capacity", "/response/page-1/q1_use"
    assert binds["/response/page-7/r2_organisation"]["relevant"] == f"selected( {group} , 'group')"
    assert binds["/response/page-7"]["relevant"] == f"selected( {group} , 'group')"
    assert binds["/response/page-1/q1_use_other"]["relevant"] == f"selected( {said} , 'other')"
    assert not any("required" in one or "constraint" in one for one in binds.values())
    assert {
        name.rpartition("/")[2]: one["type"]
        for name, one in binds.items()
        if name and one.get("type", "string") != "string"
    } == {
        "form-started": "dateTime",
        "q2_visits": "int",
        "q3_last_visit": "date",
    }


@settings(max_examples=25, deadline=None)
@given(definition=definitions())
def test_any_definition_makes_a_form_with_every_field_and_label(definition: Definition) -> None:
    form = ElementTree.fromstring(build_xform(definition))
    named = [one.tag.removeprefix(XF) for one in primary_instance(form).iter()]
    columns = definition.questionnaire.answer_columns()
    assert [name for name in named if name in columns] == list(columns)
    languages = [one.get("lang") for one in form.iter(f"{XF}translation")]
    assert languages == [LANGUAGES[language] for language in definition.questionnaire.languages]
    labels = {
        (one.get("lang"), text.get("id")): "".join(text.itertext())
        for one in form.iter(f"{XF}translation")
        for text in one
    }
    paths = {one.get("nodeset", "").rpartition("/")[2]: one.get("nodeset") for one in form.iter(f"{XF}bind")}
    for one in definition.questionnaire.fields():
        for language in definition.questionnaire.languages:
            label = labels[LANGUAGES[language], f"{paths[one.id]}:label"]
            # pyxform writes quotes straight; clients take a backslash away.
            assert plain(label.replace("\\", "")) == plain(one.label.in_language(language).replace("\\", ""))


def test_a_definition_that_no_xform_can_hold_is_refused_in_a_sentence() -> None:
    fields = BUILT[0].questionnaire.questions[0].fields
    renamed = (
        BUILT[0]
        .questionnaire.questions[0]
        .model_copy(update={"fields": (fields[0].model_copy(update={"id": "meta"}),)})
    )
    form = BUILT[0].questionnaire.model_copy(update={"questions": (renamed,)})
    with pytest.raises(EditionError, match=r"form of 'third-sector-2007' cannot be made: .*'meta' is reserved"):
        build_xform(replace(BUILT[0], questionnaire=form))


def plain(text: str) -> str:
    straight = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2060": None})
    return " ".join(text.translate(straight).split())


@settings(max_examples=50, deadline=None)
@given(data=st.data(), definition=definitions() | st.sampled_from(BUILT))
def test_a_form_that_was_filled_in_is_read_as_the_same_answers(data: st.DataObject, definition: Definition) -> None:
    answers = data.draw(answers_to(definition))
    language = data.draw(st.sampled_from(definition.questionnaire.languages))
    read = read_instance(filled(definition, answers, language), definition)
    assert (read.answers, read.language) == (answers, language)
    assert (read.id, read.started_at) == (INSTANCE, "2007-05-14T10:00:00.000+01:00")


INSTANCE = "f3d8dc65-91a6-4d0f-9e97-802128083390"
ANSWERED = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), min_size=1)


def answers_to(definition: Definition) -> st.SearchStrategy[dict[str, RawAnswer]]:
    def answer(name: str) -> st.SearchStrategy[RawAnswer]:
        one = definition.questionnaire.answer_columns()[name]
        if not isinstance(one, ChoiceField) or name != one.id:
            # An answer of spaces alone is none.
            return ANSWERED.filter(str.strip).filter(lambda text: not {"\ufffe", "\uffff"} & set(text))
        codes = [code for code, _ in choices_of(one, "")]
        if isinstance(one, MultipleChoice):
            return st.lists(st.sampled_from(codes), min_size=1, unique=True)
        return st.sampled_from(codes)

    columns = list(definition.questionnaire.answer_columns())
    return st.fixed_dictionaries({}, optional={name: answer(name) for name in columns})


def primary_instance(form: ElementTree.Element) -> ElementTree.Element:
    instance = form.find(f".//{XF}instance")
    assert instance is not None
    return instance[0]


def filled(definition: Definition, answers: dict[str, RawAnswer], language: str) -> bytes:
    """The form's own instance with these answers, as a client writes it."""
    root = primary_instance(ElementTree.fromstring(build_xform(definition)))
    values = {name: answer if isinstance(answer, str) else " ".join(answer) for name, answer in answers.items()}
    values |= {"form-started": "2007-05-14T10:00:00.000+01:00", "form-language": language}
    for page in root:
        for one in [page, *page]:
            name = one.tag.removeprefix(XF)
            if name == "instanceID":
                one.text = f"uuid:{INSTANCE}"
            elif name in values:
                one.text = values[name]
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
