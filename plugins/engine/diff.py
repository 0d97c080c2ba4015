"""Diff: what changes, what that replaces, in the terms of the real plugin."""

from dataclasses import dataclass, field
from typing import Any

from plugins.engine.fields import Field
from plugins.engine.resource_type import ResourceType
from plugins.engine.values import SIGNATURE, UNKNOWN, Properties


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


def diff(kind: ResourceType, old: Properties, new: Properties) -> Change:
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
