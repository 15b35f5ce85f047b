"""What Dagster is told of a failure: one sentence. An exception's text or a trace could quote an answer."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import dagster as dg

from orchestration.unexpected import describe_unexpected
from schemas.errors import YourSayError
from transforms.warehouse.versions import BusyError

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
BUSY_RETRIES = 3
BUSY_SECONDS = 10


def in_one_sentence(step: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Run a step so that whatever goes wrong reaches the event log as a sentence of ours."""

    @functools.wraps(step)
    def guarded(*arguments: _Parameters.args, **named: _Parameters.kwargs) -> _Result:
        try:
            return step(*arguments, **named)
        except (dg.Failure, dg.RetryRequested):
            raise
        except BusyError:
            raise dg.RetryRequested(max_retries=BUSY_RETRIES, seconds_to_wait=BUSY_SECONDS) from None
        except YourSayError as error:
            raise dg.Failure(str(error), allow_retries=True) from None
        except Exception as error:  # noqa: BLE001 - the last resort: where it was, not what it held
            raise dg.Failure(describe_unexpected(error), allow_retries=True) from None

    return guarded
