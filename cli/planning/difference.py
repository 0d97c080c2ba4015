"""How two plans differ: resources, what replaces them and why, SQL, schemas, money, findings."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cli.planning import cost
from cli.planning.plan import PACKAGES, Plan, hidden
from plugins.engine.diff import Change, diff
from plugins.engine.errors import Refused
from policies.graph import Resource
from policies.rule import Finding

HOLDS_DATA = {
    "environment", "kafkaCluster", "kafkaTopic", "schema", "connector",
    "rds/cluster", "rds/clusterInstance", "secretsmanager/secret", "kms/key", "sqs/queue",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to a resource. `why`: per changed property what changes; `replaces`: the properties that replace."""

    name: str
    type: str
    action: str  # create, update, replace, delete
    why: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    holds_data: bool = False
    protected: bool = False

    @property
    def note(self) -> str:
        """What an operator should know of this step beyond its name."""
        if self.type == "flinkStatement" and self.action == "replace":
            if any(w.startswith("properties") and "initial-offset-from" in w for w in self.why):
                return "the new statement continues where the old one stops: nothing is lost or repeated; a pause of seconds"
            return "this statement begins ten minutes earlier: unrouted events of that time come again"
        if self.type == "rds/clusterInstance" and any(w.startswith("instanceClass") for w in self.why):
            return "the instance restarts: expect a failover and a pause of the connector"
        return ""

    @property
    def loses_data(self) -> bool:
        """Is data gone after this step?"""
        return self.holds_data and self.action in ("replace", "delete")


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that changes from `base` to `head`."""

    base: Plan
    head: Plan
    steps: list[Step]
    refused: list[str]
    texts: list[tuple[str, str]]
    new_findings: list[Finding]

    @property
    def dollars(self) -> float:
        """Change of the monthly estimate."""
        return cost.total(self.head.costs) - cost.total(self.base.costs)


def compare(base: Plan, head: Plan) -> Difference:
    """From one plan to the other."""
    old, new = base.graph.resources, head.graph.resources
    steps: list[Step] = []
    refused: list[str] = []
    for name in sorted(set(old) | set(new)):
        try:
            if step := step_of(old.get(name), new.get(name)):
                steps.append(step)
        except Refused as error:
            refused.append(f"{name}: {error}")
    known = {(f.rule, f.resource, f.message) for f in base.findings}
    fresh = [f for f in head.findings if (f.rule, f.resource, f.message) not in known]
    return Difference(base, head, steps, refused, list(texts(old, new)), fresh)


def step_of(old: Resource | None, new: Resource | None) -> Step | None:
    """One resource's step; None when nothing happens. Components are not made by anybody."""
    resource = new or old
    if resource is None or resource.package in ("cdc", "pulumi"):
        return None
    about: dict[str, Any] = {
        "name": resource.name,
        "type": resource.type,
        "holds_data": resource.type in HOLDS_DATA,
        "protected": resource.protect,
    }
    if old is None or new is None:
        return Step(action="create" if old is None else "delete", **about)
    if old.token != new.token:
        return Step(action="replace", why=(f"{old.type} → {new.type}",), **about)
    change = changed(old, new)
    why = tuple(explained(path, what, old, new) for path, what in sorted(change.detail.items()) if path != "__meta")
    if old.protect != new.protect:
        why = (*why, f"protection {'on' if new.protect else 'off'}")
    if not why:
        return None
    forced = {top(path) for path in change.detail if any(within(path, asked) for asked in new.replace_on_changes)}
    replaces = tuple(sorted({*change.replaces, *forced} - {"__meta"}))
    replacing = bool(change.replaces or forced)
    if "__meta" in change.replaces:
        replaces = (*replaces, "partitionsCount")
    return Step(action="replace" if replacing else "update", why=why, replaces=replaces, **about)


def top(path: str) -> str:
    """The property of a path: `a` of `a.b[0]`."""
    return path.split(".")[0].split("[")[0]


def within(path: str, place: str) -> bool:
    """Is a path a place, or inside of it?"""
    return path == place or path.startswith((f"{place}.", f"{place}["))


def changed(old: Resource, new: Resource) -> Change:
    """The difference by the plugin's own rules."""
    package = PACKAGES[new.package]
    key = package.key(new.token)
    before, after = hidden(old.props), hidden(new.props)
    found = diff(package.resource_types[key], before, after)
    # A secret shows no value on either side: only where it is, or that it is one, can differ.
    for path in list(found.detail):
        if same_secret(old, new, top(path)):
            del found.detail[path]
    found.replaces[:] = [name for name in found.replaces if any(top(path) == name for path in found.detail)]
    return package.special(key, new.name, before, after, found)


def same_secret(old: Resource, new: Resource, name: str) -> bool:
    """Is a property secret on both sides?"""
    return old.get(name) == new.get(name)


def explained(path: str, what: str, old: Resource, new: Resource) -> str:
    """`retention.ms: 1 → 2`, values only where they are short."""
    whole = top(path)
    inner = path.replace('["', ".").replace('"]', "")
    before, after = old.get(inner), new.get(inner)
    if whole == inner or before is not None or after is not None:
        texts = short(before), short(after)
        if all(texts):
            return f"{inner}: {texts[0]} → {texts[1]}"
    return f"{inner}: {what.removesuffix('_REPLACE').lower()}"


def short(value: Any) -> str:
    """A value of a few characters; empty for others."""
    text = json.dumps(value, sort_keys=True) if value is not None else "none"
    return text if len(text) <= 60 and "\\n" not in text else ""


def texts(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[tuple[str, str]]:
    """SQL and schemas that change, as unified differences."""
    for name in sorted(set(old) | set(new)):
        for key, label in (("statement", "SQL"), ("schema", "schema")):
            before, after = text_of(old.get(name), key), text_of(new.get(name), key)
            if before != after and (before or after):
                lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "base", "head", lineterm="", n=2)
                yield f"{label} of {name}", "\n".join(lines)


def text_of(resource: Resource | None, key: str) -> str:
    """A property's text; schemas one field a line."""
    value = str(resource.get(key) or "") if resource else ""
    return json.dumps(json.loads(value), indent=1) if key == "schema" and value.startswith("{") else value
