"""The last resort: what is said of an error that nobody foresaw."""

import traceback


def describe_unexpected(error: Exception) -> str:
    """Where an error came from, without its text or its trace: both could quote an answer."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{frame.filename.rsplit('/', 1)[-1]}, line {frame.lineno}"
    return f"Unexpected {type(error).__name__} at {where}; nothing was half done. Report it."
