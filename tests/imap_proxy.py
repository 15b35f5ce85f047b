"""Between a client and an IMAP server, without TLS: counts commands, and may break the line at each of them."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Literal

Moment = Literal["before", "after"]


class Proxy:
    """Relays one command after another. `at` is called before a command goes to the server and after its answer is
    there, with the command's number (from 1, over all lines) and its text; where it gives True, the line breaks."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.commands: list[bytes] = []
        self.at: Callable[[Moment, int, bytes], bool] = lambda moment, number, command: False
        self.rewrite: Callable[[bytes], bytes] = lambda answer: answer
        self._lines: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        for one in (self._listener, *self._lines):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client, socket.create_connection(("127.0.0.1", self._upstream)) as server, suppress(OSError):
                self._lines = [client, server]
                self._relay(client, server)

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        with client.makefile("rb") as from_client, server.makefile("rb") as from_server:
            client.sendall(self.rewrite(from_server.readline()))
            self._relay_commands(client, server, from_client, from_server)

    def _relay_commands(
        self, client: socket.socket, server: socket.socket, from_client: BinaryIO, from_server: BinaryIO
    ) -> None:
        answer = tag = b""
        while line := from_client.readline():
            # What the server has asked for belongs to the command before it.
            tag = tag if answer.startswith(b"+") else line.split(b" ")[0]
            self.commands.append(line)
            number = len(self.commands)
            if self.at("before", number, line):
                return
            server.sendall(line)
            answer = self._answer(tag, from_server)
            if self.at("after", number, line):
                return
            client.sendall(self.rewrite(answer))

    @staticmethod
    def _answer(tag: bytes, from_server: BinaryIO) -> bytes:
        """Everything up to the line with the command's tag, or to the request for more."""
        answer = b""
        while line := from_server.readline():
            answer += line
            if line.startswith(tag + b" ") or (line.startswith(b"+") and line == answer):
                break
        return answer


@contextmanager
def proxy_to(port: int) -> Iterator[Proxy]:
    """A proxy before a server on loopback."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
