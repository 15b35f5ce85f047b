"""How a text stands to its letter: as it was written, edited, or with its fields filled in."""

import numpy as np
import numpy.typing as npt

from transforms.campaigns.found import NONE, Found
from transforms.campaigns.texts import Texts

STANDARD, EDITED, MAIL_MERGE = "standard", "edited", "mail_merge"
VARIANTS = (STANDARD, EDITED, MAIL_MERGE)

# A letter with fields is as it was written where nearly all of its core is there and little more than the fields.
_CORE_KEPT = 0.96
_FIELDS_ALLOWED = 1.5
_FIELDS_SLACK = 16


def variants(texts: Texts, found: Found) -> npt.NDArray[np.int8]:
    """For each text the place of its variant in VARIANTS, NONE where it is of no letter."""
    result = np.full(len(texts), NONE, np.int8)
    members = np.flatnonzero(found.letter != NONE)
    if not len(members):
        return result
    centres = np.array([one.text for one in found.centres])
    core = np.array([int(one.core.sum()) for one in found.centres])
    fields = texts.shingles(centres) - core
    letter = found.letter[members]
    is_merge = fields[letter] > 0
    as_written = texts.keys[members] == texts.keys[centres[letter]]
    kept = found.of_core[members]
    beside = texts.shingles(members) - kept * core[letter]
    filled_in = (kept >= _CORE_KEPT) & (beside <= _FIELDS_ALLOWED * fields[letter] + _FIELDS_SLACK)
    result[members] = VARIANTS.index(EDITED)
    result[members[~is_merge & as_written]] = VARIANTS.index(STANDARD)
    result[members[is_merge & filled_in]] = VARIANTS.index(MAIL_MERGE)
    return result
