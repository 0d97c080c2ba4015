"""TLS before a PostgreSQL that was built without it: answers the protocol's question for TLS, and passes bytes on."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

QUESTION = 8  # bytes of the message SSLRequest


def pump(source: socket.socket, target: socket.socket) -> None:
    """All bytes, until one side ends."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def serve_one(plain: socket.socket, context: ssl.SSLContext, server: tuple[str, int]) -> None:
    """One connection. A client that does not like the certificate goes."""
    with contextlib.suppress(OSError), plain:
        plain.recv(QUESTION, socket.MSG_WAITALL)
        plain.sendall(b"S")
        with context.wrap_socket(plain, server_side=True) as inside, socket.create_connection(server) as outside:
            back = threading.Thread(target=pump, args=(outside, inside), daemon=True)
            back.start()
            pump(inside, outside)
            back.join(10)


@contextmanager
def before(host: str, port: int, identity: Path) -> Iterator[int]:
    """The port of the TLS side. `identity`: certificate and key (PEM)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve_one, args=(connection, context, (host, port)), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
