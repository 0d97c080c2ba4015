"""What makes, reads, changes and deletes resources of one type."""

from typing import Any, Protocol

from plugins.engine.values import Properties


class Handler(Protocol):
    """One resource type. `config` is what the package's `configure` made. `read` raises Gone when the object no longer exists."""

    def create(self, config: Any, inputs: Properties) -> tuple[str, Properties]: ...
    def read(self, config: Any, identity: str, state: Properties) -> Properties: ...
    def update(self, config: Any, identity: str, old: Properties, new: Properties) -> Properties: ...
    def delete(self, config: Any, identity: str, state: Properties) -> None: ...
