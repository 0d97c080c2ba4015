"""What a bundled plugin serves: one object per Pulumi package, behind one gRPC service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from plugins.engine.diff import Change
from plugins.engine.handler import Handler
from plugins.engine.resource_type import ResourceType
from plugins.engine.values import Properties


@dataclass(frozen=True, slots=True)
class Package:
    """One package.

    `key`: a resource's type token → its name in `resource_types` and `handlers`. `configure` turns a provider's inputs into what
    `handlers` are called with, or raises BadConfig. `invokes` answer look-ups; `planned` answers them without an account.
    `compares_inputs`: a difference is one of inputs, since outputs here may be others than were asked for.
    `special` adds what single types do to a difference. `refine` looks at the service before a difference is reported.
    """

    name: str
    version: str
    key: Callable[[str], str]
    resource_types: Mapping[str, ResourceType]
    handlers: Mapping[str, Handler]
    invokes: Mapping[str, Callable[[Any, Properties], Properties]]
    planned: Callable[[str, Properties], Properties]
    check_config: Callable[[Properties], list[str]]
    configure: Callable[[Properties], Any]
    special: Callable[[str, str, Properties, Properties, Change], Change]
    refine: Callable[[str, Properties, Properties, Change], None]
    compares_inputs: bool = False
