"""Changed routes, applied to the running environment."""

from collections import Counter
from typing import Any

import yaml

from bench.ledger.checkout import Checkout
from cli.client import stack as stacks
from cli.client.stack import Stack
from tests.support import ledger


def document(checkout: Checkout) -> dict[str, Any]:
    return yaml.safe_load((checkout.root / "routes.yaml").read_text())


def apply(checkout: Checkout, changed: dict[str, Any]) -> Stack:
    (checkout.root / "routes.yaml").write_text(yaml.safe_dump(changed, sort_keys=False))
    checkout.up()
    return stacks.load("local")


def counts(running: Stack, topics: list[str]) -> dict[str, Counter[str]]:
    return ledger.read(running, topics).counts
