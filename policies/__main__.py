"""The pack for the Pulumi CLI: `pulumi preview --policy-pack policies`. One policy per rule."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pulumi_policy import EnforcementLevel, PolicyPack, ReportViolation, StackValidationArgs, StackValidationPolicy

from policies.engine import from_engine
from policies.rule import Rule
from policies.rules import RULES


def policy(rule: Rule) -> StackValidationPolicy:
    """A rule in the CLI's terms."""

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        graph, urns = from_engine(args)
        for finding in rule.findings(graph):
            report(f"{finding.message} ({finding.resource}). {finding.fix}.", urns.get(finding.resource))

    return StackValidationPolicy(name=rule.id.lower(), description=rule.title, validate=validate)


PolicyPack(
    name="cdc-streaming", enforcement_level=EnforcementLevel.MANDATORY, policies=[policy(rule) for rule in RULES]
)
