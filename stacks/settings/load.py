"""Reading `Pulumi.<stack>.yaml`: from the file, or from what Pulumi hands to a running program."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stacks.errors import Finding
from stacks.files.yaml_document import Document, findings_of, parse, read
from stacks.settings.model import PROJECT, SECRETS, Settings


def check(values: dict[str, Any], document: Document, present: set[str]) -> tuple[Settings | None, list[Finding]]:
    """Settings, or everything that is wrong with them. `present` names the secrets that are set."""
    prefix = f"{PROJECT}:"
    findings: list[Finding] = []
    settings = None
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        for finding in findings_of(error, moved(document, prefix)):
            first, *rest = finding.place or ("",)
            findings.append(replace(finding, place=(f"{prefix}{first}", *rest)))
    needed = settings.secrets if settings else ["databasePassword"]
    for name in sorted(set(needed) - present):
        hint = f"set it: pulumi config set --secret {PROJECT}:{name}"
        where = document.where(("config",))
        findings.append(
            Finding("missing-secret", (f"{prefix}{name}",), f"missing: {SECRETS[name]}", hint=hint, where=where)
        )
    return settings, findings


def moved(document: Document, prefix: str) -> Document:
    """The document with `config.<project>:` taken off the paths, so that they are the settings' own."""
    positions = {
        (str(place[1]).removeprefix(prefix), *place[2:]): position
        for place, position in document.positions.items()
        if len(place) > 1 and place[0] == "config"
    }
    return Document(document.file, document.data, positions)


def from_file(path: Path, plan_only: bool = False) -> tuple[Settings | None, list[Finding]]:
    """Check a stack file without Pulumi. `plan_only` does not ask for secrets: a preview has none."""
    document = read(path)
    config = (document.data or {}).get("config") or {}
    values = {k.removeprefix(f"{PROJECT}:"): v for k, v in config.items() if k.startswith(f"{PROJECT}:")}
    present = set(SECRETS) if plan_only else set(SECRETS) & set(values)
    settings, findings = check({k: v for k, v in values.items() if k not in SECRETS}, document, present)
    return settings, [*findings, *in_plain(values, document)]


def in_plain(values: Mapping[str, Any], document: Document) -> list[Finding]:
    """Secrets that stand in the file as they are. Their values are not repeated."""
    plain = [name for name in SECRETS if name in values and not isinstance(values[name], dict)]
    return [
        Finding(
            "plain-secret",
            (f"{PROJECT}:{name}",),
            "a secret in plain",
            hint=f"take it out, use another one, and: pulumi config set --secret {PROJECT}:{name}",
            where=document.where(("config", f"{PROJECT}:{name}")),
        )
        for name in plain
    ]


def from_config(config: Mapping[str, str], stack_file: Path) -> tuple[Settings | None, list[Finding]]:
    """Check what Pulumi hands a running program: each value as text, objects as JSON."""
    document = read(stack_file) if stack_file.exists() else parse("", stack_file.name)
    texts = {k.removeprefix(f"{PROJECT}:"): v for k, v in config.items() if k.startswith(f"{PROJECT}:")}
    values = {k: decoded(v) for k, v in texts.items() if k not in SECRETS}
    return check(values, document, set(SECRETS) & set(texts))


def decoded(text: str) -> Any:
    """Pulumi hands objects, numbers and booleans over as JSON, strings as they are."""
    try:
        return json.loads(text)
    except ValueError:
        return text
