"""A line for each step of a run that a person started, and nothing else."""

import logging
import sys

import dagster as dg


class _StepLines(logging.Handler):
    """Prints a line as each step begins."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._steps = 0

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is not None and event.event_type_value == "STEP_START":
            self._steps += 1
            sys.stderr.write(f"  step {self._steps}: {event.step_key.replace('_', ' ')}\n")


def _step_logger(_context: dg.InitLoggerContext) -> logging.Logger:
    logger = logging.Logger("yoursay.progress", logging.DEBUG)
    logger.addHandler(_StepLines())
    return logger


progress = dg.LoggerDefinition(_step_logger, description="A line for each step, on standard error.")
