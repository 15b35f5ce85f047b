"""The samples: stable, of the size asked for, and apart from each other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.post.keyed.sampling import is_audited, is_identifier, is_keyed_twice
from schemas.definition import BUILT_IN, Definition, DefinitionError, hash_of, load_definition

RESPONSES = [f"scan-{number}.1" for number in range(20_000)]


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 1.0])
def test_a_sample_has_about_the_share_that_the_policy_says(share: float, sampling: Callable[..., Definition]) -> None:
    definition = sampling(double_key_share=share, audit_share=share)
    drawn = [one for one in RESPONSES if is_keyed_twice(definition, one, "q5_proposal")]
    # Five standard deviations: the draw is by a hash, so this is the same at every run.
    assert abs(len(drawn) - share * 20_000) <= 5 * (20_000 * share * (1 - share)) ** 0.5
    assert drawn == [one for one in RESPONSES if is_keyed_twice(definition, one, "q5_proposal")]


def test_the_two_samples_and_two_columns_are_drawn_apart(sampling: Callable[..., Definition]) -> None:
    definition = sampling(double_key_share=0.1, audit_share=0.1)
    double = {one for one in RESPONSES if is_keyed_twice(definition, one, "q5_proposal")}
    other = {one for one in RESPONSES if is_keyed_twice(definition, one, "q1_use")}
    audited = {one for one in RESPONSES if is_audited(definition, one, "q5_proposal")}
    for pair in (double & other, double & audited):
        assert len(pair) == pytest.approx(200, abs=75)


def test_a_larger_share_draws_the_same_and_more(sampling: Callable[..., Definition]) -> None:
    few, many = sampling(double_key_share=0.05), sampling(double_key_share=0.1)
    drawn = [{one for one in RESPONSES if is_keyed_twice(d, one, "q5_proposal")} for d in (few, many)]
    assert drawn[0] < drawn[1]


def test_an_identifier_is_what_the_policy_says_of_it(parks: Definition) -> None:
    columns = parks.questionnaire.answer_columns()
    assert {one for one in columns if is_identifier(parks, one)} == {
        "r2_organisation",
        "r3_role",
        "c1_given_name",
        "c2_family_name",
        "c3_email",
        "c4_phone",
    }


def test_a_policy_from_before_the_shares_keeps_its_hash(parks: Definition, sampling: Callable[..., Definition]) -> None:
    assert hash_of(sampling(double_key_share=0.1, audit_share=0.02).policy) == parks.policy_hash
    assert hash_of(sampling(double_key_share=0.2, audit_share=0.02).policy) != parks.policy_hash
    assert "keying" not in parks.policy.model_dump(mode="json")


@pytest.mark.parametrize("line", ["double_key_share = 1.1", "audit_share = -0.1", "third_share = 0.1"])
def test_a_share_that_is_none_is_refused_by_its_key(line: str, tmp_path: Path) -> None:
    for file in (BUILT_IN / "parks-and-libraries-2007").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "policy.toml").open("a", encoding="utf-8") as policy:
        policy.write(f"\n[keying]\n{line}\n")
    with pytest.raises(DefinitionError, match=rf"keying\.{line.split(maxsplit=1)[0]}: "):
        load_definition(tmp_path)
