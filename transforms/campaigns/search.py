"""From responses to their campaigns: a table in, tables out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.campaigns.errors import CampaignInputError
from transforms.campaigns.found import NONE, Found, find
from transforms.campaigns.normalise import Places, normalise
from transforms.campaigns.texts import FEWEST_LETTERS, NO_TEXT, Texts, TextsBuilder
from transforms.campaigns.variants import VARIANTS, variants

Id = str | int


@dataclass(frozen=True)
class Responses:
    """Responses that were read: their ids, and the number of each one's text among the different texts, or NO_TEXT.

    `registered` are the known letters: the campaign's id, and the number of its text.
    """

    ids: pa.ChunkedArray
    numbers: Places
    texts: Texts
    registered: tuple[tuple[Id, int], ...] = ()


def read_responses(
    batches: Iterable[tuple[pa.Array, pa.Array]], id_type: pa.DataType, letters: Mapping[Id, str] | None = None
) -> Responses:
    """Take in batches of ids and texts, and known letters: campaign to text.

    Each different text is kept once, as the bytes that are compared.

    Raises:
        CampaignInputError: a known letter is too short to be told from what many people say.
    """
    builder = TextsBuilder()
    ids, numbers = [], [np.empty(0, np.int64)]
    for of_ids, of_texts in batches:
        ids.append(of_ids)
        numbers.append(builder.add(normalise(of_texts)))
    known = builder.add(normalise(pa.array(list((letters or {}).values()), pa.string())), counted=False)
    for name, number in zip(letters or {}, known, strict=True):
        if number == NO_TEXT:
            raise CampaignInputError(
                f"The known letter of campaign '{name}' has fewer than {FEWEST_LETTERS} letters; register all of it."
            )
    registered = tuple(zip(letters or {}, (int(number) for number in known), strict=True))
    return Responses(pa.chunked_array(ids, id_type), np.concatenate(numbers), builder.texts(), registered)


def search(responses: Responses) -> tuple[pa.Table, pa.Table]:
    """The campaign of every response, and the campaigns.

    The first: one row = one response, in their order: `response_id`, `campaign_id`, `similarity` and `variant`, all
    but the first null where there is no campaign. The second: one row = one campaign: `campaign_id`, `template_id`
    (the least id of the responses that sent the template as it stands; null for a known letter that nobody sent so),
    `members`, and `fields`, whether each sender filled something in.

    A campaign's id is that of its registered letter, else the least id of its members.
    """
    found = find(responses.texts, [number for _, number in responses.registered])
    letter = np.full(len(responses.numbers), NONE, np.int64)
    has_text = responses.numbers != NO_TEXT
    letter[has_text] = found.letter[responses.numbers[has_text]]
    is_member = letter != NONE
    of_member = responses.numbers[is_member]
    similarity, variant = np.zeros(len(letter)), np.zeros(len(letter), np.int8)
    similarity[is_member] = found.similarity[of_member]
    variant[is_member] = variants(responses.texts, found)[of_member]
    campaigns = _campaigns(responses, letter, found)
    place_of = np.zeros(max(1, len(found.centres)), np.int64)
    place_of[campaigns["letter"].to_numpy()] = np.arange(len(campaigns))
    none = ~is_member
    named = pa.DictionaryArray.from_arrays(pa.array(variant, mask=none), pa.array(VARIANTS))
    names = campaigns["campaign_id"].combine_chunks()
    memberships = pa.table(
        {
            "response_id": responses.ids,
            "campaign_id": names.take(pa.array(place_of[np.maximum(letter, 0)], mask=none)),
            "similarity": pa.array(similarity, mask=none),
            "variant": named.cast(pa.string()),
        }
    )
    return memberships, campaigns.drop_columns("letter").sort_by("campaign_id")


def _campaigns(responses: Responses, letter: Places, found: Found) -> pa.Table:
    """The letters that somebody sent, with their number, `letter`."""
    centre = np.array([one.text for one in found.centres], np.int64)
    is_template = (letter != NONE) & (responses.numbers == centre[letter] if len(centre) else False)
    members = pa.table(
        {"letter": letter, "id": responses.ids, "template": pc.if_else(pa.array(is_template), responses.ids, None)}
    ).filter(pc.field("letter") != NONE)
    table = members.group_by("letter").aggregate([("id", "min"), ("template", "min"), ("id", "count")])
    order = table["letter"].to_numpy()
    known = [name for name, _ in responses.registered]
    registered = pa.array([known[n] if n < len(known) else None for n in order], responses.ids.type)
    return pa.table(
        {
            "letter": table["letter"],
            "campaign_id": pc.coalesce(registered, table["id_min"]),
            "template_id": table["template_min"],
            "members": table["id_count"],
            "fields": pa.array([found.centres[n].has_fields for n in order], pa.bool_()),
        }
    )
