"""A stack's resources as rules see them, from wherever they come: a recorded graph, a preview, the policy engine."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # a value that only an `up` will know, on Pulumi's wire
# Was something looked at that is not known yet? Rules set it back before each decision.
looked_at_unknown: ContextVar[bool] = ContextVar("looked_at_unknown", default=False)


def holds_unknown(value: Any) -> bool:
    """Is a value, or something in it, not known yet?"""
    if isinstance(value, Mapping):
        return any(holds_unknown(inner) for inner in value.values())
    if isinstance(value, list):
        return any(holds_unknown(inner) for inner in value)
    return value == UNKNOWN


SECRET = "[secret]"  # noqa: S105 - how a secret value is shown


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource. `references`: property → names of the resources it takes values of. `type` is the token without its package for AWS and Confluent: `rds/cluster`, `kafkaTopic`."""

    name: str
    token: str
    props: Mapping[str, Any]
    protect: bool = False
    provider: str = ""
    parent: str = ""
    dependencies: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    replace_on_changes: frozenset[str] = frozenset()
    references: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    @property
    def package(self) -> str:
        """`aws`, `confluentcloud`, `cdc` or `pulumi`."""
        return self.token.partition(":")[0]

    @property
    def type(self) -> str:
        """`aws:rds/cluster:Cluster` → `rds/cluster`; `confluentcloud:index/kafkaTopic:KafkaTopic` → `kafkaTopic`."""
        return self.token.split(":")[1].removeprefix("index/") if ":" in self.token else self.token

    def get(self, path: str) -> Any:
        """A property by a dotted path; lists by number. None when it is not there, UNKNOWN for anything in what is unknown."""
        value: Any = self.props
        for part in path.split("."):
            if isinstance(value, list):
                value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
            elif isinstance(value, Mapping):
                value = value.get(part)
            else:
                value = UNKNOWN if value == UNKNOWN else None
                break
        if holds_unknown(value):
            looked_at_unknown.set(True)
        return value

    def known(self, path: str) -> Any:
        """The same, None also for what is not known yet."""
        value = self.get(path)
        return None if value == UNKNOWN else value

    def document(self, path: str = "policy") -> list[dict[str, Any]]:
        """The statements of a policy document; none while it is unknown."""
        text = self.known(path)
        return json.loads(text)["Statement"] if isinstance(text, str) and text.startswith("{") else []


@dataclass(frozen=True)
class Graph:
    """Every resource by name, and what the stack exports. `secrets_shown`: secrets appear as SECRET."""

    resources: Mapping[str, Resource]
    exports: Mapping[str, Any] = field(default_factory=dict[str, Any])
    secrets_shown: bool = True

    @cached_property
    def protected(self) -> bool:
        """Is this an environment that must not be lost (prod)? Its settings say `protect: true`."""
        found = self.of("confluentcloud", "environment")
        return any(r.protect for r in found)

    def of(self, package: str, kind: str) -> list[Resource]:
        """Resources of a type."""
        return [r for r in self.resources.values() if r.package == package and r.type == kind]

    def aws(self, kind: str) -> list[Resource]:
        """AWS resources of a type, such as `rds/cluster`."""
        return self.of("aws", kind)

    def confluent(self, kind: str) -> list[Resource]:
        """Confluent resources of a type, such as `kafkaTopic`."""
        return self.of("confluentcloud", kind)

    def running_statements(self) -> list[Resource]:
        """Flink statements that run on: what alters tables ends at once."""
        return [s for s in self.confluent("flinkStatement") if not str(s.get("statement")).startswith("ALTER TABLE")]

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources.values())


def from_recorded(recorded: Mapping[str, Any]) -> Graph:
    """From cli/planning/recording.py."""
    found = {
        name: Resource(
            name=name,
            token=r["type"],
            props=r["inputs"],
            protect=r["protect"],
            provider=r["provider"],
            parent=r["parent"],
            dependencies=frozenset(r["dependencies"]),
            secrets=frozenset(r["secrets"]),
            replace_on_changes=frozenset(r["replaceOnChanges"]),
            references=r["references"],
        )
        for name, r in recorded["resources"].items()
    }
    return Graph(found, recorded.get("exports", {}))
