"""What the protected tables of one view tell: each count's key, what is known of it, and which sums hold.

Keys: ("included",); ("types", type); ("coded", field[, type]) and ("answered", field[, type]), the bases;
("position", field, limb, code[, type]); ("closed", field, code[, type]). In the place of a type may be a channel or a
side. ("both", *key) is of a channel and a side together: nobody is shown it, and it must not follow from what is shown.
The attacker knows the ledger, so how many are included, and is taken to know which sums hold exactly.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from schemas.definition import Definition
from schemas.questionnaire import MultipleChoice
from transforms.disclosure.contract import OTHER_DISTRICTS
from transforms.disclosure.counts import EVERYBODY, Counts
from transforms.disclosure.linked import Key, LinkedTables, Number
from transforms.disclosure.shown import BOTH
from transforms.disclosure.stricter import key_of
from transforms.disclosure.vocabulary import Rule, group_of

_Rows = list[dict[str, Any]]
Before = Mapping[Key, tuple[int, int | None]]


def linked_tables(tables: Mapping[str, pa.Table], counts: Counts, definition: Definition, rule: Rule) -> LinkedTables:
    """All that the tables `respondent_types`, `positions`, `closed_answers` and their breakdowns tell together."""
    return _View(counts, definition, rule).read(tables)


def tell_before(linked: LinkedTables, before: Before) -> None:
    """Add what earlier views tell. A count whose value they showed is no secret any more."""
    for key, (low, high) in before.items():
        number = linked.numbers.get(key)
        if number is None or number.true < low or (high is not None and number.true > high):
            continue
        if low == high:
            linked.numbers[key] = Number(number.true, low, low)
        else:
            linked.add(key, Number(number.true, low, high))


class _View:
    def __init__(self, counts: Counts, definition: Definition, rule: Rule) -> None:
        self.counts, self.definition, self.rule = counts, definition, rule
        self.linked = LinkedTables()
        # Nobody can think that there are more than were ever received.
        self.most = max(1, sum(counts.ledger.values()), *counts.positions.values(), *counts.closed.values())

    def read(self, tables: Mapping[str, pa.Table]) -> LinkedTables:
        self._types(tables["respondent_types"].to_pylist())
        for whole, by_type in (("positions", "positions_by_type"), ("closed_answers", "closed_by_type")):
            of_type = _groups(tables[by_type].to_pylist())
            for (field, limb), rows in _groups(tables[whole].to_pylist()).items():
                self._whole(field, limb, rows)
                if (field, limb) in of_type:
                    self._breakdown(field, limb, rows, of_type[field, limb])
        return LinkedTables(self.linked.numbers, self.linked.sums, sum(t.num_rows > 0 for t in tables.values()))

    def _types(self, rows: _Rows) -> None:
        base = self.counts.included - self.counts.included % self.rule.step
        self.linked.add(("included",), Number(base, base, base))
        for row in rows:
            true = self.counts.types.get(row["code"], 0)
            self.linked.add(("types", row["code"]), self._number(true, row["responses"], base, base))
        keys = [("types", row["code"]) for row in rows]
        self._add_up(keys, ("included",), several=True)

    def _whole(self, field: str, limb: str | None, rows: _Rows) -> None:
        """A table of everybody."""
        base_key: Key = ("answered" if limb is None else "coded", field)
        true_base = self._true_base(field, limb, EVERYBODY)
        self._add_base(base_key, true_base, rows[0]["base"])
        for row in rows:
            true = self._true(field, limb, row, EVERYBODY)
            number = self._number(true, row["responses"], true_base, self.most)
            # The one count of a table of one is the total, which is no secret.
            alone = len(rows) == 1
            self.linked.add(key_of(row), Number(true, number.low, number.high) if alone else number)
        several = limb is None and isinstance(self.definition.questionnaire.field(field), MultipleChoice)
        self._add_up([key_of(row) for row in rows], base_key, several=several)
        for row in rows if several else ():
            self.linked.add_sum([key_of(row)], base_key, at_least=None)

    def _breakdown(self, field: str, limb: str | None, whole: _Rows, rows: _Rows) -> None:
        bases: Key = ("answered" if limb is None else "coded", field)
        several = limb is None and isinstance(self.definition.questionnaire.field(field), MultipleChoice)
        by_code, by_type = defaultdict(list), defaultdict(list)
        total = self._true_base(field, limb, EVERYBODY)
        of_all = {row["code"]: (row, self._true(field, limb, row, EVERYBODY)) for row in whole}
        for row in rows:
            true_base = self._true_base(field, limb, row["type_code"])
            one, true_of_all = of_all[row["code"]]
            # What all or nobody of everybody said is shown, and tells it of each type.
            told = not one["hidden"] and (true_of_all == 0 or (true_of_all == total and not several))
            true = self._true(field, limb, row, row["type_code"])
            number = self._number(true, row["responses"], 0 if told else true_base, self.most)
            if group_of(row["type_code"]) != "types" and self.rule.threshold <= true < true_base:
                # Large enough to be shown, it is hidden for the sake of others: that it is not exact is enough.
                number = replace(number, asked=min(number.asked, 2))
            self.linked.add(key_of(row), number)
            by_code[row["code"]].append(key_of(row))
            by_type[row["type_code"]].append(row)
        for of, of_type in by_type.items():
            base = (*bases, of)
            true_base = self._true_base(field, limb, of)
            known = self._number(true_base, of_type[0]["base"], true_base, self.most, is_base=True)
            self.linked.add(base, known if group_of(of) == "types" else self._within_ledger(known, of, total))
            self._add_up([key_of(row) for row in of_type], base, several=several)
            for row in of_type if several else ():
                self.linked.add_sum([key_of(row)], base, at_least=None)
            if self._everybody_is_in(bases, total) and ("types", of) in self.linked.numbers:
                self.linked.add_sum([base], ("types", of))
        # Types add up where nobody ticked two; channels, and the two sides, are always everybody.
        for name in ("types", "channels", "sides"):
            group = [of for of in by_type if group_of(of) == name]
            if not group:
                continue
            for code, keys in by_code.items():
                of_group = [key for key in keys if key[-1] in group]
                self._add_up(of_group, key_of(of_all[code][0]), several=name == "types")
            self._add_up([(*bases, of) for of in group], bases, several=name == "types")
        if {group_of(of) for of in by_type} >= {"channels", "sides"}:
            self._both(field, limb, list(of_all.values()), list(by_type))

    def _both(self, field: str, limb: str | None, whole: list[tuple[dict[str, Any], int]], rows: list[str]) -> None:
        """Those of a channel and a side together: the ledger says how many are included, and the rows add them up."""
        bases: Key = ("answered" if limb is None else "coded", field)
        several = limb is None and isinstance(self.definition.questionnaire.field(field), MultipleChoice)
        channels, sides = ([of for of in rows if group_of(of) == name] for name in ("channels", "sides"))
        together = {(one, side): f"{one}{side}" for one in channels for side in sides}
        total = self._true_base(field, limb, EVERYBODY)
        for of in together.values():
            base = self._true_base(field, limb, of)
            self.linked.add((BOTH, *bases, of), self._within_ledger(Number(base, 0, self.most), of, total))
        for row, true_of_all in whole:
            told = not row["hidden"] and (true_of_all == 0 or (true_of_all == total and not several))
            for of in together.values():
                true, base = self._true(field, limb, row, of), self._true_base(field, limb, of)
                secret = not told and (true < self.rule.threshold or true == base)
                asked = min(self.rule.threshold, base + 1) if secret else 1
                self.linked.add((BOTH, *key_of(row), of), Number(true, 0, self.most, asked))
                if several:
                    self.linked.add_sum([(BOTH, *key_of(row), of)], (BOTH, *bases, of), at_least=None)
            self._parted(key_of(row), together)
        self._parted(bases, together)
        for of in together.values():
            self._add_up([(BOTH, *key_of(row), of) for row, _ in whole], (BOTH, *bases, of), several=several)

    def _parted(self, key: Key, together: Mapping[tuple[str, str], str]) -> None:
        """Each channel is its two sides, and each side all channels."""
        for place, of in {(place, pair[place]) for pair in together for place in (0, 1)}:
            parts = [(BOTH, *key, both) for pair, both in together.items() if pair[place] == of]
            self.linked.add_sum(parts, (*key, of))

    def _within_ledger(self, known: Number, of: str, total: int) -> Number:
        """How many of a channel or a side are counted out of `total`, given how many the ledger says are included.

        All that are included are counted but for those that are not, whichever they are; that much is no secret.
        """
        included = (self.counts.channels | self.counts.sides | self.counts.both).get(of, 0)
        if known.true > included or total > self.counts.included:
            return known
        low = max(known.low, included - (self.counts.included - total))
        high = included if known.high is None else min(known.high, included, max(total, known.true))
        return Number(known.true, low, high, max(1, min(known.asked, self.rule.threshold, high - low + 1)))

    def _everybody_is_in(self, bases: Key, total: int) -> bool:
        """Whether the base is everybody included, so that the types' bases are those of the table of types."""
        included = self.counts.included
        if total != included or included % self.rule.step:
            return False
        of = self.counts.coded if bases[0] == "coded" else self.counts.answered
        return all(of.get((bases[1], code), 0) == count for code, count in self.counts.types.items())

    def _add_up(self, parts: Iterable[Key], total: Key, *, several: bool) -> None:
        """Parts of a total: exactly where they add up, else at most, or at least where one may be in `several`.

        Where one may be in several and counts are exact, the attacker is taken to know how many are: that is more than
        anybody can know, and what is safe against it is safe.
        """
        keys = list(parts)
        over = sum(self.linked.numbers[key].true for key in keys) - self.linked.numbers[total].true
        if over == 0 or (over > 0 and several and self.rule.rounding == 1 and self.linked.numbers[total].known):
            self.linked.add_sum(keys, total, at_least=over, at_most=over)
        elif several and over > 0:
            self.linked.add_sum(keys, total, at_most=None)
        else:
            self.linked.add_sum(keys, total, at_least=None)

    def _add_base(self, key: Key, true: int, shown: int | None) -> None:
        """How many a table of everybody is out of. It is no secret, and exact where it is all that are included."""
        if true == self.counts.included:
            known = Number(true, true, true)
        elif shown is None:
            known = Number(true, 0, self.rule.threshold - 1)
        else:
            known = self._rounded(true, shown)
        self.linked.add(key, known)

    def _number(self, true: int, shown: int | None, base: int, most: int, *, is_base: bool = False) -> Number:
        """What is known of a count out of `base`: a hidden one must keep as many values as the rule says.

        Of a hidden base only a small one is a secret: that few of a type answered.
        """
        if shown is None and is_base and true >= self.rule.threshold:
            return Number(true, 0, most)
        if shown is None:
            return Number(true, 0, most, max(1, min(self.rule.threshold, base + 1)))
        known = self._rounded(true, shown)
        # That all are of one kind is a result, and the number of all is no secret.
        if self.rule.rounding == 1 or is_base or shown == 0 or true == base:
            return known
        return Number(true, known.low, known.high, 2, rounded=True)

    def _rounded(self, true: int, shown: int) -> Number:
        if self.rule.rounding == 1 or shown == 0:
            return Number(true, shown, shown)
        low = shown - self.rule.rounding // 2
        return Number(true, max(self.rule.threshold, low), shown + (self.rule.rounding - 1) // 2)

    def _true_base(self, field: str, limb: str | None, of: str) -> int:
        return (self.counts.answered if limb is None else self.counts.coded).get((field, of), 0)

    def _true(self, field: str, limb: str | None, row: Mapping[str, Any], of: str) -> int:
        if limb is None:
            return self._closed(field, row, of)
        code = row["code"]
        if not row.get("collapsed"):
            return self.counts.positions.get((field, limb, code, of), 0)
        frame = self.definition.policy.frames[field]
        codes = [one.code for one in frame.codes if one.collapsed == code]
        return sum(self.counts.positions.get((field, limb, one, of), 0) for one in codes)

    def _closed(self, field: str, row: Mapping[str, Any], of: str) -> int:
        if row["code"] != OTHER_DISTRICTS:
            return self.counts.closed.get((field, row["code"], of), 0)
        named = row["named"]
        return sum(n for (f, code, t), n in self.counts.closed.items() if f == field and t == of and code not in named)


def _groups(rows: _Rows) -> dict[tuple[str, str | None], _Rows]:
    """The rows of each table of a question; a row of districts knows which are named."""
    found: dict[tuple[str, str | None], _Rows] = {}
    for row in rows:
        found.setdefault((row["field"], row.get("limb")), []).append(row)
    for of_field in found.values():
        named = {row["code"] for row in of_field}
        for row in of_field:
            row["named"] = named
    return found
