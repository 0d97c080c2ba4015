"""Private addresses answer to whoever is inside, and to nobody else."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx2
import pytest

from cli.rehearsal import network
from local.environment import Instance
from stacks.errors import CdcError
from tests.support.fakes.cloud import free_ports


class Hello(BaseHTTPRequestHandler):
    """What the local cloud is here."""

    def do_GET(self) -> None:
        body = b"x" * 200_000
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def asked(instance: Instance) -> int:
    answer = httpx2.get(instance.url("private"), trust_env=False, timeout=60)
    return len(answer.content)


def test_only_inside(tmp_path: Path) -> None:
    instance = Instance(tmp_path, free_ports())
    server = HTTPServer(("127.0.0.1", instance.port("cloud")), Hello)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for _ in range(2):
        with pytest.raises(httpx2.ConnectError):
            asked(instance)
        with network.inside(instance):
            assert [asked(instance) for _ in range(3)] == [200_000] * 3
    with socket.create_server(("127.0.0.1", instance.port("private"))):
        port = instance.port("private")
        with pytest.raises(CdcError, match=f"port {port} cannot be used: .*in use"), network.inside(instance):
            raise AssertionError("nobody forwards")
    with network.inside(instance):
        assert asked(instance) == 200_000
    server.shutdown()
    server.server_close()
    with network.inside(instance), pytest.raises(httpx2.TransportError):
        asked(instance)
