"""How resource types are declared: fields with the rules that the real plugin checks and diffs by."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Rule = Callable[[str, Any], str | None]  # (field's upstream name, value) → what is wrong


@dataclass(frozen=True, slots=True)
class Field:
    """One input or output.

    `replaces`: a change replaces the resource (ForceNew). `computed`: the service fills it in; a computed input that is
    removed is no change. `fields`: the block's own fields. `many`: a list of blocks instead of one. `free`: a map with
    keys of the user's choice.
    """

    required: bool = False
    replaces: bool = False
    computed: bool = False
    output: bool = False
    default: Any = None
    rule: Rule | None = None
    same: Callable[[Any, Any], bool] | None = None
    fields: dict[str, "Field"] = field(default_factory=dict[str, "Field"])
    many: bool = False
    free: bool = False


def upstream(name: str) -> str:
    """The Terraform name of a field, which the real plugin's messages use."""
    return re.sub(r"([A-Z])", lambda m: "_" + m.group(1).lower(), name)


def not_empty(name: str, value: Any) -> str | None:
    return None if value != "" else f'expected "{name}" to not be an empty string, got {value}'


def one_of(*allowed: str) -> Rule:
    """The value must be one of these."""
    shown = "[" + " ".join(f'"{item}"' for item in allowed) + "]"

    def rule(name: str, value: Any) -> str | None:
        return None if value in allowed else f"expected {name} to be one of {shown}, got {value}"

    return rule


def like(pattern: str, words: str) -> Rule:
    """The value must match; `words` say how."""

    def rule(name: str, value: Any) -> str | None:
        return None if re.search(pattern, str(value)) else f"invalid value for {name} ({words})"

    return rule


def at_least(smallest: int) -> Rule:
    """The number must not be smaller."""

    def rule(name: str, value: Any) -> str | None:
        fine = not isinstance(value, int | float) or value >= smallest
        return None if fine else f"expected {name} to be at least ({smallest}), got {value}"

    return rule


ADDRESS = like(r"^http", "the REST endpoint must start with 'https://'")
CLUSTER_ID = like(r"^lkc-", "the Kafka cluster ID must be of the form 'lkc-'")
TAG_NAME = like(
    r"^[a-zA-Z][a-zA-Z0-9_\s]*$",
    "The name must not be empty and consist of a letter followed by a sequence of letter, number, space, or _ characters",
)


def named(**options: Any) -> Field:
    """A display name."""
    return Field(required=True, rule=not_empty, **options)


def block(fields: dict[str, Field], **options: Any) -> Field:
    """At most one nested block."""
    return Field(fields=fields, **options)


def reference(rule: Rule | None = None, replaces: bool = True, id_replaces: bool = True, **options: Any) -> Field:
    """A block that names another object by id. As recorded, the block and its id replace independently."""
    return block({"id": Field(required=True, replaces=id_replaces, rule=rule)}, replaces=replaces, **options)


CREDENTIALS = block({"key": Field(required=True, rule=not_empty), "secret": Field(required=True, rule=not_empty)})
OUT = Field(output=True, computed=True)
