"""`cdc routes check`: lint, examples, and compatibility with what is committed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cli.client import stack
from cli.commands.routes import catalog
from cli.console import BAD_INPUT, data, out, say
from cli.planning import compatibility, routes_file
from local.environment import ROOT
from stacks.errors import CdcError, Finding
from stacks.files.yaml_document import Document
from stacks.routes import matching
from stacks.routes.model import Routes
from stacks.settings.model import ConnectorSettings

PUBLICATION = ConnectorSettings().publication
MARKS = {"error": "✘", "warning": "!", "info": "·"}


def run(path: Path | None, base: str | None, database: str | None, as_json: bool) -> int:
    """Print every finding. Exit code 2 when one of them is an error."""
    found = routes_file.linted(path or ROOT / routes_file.NAME)
    findings = list(found.findings)
    if found.routes is not None and not found.errors:
        findings += examples(found.routes, found.document)
        if base is not None or path is None:
            findings += against(base, found.routes, found.document)
        if database is not None:
            findings += catalog.findings(address(database), PUBLICATION, found.routes, found.document)
    findings.sort(key=lambda finding: finding.position)
    counts = Counter(finding.severity for finding in findings)
    if as_json:
        data({"findings": [plain(finding) for finding in findings], "errors": counts["error"]})
    else:
        show(found.routes, findings, counts)
    return BAD_INPUT if counts["error"] else 0


def address(database: str) -> str:
    """The database's address; `local` is the running local stack's, as its owner."""
    return stack.local_dsn(stack.load("local"), "postgres") if database == "local" else database


def examples(routes: Routes, document: Document) -> Iterator[Finding]:
    """Examples that the routes do not keep."""
    for n, route in enumerate(routes.routes):
        for number, example, what in matching.failed_examples(routes.source(route.source), route):
            place = ("routes", n, "examples", number)
            problem = f"should {'be taken' if example.taken else 'not be taken'}: {what}"
            hint = "correct the condition or the example"
            yield document.locate(Finding("example-failed", place, problem, hint=hint))


def against(base: str | None, routes: Routes, document: Document) -> list[Finding]:
    """Compatibility with a commit; HEAD when none is named, where there is one."""
    try:
        before = routes_file.at(base or "HEAD")
    except CdcError as error:
        if base is not None:
            raise
        say(f"not compared with HEAD: {error.message.splitlines()[0]}")
        return []
    return [*compatibility.findings(before, routes, document), *removed(before, routes, document)]


def removed(before: Routes, routes: Routes, document: Document) -> Iterator[Finding]:
    """Routes that consumers had, and that go without having been retired."""
    topics = {route.topic for route in routes.routes}
    for route in before.routes:
        readers = [c.name for c in before.consumers if route.name in c.routes]
        if route.topic not in topics and readers and not route.retire:
            problem = f"route {route.name} is gone, and {', '.join(readers)} read its topic {route.topic}"
            hint = "keep it with retire: true for one update, when they have moved; then remove it"
            yield document.locate(Finding("removed-with-readers", ("routes",), problem, hint=hint))


def plain(finding: Finding) -> dict[str, Any]:
    """For scripts."""
    return {**asdict(finding), "path": finding.path}


def show(routes: Routes | None, findings: list[Finding], counts: Counter[str]) -> None:
    """One line a finding, then a summary."""
    for finding in findings:
        out.print(f"{MARKS[finding.severity]} {finding}", markup=False, soft_wrap=True)
    told = ", ".join(f"{counts[level]} {level}{'s' if counts[level] != 1 else ''}" for level in MARKS if counts[level])
    if routes is None:
        out.print(f"the file could not be understood: {told}")
        return
    number = sum(len(route.examples) for route in routes.routes)
    out.print(f"{len(routes.routes)} routes, {number} examples: {told or 'nothing to complain about'}")
