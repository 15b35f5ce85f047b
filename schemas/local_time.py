"""Moments in the consultation's own time zone, and as people read them."""

from datetime import datetime, tzinfo


def local_moment(written: datetime | str, zone: tzinfo) -> datetime:
    """A moment, or its ISO text, in the consultation's zone; one without a zone is local already."""
    moment = datetime.fromisoformat(written) if isinstance(written, str) else written
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def moment_in_words(moment: datetime | str, zone: tzinfo) -> str:
    """Such as '4 April 2007, 17:00'."""
    return f"{local_moment(moment, zone):%-d %B %Y, %H:%M}"
