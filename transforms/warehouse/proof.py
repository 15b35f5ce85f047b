"""The proof that nothing was dropped: what was received, counted where it came in, against the ledger's lines."""

from dataclasses import dataclass

from transforms.warehouse.build import Staging

_COUNTS = """
SELECT channel, coalesce(received, 0), coalesce(in_lines, 0)
FROM (SELECT channel, count(*) AS received FROM new_received GROUP BY ALL)
FULL JOIN (SELECT channel, sum(responses)::BIGINT AS in_lines FROM part.mart_ledger GROUP BY ALL) USING (channel)
ORDER BY channel
"""


@dataclass(frozen=True)
class ChannelCount:
    """The responses of one channel: received, and in the lines of the ledger."""

    channel: str
    received: int
    in_lines: int


def count_channels(staging: Staging) -> list[ChannelCount]:
    """Both figures for each channel of the version in the making, after its marts are counted."""
    return [ChannelCount(*row) for row in staging.connection.execute(_COUNTS).fetchall()]
