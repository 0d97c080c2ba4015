"""Real checkov on the AWS part of a graph, which it is shown as a Terraform plan.

checkov knows no Pulumi. pulumi-aws is bridged from the Terraform provider, so types and names map one to one.
"""

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from plugins.aws.schema import properties, schema
from policies.graph import UNKNOWN, Graph, Resource

EXCEPTIONS = Path(__file__).parent / "checkov-exceptions.yaml"


@dataclass(frozen=True, slots=True)
class Failed:
    """A check that failed without a written reason."""

    check: str
    resource: str
    title: str

    def __str__(self) -> str:
        return f"{self.check} {self.resource}: {self.title}"


@dataclass(frozen=True, slots=True)
class Report:
    """How many checks passed, how many failed with a reason, and the failures without one."""

    passed: int
    excused: int
    failed: list[Failed]


def address(resource: Resource) -> str:
    """The Terraform address."""
    entry = schema()[resource.token.removeprefix("aws:")]
    return f"{entry['type']}.{re.sub('[^A-Za-z0-9_]', '_', resource.name)}"


def translated(raw: Any, value: Any) -> Any:
    """A value in Terraform's shape: names with underscores, blocks in lists."""
    if isinstance(raw, dict):
        blocks = value if isinstance(value, list) else [value]
        return [block("", raw, item) for item in blocks if isinstance(item, Mapping)]
    if isinstance(value, list):
        return [plain(item) for item in value]
    return plain(value)


def plain(value: Any) -> Any:
    """Objects inside of attributes have underscores, too."""
    if isinstance(value, Mapping):
        return {re.sub("([A-Z])", lambda m: "_" + m.group(1).lower(), key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def block(terraform_type: str, fields: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """One block or resource."""
    names = properties(terraform_type, fields)
    return {
        names[key]: translated(fields[names[key]], value)
        for key, value in values.items()
        if key in names and value != UNKNOWN
    }


def plan(graph: Graph) -> dict[str, Any]:
    """The AWS resources as `terraform show -json` would print a plan to create them."""
    known = {r.name: r for r in graph if r.package == "aws"}
    resources: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    configured: list[dict[str, Any]] = []
    for resource in known.values():
        entry = schema()[resource.token.removeprefix("aws:")]
        place = {
            "address": address(resource),
            "mode": "managed",
            "type": entry["type"],
            "name": address(resource).partition(".")[2],
        }
        values = block(entry["type"], entry["fields"], resource.props)
        resources.append(
            {**place, "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0, "values": values}
        )
        changes.append(
            {**place, "change": {"actions": ["create"], "before": None, "after": values, "after_unknown": {}}}
        )
        configured.append({**place, "expressions": expressions(resource, entry, known)})
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": configured}},
    }


def expressions(resource: Resource, entry: dict[str, Any], known: Mapping[str, Resource]) -> dict[str, Any]:
    """Which property refers to which resource: checkov's graph checks follow these."""
    names = properties(entry["type"], entry["fields"])
    return {
        names[key]: {
            "references": [f"{address(known[t])}.id" for t in targets if t in known]
            + [address(known[t]) for t in targets if t in known]
        }
        for key, targets in resource.references.items()
        if key in names and any(t in known for t in targets)
    }


def exceptions(today: date) -> dict[str, set[str]]:
    """Check id → the resources (address, type or `*`) that need not keep it. Reasons past their day do not count."""
    found: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(EXCEPTIONS.read_text())
    return {
        check: {where for where, reason in places.items() if reason["why"] and reason["until"] >= today}
        for check, places in found.items()
    }


def run(program: Path, graph: Graph, today: date | None = None) -> Report:
    """Run checkov offline on the graph. `today` decides which written reasons still hold."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.json"
        file.write_text(json.dumps(plan(graph)))
        command = [str(program), "-f", str(file), "--framework", "terraform_plan", "-o", "json", "--quiet", "--compact"]
        command += ["--skip-download", "--soft-fail"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(f"checkov failed: {(done.stderr or done.stdout).strip()[-800:]}")
    found = json.loads(done.stdout)
    found = found[0] if isinstance(found, list) else found
    failed = [Failed(c["check_id"], c["resource"], c["check_name"]) for c in found["results"]["failed_checks"]]
    allowed = exceptions(today or datetime.now(UTC).date())
    without = [f for f in failed if not excused(f, allowed)]
    return Report(found["summary"]["passed"], len(failed) - len(without), without)


def excused(failed: Failed, allowed: Mapping[str, set[str]]) -> bool:
    """Is there a written reason?"""
    return bool(allowed.get(failed.check, set()) & {failed.resource, failed.resource.partition(".")[0], "*"})
