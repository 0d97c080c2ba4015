"""Settings and routes of one environment, checked together. Needs no Pulumi."""

from collections.abc import Mapping
from pathlib import Path

from stacks.errors import Finding, InvalidFiles
from stacks.routes import load as routes_file
from stacks.routes.model import Routes
from stacks.settings import load as settings_file
from stacks.settings.model import Settings


def both(
    settings: tuple[Settings | None, list[Finding]], routes: tuple[Routes | None, list[Finding]]
) -> tuple[Settings, Routes]:
    """Settings and routes; raises InvalidFiles with the findings in both files."""
    findings = [*settings[1], *routes[1]]
    if findings or settings[0] is None or routes[0] is None:
        raise InvalidFiles(findings)
    return settings[0], routes[0]


def from_files(root: Path, stack: str) -> tuple[Settings, Routes]:
    """The committed files of a stack, without its secrets. Raises InvalidFiles."""
    return both(
        settings_file.from_file(root / f"Pulumi.{stack}.yaml", plan_only=True), routes_file.load(root / "routes.yaml")
    )


def from_config(root: Path, stack: str, config: Mapping[str, str]) -> tuple[Settings, Routes]:
    """What Pulumi hands to a running program, and routes.yaml. Raises InvalidFiles."""
    settings = settings_file.from_config(config, root / f"Pulumi.{stack}.yaml")
    return both(settings, routes_file.load(root / "routes.yaml"))
