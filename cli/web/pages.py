"""Pages about the stack's parts: one function each, from what is known now."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from cli.client import dead_letters, rest
from cli.client.connector import ConnectorClient
from cli.doctor.examine import EXPECTED
from cli.doctor.probes.consumers import OLD
from cli.lineage import layout
from cli.web import overview
from cli.web.live import Live
from cli.web.rendering import page

SECRET = ("password", "secret", "api.key", "credential", "token", "jaas")


def base(live: Live, here: str) -> dict[str, Any]:
    """What every page shows: findings on top, and when the stack was looked at."""
    findings = [(one, finding) for one in live.results for finding in one.findings]
    unknown = [one for one in live.results if one.verdict == "unknown"]
    return {
        "stack": live.stack,
        "here": here,
        "findings": findings,
        "unknown": unknown,
        "examined": len(live.results),
        "at": live.history[-1].at,
        "problems": live.history[-1].problems,
    }


def pipeline(live: Live, _: Request) -> Response:
    """The picture, and the same as a table."""
    drawn = layout.arrange(live.graph)
    shown = overview.boxes(live)
    health = {one.box.node.key: one.health for one in shown}
    size = {"width": layout.WIDTH, "height": layout.HEIGHT}
    return page("overview", **base(live, "/"), layout=drawn, boxes=shown, health=health, **size)


def connector(live: Live, _: Request) -> Response:
    """State, tasks, restarts, stored positions, slot, configuration without secrets."""
    status, config, offsets, problem = {}, {}, [], ""
    try:
        client = ConnectorClient(live.stack)
        status, offsets = client.status(), client.offsets()
        config = harmless(client.rest.get(client.path)["config"])
    except EXPECTED as error:
        problem = getattr(error, "message", str(error))
    return page(
        "connector", **base(live, "/connector"), live=live, status=status, config=config, offsets=offsets, problem=problem
    )  # fmt: skip


def harmless(config: dict[str, str]) -> dict[str, str]:
    """A connector's configuration; what may be secret is not shown, whoever masked it before."""
    return {
        name: "(secret)" if any(word in name for word in SECRET) else value for name, value in sorted(config.items())
    }


def topics(live: Live, _: Request) -> Response:
    """Every topic with its rate."""
    rates, ends = live.rates(), live.ends(live.history[-1])
    kinds = [node for node in live.graph.nodes if node.kind in ("raw", "routed", "unrouted", "dead-letter")]
    return page("topics", **base(live, "/topics"), nodes=kinds, rates=rates, ends=ends)


def statements(live: Live, _: Request) -> Response:
    """Phase, text, properties, positions and exceptions of each."""
    asked = [(name, part) for name in live.stack.contract.flink.statements.values() for part in ("", "/exceptions")]

    def ask(what: tuple[str, str]) -> dict[str, Any]:
        try:
            return rest.statement(live.stack, *what)
        except EXPECTED as error:
            return {"problem": getattr(error, "message", str(error))}

    with ThreadPoolExecutor(8) as pool:
        answers = dict(zip(asked, pool.map(ask, asked), strict=True))
    found = [
        {**one, "exceptions": answers[name, "/exceptions"].get("data", [])}
        for (name, part), one in answers.items()
        if not part and "problem" not in one
    ]
    problems = [one["problem"] for one in answers.values() if "problem" in one]
    return page("statements", **base(live, "/statements"), statements=found, problem=next(iter(problems), ""))


def consumers(live: Live, _: Request) -> Response:
    """Lag now, and over the last hour."""
    rows = [
        {
            "consumer": one,
            "unread": live.value("consumer_unread_records", consumer=one.name),
            "oldest": live.value("consumer_oldest_unread_seconds", consumer=one.name),
            "hour": list(live.series("consumer_unread_records", consumer=one.name)),
        }
        for one in live.stack.contract.consumers
    ]
    return page("consumers", **base(live, "/consumers"), rows=rows, old=OLD)


def letters(live: Live, request: Request) -> Response:
    """Dead letters, those that wait first, each with a way back."""
    found = dead_letters.read(live.stack)
    found.sort(key=lambda letter: (letter.redriven, -letter.at.timestamp()))
    done = request.query_params.get("redriven", "")
    return page("dead_letters", **base(live, "/dead-letters"), letters=found[:200], count=len(found), done=done)
