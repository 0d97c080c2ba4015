"""All checks, in the order of an `up`."""

from cli.preflight import aws, confluent, here, network, reach, rights
from cli.preflight.check import Check

MODULES = (here, reach, confluent, aws, rights, network)


def every() -> list[type[Check]]:
    """Checks of our modules, in their order, then a team's own."""
    order = [module.__name__ for module in MODULES]
    return sorted(Check.known, key=lambda one: order.index(one.__module__) if one.__module__ in order else len(order))
