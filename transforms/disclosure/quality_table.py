"""The protected table of quality: what members may know of how the work was done.

A count under the threshold is hidden, a zero too, but for how many are coded, which everybody is told. What was found
in texts moves in steps, so that one answer more does not tell what it held. Coefficients tell of coders, not of
respondents, and are not given under fifty answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from schemas.definition import Definition
from transforms.coding.agreement import LEAST_ANSWERS
from transforms.disclosure.contract import table_of
from transforms.disclosure.tables import hidden_cells, round_down, round_to_base
from transforms.disclosure.vocabulary import Rule, coded_fields, in_words, limbs_of
from transforms.masking.spans import LABELS

_COUNTS = "SELECT area, measure, of, responses FROM mart_quality"
_AGREEMENT = "SELECT field, limb, answers, alike, alpha, kappa FROM agreement ORDER BY ALL"
_CHANGES = {
    "accept": "Stretches that an officer looked at and left masked",
    "add": "Stretches that an officer masked beside the machine",
    "remove": "Stretches that an officer unmasked",
    "translated": "Answers in other languages that a person redacted and translated",
}
_TOO_FEW = f"Not given under {LEAST_ANSWERS} answers that two people coded, or where all were coded alike."
_BY_CHANCE = "1 is full agreement; 0 is what chance would give."
_Row = tuple[str, str, str, float | None, str, str]


@dataclass(frozen=True)
class _Counts:
    counts: dict[tuple[str, str, str], int]
    rule: Rule
    step: int

    def value(self, area: str, measure: str, of: str = "", *, steps: bool = False) -> float | None:
        """The count, if it may be shown: rounded as the rule says, down to whole steps where `steps` asks for it."""
        count = self.counts.get((area, measure, of), 0)
        return self.shown(round_down(count, self.step) if steps and count >= self.step else count)

    def shown(self, count: int) -> float | None:
        return None if count < self.rule.threshold else float(round_to_base(count, self.rule.rounding))


def quality_table(private: duckdb.DuckDBPyConnection, definition: Definition, rule: Rule) -> pa.Table:
    """The table `quality` of the version that is open in `private`."""
    exact = {(area, measure, of): n for area, measure, of, n in private.execute(_COUNTS).fetchall()}
    counts = _Counts(exact, rule, definition.policy.publication.member_step)
    agreement = {(field, limb): rest for field, limb, *rest in private.execute(_AGREEMENT).fetchall()}
    rows = [
        *_linkage(counts),
        *_masking(counts),
        *_coding(counts, definition),
        *_agreement(counts, definition, agreement),
        *_reading(counts),
    ]
    return table_of("quality", list(rows))


def _linkage(counts: _Counts) -> Iterator[_Row]:
    yield _row("linkage", "pairs_waiting", "Pairs of responses that wait for an officer", counts, unit="pairs")
    yield _row("linkage", "kept_apart", "Pairs that an officer found to be of two respondents", counts, unit="pairs")
    # Together they are a line of the ledger, so that one alone would tell the other.
    merged = [counts.counts.get(("linkage", "merged", of), 0) for of in ("officers", "rule")]
    hidden = hidden_cells(merged, counts.rule.threshold)
    words = ("Responses that an officer joined with others", "Responses that the rule of evidence joined with others")
    for of, label, count, is_hidden in zip(("officers", "rule"), words, merged, hidden, strict=True):
        value = None if is_hidden else float(round_to_base(count, counts.rule.rounding))
        yield "linkage", f"merged:{of}", label, value, "responses", ""
    yield _row("linkage", "campaigns", "Campaigns: letters that several respondents sent", counts, unit="campaigns")


def _masking(counts: _Counts) -> Iterator[_Row]:
    for label in LABELS:
        yield _row("masking", "masked", f"Masked as {label}", counts, label, unit="stretches", steps=True)
    doubtful = "Less likely finds, left as they are and shown to an officer"
    yield _row("masking", "doubtful", doubtful, counts, unit="stretches", steps=True)
    for change, label in _CHANGES.items():
        unit = "answers" if change == "translated" else "stretches"
        yield _row("masking", "redactions", label, counts, change, unit=unit, steps=True)
    withheld = "Answers in other languages, withheld until a person has redacted and translated them"
    yield _row("masking", "withheld", withheld, counts, unit="answers", steps=True)


def _coding(counts: _Counts, definition: Definition) -> Iterator[_Row]:
    for one in coded_fields(definition):
        coded = counts.counts.get(("coding", "coded", one.id), 0)
        # How far officers are is no secret; a release rounds it as it rounds all else.
        value = float(coded) if counts.rule.rounding == 1 else counts.shown(coded)
        yield "coding", f"coded:{one.id}", f"Coded answers: {in_words(one.label)}", value, "responses", ""


def _agreement(
    counts: _Counts, definition: Definition, agreement: dict[tuple[str, str], list[float | None]]
) -> Iterator[_Row]:
    for one in coded_fields(definition):
        for limb, limb_label in limbs_of(definition, one.id).items():
            answers, alike, alpha, kappa = agreement.get((one.id, limb), [0, 0, None, None])
            of, what = f"{one.id}:{limb}", f"{in_words(one.label)} ({limb_label})"
            twice = counts.shown(int(answers or 0))
            yield "coding", f"double_coded:{of}", f"Coded twice, apart from each other: {what}", twice, "responses", ""
            yield (
                "coding",
                f"alike:{of}",
                f"Of these coded alike: {what}",
                counts.shown(int(alike or 0)),
                "responses",
                "",
            )
            for name, label, value in (
                ("alpha", "Krippendorff's alpha", alpha),
                ("kappa", "Cohen's kappa of the two who coded most together", kappa),
            ):
                rounded = None if value is None else round(value, 2)
                note = _TOO_FEW if value is None else _BY_CHANCE
                yield "coding", f"{name}:{of}", f"{label}: {what}", rounded, name, note


def _reading(counts: _Counts) -> Iterator[_Row]:
    for channel, what in (("post", "on paper"), ("email", "in messages")):
        for measure, label in (
            ("machine", f"Answers {what} that a machine read"),
            ("person", f"Answers {what} that people read"),
            ("waiting", f"Answers {what} that wait for a person to read them"),
        ):
            yield _row("reading", measure, label, counts, channel, unit="answers", steps=True)
    yield _row("reading", "keyed_twice", "Answers that two people read apart", counts, unit="answers", steps=True)


def _row(area: str, measure: str, label: str, counts: _Counts, of: str = "", *, unit: str, steps: bool = False) -> _Row:
    value = counts.value(area, measure, of, steps=steps)
    return area, f"{measure}:{of}" if of else measure, label, value, unit, ""
