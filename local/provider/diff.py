"""Diff: what changes, what that replaces, in the terms of the real plugin."""

from dataclasses import dataclass, field
from typing import Any

from local.provider.fields import Field
from local.provider.kinds import Kind
from local.provider.values import SIGNATURE, UNKNOWN, Properties


class Refused(Exception):
    """A change that the real plugin refuses already in a preview."""


@dataclass
class Change:
    """Detailed diff (path → ADD, DELETE or UPDATE, with _REPLACE where it replaces) and the replacing properties."""

    detail: dict[str, str] = field(default_factory=dict[str, str])
    replaces: list[str] = field(default_factory=list[str])

    def note(self, path: str, what: str, replacing: bool) -> None:
        self.detail[path] = f"{what}_REPLACE" if replacing else what
        top = path.split(".")[0].split("[")[0]
        if replacing and top not in self.replaces:
            self.replaces.append(top)


def diff(kind: Kind, old: Properties, new: Properties) -> Change:
    """Compare the state with the wanted inputs."""
    change = Change()
    for key, spec in kind.fields.items():
        if not spec.output:
            compare(spec, key, old.get(key), new.get(key), change)
    return change


def compare(spec: Field, path: str, old: Any, new: Any, change: Change) -> None:
    """One field, into its blocks and maps."""
    if new is None:
        if old is None or spec.computed or old in ("", False, [], {}):
            return
        change.note(path, "DELETE", spec.replaces)
    elif spec.free and isinstance(new, dict) and not old:
        for key in sorted(new):
            change.note(inner_path(path, key), "ADD", spec.replaces)
    elif old is None:
        change.note(path, "ADD", spec.replaces)
    elif new is UNKNOWN:
        change.note(path, "UPDATE", spec.replaces)
    elif spec.fields and isinstance(new, dict) and isinstance(old, dict):
        for key, inner in spec.fields.items():
            if not inner.output:
                compare(inner, f"{path}.{key}", old.get(key), new.get(key), change)
    elif spec.free and isinstance(new, dict) and isinstance(old, dict):
        for key in sorted(set(old) | set(new)):
            compare(Field(replaces=spec.replaces), inner_path(path, key), old.get(key), new.get(key), change)
    elif old != new and not (spec.same and spec.same(old, new)) and not same_file(old, new):
        change.note(path, "UPDATE", spec.replaces)


def same_file(old: Any, new: Any) -> bool:
    """An archive is its content, wherever it lies."""
    return isinstance(old, dict) and isinstance(new, dict) and SIGNATURE in new and old.get("hash") == new.get("hash")


def inner_path(path: str, key: str) -> str:
    """`config["retention.ms"]`, or `config.name` for a plain key."""
    return f"{path}.{key}" if key.isidentifier() else f'{path}["{key}"]'


def special(name: str, identity: str, old: Properties, new: Properties, change: Change) -> Change:
    """What single resource types add to the common rules. Raises Refused where the real plugin refuses a preview."""
    if name == "KafkaTopic" and "partitionsCount" in change.detail:
        before, after = old.get("partitionsCount"), new.get("partitionsCount")
        if isinstance(before, int) and isinstance(after, int) and after < before:
            change.note("__meta", "UPDATE", True)
    if name == "KafkaCluster":
        refuse_cluster_type(identity, old, new)
    if (
        name == "Schema"
        and "schema" in change.detail
        and new.get("recreateOnUpdate")
        and old.get("recreateOnUpdate") is not None
    ):
        raise Refused(
            f'error updating Schema "{identity}": reimport the current resource instance and set '
            "recreate_on_update = false to evolve a schema using the same resource instance."
        )
    if name == "FlinkStatement":
        refuse_moving_statement(old, new, change)
    return change


TYPES = ("basic", "standard", "dedicated", "enterprises", "freights")


def refuse_cluster_type(identity: str, old: Properties, new: Properties) -> None:
    """Only Basic becomes Standard; to Enterprise the real plugin lets a preview pass."""
    before = next((t for t in TYPES if old.get(t) not in (None, [])), "")
    after = next((t for t in TYPES if new.get(t) is not None), "")
    if (
        before
        and before != after
        and (before, after) != ("basic", "standard")
        and after not in ("enterprises", "freights")
    ):
        raise Refused(
            f"error updating Kafka Cluster \"{identity}\": clusters can only be upgraded from 'Basic' to 'Standard'"
        )


def refuse_moving_statement(old: Properties, new: Properties, change: Change) -> None:
    """Principal and pool change only while a statement is resumed."""
    if change.replaces:
        return
    for key, word in (("principal", "principal"), ("computePool", "compute_pool")):
        resumes = old.get("stopped") is True and new.get("stopped") is False
        if any(path.split(".")[0] == key for path in change.detail) and not resumes:
            raise Refused(
                f"error updating Flink Statement: '{word}' can't be updated in place without a `stopped` true -> false status change"
            )
