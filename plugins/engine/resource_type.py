"""How a resource type is declared."""

from dataclasses import dataclass, field

from plugins.engine.fields import (
    Field,
)


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A resource type. `one_of`: exactly one of these fields. `autoname`: the field named after the resource if absent.

    `delete_first`: a replacement deletes before it creates.
    """

    fields: dict[str, Field]
    one_of: tuple[str, ...] = ()
    conflicts: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    autoname: str = ""
    delete_first: bool = False
