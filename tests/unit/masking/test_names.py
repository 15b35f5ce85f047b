"""The shipped tagger: names, addresses and roles of people that no list of the training holds, and what is no name."""

import pytest

from transforms.masking.find import Finder
from transforms.masking.masker import Masker, shipped_masker
from transforms.masking.prefilter import MAY_HOLD_NAME
from transforms.masking.tagger import shipped_tagger


@pytest.fixture(scope="module")
def masker() -> Masker:
    return shipped_masker()


def masked(masker: Masker, text: str) -> str:
    return masker.mask({"text": text})["text"].text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I spoke to Perpetua Oyelowo-Frith about this.", "I spoke to [name] about this."),
        ("ask wojciech brzeczyk, he will know", "ask [name], he will know"),
        ("THE LETTER FROM MRS HALLORAN WAS IGNORED", "THE LETTER FROM MRS [name] WAS IGNORED"),
        ("Please ring J. McAllindon.", "Please ring [name]."),
        ("It is too long.\n\nKind regards,\nSiobhán Ní Dhálaigh", "It is too long.\n\nKind regards,\n[name]"),
        ("Thanks, Bev", "Thanks, [name]"),
        ("I live at 14 Wharfedale Crescent, Mickleover.", "I live at [address]."),
        ("From: Gethin Puw\nSubject: grants", "From: [name]\nSubject: grants"),
    ],
)
def test_names_and_addresses_are_masked_in_many_forms(masker: Masker, text: str, expected: str) -> None:
    assert masked(masker, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Victoria Park is too far away.",
        "Grant funding ends in March.",
        "The Will to change has to come from the top.",
        "We may hope that the bill is read, and mark the green ones.",
        "The Joint Commissioning Framework is hard to read.",
        "A head teacher and a treasurer should be asked.",
        "We support this, as long as small groups are named in it.",
    ],
)
def test_places_words_and_titles_are_left(masker: Masker, text: str) -> None:
    assert masked(masker, text) == text


def test_a_role_is_masked_with_its_organisation_where_the_writer_is_meant(masker: Masker) -> None:
    own = "I am the treasurer of Tanwell Residents' Association."
    assert masked(masker, own) == "I am the [role] of [organisation]."
    other = "The treasurer of Tanwell Residents' Association was asked."
    assert "[role]" not in masked(masker, other)


def test_a_name_found_once_is_masked_through_the_whole_response_and_persons_are_told_apart(masker: Masker) -> None:
    found = masker.mask(
        {"one": "Please ask Oluwaseun Adebayo, or Xiuying Zhang.", "two": "Nothing.", "three": "adebayo has it all."}
    )
    assert [one.text for one in found.values()] == [
        "Please ask [name 1], or [name 2].",
        "Nothing.",
        "[name 1] has it all.",
    ]
    assert [(one.label, one.source) for one in found["three"].spans] in ([("name", "carried")], [("name", "tagger")])


def test_equal_texts_are_masked_alike_whatever_came_before(masker: Masker) -> None:
    text = "I spoke to Perpetua Oyelowo-Frith. Ring 01332 255555."
    fresh = Masker(shipped_tagger())
    fresh.mask({"text": "Another text by Perpetua, first."})
    assert fresh.mask({"text": text}) == masker.mask({"text": text}) == Masker(shipped_tagger()).mask({"text": text})


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("We agree that small groups should have a place on the board.", False),
        ("Will you fund it? May we see the bill?", False),
        ("we agree with grace field", True),
        ("Ask Perpetua.", True),
        ("see mr brown", True),
        ("It is J. Smith's idea.", True),
        ("We live at 12 long lane.", True),
        ("Thanks, SJ", True),
    ],
)
def test_the_cheap_look_keeps_plain_texts_from_the_tagger(text: str, may: bool) -> None:
    assert bool(Finder(shipped_tagger()).look([text])[0] & MAY_HOLD_NAME) == may


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Tak, zgadzam się. Małe organizacje powinny mieć głos.", "pl"),
        ("Oui, nous sommes d'accord avec cette proposition.", "fr"),
        ("جی ہاں، میں اس سے متفق ہوں۔", "ur"),
        ("Rydym yn cytuno gyda'r cynnig hwn yn gryf", "cy"),
        ("We agree with this, on the whole.", "en"),
        ("Sarah Jones\nTreasurer\nMackworth Estate", "en"),
        ("Agree 100%", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_text_is_told(masker: Masker, text: str, language: str) -> None:
    assert masker.find(text).language == language
