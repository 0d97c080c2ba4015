"""Routes that end: deprecated until a day, disabled, retired."""

from collections.abc import Iterator
from datetime import date

from stacks.errors import Finding
from stacks.routes.model import Routes


def check(routes: Routes, today: date) -> Iterator[Finding]:
    """Every route that is not simply active, and who still reads it."""
    readers: dict[str, list[str]] = {}
    for consumer in routes.consumers:
        for name in consumer.routes:
            readers.setdefault(name, []).append(consumer.name)
    for n, route in enumerate(routes.routes):
        who = ", ".join(readers.get(route.name, [])) or "nobody"
        if route.until and not route.retire:
            left = (date.fromisoformat(route.until) - today).days
            if left < 0:
                hint = f"read by {who}; move them and set retire: true, or move the date"
                yield Finding("expired", ("routes", n, "until"), "this route should be gone", route.until, hint)
            else:
                problem = f"deprecated: {left} days left"
                yield Finding("deprecated", ("routes", n, "until"), problem, route.until, f"read by {who}")
        if route.name in readers and route.retire:
            problem = f"{who} still read a route that is retired: their access ends with it"
            yield Finding("retired-read", ("routes", n, "retire"), problem, hint="take it out of their routes")
        elif route.name in readers and route.status == "disabled":
            yield Finding("disabled-read", ("routes", n, "status"), f"{who} read a route that takes no events")
