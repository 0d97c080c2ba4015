"""python -m examples.consumer SETTINGS.yaml --connection FILE [--database ADDRESS] [--port N] [--instance ID]"""

import argparse
import logging
import signal
import sys
from pathlib import Path
from types import FrameType

from examples.consumer.attempts import Attempts
from examples.consumer.letters import Letters
from examples.consumer.program import Program
from examples.consumer.records import Decoder
from examples.consumer.settings import Connection, Settings, WrongSettings
from examples.consumer.sink import Sink


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m examples.consumer", description="One member of a consumer group.")
    parser.add_argument("settings", type=Path, help="such as examples/consumer/cars.yaml")
    parser.add_argument("--connection", type=Path, required=True, help="what ./cdc env --json -s STACK prints")
    parser.add_argument("--database", help="PostgreSQL of the idempotent sink")
    parser.add_argument("--port", type=int, help="of /healthz and /metrics on 127.0.0.1")
    parser.add_argument("--instance", help="a static member's id")
    parser.add_argument("--work", help="another function than the file's: module:function")
    return parser.parse_args()


def main() -> int:
    """Exit codes: 0 when it was stopped, 1 when a record could not be worked on, 2 for wrong settings."""
    given = arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(message)s", stream=sys.stdout)
    try:
        own = {name: getattr(given, name) for name in ("database", "port", "instance", "work")}
        settings = Settings.load(given.settings, **own)
        connection, work = Connection.load(given.connection, settings.name), settings.function()
    except WrongSettings as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    decoder = Decoder(connection)
    letters = Letters(connection, decoder) if connection.dead_letter_topic else None
    sink = Sink(settings.database, settings.name) if settings.database else None
    attempts = Attempts(settings, work, decoder, letters, sink)
    if settings.port:
        attempts.health.serve(settings.port)

    def stop(_: int, __: FrameType | None) -> None:
        attempts.stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return Program(settings, connection, attempts).run()


if __name__ == "__main__":
    sys.exit(main())
