"""Whether a text that is to leave says a name from the vault, or six words in a row of an answer.

A table can be held against the definition's codes; a sentence that a person wrote cannot. So it is held against what
was entrusted: the vault's names, addresses and senders, and the words of every answer. Case, accents, punctuation and
line breaks make no difference. What the consultation itself says, in its questions and its policy, anybody may repeat.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from pydantic import BaseModel

from schemas.definition import Definition
from schemas.policy import LinkageRole
from schemas.questionnaire import OTHER_SUFFIX
from transforms.disclosure.contract import TEXT_KINDS
from transforms.sql import identifier

WORDS_IN_A_ROW = 6
_LONGEST_NAME = 16
# What many people share names nobody; a role does, where it says where.
_NAMES_NOBODY: frozenset[LinkageRole] = frozenset({"title", "town", "capacity"})
_WORDS_OF_A_ROLE = 3
# Names that are everyday words too: taken for a name where they have a capital and do not begin a sentence.
_EVERYDAY = frozenset(
    "may will mark grant bill rose hope joy grace faith dawn june april august summer rich frank young brown white"
    " black green gray grey long short king queen bishop banks field fields hill hills wood woods lane park parks"
    " street bush rivers stone church price day week law page read rice bean berry bird cook carter baker farmer fisher"
    " hunter miller mason potter weaver gold silver wise best good new old north south east west"
    " drew art guy jack rob pat sue sandy ray jean don dean chase cliff dale heath ivy lily olive pearl penny ruby"
    " miles peace power school marsh moor pool rush sharp small strong swift winter wells ward ham bond case chance"
    " count cross data duke earl early ford fox free garden hall hand hart head holly home house hull in is it an"
    " i a the to me my no on or so us we he be do go if of at as by can".split()
)
_STOPS = frozenset(".!?:\n")
_TOKENS = r"[\p{L}\p{N}\p{M}]+|[.!?:\n]"
_PLAIN = "strip_accents(lower(nfc_normalize({text})))"
_TOKENISE = f"""
SELECT tokens, [strip_accents(lower(w)) FOR w IN tokens] FROM (
    SELECT place, regexp_extract_all(nfc_normalize(text), '{_TOKENS}') AS tokens
    FROM (SELECT unnest($texts::VARCHAR[]) AS text, generate_subscripts($texts::VARCHAR[], 1) AS place)
) ORDER BY place
"""
_NAMES = """
SELECT DISTINCT name FROM (
    SELECT array_to_string(regexp_extract_all({plain}, '[\\p{{L}}\\p{{N}}\\p{{M}}]+'), ' ') AS name
    FROM ({values}) AS v(value) WHERE value IS NOT NULL
) SEMI JOIN said ON said.run = name
"""
_ANSWERS = """
WITH texts AS (SELECT DISTINCT value FROM ({values}) AS v(value) WHERE value IS NOT NULL),
words AS (SELECT regexp_extract_all({plain}, '[\\p{{L}}\\p{{N}}\\p{{M}}]+') AS w FROM texts),
runs AS (
    SELECT unnest([array_to_string(w[i : i + {more}], ' ') FOR i IN range(1, len(w) - {more} + 1)]) AS run
    FROM words WHERE len(w) > {more}
)
SELECT DISTINCT run FROM runs SEMI JOIN said USING (run)
"""


@dataclass(frozen=True)
class Prose:
    """Texts that are to leave, and what they are held against.

    Attributes:
        texts: by where they stand: a paragraph of a report, the label of a theme, telling words, what a campaign says.
        private: an open private version, whose `vault` and `clean` are read.
        fixed: texts of this program itself, which say nothing of anybody.
    """

    texts: Mapping[str, str]
    private: duckdb.DuckDBPyConnection
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Leak:
    """Where a text says what it must not: its words `first` to `last`, counted from one; `is_name` tells which."""

    where: str
    first: int
    last: int
    is_name: bool


@dataclass(frozen=True)
class _Word:
    plain: str
    capital: bool
    begins_sentence: bool


def leaks_of(definition: Definition, prose: Prose) -> list[Leak]:
    """Every place in the texts that says a name or six words of an answer, in order.

    What `definition` says itself is left out.
    """
    private = prose.private
    texts = dict(zip(prose.texts, _words(private, list(prose.texts.values())), strict=True))
    free = _words(private, sorted({*_texts_of(definition), *prose.fixed}))
    free_runs = {
        " ".join(run)
        for words in free
        for n in range(1, _LONGEST_NAME + 1)
        for run in _runs([word.plain for word in words], n)
    }
    said = {
        " ".join(run)
        for words in texts.values()
        for n in range(1, _LONGEST_NAME + 1)
        for run in _runs([word.plain for word in words], n)
    } - free_runs
    names = _names_said(private, definition, said)
    quoted = _answers_said(private, definition, {run for run in said if run.count(" ") == WORDS_IN_A_ROW - 1})
    return [leak for where, words in texts.items() for leak in _leaks(where, words, names, quoted)]


def _leaks(where: str, words: list[_Word], names: set[str], quoted: set[str]) -> Iterator[Leak]:
    for start in range(len(words)):
        for n in range(1, min(_LONGEST_NAME, len(words) - start) + 1):
            run = words[start : start + n]
            said = " ".join(word.plain for word in run)
            is_name = said in names and not (n == 1 and _is_everyday(run[0]))
            if is_name or (n == WORDS_IN_A_ROW and said in quoted):
                yield Leak(where, start + 1, start + n, is_name)


def _is_everyday(word: _Word) -> bool:
    return word.plain in _EVERYDAY and (word.begins_sentence or not word.capital)


def _words(private: duckdb.DuckDBPyConnection, texts: list[str]) -> list[list[_Word]]:
    """The words of each text as the database sees them, so that both sides of the comparison are cut alike."""
    rows = private.execute(_TOKENISE, {"texts": texts}).fetchall() if texts else []
    return [_cut(tokens, plain) for tokens, plain in rows]


def _cut(tokens: list[str], plain: list[str]) -> list[_Word]:
    found, begins = [], True
    for token, as_plain in zip(tokens, plain, strict=True):
        if token in _STOPS:
            begins = True
            continue
        found.append(_Word(as_plain, token[0].isupper(), begins))
        begins = False
    return found


def _runs(words: list[str], n: int) -> Iterator[list[str]]:
    return (words[start : start + n] for start in range(len(words) - n + 1))


def _names_said(private: duckdb.DuckDBPyConnection, definition: Definition, said: set[str]) -> set[str]:
    """The vault's values that are among `said`."""
    roles = definition.policy.linkage.roles
    columns = set(private.table("vault").columns)
    identifying = [name for name in definition.questionnaire.answer_columns() if name in columns]
    of_roles = [name for name in identifying if roles.get(name) == "role"]
    values = [
        f"SELECT CAST({identifier(name)} AS VARCHAR) FROM vault"
        for name in identifying
        if roles.get(name) not in _NAMES_NOBODY and name not in of_roles
    ]
    values += [_whole_name(roles, identifying)] if _whole_name(roles, identifying) else []
    if "sender" in columns:
        values += [
            "SELECT regexp_extract(sender, '^(.*)<', 1) FROM vault",
            "SELECT regexp_extract(sender, '[^<>\\s]+@[^<>\\s]+') FROM vault",
        ]
    found = _matching(private, _NAMES, values, said)
    long_roles = {run for run in said if run.count(" ") >= _WORDS_OF_A_ROLE - 1}
    return found | _matching(private, _NAMES, [f"SELECT {identifier(n)} FROM vault" for n in of_roles], long_roles)


def _whole_name(roles: Mapping[str, LinkageRole], columns: list[str]) -> str:
    """Given and family name in a row, where they are asked for apart: both may be everyday words."""
    parts = [
        next((name for name in columns if roles.get(name) == role), None) for role in ("given_name", "family_name")
    ]
    if not all(parts):
        return ""
    return f"SELECT concat_ws(' ', {', '.join(identifier(str(part)) for part in parts)}) FROM vault"


def _answers_said(private: duckdb.DuckDBPyConnection, definition: Definition, said: set[str]) -> set[str]:
    """The runs of six words among `said` that an answer has."""
    kinds = definition.questionnaire.answer_columns()
    columns = [
        name
        for name in private.table("clean").columns
        if name in kinds
        and (kinds[name].kind in TEXT_KINDS or (kinds[name].id != name and name.endswith(OTHER_SUFFIX)))
    ]
    values = [f"SELECT {identifier(name)} FROM clean" for name in columns]
    return _matching(private, _ANSWERS, values, said)


def _matching(private: duckdb.DuckDBPyConnection, query: str, values: list[str], said: set[str]) -> set[str]:
    if not values or not said:
        return set()
    private.register("said", pa.table({"run": pa.array(sorted(said), pa.string())}))
    try:
        union = " UNION ALL ".join(values)
        asked = query.format(plain=_PLAIN.format(text="value"), values=union, more=WORDS_IN_A_ROW - 1)
        return {str(run) for (run,) in private.execute(asked).fetchall()}
    finally:
        private.unregister("said")


def _texts_of(definition: Definition) -> Iterator[str]:
    """Every text of the questionnaire and the policy."""
    for model in (definition.questionnaire, definition.policy):
        yield from _strings(model.model_dump(mode="json") if isinstance(model, BaseModel) else model)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)
