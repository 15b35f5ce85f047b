"""From responses to their campaigns: a table in, a table out."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.campaigns.found import NONE, Found, find
from transforms.campaigns.normalise import Places, normalise
from transforms.campaigns.texts import NO_TEXT, Texts, TextsBuilder
from transforms.campaigns.variants import VARIANTS, variants


@dataclass(frozen=True)
class Responses:
    """Responses that were read: their ids, and the number of each one's text among the different texts, or NO_TEXT."""

    ids: pa.ChunkedArray
    numbers: Places
    texts: Texts


def read_responses(batches: Iterable[tuple[pa.Array, pa.Array]], id_type: pa.DataType) -> Responses:
    """Take in batches of ids and texts. Each different text is kept once, as the bytes that are compared."""
    builder = TextsBuilder()
    ids, numbers = [], [np.empty(0, np.int64)]
    for of_ids, of_texts in batches:
        ids.append(of_ids)
        numbers.append(builder.add(normalise(of_texts)))
    return Responses(pa.chunked_array(ids, id_type), np.concatenate(numbers), builder.texts())


def campaigns_of(responses: Responses) -> pa.Table:
    """One row = one response, in their order: `response_id`, `campaign_id`, `similarity` and `variant`.

    A campaign's id is the least id of its members. All but the first column are null where there is no campaign.
    """
    found = find(responses.texts)
    letter = np.full(len(responses.numbers), NONE, np.int64)
    has_text = responses.numbers != NO_TEXT
    letter[has_text] = found.letter[responses.numbers[has_text]]
    is_member = letter != NONE
    of_member = responses.numbers[is_member]
    similarity, variant = np.zeros(len(letter)), np.zeros(len(letter), np.int8)
    similarity[is_member] = found.similarity[of_member]
    variant[is_member] = variants(responses.texts, found)[of_member]
    none = ~is_member
    named = pa.DictionaryArray.from_arrays(pa.array(variant, mask=none), pa.array(VARIANTS))
    return pa.table(
        {
            "response_id": responses.ids,
            "campaign_id": _names(responses.ids, letter, found),
            "similarity": pa.array(similarity, mask=none),
            "variant": named.cast(pa.string()),
        }
    )


def _names(ids: pa.ChunkedArray, letter: Places, found: Found) -> pa.Array:
    """For each response the least id among the members of its letter."""
    members = pa.table({"letter": pa.array(letter), "id": ids}).filter(pc.field("letter") != NONE)
    least = members.group_by("letter").aggregate([("id", "min")])
    place_of = np.zeros(len(found.centres), np.int64)
    place_of[least["letter"].to_numpy()] = np.arange(len(least))
    chosen = pa.array(place_of[np.maximum(letter, 0)] if len(least) else letter, mask=letter == NONE)
    return least["id_min"].combine_chunks().take(chosen)
