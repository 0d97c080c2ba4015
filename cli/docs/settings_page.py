"""docs/settings.md from the models: every setting, its type, its default, what it is. `python -m cli.docs`."""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from stacks.settings.model import SECRETS, Settings

HEAD = """# Settings

What `Pulumi.<stack>.yaml` may say, under `config:`, each with the prefix `cdc-streaming:`. Made from the models in
[stacks/settings](../stacks/settings) by
`python -m cli.docs`; a test compares it. Unknown keys and wrong types are refused before anything is made.

Secret settings never stand in the file: `pulumi config set --secret cdc-streaming:<name> -s <stack>`.

| secret | what it is |
|---|---|
"""


def models(annotation: Any) -> list[type[BaseModel]]:
    """The models in a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for part in get_args(annotation) if part is not NoneType for m in models(part)]


def words(annotation: Any) -> str:
    """A type in words."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return words(parts[0]) + limits(list(parts[1:]))
    if origin is Literal:
        return " \\| ".join(f"`{part}`" for part in parts)
    if origin in (Union, UnionType):
        return " \\| ".join(words(part) for part in parts if part is not NoneType)
    if origin is list:
        return f"list of {words(parts[0])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return {str: "text", int: "whole number", float: "number", bool: "true \\| false"}.get(annotation, str(annotation))


def limits(found: list[Any]) -> str:
    """Bounds and patterns."""
    shown: list[str] = []
    for item in found:
        if isinstance(item, FieldInfo):
            shown.append(limits(item.metadata).strip(" ()"))
        elif isinstance(item, Ge | Gt | Le):
            sign, value = (
                ("≥", item.ge) if isinstance(item, Ge) else (">", item.gt) if isinstance(item, Gt) else ("≤", item.le)
            )
            shown.append(f"{sign} {value}")
        elif isinstance(item, MinLen | MaxLen):
            shown.append(f"at least {item.min_length}" if isinstance(item, MinLen) else f"at most {item.max_length}")
        elif isinstance(item, StringConstraints) and item.pattern:
            shown.append("`" + str(item.pattern).replace("|", "\\|") + "`")
    kept = [text for text in shown if text]
    return f" ({', '.join(kept)})" if kept else ""


def default(field: FieldInfo) -> str:
    """What holds when nothing is said."""
    if field.is_required():
        return "required"
    value = field.default
    if value is PydanticUndefined or isinstance(value, BaseModel):
        return "its own"
    return "none" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def sections(model: type[BaseModel], seen: set[str]) -> Iterator[str]:
    """A table for a model, then for what it consists of."""
    if model.__name__ in seen:
        return
    seen.add(model.__name__)
    yield f"## {model.__name__}\n"
    yield " ".join((model.__doc__ or "").split()) + "\n"
    yield "| key | type | default |\n|---|---|---|"
    inner: list[type[BaseModel]] = []
    for name, field in model.model_fields.items():
        annotation = field.annotation
        yield f"| `{field.alias or name}` | {words(annotation)}{limits(field.metadata)} | {default(field)} |"
        inner += models(annotation)
    yield ""
    for part in inner:
        yield from sections(part, seen)


def page() -> str:
    """The whole page."""
    secrets = "\n".join(f"| `{name}` | {what} |" for name, what in SECRETS.items())
    return HEAD + secrets + "\n\n" + "\n".join(sections(Settings, set())).rstrip() + "\n"
