"""The base of every error a person can act on.

Each package derives its own error from `YourSayError`. The message is one sentence that says what is wrong,
where, and what to do; it never holds an answer's text.
"""


class YourSayError(Exception):
    """A problem whose message can be shown as it is."""
