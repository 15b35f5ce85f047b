"""A relay between browser and server that does what networks do: loses an answer, or answers in the server's place."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
# Answers are rewritten as they are read, so they must be whole and not compressed.
_NOT_ASKED = {"accept-encoding", "if-none-match", "if-modified-since"}
_PORTAL = b"<!DOCTYPE html><html lang='en'><title>Wi-Fi</title><h1>Accept our terms to go on</h1></html>"
Mode = Literal["forward", "lose_answers", "portal", "lie", "unavailable", "hang"]


@dataclass
class Relay:
    """`mode` says what becomes of what is sent to /api/; `portal` answers everything itself, and
    `hang` nothing until the end (`over`).

    `rewrite` makes another answer of the server's, given the path and the content.
    """

    port: int
    server_port: int
    mode: Mode = "forward"
    retry_after: str = "1"
    lost: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    rewrite: Callable[[str, bytes], bytes] = lambda _path, content: content

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request as the mode says."""
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        sending = handler.command in ("POST", "PUT") and handler.path.startswith("/api/")
        if self.mode == "hang":
            self.over.wait()
        if self.mode == "portal":
            self._send(handler, 200, {"content-type": "text/html"}, _PORTAL)
        elif self.mode == "unavailable" and sending:
            self._send(handler, 503, {"content-type": "application/json", "retry-after": self.retry_after}, b"{}")
        else:
            status, headers, content = self._ask_server(handler, body)
            if self.mode == "lose_answers" and sending:
                self.lost.append(handler.path)
                handler.close_connection = True
                handler.connection.close()
                return
            content = self.rewrite(handler.path, content)
            if self.mode == "lie" and sending:
                # Everything is as the server says it, but for the hash of what it holds.
                content = content.replace(b'"sha256":"', b'"sha256":"0')
            self._send(handler, status, headers, content)
        if sending:
            self.answered.append(self.mode)

    def _ask_server(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server_port, timeout=30)
        try:
            asked = {name: value for name, value in handler.headers.items() if name.lower() not in _NOT_ASKED}
            connection.request(handler.command, handler.path, body or None, asked)
            answer = connection.getresponse()
            headers = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP}
            return answer.status, headers, answer.read()
        finally:
            connection.close()

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], content: bytes) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(content)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(content)


@contextmanager
def relaying(server_port: int) -> Iterator[Relay]:
    """A relay to the server on `server_port`, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                relay.answer(self)
            except OSError:
                # The server is away: so is the answer.
                self.close_connection = True

        do_POST = do_PUT = do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        relay = Relay(listening.server_address[1], server_port)
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield relay
        relay.over.set()
        listening.shutdown()
        thread.join()
