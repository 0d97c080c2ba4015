"""Check: inputs validated and completed as the real plugin does it, every failure reported at once."""

import secrets
from typing import Any

from plugins.engine.fields import Field, upstream
from plugins.engine.resource_type import ResourceType
from plugins.engine.values import UNKNOWN, Properties


def check(kind: ResourceType, name: str, old: Properties, new: Properties) -> tuple[Properties, list[str]]:
    """The inputs with defaults and names filled in, and what is wrong with them."""
    inputs = dict(new)
    if kind.autoname and inputs.get(kind.autoname) is None:
        inputs[kind.autoname] = old.get(kind.autoname) or f"{name}-{secrets.token_hex(4)[:7]}"
    for key, field in kind.fields.items():
        if field.default is not None and inputs.get(key) is None:
            inputs[key] = field.default
    failures = [*block_failures(kind.fields, name, inputs), *choice_failures(kind, name, inputs)]
    return inputs, failures


def block_failures(fields: dict[str, Field], path: str, values: Properties) -> list[str]:
    """Unknown keys, missing arguments, refused values, at any depth."""
    found = [
        f"Invalid or unknown key. Examine values at '{path}.{key}'."
        for key in values
        if key not in fields or fields[key].output
        if key != "__defaults"
    ]
    for key, field in fields.items():
        value, where = values.get(key), f"{path}.{key}"
        if value is None:
            if field.required:
                text = f'The argument "{upstream(key)}" is required, but no definition was found.'
                found.append(f"Missing required argument. {text}. Examine values at '{where}'.")
        elif value is not UNKNOWN:
            found += value_failures(field, key, where, value)
    return found


def value_failures(field: Field, key: str, where: str, value: Any) -> list[str]:
    """What is wrong with one value."""
    if field.fields:
        parts = value if field.many and isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts if part is not UNKNOWN):
            return [f"expected a block, got {value!r}. Examine values at '{where}'."]
        places = [f"{where}[{n}]" if field.many else where for n in range(len(parts))]
        return [
            f
            for place, part in zip(places, parts, strict=True)
            if part is not UNKNOWN
            for f in block_failures(field.fields, place, part)
        ]
    problem = field.rule(upstream(key), value) if field.rule else None
    return [f"{problem}. Examine values at '{where}'."] if problem else []


def choice_failures(kind: ResourceType, name: str, inputs: Properties) -> list[str]:
    """Exactly one of some fields, and fields that exclude each other."""
    found: list[str] = []
    if kind.one_of:
        given = [key for key in kind.one_of if inputs.get(key) is not None]
        names = ",".join(singular(key) for key in sorted(kind.one_of))
        if len(given) != 1:
            state = f"`{','.join(given)}` were specified" if given else "none was specified"
            found.append(
                f"Invalid combination of arguments: one of `{names}` must be specified, but {state}. Examine values at '{name}'."
            )
    for key, others in kind.conflicts.items():
        for other in others:
            if inputs.get(key) is not None and inputs.get(other) is not None:
                found.append(
                    f"Conflicting configuration arguments: \"{upstream(key)}\": conflicts with {other}. Examine values at '{name}.{key}'."
                )
    return found


def singular(key: str) -> str:
    """The upstream name of a block that Pulumi spells in the plural."""
    return {"enterprises": "enterprise", "freights": "freight"}.get(key, key)
