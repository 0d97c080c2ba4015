"""Writes the table of rules into docs/routes.md. `python -m cli.docs` writes it."""

from stacks.routes.lint.rules import RULES, Rule

HEADING = "\n## Rules\n"
COMMAND = {
    "incompatible": Rule("error", "a schema that breaks what its source's compatibility promises (against a commit)"),
    "example-failed": Rule("error", "an example that the route does not keep"),
    "removed-with-readers": Rule("error", "a route that goes while consumers read it (against a commit)"),
}


def table() -> str:
    """Every rule, errors first."""
    rows = [f"| `{name}` | {rule.severity} | {rule.about} |" for name, rule in {**RULES, **COMMAND}.items()]
    order = {"error": 0, "warning": 1, "info": 2}
    rows.sort(key=lambda row: order[row.split("|")[2].strip()])
    return "\n".join(["| rule | severity | finds |", "|---|---|---|", *rows]) + "\n"


def page(text: str) -> str:
    """The page with the present table after the heading's first paragraph."""
    before, _, after = text.partition(HEADING)
    return f"{before}{HEADING}\n{after.strip().splitlines()[0]}\n\n{table()}"
