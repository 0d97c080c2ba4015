"""The base of our components: a token from the class, children parented to it, outputs registered."""

from typing import Any, ClassVar

import pulumi


class Component(pulumi.ComponentResource):
    """A group of resources.

    TYPE is its type token, `cdc:<aws|confluent>:<Class>`. It is state identity: it never changes without an alias.
    """

    TYPE: ClassVar[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(self.TYPE, name, None, opts)
        self.name = name

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options of a child: this component is its parent; nothing of the caller's is merged in."""
        return pulumi.ResourceOptions(parent=self, **options)
