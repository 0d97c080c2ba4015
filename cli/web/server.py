"""The console's process: looks at the stack, answers on a port of this machine, until it is stopped."""

import socket

import uvicorn

from cli.console import say
from cli.web.app import application
from cli.web.guard import Guard
from cli.web.live import Live
from stacks.errors import CdcError


def serve(live: Live, port: int) -> None:
    """Until Ctrl-C or SIGTERM. CdcError when the port is taken."""
    guard = Guard(port)
    with bound(port) as listening:
        live.start()
        server = uvicorn.Server(
            uvicorn.Config(application(live, guard), log_level="warning", access_log=False, timeout_graceful_shutdown=1)
        )
        say(f"console of {live.stack.name}: {address(guard)}")
        say("Whoever has this address sees what the operator sees; Ctrl-C ends it.")
        try:
            server.run(sockets=[listening])
        finally:
            live.close()


def address(guard: Guard) -> str:
    """Where a browser signs in: the token is in the fragment, which is not sent."""
    return f"http://127.0.0.1:{guard.port}/session#{guard.token}"


def bound(port: int) -> socket.socket:
    """The listening socket. CdcError when somebody else has the port."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(("127.0.0.1", port))
    except OSError as error:
        made.close()
        raise CdcError(f"port {port} cannot be used: {error.strerror}", "choose another with --port") from error
    return made
