"""The sides of the linkage benchmark, each a process of its own: a Parquet file in, clusters out, one JSON line.

`python -m benchmarks._linkage_sides SIDE INPUT.parquet CLUSTERS.parquet`
"""

import contextlib
import importlib.util
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa

from transforms.linkage.engine.files import link_file
from transforms.linkage.engine.normalise import LEAST_WORDS
from transforms.linkage.engine.roles import Roles
from transforms.linkage.engine.vocabulary import given_name_forms
from transforms.linkage.engine.weights import load_weights

PEOPLE = Roles.model_validate(
    {
        "id": "response_id",
        "received_at": "received",
        "channel": "via",
        "roles": {
            "salutation": "title", "forename": "given_name", "surname": "family_name", "mail": "email",
            "telephone": "phone", "street_address": "address", "post_town": "town", "pcode": "postcode",
            "on_behalf_of": "organisation", "job": "role", "responding_as": "capacity",
        },
    }
)  # fmt: skip
TOWNSFOLK = Roles.model_validate(
    {
        "id": "response_id",
        "received_at": "sent",
        "channel": "way",
        "roles": {
            "who": "family_name", "reply_to": "email", "phone": "phone", "lives_at": "address", "place": "town",
            "post_code": "postcode", "body": "organisation", "post": "role", "speaks_for": "capacity",
        },
    }
)  # fmt: skip
FEBRL = Roles.model_validate(
    {
        "id": "response_id",
        "roles": {
            "given_name": "given_name", "surname": "family_name", "street_number": "address", "address_1": "address",
            "address_2": "address", "suburb": "town", "postcode": "postcode",
        },
    }
)  # fmt: skip

_BY_KEY = """
COPY (
    SELECT response_id, coalesce(min(response_id) OVER (PARTITION BY key), response_id) AS cluster_id
    FROM (SELECT response_id, coalesce({key}, response_id) AS key FROM read_parquet($source))
) TO '{out}' (FORMAT parquet)
"""
_KEYS = {
    "email": "lower(mail)",
    "name_postcode": "lower(forename) || '|' || lower(surname) || '|' || lower(replace(pcode, ' ', ''))",
}
_SPLINK_ROWS = """
SELECT response_id AS unique_id, coalesce(form, lower(forename)) AS forename, lower(surname) AS surname,
    lower(mail) AS mail, right(regexp_replace(telephone, '[^0-9]', '', 'g'), 9) AS telephone,
    lower(street_address) AS street_address, lower(replace(pcode, ' ', '')) AS pcode,
    lower(on_behalf_of) AS on_behalf_of, {answers},
    list_distinct(list_filter(
        regexp_split_to_array(lower(concat_ws(' ', q4_why, q7_other, comments)), '[^a-z]+'), lambda w: length(w) > 3
    )) AS words
FROM read_parquet($source) LEFT JOIN forms ON name = lower(forename)
"""
_ANSWERS = ("q1_term", "q2_place", "q3_clusters", "q5_cost", "q6_monitoring", "age_band", "uses")
_SHARED_WORDS = "len(list_intersect(words_l, words_r)) / least(len(words_l), len(words_r))"
# Where Splink's F1 is best on the development seeds, with answers and without.
_SPLINK_THRESHOLD = 0.99


def link(source: Path, out: Path) -> None:
    roles = FEBRL if "febrl" in source.name else TOWNSFOLK if "townsfolk" in source.name else PEOPLE
    link_file(source, roles, load_weights(), out, out.with_suffix(".pairs"))


def by_key(side: str, source: Path, out: Path) -> None:
    duckdb.execute(_BY_KEY.format(key=_KEYS[side], out=out), {"source": str(source)})


def splink(source: Path, out: Path, *, answers: bool) -> None:
    """Splink with its own comparisons, trained on the table itself; `answers`: with answers, text and short names."""
    import splink.comparison_level_library as levels
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    short = [(name, forms[0]) for name, forms in given_name_forms().items() if answers]
    connection = duckdb.connect()
    connection.register("forms", pa.table({"name": [name for name, _ in short], "form": [form for _, form in short]}))
    query = _SPLINK_ROWS.format(answers=", ".join(_ANSWERS))
    rows = connection.execute(query, {"source": str(source)}).to_arrow_table()
    comparisons = [
        compare.NameComparison("forename").configure(term_frequency_adjustments=True),
        compare.NameComparison("surname").configure(term_frequency_adjustments=True),
        compare.EmailComparison("mail"),
        compare.LevenshteinAtThresholds("telephone", 1),
        compare.JaroWinklerAtThresholds("street_address", [0.92, 0.85]),
        compare.PostcodeComparison("pcode"),
        compare.JaroWinklerAtThresholds("on_behalf_of", [0.92, 0.85]),
    ]
    if answers:
        comparisons += [compare.ExactMatch(name) for name in _ANSWERS]
        comparisons.append(
            compare.CustomComparison(
                output_column_name="words",
                comparison_levels=[
                    levels.CustomLevel(f"coalesce(least(len(words_l), len(words_r)), 0) < {LEAST_WORDS}").configure(
                        is_null_level=True
                    ),
                    *(levels.CustomLevel(f"{_SHARED_WORDS} >= {share}") for share in (0.75, 0.5, 0.35)),
                    levels.ElseLevel(),
                ],
            )
        )
    rules = [
        block_on("mail"), block_on("telephone"), block_on("surname", "pcode"), block_on("forename", "pcode"),
        block_on("forename", "surname"), block_on("on_behalf_of", "surname"),
    ]  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=rules
    )
    with contextlib.redirect_stdout(sys.stderr):
        api = DuckDBAPI()
        linker = Linker(api.register(rows), settings)
        linker.training.estimate_probability_two_random_records_match(
            [block_on("mail", "surname"), block_on("forename", "surname", "pcode")], recall=0.6
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        # Blocks of one postcode alone teach it what households have in common.
        for rule in (block_on("forename", "surname"), block_on("forename", "pcode"), block_on("surname", "pcode")):
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        predicted = linker.inference.predict(threshold_match_probability=0.05)
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, _SPLINK_THRESHOLD)
        clusters = found.as_duckdbpyrelation()
        clusters.project("unique_id AS response_id, cluster_id").write_parquet(str(out))


SIDES: dict[str, Callable[[Path, Path], None]] = {
    "link": link,
    "email": lambda source, out: by_key("email", source, out),
    "name_postcode": lambda source, out: by_key("name_postcode", source, out),
    "splink_identity": lambda source, out: splink(source, out, answers=False),
    "splink_answers": lambda source, out: splink(source, out, answers=True),
}


def splink_is_here() -> bool:
    return importlib.util.find_spec("splink") is not None


def main() -> None:
    side, source, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    before = time.process_time()
    SIDES[side](source, out)
    measured = {
        "cpu": time.process_time() - before,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
