"""Every rule, by area."""

from policies.graph import Graph
from policies.rule import Finding, Rule
from policies.rules import access, alarms, confluent, connector, database, functions, identity, network, secrets, sql

AREAS = (network, database, functions, identity, secrets, alarms, confluent, access, connector, sql)
RULES: tuple[Rule, ...] = tuple(rule for area in AREAS for rule in area.RULES)


def evaluate(graph: Graph) -> list[Finding]:
    """Everything that breaks a rule, in the rules' order."""
    return [finding for rule in RULES for finding in rule.findings(graph)]
