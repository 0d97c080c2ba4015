"""Is what is private within reach of this machine?"""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from cli.doctor.facts import Skipped
from cli.preflight.accounts import Accounts
from cli.preflight.check import Check, Finding

SECONDS = 5


class PrivateAddressesAnswer(Check):
    """The private addresses of a stack that stands answer here: topics, schemas and statements are made through them."""

    area = "here"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        if not accounts.settings.private:
            raise Skipped("the stack is not private")
        if not accounts.stands:
            raise Skipped("not known before the first up: docs/deploy.md, section 6")
        contract = accounts.applied.contract
        for what, address in (
            ("Kafka", contract.kafka.rest_endpoint),
            ("Kafka's own protocol", contract.kafka.bootstrap_servers),
            ("the registry", contract.registry.url),
            ("Flink", contract.flink.rest_endpoint),
        ):
            if problem := unreachable(address):
                yield Finding(
                    f"{what} at {address} does not answer here: {problem}",
                    "the `up` would stop at its first topic, schema or statement, after retries (minutes)",
                    "run it from inside of the network, and see that it resolves the private zone: docs/deploy.md, section 6",
                )


def unreachable(address: str) -> str:
    """Why no connection can be made; empty when one can."""
    url = urlsplit(address if "://" in address else f"//{address.split(',')[0]}")
    port = url.port or (80 if url.scheme == "http" else 443)
    try:
        socket.create_connection((url.hostname or "", port), SECONDS).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""
