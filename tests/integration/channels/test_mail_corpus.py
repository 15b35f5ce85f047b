"""Every kind of message in the ugly corpus becomes what it should, and what is done to it breaks nothing."""

from collections.abc import Iterator

import pytest

from benchmarks._mail_corpus import DEVELOPMENT_SEEDS, KINDS, corpus, mutations
from benchmarks._mail_sample import Editions, Sample, line_of
from ingest.mail.child import TOO_MUCH, MessageReader
from ingest.parsed import unsealed
from ingest.parsed_response import ParsedResponse
from schemas.sealing import Identity, new_identity, opener

MUTATIONS = 300


@pytest.fixture(scope="module")
def identity() -> Identity:
    return new_identity()


@pytest.fixture(scope="module")
def samples(identity: Identity) -> dict[str, list[Sample]]:
    """Kind -> a message of it for each seed."""
    found: dict[str, list[Sample]] = {}
    for sample in corpus(DEVELOPMENT_SEEDS, identity, Editions()):
        found.setdefault(sample.kind, []).append(sample)
    return found


@pytest.fixture(scope="module")
def readers(samples: dict[str, list[Sample]]) -> Iterator[dict[str, MessageReader]]:
    """Consultation -> a reader in a child process."""
    found = {one.about.id: MessageReader(one.about) for each in samples.values() for one in each}
    yield found
    for reader in found.values():
        reader.end()


def read(sample: Sample, readers: dict[str, MessageReader], identity: Identity) -> list[ParsedResponse]:
    found = readers[sample.about.id].read(sample.raw)
    return [unsealed(one, sample.about, opener(identity)) for one in found]


def test_the_corpus_is_of_many_kinds_and_each_has_a_name_of_its_own(samples: dict[str, list[Sample]]) -> None:
    assert len(samples) == len(KINDS) > 100
    assert sum(map(len, samples.values())) >= 150


@pytest.mark.parametrize("kind", [one.__name__ for one in KINDS])
def test_a_message_becomes_exactly_its_lines(
    kind: str, samples: dict[str, list[Sample]], readers: dict[str, MessageReader], identity: Identity
) -> None:
    for sample in samples[kind]:
        assert tuple(map(line_of, read(sample, readers, identity))) == sample.lines


def test_what_is_read_says_from_which_part_and_never_both_stands_and_waits(
    samples: dict[str, list[Sample]], readers: dict[str, MessageReader], identity: Identity
) -> None:
    for each in samples.values():
        for line in read(each[0], readers, identity):
            assert all(one.part and 0 <= one.confidence <= 1 for one in line.readings)
            if line.state == "response":
                assert set(line.pending).isdisjoint(line.answers)
            sure = [one.column for one in line.readings if one.review is None]
            assert len(sure) == len(set(sure))
            assert set(sure) <= set(line.answers)


def test_a_mutated_message_has_a_line_and_no_answer_shows_in_its_reason(
    samples: dict[str, list[Sample]], readers: dict[str, MessageReader], identity: Identity
) -> None:
    usable = [one for each in samples.values() for one in each]
    for sample in mutations(usable, 20_070_416, MUTATIONS):
        found = read(sample, readers, identity)
        assert found, sample.kind
        assert TOO_MUCH not in [one.reason for one in found]
        for line in found:
            assert (line.state == "response") == (line.reason is None)
            assert not any("indeed" in (why or "") for why in (line.reason, *(one.review for one in line.readings)))
