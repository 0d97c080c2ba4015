"""The routing statements, each replaced without loss or repetition when it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component
from stacks.rollout import handover, start_position
from stacks.rollout.flink_client import Connection
from stacks.rollout.previous_outputs import PreviousOutputs
from stacks.statements.render import Statement


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingStatementsArgs:
    """The statements, the provider that submits them, and what must exist before they are planned.

    `tables`: what each topic's table is inferred from. `after`: what every statement needs besides its own tables.
    """

    statements: Sequence[Statement]
    provider: cc.Provider
    tables: Mapping[str, Sequence[pulumi.Resource]]
    after: Sequence[pulumi.Resource]
    connection: Connection
    previous: PreviousOutputs


class RoutingStatements(Component):
    """Statement sets by key. `served` is what the stack exports for its next update."""

    TYPE = "cdc:confluent:RoutingStatements"
    statements: dict[str, cc.FlinkStatement]
    served: dict[str, dict[str, Any]]

    def __init__(self, name: str, args: RoutingStatementsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.hook = handover.hook(args.connection)
        self.statements, self.served = {}, {}
        # What no route takes begins first and ends last: while others change, an event comes twice rather than never.
        rest = [statement for statement in args.statements if not statement.carries]
        for statement in rest:
            self.submit(statement, args, [])
        before = [self.statements[statement.key] for statement in rest]
        for statement in args.statements:
            if statement.carries:
                own = [s for s in before if s is self.statements.get(f"{statement.source}.unrouted")]
                self.submit(statement, args, own)
        self.register_outputs({"statements": sorted(s.key for s in args.statements)})

    def submit(self, statement: Statement, args: RoutingStatementsArgs, before: list[cc.FlinkStatement]) -> None:
        """A statement whose every change is a replacement: the provider could not change it in place."""
        tables = [resource for topic in statement.topics for resource in args.tables[topic]]
        start = start_position.decide(statement, args.previous, args.connection)
        resource = cc.FlinkStatement(
            f"{self.name}-{statement.key}",
            statement_name=start.name,
            statement=statement.text,
            properties=start.properties,
            # A statement fails when it is planned before its tables (topic and schemas) or its runner's roles exist.
            opts=self.child(
                provider=args.provider,
                depends_on=[*args.after, *tables, *before],
                replace_on_changes=["properties", "statementName"],
                hooks=pulumi.ResourceHookBinding(before_delete=[self.hook]),
            ),
        )
        self.statements[statement.key] = resource
        # The resource's own output: one that was refused never becomes the recorded one.
        self.served[statement.key] = {
            "statement": resource.statement_name,
            "carriedFrom": start.carried_from,
            "start": start.start,
            "routes": list(statement.routes),
        }
