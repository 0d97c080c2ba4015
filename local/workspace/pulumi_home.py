"""The folder that the Pulumi CLI takes its plugins from and writes its logs to, and the environment it starts in."""

import os
import shutil
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from local.environment import ROOT

PROVIDER_VERSION = version("pulumi-confluentcloud")


def keep_no_engine_logs(home: Path) -> None:
    """Let the CLI write no log of its every call (CDC_DEBUG=1: let it).

    It has no switch for that. On 6,200 resources the log is 20 MB of each run and a third of the engine's time.
    It does without where its folder cannot be made.
    """
    logs = home / "logs"
    if os.environ.get("CDC_DEBUG"):
        if logs.is_file():
            logs.unlink()
        return
    if logs.is_dir():
        shutil.rmtree(logs, ignore_errors=True)
    logs.write_text("A file instead of a folder, so that the Pulumi CLI keeps no logs. CDC_DEBUG=1 lets it.\n")


def clean_environment() -> dict[str, str]:
    """Our environment without what would change the plugins' configuration behind the program's back.

    PULUMI_SKIP_CHECKPOINTS passes: with thousands of resources, writing the state after each takes most of the time.
    """
    kept = ("PULUMI_EXPERIMENTAL", "PULUMI_SKIP_CHECKPOINTS")
    families = ("KAFKA_", "SCHEMA_REGISTRY_", "FLINK_", "CONFLUENT_", "CATALOG_REST", "TABLEFLOW_", "PULUMI_")
    return {name: value for name, value in os.environ.items() if name in kept or not name.startswith(families)}


def install_plugins(home: Path, names: Iterable[str]) -> None:
    """Put bundled plugins where the CLI looks first, under their SDKs' own versions."""
    for name in names:
        folder = home / "plugins" / f"resource-{name}-v{version(f'pulumi-{name}')}"
        folder.mkdir(parents=True, exist_ok=True)
        script = folder / f"pulumi-resource-{name}"
        script.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m plugins {name} "$@"\n')
        script.chmod(0o755)


def link_plugin(source: Path, home: Path) -> None:
    """Let another home use an installed plugin. The CLI wants a folder of its own, whatever lies in it."""
    target = home / "plugins" / source.name
    if target.is_symlink():
        target.unlink()
    target.mkdir(parents=True, exist_ok=True)
    for file in source.iterdir():
        link = target / file.name
        link.unlink(missing_ok=True)
        link.symlink_to(file)


def stock_plugin() -> Path:
    """Where the user's own CLI keeps the stock plugin."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    return home / "plugins" / f"resource-confluentcloud-v{PROVIDER_VERSION}"
