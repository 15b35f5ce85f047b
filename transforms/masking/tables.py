"""The tables of a part that hold what masking finds."""

# One row = one cell of which masking changes the text; one stretch of a text that was found, masked or only shown to an
# officer; one text that is not in the tagger's language.
TABLES = {
    "masked_cells": "rid BIGINT, field VARCHAR, text VARCHAR",
    "finds": "rid BIGINT, field VARCHAR, starts INTEGER, ends INTEGER, label VARCHAR, score DOUBLE, source VARCHAR,"
    " masked BOOLEAN",
    "languages": "rid BIGINT, field VARCHAR, language VARCHAR, withheld BOOLEAN",
}
