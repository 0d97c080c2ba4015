"""What makes, reads, changes and deletes resources of one type."""

from typing import Protocol

from plugins.confluentcloud.config import Config
from plugins.engine.values import Properties


class Api(Protocol):
    """One resource type. `read` raises Gone when the object no longer exists."""

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]: ...
    def read(self, config: Config, identity: str, state: Properties) -> Properties: ...
    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties: ...
    def delete(self, config: Config, identity: str, state: Properties) -> None: ...
