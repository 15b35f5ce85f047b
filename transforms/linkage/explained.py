"""Two responses of a version, explained: what speaks for one respondent, what against, and who decided."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from transforms.errors import TransformError
from transforms.layout import Layout
from transforms.linkage.engine.explain import explain
from transforms.linkage.engine.linking import prepare_responses, score_pairs
from transforms.linkage.evidence import create_source, rows_of
from transforms.linkage.pairs import read_engine

_SOURCE = "linkage_source"
_TWO = "CREATE OR REPLACE TEMP TABLE linkage_two AS SELECT rid FROM received WHERE response_id IN ($first, $second)"
_PAIR = "CREATE OR REPLACE TEMP TABLE linkage_pair AS SELECT min(rid) AS a, max(rid) AS b FROM linkage_two"
_WEIGHED = """
SELECT s.*, CASE WHEN o.respondent = q.respondent THEN 'merge' ELSE p.band END AS band
FROM linkage_explained AS s JOIN outcomes AS o ON o.rid = s.a JOIN outcomes AS q ON q.rid = s.b
LEFT JOIN (SELECT a, b, 'review' AS band FROM linkage_pairs WHERE asks) AS p USING (a, b)
"""
_VERDICT = """
SELECT arg_max(verdict, seq) FROM links
WHERE least(first, second) = least($first, $second) AND greatest(first, second) = greatest($first, $second)
"""
_RESPONDENTS = """
SELECT r.response_id, f.response_id FROM received AS r JOIN outcomes AS o USING (rid)
LEFT JOIN received AS f ON f.rid = o.respondent WHERE r.response_id IN ($first, $second)
"""
_SAID = {
    "same": "An officer said that they are of one respondent.",
    "different": "An officer said that they are of two respondents.",
    "undo": "An officer's verdict was taken back.",
}


@dataclass(frozen=True)
class ExplainedPair:
    """Rows of (comparison, level, weight), heaviest first, and the sentences that go with them."""

    rows: Sequence[tuple[str, str, float]]
    sentences: Sequence[str]


def explain_pair(connection: duckdb.DuckDBPyConnection, layout: Layout, first: str, second: str) -> ExplainedPair:
    """Explain two responses of the version that is open in `connection` (`open_private`).

    Levels and weights only, never what was written.

    Raises:
        TransformError: there is no such response in this version, or both are the same.
    """
    two = {"first": first, "second": second}
    respondents = dict(connection.execute(_RESPONDENTS, two).fetchall())
    for name in (first, second):
        if name not in respondents:
            raise TransformError(f"{name}: no response of this version has this id; see 'yoursay linkage list'.")
    if first == second:
        raise TransformError("Name two responses; both are the same.")
    rows, sentences = _compared(connection, layout, two)
    verdict = connection.execute(_VERDICT, two).fetchone()
    if verdict and verdict[0]:
        sentences.append(_SAID[verdict[0]])
    together = respondents[first] is not None and respondents[first] == respondents[second]
    uncounted = [name for name in (first, second) if respondents[name] is None]
    if uncounted:
        sentences.append(f"{' and '.join(uncounted)} does not count, so nothing is linked.")
    else:
        sentences.append(
            f"They count as one respondent, {respondents[first]}." if together else "They count as two respondents."
        )
    return ExplainedPair(rows, sentences)


def _compared(
    connection: duckdb.DuckDBPyConnection, layout: Layout, two: dict[str, str]
) -> tuple[Sequence[tuple[str, str, float]], list[str]]:
    engine = read_engine(connection, "")
    if engine is not None:
        create_source(connection, layout, "", _SOURCE)
        connection.execute(_TWO, two)
        connection.execute(_PAIR)
        prepare_responses(connection, rows_of(_SOURCE, "linkage_two"), engine, "linkage_two_rows", "linkage_two_keys")
        score_pairs(connection, "linkage_pair", "linkage_two_rows", engine, out="linkage_explained", least=None)
        found = connection.execute(_WEIGHED)
        names = [name for name, *_ in found.description or ()]
        row = found.fetchone()
        if row is not None:
            told = explain(dict(zip(names, row, strict=True)))
            return told.rows, [told.sentence]
    return (), ["At least one of them says nothing of who responds, so they were not compared."]
