"""Agreement beyond chance, held against published examples and another implementation."""

from collections.abc import Sequence
from random import Random

import pytest
from sklearn.metrics import cohen_kappa_score

from schemas.decisions import Coding, ThemeChange, ThemeCoding, ThemeMark
from schemas.policy import Code, Frame
from transforms.coding.agreement import Agreement, PairAgreement, agreement_of, cohen_kappa, krippendorff_alpha
from transforms.coding.rules import Asked, Said
from transforms.coding.themes import Themes, themes_of

FRAME = Frame(codes=tuple(Code(code=one, label=one, collapsed=one) for one in ("support", "oppose", "unclear")))
MONEY = themes_of([ThemeChange(field="q", theme="money", change="named", label="Money")])


# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), examples A to C, nominal.
@pytest.mark.parametrize(
    ("observers", "alpha"),
    [
        (["0100000010", "1110010000"], 0.095),
        (["aabbdcccedda", "babbbcccedd" + "d"], 0.692),
        (["123321412...", "1233224125.3", ".3332342251.", "1233244125" + "1."], 0.743),
    ],
)
def test_alpha_of_published_examples(observers: Sequence[str], alpha: float) -> None:
    units = [[code for code in codes if code != "."] for codes in zip(*observers, strict=True)]
    found = krippendorff_alpha(units)
    assert found is not None
    assert round(found, 3) == alpha


def test_alpha_where_nothing_can_be_said_of_chance() -> None:
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([["a"], ["b"]]) is None
    assert krippendorff_alpha([["a", "a"], ["a", "a"]]) is None


def test_kappa_of_a_table_worked_by_hand() -> None:
    # 20 both yes, 5 and 10 apart, 15 both no: observed .7, by chance .5.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)


def test_kappa_is_that_of_another_implementation() -> None:
    chance = Random(7)
    for _ in range(20):
        pairs = [(one, one if chance.random() < 0.7 else chance.choice("abcd")) for one in chance.choices("abcd", k=60)]
        first, second = zip(*pairs, strict=True)
        assert cohen_kappa(pairs) == pytest.approx(cohen_kappa_score(first, second))


def test_kappa_where_nothing_can_be_said_of_chance() -> None:
    assert cohen_kappa([]) is None
    assert cohen_kappa([("a", "a")] * 60) is None


def said(code: str, *themes: str) -> Said:
    marks = tuple(ThemeMark(theme=one, quote="words") for one in themes)
    return Said(
        {"whole": Coding(response="a.1", field="q", code=code)}, ThemeCoding(response="a.1", field="q", themes=marks)
    )


def test_no_measure_is_given_under_fifty_answers() -> None:
    asked = Asked(FRAME, Themes(), twice=True)
    some = [{"ann": said("support"), "bob": said("support")}, {"ann": said("oppose"), "bob": said("support")}] * 24
    assert agreement_of(asked, [*some, {"ann": said("oppose"), "bob": said("oppose")}]) == [
        Agreement("whole", 49, 25, None, (PairAgreement(("ann", "bob"), 49, None),))
    ]
    (found,) = agreement_of(asked, [*some, *[{"ann": said("oppose"), "bob": said("oppose")}] * 2])
    assert (found.answers, found.alike) == (50, 26)
    assert found.pairs[0].kappa == pytest.approx(cohen_kappa([("a", "a"), ("b", "a")] * 24 + [("b", "b")] * 2))
    assert found.alpha == pytest.approx(krippendorff_alpha([["a", "a"], ["b", "a"]] * 24 + [["b", "b"]] * 2))


def test_kappa_is_of_a_pair_and_alpha_of_all() -> None:
    asked = Asked(FRAME, Themes(), twice=True)
    both = [{"ann": said("support"), "bob": said("oppose")}, {"bob": said("oppose"), "cem": said("oppose")}] * 30
    (found,) = agreement_of(asked, both)
    assert [(pair.coders, pair.answers, pair.kappa) for pair in found.pairs] == [
        (("ann", "bob"), 30, None),
        (("bob", "cem"), 30, None),
    ]
    assert found.alpha == pytest.approx(krippendorff_alpha([["s", "o"], ["o", "o"]] * 30))


def test_themes_are_compared_where_both_looked_for_them() -> None:
    asked = Asked(FRAME, MONEY, twice=True)
    only_positions = Said({"whole": Coding(response="a.1", field="q", code="support")})
    answers = [
        *[{"ann": said("support", "money"), "bob": said("support", "money")}] * 30,
        *[{"ann": said("support"), "bob": said("support", "money")}] * 10,
        *[{"ann": said("support", "no_theme_any_more"), "bob": said("support")}] * 20,
        *[{"ann": said("support"), "bob": only_positions}] * 5,
    ]
    whole, money = agreement_of(asked, answers)
    # Everything was coded alike: nothing can be said about chance.
    assert whole == Agreement("whole", 65, 65, None, (PairAgreement(("ann", "bob"), 65, None),))
    assert (money.what, money.answers, money.alike) == ("money", 60, 50)
    assert money.alpha == pytest.approx(krippendorff_alpha([["y", "y"]] * 30 + [["n", "y"]] * 10 + [["n", "n"]] * 20))
