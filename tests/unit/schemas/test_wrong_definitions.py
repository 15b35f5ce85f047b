"""A wrong definition is refused by file, key and what is wrong, in one sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.definition import DefinitionError, load_definition

Copy = Callable[[str], Path]
SEED, INVENTED = "third-sector-2007", "parks-and-libraries-2007"
Q, P = "questionnaire.toml", "policy.toml"
# consultation, file, what is written there, what is written instead, the sentence that follows the file's name
WRONG = [
    (SEED, Q, 'id = "third-sector-2007"', 'id = "Third Sector"', "id: String should match pattern"),
    (SEED, Q, 'version = "1"\n', "", "version: this key is missing"),
    (SEED, Q, 'version = "1"', 'version = "1"\ncolour = "red"', "colour: this key is not known"),
    (SEED, Q, "return_by = 2007-05-31", 'return_by = "soon"', "return_by: Input should be a valid date"),
    (SEED, Q, 'languages = ["en"]', "languages = []", "languages: Tuple should have at least 1 item"),
    (SEED, Q, 'languages = ["en"]', 'languages = ["en", "en"]', "languages: 'en' is given twice"),
    (SEED, Q, 'languages = ["en"]', 'languages = ["English"]', "languages: 'English' is not a language code"),
    (SEED, Q, 'languages = ["en"]', 'languages = ["en", "cy"]', "title: there is no text in 'cy'"),
    (SEED, Q, 'label = "Do you support this idea?"', 'label = " "', "questions[3].fields[1].label: the text is empty."),
    (SEED, Q, 'label = "Do you support this idea?"', "label = 3", "questions[3].fields[1].label: a text, or a text"),
    (SEED, Q, 'id = "q3_accountable"', 'id = "q2_place"', "questions: the field id 'q2_place' is used twice"),
    (SEED, Q, 'id = "q3_accountable"', 'id = "Q3"', "questions[3].fields[1].id: String should match pattern"),
    (
        SEED,
        Q,
        'id = "q3_accountable"',
        'id = "language"',
        "questions[3].fields[1].id: 'language' is a column of its own in every frame",
    ),
    (SEED, Q, 'id = "r3_role"', 'id = "r1_type_other"', "questions[10].fields[1].id: 'r1_type_other' is kept for"),
    (SEED, Q, 'id = "purpose"', 'id = "confidence"', "promises: the id 'confidence' is used twice"),
    (SEED, Q, 'kind = "short_text"', 'kind = "essay"', "questions[9].fields[1]: 'kind' must be one of open_text"),
    (SEED, Q, 'kind = "short_text"\n', "", "questions[9].fields[1]: 'kind' is missing"),
    (
        SEED,
        Q,
        'code = "derby_resident"',
        'code = "other"',
        "questions[8].fields[1].choices: the code 'other' is used twice",
    ),
    (
        SEED,
        Q,
        'label = "Derby resident?"',
        'label = "x", please_say = true',
        "questions[8].fields[1].choices: only one may have please_say",
    ),
    (
        SEED,
        Q,
        'field = "r1_type"',
        'field = "r3_role"',
        "questions[9].fields[1].shown_when.field: 'r3_role' is not asked before 'r2_organisation'",
    ),
    (
        SEED,
        Q,
        '["voluntary_community_rep", "p',
        '["nobody", "p',
        "questions[9].fields[1].shown_when.any_of: 'nobody' is no choice of 'r1_type'.",
    ),
    (SEED, Q, "return_by = 2007", "return_by == 2007", "return_by: not valid TOML: Invalid value (at line 11"),
    (
        SEED,
        Q,
        "[[promises]]",
        "[[promises]",
        "promises: not valid TOML: Expected ']]' at the end of an array declaration (at line ",
    ),
    (INVENTED, Q, ', ar = "مثلًا DE1"', "", "questions[10].fields[1].hint: there is no text in 'ar'."),
    (
        INVENTED,
        Q,
        "thanks = { en",
        'thanks = { fr = "Merci", en',
        "thanks: 'fr' is not one of the questionnaire's languages",
    ),
    (
        INVENTED,
        Q,
        'code = "no", label',
        'code = "never", label',
        "questions[12].fields[1].choices: a permission needs the codes 'yes' and 'no'.",
    ),
    (INVENTED, Q, "maximum = 1000", "maximum = -1", "questions[2].fields[1].minimum: is above maximum"),
    (INVENTED, Q, "maximum = 1000", "maximum = inf", "questions[2].fields[1].maximum: Input should be a finite"),
    (INVENTED, Q, "latest = 2007-07-31", "latest = 1990-01-01", "questions[3].fields[1].earliest: is after latest"),
    (INVENTED, Q, "max_length = 20_000", "max_length = 0", "questions[5].fields[1].max_length: Input should be"),
    (
        INVENTED,
        Q,
        '    { en = "Satisfied", ar = "راضٍ" },\n',
        "",
        "questions[4].fields[1].points: Tuple should have at least 5 items",
    ),
    (
        SEED,
        P,
        'consultation = "third',
        'consultation = "fourth',
        "consultation: 'fourth-sector-2007' is not the questionnaire's id 'third-sector-2007'",
    ),
    (SEED, P, 'channels = ["web"', 'channels = ["fax"', "channels[1]: Input should be 'web', 'assisted', 'email'"),
    (SEED, P, 'channels = ["web"', 'channels = ["post"', "channels: 'post' is given twice"),
    (
        SEED,
        P,
        'contact_post = "Voluntary and Community Partnerships Manager"',
        'contact_post = ""',
        "contact_post: String should have at least 1 character",
    ),
    (
        SEED,
        P,
        "closes = 2007-05-31",
        "closes = 2007-05-23",
        "dates.closes: 2007-05-23 is not the day printed on the form (return_by), 2007-05-31",
    ),
    (SEED, P, "opens = 2007-03-01", "opens = 2007-06-01", "dates.opens: is after closes"),
    (SEED, P, '"Europe/London"', '"Derby"', "dates.time_zone: 'Derby' is not a time zone such as 'Europe/London'"),
    (SEED, P, "post_grace_days = 7", "post_grace_days = -1", "closing.post_grace_days: Input should be greater"),
    (
        SEED,
        P,
        "T17:00:00+01:00",
        "T17:00:00",
        "meetings[1].at: the time needs an offset, such as 2007-04-04T17:00:00+01:00",
    ),
    (SEED, P, 'id = "commission-meeting"', 'id = "papers-dispatched"', "meetings: 'papers-dispatched' is given twice"),
    (
        SEED,
        P,
        "rows = false",
        "rows = true",
        "publication.permission_field: verbatim answers or rows need a field that asks for permission",
    ),
    (
        SEED,
        P,
        "rows = false",
        'rows = false\npermission_field = "q2_place"',
        "publication.permission_field: 'q2_place' is not a field of the kind permission",
    ),
    (
        SEED,
        P,
        "rows = false",
        "rows = false\nmember_step = 3",
        "publication.member_step: Input should be greater than or equal to 10",
    ),
    (
        SEED,
        P,
        "rows = false",
        "rows = false\nrelease_threshold = 5",
        "publication.release_threshold: Input should be greater than or equal to 10",
    ),
    (
        SEED,
        P,
        'respondent_type_field = "r1_type"',
        'respondent_type_field = "r9"',
        "respondent_type_field: the questionnaire has no field 'r9'",
    ),
    (
        SEED,
        P,
        'respondent_type_field = "r1_type"',
        'respondent_type_field = "r3_role"',
        "respondent_type_field: 'r3_role' must be a single or a multiple choice",
    ),
    (
        SEED,
        P,
        'r1_type = "tabulated"',
        'r1_type = "quasi_identifier"',
        "respondent_type_field: 'r1_type' must be 'tabulated' in disclosure",
    ),
    (SEED, P, 'r3_role = "direct_identifier"\n', "", "disclosure.r3_role: the column has no disclosure class"),
    (
        SEED,
        P,
        'r3_role = "direct',
        'r4 = "tabulated"\nr3_role = "direct',
        "disclosure.r4: the questionnaire has no such field",
    ),
    (
        SEED,
        P,
        'q2_place = "confidential_text"',
        'q2_place = "tabulated"',
        "disclosure.q2_place: a text is a 'direct_identifier' or a 'confidential_text'",
    ),
    (SEED, P, 'r1_type = "tabulated"', 'r1_type = "confidential_text"', "disclosure.r1_type: this field holds no text"),
    (SEED, P, 'r1_type = "tabulated"', 'r1_type = "secret"', "disclosure.r1_type: Input should be"),
    (
        INVENTED,
        P,
        'c3_email = "direct_identifier"',
        'c3_email = "confidential_text"',
        "disclosure.c3_email: a contact detail is a 'direct_identifier'",
    ),
    (SEED, P, 'r3_role = "role"', 'r3_role = "friend"', "linkage.roles.r3_role: Input should be 'title'"),
    (SEED, P, 'r3_role = "role"', 'r1_type = "role"', "linkage.roles.r1_type: only a text or a postcode district is"),
    (SEED, P, 'r3_role = "role"', 'r4 = "role"', "linkage.roles.r4: the questionnaire has no such field"),
    (SEED, P, "[frames.q1a_term]", "[frames.q9]", "frames.q9: the questionnaire has no such field"),
    (SEED, P, "[frames.q1a_term]", "[frames.r1_type]", "frames.r1_type: only a text is coded"),
    (SEED, P, 'code = "too_much"', 'code = "depends"', "frames.q6_monitoring.codes: the code 'depends' is used twice"),
    (SEED, P, 'code = "too_much"', 'code = "Too much"', "frames.q6_monitoring.codes[2].code: String should match"),
    (SEED, P, 'label = "Too much"', 'label = ""', "frames.q6_monitoring.codes[2].label: String should have at"),
    (
        SEED,
        P,
        'collapsed_labels = { not_right = "Too much or too little" }',
        "",
        "frames.q6_monitoring.collapsed_labels: the collapsed code 'not_right' has no label",
    ),
    (
        SEED,
        P,
        "{ not_right =",
        '{ gone = "x", not_right =',
        "frames.q6_monitoring.collapsed_labels.gone: no code collapses to it",
    ),
    (
        SEED,
        P,
        "limbs = { partnership_place",
        "limbs = { whole",
        "frames.q2_place.limbs.whole: this id stands for an answer without limbs",
    ),
    (
        SEED,
        P,
        "limbs = { partnership_place",
        'limbs = { "A place"',
        "frames.q2_place.limbs.A place: String should match pattern",
    ),
    (
        SEED,
        P,
        'q2_place = { support = "for"',
        'q2_place = { gone = "for"',
        "sides.q2_place: the frame of this field has no code 'gone'",
    ),
    (SEED, P, "[sides]", '[sides]\nr1_type = { other = "for" }', "sides.r1_type: the frame of this field has no code"),
    (
        SEED,
        P,
        'support_with_reservations = "for", oppose = "against" }',
        'support_with_reservations = "against" }',
        "sides.q2_place: 'support' stands for codes of different sides",
    ),
    (SEED, P, 'empties = ["-"', 'empties = ["other"', "empties: 'other' is also a choice of 'r1_type'"),
    (SEED, P, 'empties = ["-"', 'empties = ["N/A"', "empties: 'n/a' is given twice"),
]


@pytest.mark.parametrize(("name", "file", "old", "new", "sentence"), WRONG)
def test_a_wrong_definition_names_file_key_and_what_is_wrong(
    copy: Copy, name: str, file: str, old: str, new: str, sentence: str
) -> None:
    folder = copy(name)
    replace_once(folder / file, old, new)
    with pytest.raises(DefinitionError) as caught:
        load_definition(folder)
    assert str(caught.value).startswith(f"{folder / file}: {sentence}")
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_list_of_organisations_needs_a_field_that_names_them(copy: Copy) -> None:
    folder = copy(INVENTED)
    replace_once(folder / P, "organisation_list = false", "organisation_list = true")
    assert load_definition(folder).policy.publication.organisation_list
    replace_once(folder / P, 'r2_organisation = "organisation"\n', "")
    with pytest.raises(DefinitionError, match=r"publication\.organisation_list: no field has the linkage role"):
        load_definition(folder)


def test_several_faults_are_counted(copy: Copy) -> None:
    folder = copy(SEED)
    replace_once(folder / P, 'r2_organisation = "direct_identifier"\nr3_role = "direct_identifier"', "")
    with pytest.raises(DefinitionError, match=r"disclosure\.r2_organisation: .* \(1 more\)\.$"):
        load_definition(folder)


def test_a_missing_file_is_named(copy: Copy) -> None:
    folder = copy(SEED)
    (folder / P).unlink()
    with pytest.raises(DefinitionError, match=r"policy\.toml: the file is missing; see docs/definition\.md\."):
        load_definition(folder)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"id = '\xe9'"])
def test_a_file_that_is_not_utf_8_is_named(copy: Copy, content: bytes) -> None:
    folder = copy(SEED)
    (folder / Q).write_bytes(content)
    with pytest.raises(DefinitionError, match=r"questionnaire\.toml: not valid TOML: the file is not UTF-8\."):
        load_definition(folder)


def replace_once(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
