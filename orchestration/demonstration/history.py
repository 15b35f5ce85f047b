"""Plays plans in order of time: one stepped clock, the real public server, the real ingest functions."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial

from ingest.web.app import create_app
from ingest.web.limits import Limits
from ingest.web.settings import prepare_public_server, read_secrets
from ingest.web.store.sqlite import SqliteStore
from orchestration.demonstration.by_web import Server, running
from orchestration.demonstration.council import Council
from orchestration.demonstration.days import local, working_days
from orchestration.demonstration.officers import sittings
from orchestration.demonstration.parks import IMPORTED_ON
from orchestration.demonstration.plan import ConsultationPlan, ImportedRow
from schemas.clock import SteppedClock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, publish_definition
from schemas.sealing import make_keys

_STARTS_AT = local(date(2007, 2, 28), time(9, 0))
_LAST_DAY = date(2007, 6, 8)
_MORNING = time(7, 30)
_INGEST_WEEKDAYS = (0, 2, 4)
# Three months are played in seconds, and everybody sends from this machine.
_LIMITS = Limits(submissions_a_minute_an_address=1_000_000, pages_a_minute_an_address=1_000_000)
# The officers sit once more before the Commission's papers, before its meeting, and after the last day.
_EXTRA_SITTINGS = (
    local(date(2007, 4, 4), time(12, 0)),
    local(date(2007, 4, 16), time(12, 0)),
    local(date(2007, 6, 1), time(11, 0)),
    local(_LAST_DAY, time(9, 0)),
)
_RECOVERY_NOTE = """\
The keys in this folder open every response of their consultation if the pipeline's keys are lost.
Take them offline: copy them to a medium that is locked away, then delete them here.
"""


@dataclass(frozen=True)
class _Event:
    """Something that happens at a moment; of several at one moment, the lower `step` first."""

    at: datetime
    step: int
    act: Callable[[], None]


def play_history(
    data: DataFolder, plans: Sequence[ConsultationPlan], seed: str, progress: Callable[[str, int, int], None]
) -> None:
    """Publish the definitions, make the keys, and let everything of the plans arrive at its moment.

    Raises:
        DemonstrationError: something that was sent did not arrive.
    """
    progress("Publishing the definitions and making the keys", 0, 1)
    definitions = [publish_definition(BUILT_IN / plan.consultation, data.definitions) for plan in plans]
    for definition in definitions:
        make_keys(data.keys(definition.id), data.recovery(definition.id))
    note = data.recovery(definitions[0].id).parent / "TAKE-OFFLINE.txt"
    note.write_text(_RECOVERY_NOTE, "utf-8")
    progress("Publishing the definitions and making the keys", 1, 1)
    clock = SteppedClock(_STARTS_AT)
    settings = prepare_public_server(data)
    with ExitStack() as stack:
        app = create_app(settings, clock, SqliteStore(settings.store), _LIMITS)
        base_url = stack.enter_context(running(app))
        server = Server(base_url, read_secrets(settings).feed_token.decode())
        events: list[_Event] = []
        for plan, definition in zip(plans, definitions, strict=True):
            council = Council(data, definition, clock, server, seed=seed)
            stack.callback(council.close)
            events += _events(plan, council)
        events.sort(key=lambda event: (event.at, event.step))
        for number, event in enumerate(events):
            if number % 10 == 0:
                progress(f"Playing {event.at:%-d %B %Y}", number, len(events))
            clock.set(event.at)
            event.act()
        progress("Playing the consultation", len(events), len(events))


def _events(plan: ConsultationPlan, council: Council) -> list[_Event]:
    """Submissions at their moments, intake three mornings a week, the officers' sittings."""
    rows = [one for one in plan.submissions if isinstance(one, ImportedRow)]
    events = [
        _Event(one.at, 0, partial(council.receive, one)) for one in plan.submissions if not isinstance(one, ImportedRow)
    ]
    if rows:
        events.append(_Event(IMPORTED_ON, 1, partial(council.bring_in, rows)))
    first = plan.submissions[0].at.date()
    mornings = [local(day, _MORNING) for day in working_days(first, _LAST_DAY, _INGEST_WEEKDAYS)]
    moments = sittings(first, date(2007, 5, 31), [at for at in _EXTRA_SITTINGS if at.date() > first])
    # Whoever sits wants to see what came in until then.
    events += [_Event(at, 2, council.take_in) for at in sorted({*mornings, *moments})]
    events += [_Event(at, 3, partial(council.sit, at == moments[-1])) for at in moments]
    return events
