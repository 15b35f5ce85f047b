"""A store that keeps nothing: what a benchmark holds a real one against."""

from concurrent.futures import Future

from ingest.web.store.records import Record, Stored, Submission, Token, next_link


class NullStore:
    """Answers every put at once as new, and knows one token; the rest of the contract is not needed under load."""

    def __init__(self, token: Token) -> None:
        self._token = token
        self._sequence = 0
        self._chain = "0" * 64

    def put(self, submission: Submission) -> "Future[Stored]":
        self._sequence += 1
        one = vars(submission).copy()
        one.pop("sealed")
        self._chain = next_link(self._chain, self._sequence, submission.id, None, submission.sha256)
        future: Future[Stored] = Future()
        future.set_result(Stored("new", Record(**one, sequence=self._sequence, chain=self._chain)))
        return future

    def token_by_hash(self, _: str) -> Token:
        return self._token

    def close(self) -> None:
        """Nothing is queued."""
