"""The routing statements."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

from stacks.component import Component
from stacks.statements import Statement


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingArgs:
    """The statements, the provider that submits them, and what must exist before they are planned."""

    statements: Sequence[Statement]
    provider: cc.Provider
    after: Sequence[pulumi.Resource]


class Routing(Component):
    """One statement set per source."""

    TOKEN = "cdc:routing:Routing"  # noqa: S105 - a type token
    statements: dict[str, cc.FlinkStatement]

    def __init__(self, name: str, args: RoutingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.statements = {statement.source: self.submit(statement, args) for statement in args.statements}
        self.register_outputs({"statements": sorted(s.name for s in args.statements)})

    def submit(self, statement: Statement, args: RoutingArgs) -> cc.FlinkStatement:
        """A statement whose every change is a replacement: the provider could not change it in place."""
        return cc.FlinkStatement(
            f"{self.name}-{statement.source}",
            statement_name=statement.name,
            statement=statement.text,
            properties=statement.properties,
            # A statement fails when it is planned before its tables (topic and schemas) or its runner's roles exist.
            opts=self.child(
                provider=args.provider,
                depends_on=list(args.after),
                replace_on_changes=["properties", "statementName"],
            ),
        )
