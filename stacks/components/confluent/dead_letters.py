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
    """Sources, catalog and database by name, the provider that alters tables, and what must exist before.

    `max_bytes`: of the largest record that a dead-letter topic must take.
    """

    sources: Sequence[Source]
    environment: str
    database: str
    provider: cc.Provider
    max_bytes: int
    after: Sequence[pulumi.Resource]


class DeadLetters(Component):
    """Two ALTER TABLE per source. They may run again at any time: a finished statement is forgotten after 30 days.

    The first makes the dead-letter topic, the second its size.
    """

    TYPE = "cdc:confluent:DeadLetters"
    statements: list[cc.FlinkStatement]

    def __init__(self, name: str, args: DeadLettersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.statements = []
        for source in args.sources:
            made = self.alter(args, source, "dead-letters", dead_letters.statement(source), args.after)
            room = dead_letters.room(source, args.max_bytes)
            self.statements += [made, self.alter(args, source, "dead-letter-room", room, [made])]
        self.register_outputs({"topics": [source.dead_letter_topic for source in args.sources]})

    def alter(
        self, args: DeadLettersArgs, source: Source, what: str, text: str, after: Sequence[pulumi.Resource]
    ) -> cc.FlinkStatement:
        """One of the two statements of a source."""
        return cc.FlinkStatement(
            f"{what}-{source.name}",
            statement_name=dead_letters.statement_name(args.environment, source, what, text),
            statement=text,
            properties=render.properties(args.environment, args.database),
            opts=self.child(
                provider=args.provider, depends_on=list(after), replace_on_changes=["properties", "statementName"]
            ),
        )
