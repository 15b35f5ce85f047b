"""A server that takes mail on loopback and keeps it, and that can be told to fail as real ones do."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Taken:
    """A message as it was given: who sends, to whom, its bytes, and how the sender had signed in."""

    sender: str
    recipient: str
    content: bytes
    login: str | None


@dataclass
class SmtpServer:
    """What a server took, and how it answers: `reply` gives the answer to a command, or None for the usual one; an
    empty answer breaks the line."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    reply: Callable[[str], str | None] = lambda command: None


class _Session:
    def __init__(self, handler: socketserver.StreamRequestHandler, server: SmtpServer, tls: ssl.SSLContext) -> None:
        self._connection = handler.connection
        self._file = handler.rfile
        self._server, self._tls = server, tls
        self._sender = self._recipient = ""
        self._login: str | None = None

    def run(self) -> None:
        self._say("220 ready")
        while line := self._file.readline():
            command = line.decode().strip()
            word = command.split(" ")[0].split(":")[0].upper()
            self._server.commands.append(word)
            said = self._server.reply(word)
            if said is None:
                said = self._usual(word, command)
            if not said:
                return
            self._say(said)
            if word == "STARTTLS":
                self._connection = self._tls.wrap_socket(self._connection, server_side=True)
                self._file = self._connection.makefile("rb")
            elif (word == "DATA" and said.startswith("354") and not self._take()) or word == "QUIT":
                return

    def _usual(self, word: str, command: str) -> str:
        if word == "EHLO":
            return "250-localhost\r\n250-STARTTLS\r\n250 AUTH PLAIN XOAUTH2"
        if word == "MAIL":
            self._sender = command[command.index("<") + 1 : command.index(">")]
        elif word == "RCPT":
            self._recipient = command[command.index("<") + 1 : command.index(">")]
        elif word == "AUTH":
            self._login = base64.b64decode(command.split(" ")[2]).decode()
            return "235 in"
        return {"STARTTLS": "220 go", "DATA": "354 go", "QUIT": "221 bye"}.get(word, "250 ok")

    def _take(self) -> bool:
        content = b""
        while (line := self._file.readline()) != b".\r\n":
            content += line[1:] if line.startswith(b".") else line
        said = self._server.reply("content")
        if said is None:
            self._server.taken.append(Taken(self._sender, self._recipient, content, self._login))
            said = "250 taken"
        elif not said:
            # It has the message, and the sender does not hear of it.
            self._server.taken.append(Taken(self._sender, self._recipient, content, self._login))
            return False
        self._say(said)
        return True

    def _say(self, text: str) -> None:
        self._connection.sendall(f"{text}\r\n".encode())


@contextmanager
def running_smtp(certificate: Path, *, implicit_tls: bool = False) -> Iterator[SmtpServer]:
    """A server with the certificate `server.pem` and its key in a folder."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "server.pem", certificate / "server.key")
    server = SmtpServer()

    class Handler(socketserver.StreamRequestHandler):
        def setup(self) -> None:
            if implicit_tls:
                self.request = tls.wrap_socket(self.request, server_side=True)
            super().setup()

        def handle(self) -> None:
            with suppress(OSError):
                _Session(self, server, tls).run()

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that does not trust us goes away."""

    with Listener(("127.0.0.1", 0), Handler) as listener:
        server.port = int(listener.server_address[1])
        thread = threading.Thread(target=listener.serve_forever, daemon=True)
        thread.start()
        yield server
        listener.shutdown()
        thread.join()
