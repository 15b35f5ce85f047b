"""The one closing rule: whether a response counts as in time, the same way for every channel.

In time is what was received by the end of the last day (local time); on paper also what was postmarked by then and
received within the days of grace; on the web form also what was started before and synced within its days of grace.
When it was started only the device knows, so its clock is held against ours at the sync. An officer's extension moves
the last day, for all; a late acceptance lets one response count.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from schemas.definition import Definition


@dataclass(frozen=True)
class Closing:
    """The closing rule with its moments: each is the first instant (UTC) that is too late."""

    last_day: date
    closes: datetime
    post_until: datetime
    sync_until: datetime
    time_zone: str


def closing_of(definition: Definition, extended_to: date | None) -> Closing:
    """The rule of a definition, with the last day moved to `extended_to` where officers extended it."""
    last_day = extended_to or definition.policy.dates.closes
    rule = definition.policy.closing

    def end_of(day: date) -> datetime:
        return datetime.combine(day + timedelta(days=1), time(), definition.zone).astimezone(UTC)

    return Closing(
        last_day=last_day,
        closes=end_of(last_day),
        post_until=end_of(last_day + timedelta(days=rule.post_grace_days)),
        sync_until=end_of(last_day + timedelta(days=rule.sync_grace_days)),
        time_zone=definition.policy.dates.time_zone,
    )


# When the form was started, by our clock, in microseconds: the device's clock was as wrong then as when it sent. One
# that did not tell its time is believed. Numbers, not intervals: days of an interval differ in length.
_STARTED = "(epoch_us(started_at) + coalesce(epoch_us(received_at) - epoch_us(device_time), 0))"

# Over columns of `received`, never NULL; a postmark that is no day (none, illegible) leaves it to the receipt.
IN_TIME = f"""(
    received_at < $closes
    OR (channel = 'post' AND coalesce(TRY_CAST(postmark AS DATE) <= $last_day, false) AND received_at < $post_until)
    OR (
        channel IN ('web', 'assisted')
        AND coalesce({_STARTED} < epoch_us($closes), false) AND received_at < $sync_until
    )
)"""


def parameters(closing: Closing) -> dict[str, object]:
    """The values that `IN_TIME` takes."""
    return {
        "closes": closing.closes,
        "last_day": closing.last_day,
        "post_until": closing.post_until,
        "sync_until": closing.sync_until,
    }
