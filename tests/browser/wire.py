"""A relay on loopback that counts what a server sends: bytes over the wire, headers included."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_PIECE = 65_536


@dataclass
class Counted:
    """The relay's port, and the bytes that came from the server so far."""

    port: int
    received: int = 0


@contextmanager
def counting(server_port: int) -> Iterator[Counted]:
    """Relay connections to `server_port` until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        counted = Counted(listening.getsockname()[1])
        threading.Thread(target=_accept, args=(listening, server_port, counted), daemon=True).start()
        yield counted


def _accept(listening: socket.socket, server_port: int, counted: Counted) -> None:
    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return
        server = socket.create_connection(("127.0.0.1", server_port))
        threading.Thread(target=_pass_on, args=(client, server, None), daemon=True).start()
        threading.Thread(target=_pass_on, args=(server, client, counted), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, counted: Counted | None) -> None:
    try:
        while piece := source.recv(_PIECE):
            if counted:
                counted.received += len(piece)
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        # One side went away: so does the other.
        for end in (source, target):
            end.close()
