"""The balancer's target follows the writer: the new address first, then the old one out, never none."""

from typing import Any

from writer_target.handler import make

ENVIRONMENT = {"TARGET_GROUP": "arn:group", "WRITER_HOST": "writer", "WRITER_PORT": "5432"}


class Balancing:
    """A target group that keeps its calls."""

    def __init__(self, **targets: str) -> None:
        self.targets = {ip.replace("_", "."): state for ip, state in targets.items()}
        self.calls: list[tuple[str, list[str]]] = []

    def describe_target_health(self, TargetGroupArn: str) -> dict[str, Any]:
        found = [{"Target": {"Id": ip}, "TargetHealth": {"State": state}} for ip, state in self.targets.items()]
        return {"TargetHealthDescriptions": found}

    def register_targets(self, TargetGroupArn: str, Targets: list[dict[str, Any]]) -> None:
        self.calls.append(("in", [t["Id"] for t in Targets]))

    def deregister_targets(self, TargetGroupArn: str, Targets: list[dict[str, Any]]) -> None:
        self.calls.append(("out", [t["Id"] for t in Targets]))


def follow(balancing: Balancing, *addresses: str) -> dict[str, list[str]]:
    return make(ENVIRONMENT, balancing, lambda host, port: set(addresses))({}, None)


def test_a_failover_moves_the_target() -> None:
    balancing = Balancing(**{"10_0_0_1": "healthy"})
    assert follow(balancing, "10.0.0.2") == {"added": ["10.0.0.2"], "removed": ["10.0.0.1"]}
    assert balancing.calls == [("in", ["10.0.0.2"]), ("out", ["10.0.0.1"])]


def test_nothing_is_done_twice() -> None:
    balancing = Balancing(**{"10_0_0_1": "healthy"})
    assert follow(balancing, "10.0.0.1") == {"added": [], "removed": []}
    assert balancing.calls == []


def test_a_draining_target_is_gone_already() -> None:
    balancing = Balancing(**{"10_0_0_1": "draining"})
    assert follow(balancing, "10.0.0.1") == {"added": ["10.0.0.1"], "removed": []}
