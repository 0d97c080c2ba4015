"""What is wrong with a business file beyond the form of its parts: every finding at once, with its place."""

from dataclasses import replace
from datetime import UTC, date, datetime

from stacks.errors import Finding, in_order
from stacks.files.yaml_document import Document
from stacks.routes.lint import columns, conditions, lifecycle, overlaps, references
from stacks.routes.lint.rules import RULES
from stacks.routes.model import Routes


def check(routes: Routes, document: Document, today: date | None = None) -> list[Finding]:
    """Every finding, in the order of the lines. `today` decides about dates (default: now, UTC)."""
    day = today or datetime.now(UTC).date()
    findings = [
        *references.check(routes),
        *conditions.check(routes),
        *columns.check(routes),
        *lifecycle.check(routes, day),
    ]
    if not any(RULES[p.rule].severity == "error" for p in findings):
        findings += overlaps.check(routes)
    return in_order(document.locate(replace(p, severity=RULES[p.rule].severity)) for p in findings)
