"""The pipeline's picture: what each box shows, and whether it is well."""

from dataclasses import dataclass
from urllib.parse import quote

from cli.client.flow import patience
from cli.doctor.probes.consumers import OLD
from cli.lineage import layout
from cli.lineage.graph import Node
from cli.web.live import Live
from cli.web.rendering import age, number, rate


@dataclass(frozen=True, slots=True)
class Shown:
    """A box: where it is, what it says, how it is (`ok`, `bad`, `warn`, `unknown`), and its page."""

    box: layout.Box
    figure: str
    health: str
    link: str


def boxes(live: Live) -> list[Shown]:
    """All of them."""
    rates = live.rates()
    return [shown(live, box, rates) for box in layout.arrange(live.graph).boxes.values()]


def shown(live: Live, box: layout.Box, rates: dict[str, float]) -> Shown:
    """One box."""
    node = box.node
    match node.kind:
        case "table":
            return Shown(box, *table(live), "/connector")
        case "connector":
            return Shown(box, *connector(live), "/connector")
        case "statement":
            return Shown(box, *statement(live, node), "/statements")
        case "group":
            return Shown(box, *group(live, node), "/consumers")
        case _:
            return Shown(box, *topic(live, node, rates), f"/topics/{quote(node.name, safe='')}")


def table(live: Live) -> tuple[str, str]:
    """How much log the database keeps for us."""
    kept = live.value("slot_kept_bytes")
    if kept is None:
        return "slot not known" if live.unknown("slot_kept_bytes") else "no slot", "unknown"
    return f"slot keeps {kept / 2**20:,.0f} MB", "ok" if live.value("slot_active") else "bad"


def connector(live: Live) -> tuple[str, str]:
    """State, and the heartbeat."""
    running, beat = live.value("connector_running"), live.value("heartbeat_age_seconds")
    quiet = beat is None or beat > patience(live.settings.connector.heartbeat_interval_ms / 1000)
    health = "bad" if running == 0 or quiet else "ok"
    state = "state not known" if running is None else "running" if running else "not running"
    return f"{state}, heartbeat {age(beat)}", health


def statement(live: Live, node: Node) -> tuple[str, str]:
    """Does it run?"""
    names = live.stack.contract.flink.statements
    running = live.value("statement_running", statement=names.get(node.key.partition(":")[2], ""))
    if running is None:
        return "not known", "unknown"
    return ("running", "ok") if running else ("not running", "bad")


def group(live: Live, node: Node) -> tuple[str, str]:
    """What it has not read."""
    unread, oldest = (
        live.value(f"consumer_{name}", group=node.name) for name in ("unread_records", "oldest_unread_seconds")
    )
    if unread is None:
        return "never read", "unknown"
    late = oldest is not None and oldest > OLD
    return f"{number(unread)} unread, {age(oldest)}", "warn" if late else "ok"


def topic(live: Live, node: Node, rates: dict[str, float]) -> tuple[str, str]:
    """What comes in, and whether readers stand still."""
    figure = rate(rates.get(node.name))
    if live.value("held_partitions", topic=node.name):
        return f"{figure}, readers held", "bad"
    if node.kind == "dead-letter":
        source = next(one.name for one in live.routes.sources if one.dead_letter_topic == node.name)
        letters = live.value("dead_letters_recent", source=source) or 0
        return f"{number(letters)} in 5 min", "warn" if letters else "ok"
    if node.kind == "raw":
        source = next(one.name for one in live.routes.sources if one.topic == node.name)
        if waiting := live.value("untaken_records", source=source):
            return f"{figure}, {number(waiting)} not taken", "bad"
    return figure, "ok"
