"""Sends what Flink cannot decode to dead-letter topics, instead of failing the statement."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as cc

from stacks.components.base import Component
from stacks.routes.model import Source
from stacks.statements import dead_letters, render


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLettersArgs:
    """Sources, catalog and database by name, the provider that alters tables, and what must exist before."""

    sources: Sequence[Source]
    environment: str
    database: str
    provider: cc.Provider
    after: Sequence[pulumi.Resource]


class DeadLetters(Component):
    """One ALTER TABLE per source. It may run again at any time: a finished statement is forgotten after 30 days."""

    TYPE = "cdc:confluent:DeadLetters"
    statements: list[cc.FlinkStatement]

    def __init__(self, name: str, args: DeadLettersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.statements = [
            cc.FlinkStatement(
                f"{name}-{source.name}",
                statement_name=dead_letters.statement_name(args.environment, source),
                statement=dead_letters.statement(source),
                properties=render.properties(args.environment, args.database),
                opts=self.child(
                    provider=args.provider,
                    depends_on=list(args.after),
                    replace_on_changes=["properties", "statementName"],
                ),
            )
            for source in args.sources
        ]
        self.register_outputs({"topics": [source.dead_letter_topic for source in args.sources]})
