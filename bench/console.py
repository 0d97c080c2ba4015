"""How long the console's pages take with many routes: `python -m bench.console [--routes 100]`. A goal: 200 ms.

In a copy of this checkout with an environment of its own; each page is asked 20 times, as a browser that is signed in.
"""

import argparse
import time
from urllib.parse import urlsplit

import httpx2

from bench import machine, many, throwaway
from bench.ledger.checkout import Checkout
from cli.console import data, say
from cli.traffic.observer import percentile
from cli.web import background
from local.environment import Instance

PORTS = 26100
TIMES = 20
PAGES = ("/", "/connector", "/topics", "/statements", "/consumers", "/dead-letters")


def enter(client: httpx2.Client, token: str) -> None:
    """A session for a client."""
    origin = str(client.base_url).rstrip("/")
    client.post("/session", data={"token": token}, headers={"origin": origin})


def timed(client: httpx2.Client, path: str) -> list[float]:
    """Milliseconds of each request."""
    took = []
    for _ in range(TIMES):
        started = time.perf_counter()
        client.get(path).raise_for_status()
        took.append(1000 * (time.perf_counter() - started))
    return took


def run(count: int, checkout: Checkout) -> dict[str, object]:
    """Every page."""
    many.write(checkout, [many.route(number) for number in range(count)])
    many.timed(f"up of {count} routes", lambda: checkout.cdc("up"))
    many.timed("events", lambda: checkout.cdc("send", "--count", "2000", "--rate", "0"))
    found: dict[str, object] = {}
    instance = Instance.here()
    address = urlsplit(background.start(instance, checkout.root))
    with httpx2.Client(base_url=f"http://{address.netloc}", trust_env=False, timeout=60) as client:
        enter(client, address.fragment)
        for path in (*PAGES, "/topics/filtered-many-7", "/topics/raw-event-headers"):
            took = timed(client, path)
            found[path] = {"p50_ms": round(percentile(took, 0.5)), "p99_ms": round(percentile(took, 0.99))}
            say(f"  {path}: {found[path]}")
    background.stop(instance)
    return found


def main() -> None:
    """As a command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--routes", type=int, default=100)
    count = parser.parse_args().routes
    with throwaway.folder("console", PORTS) as folder:
        data({"machine": machine.describe(), "routes": count, "pages": run(count, Checkout(folder, PORTS))})


if __name__ == "__main__":
    main()
