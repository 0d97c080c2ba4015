"""Runs the Pulumi CLI with the right home, backend, plugins and configuration: for `local`, and for offline plans."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from local.environment import ROOT, Instance
from local.errors import LocalError
from local.workspace import interrupts, pulumi_cli, state
from local.workspace.pulumi_home import (
    PROVIDER_VERSION,
    clean_environment,
    install_plugins,
    keep_no_engine_logs,
    link_plugin,
    stock_plugin,
)

Plugin = Literal["bundled", "stock"]
PLAN_SECRET = "only-a-plan"  # noqa: S105 - what a plan shows in place of secrets it has not got
PLANNED_SECRETS = ("databasePassword", "eventsApiPassword", "notificationUrl")
NOWHERE = "https://notifications.example/rehearsal"  # where a rehearsed stack's notifications would go
# Commands that read a stack's configuration and so take --config-file.
CONFIGURED = ("up", "update", "preview", "pre", "refresh", "destroy", "down", "import", "watch")
# What a plan may do: nothing that reaches for an account.
PLANNED = ("preview", "pre", "about", "version", "stack", "config", "help", "--help")


@dataclass(frozen=True, slots=True)
class Workspace:
    """One stack, the plugin that serves it, and the CLI."""

    instance: Instance
    stack: str
    plugin: Plugin
    cli: pulumi_cli.PulumiCli

    @property
    def local(self) -> bool:
        """Does the local cloud serve this stack? (`local`, or the one that is rehearsed)"""
        return self.stack == self.instance.mode.stack

    @property
    def home(self) -> Path:
        """PULUMI_HOME: always ours, or the bundled plugins would stand in for the user's own elsewhere."""
        return self.instance.folder("pulumi", "home" if self.plugin == "bundled" else "home-stock")

    @property
    def backend(self) -> Path:
        """The folder of the states."""
        return self.instance.folder("pulumi", "state" if self.local else "plans")

    def environment(self) -> dict[str, str]:
        """The CLI's environment."""
        path = [str(self.program().parent), os.environ.get("PATH", "")]
        # There is no AWS on this machine: its plugin is always ours.
        install_plugins(self.home, ["aws", *(["confluentcloud"] if self.plugin == "bundled" else [])])
        if self.plugin == "stock":
            link_plugin(stock_plugin(), self.home)
        # Programs run in the interpreter that runs us, whichever language host starts them.
        path.insert(0, str(Path(sys.executable).parent))
        keep_no_engine_logs(self.home)
        own = {
            "PATH": os.pathsep.join(path),
            "PULUMI_HOME": str(self.home),
            # Beside each file of the state another one would say what it is; a kill between both breaks the state.
            "PULUMI_BACKEND_URL": f"file://{self.backend}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE": self.instance.secrets["passphrase"],
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "GOGC": "200",  # the CLI is short-lived: memory for time
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_CONFIRMATIONS": "true" if self.local else "false",
        }
        realistic = self.local and self.instance.mode.realistic
        if realistic:
            own["CDC_REALISTIC"] = "1"
        if self.local and self.plugin == "stock" and not realistic:
            own["TF_ACC"] = "1"  # upstream's switch for its own tests: without it every role binding sleeps 90 s
        if self.local:
            own |= {
                "AWS_ENDPOINT_URL": self.instance.url("aws"),
                "AWS_ACCESS_KEY_ID": self.instance.secrets["aws_access_key_id"],
                "AWS_SECRET_ACCESS_KEY": self.instance.secrets["aws_secret_access_key"],
                # Whatever proxy this machine uses, nothing of the local environment goes through it.
                "NO_PROXY": ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1", "localhost"])),
            }
        else:
            own["CDC_PLAN_ONLY"] = "1"
        return {**clean_environment(), **own}

    def program(self) -> Path:
        """The `pulumi` to run, our Python language host beside it: it runs programs in this very interpreter."""
        return pulumi_cli.with_language_host(self.cli, self.instance.folder("pulumi", "bin"))

    def config_file(self) -> Path:
        """The stack's committed settings plus what only this environment knows; its secrets are encrypted."""
        file = self.plain_config_file()
        for name, value in self.secret_config().items():
            if name not in yaml.safe_load(file.read_text())["config"]:
                self.encrypt(file, name, value)
        return file

    def plain_config_file(self) -> Path:
        """Committed settings, addresses and ports; what was encrypted before is kept."""
        data: dict[str, Any] = yaml.safe_load((ROOT / f"Pulumi.{self.stack}.yaml").read_text())
        if self.local:
            forget_encrypted(data)
        data["config"] |= self.runtime_config(data["config"])
        file = self.instance.folder("pulumi", "config") / f"Pulumi.{self.stack}.yaml"
        # The CLI keeps the salt of the stack's encryption beside the settings: it must stay the same.
        previous = written_before(file) or {"encryptionsalt": state.salt(self.backend, self.stack) or None}
        data |= {key: previous[key] for key in ("encryptionsalt", "secretsprovider") if previous.get(key)}
        kept = previous.get("config", {})
        data["config"] |= {name: kept[name] for name in self.secret_config() if name in kept}
        scratch = file.with_suffix(".new")
        scratch.touch(mode=0o600)
        scratch.write_text(yaml.safe_dump(data, sort_keys=False))
        scratch.rename(file)
        return file

    def encrypt(self, file: Path, name: str, value: str) -> None:
        """Add a secret setting; the value travels by standard input, not on a command line."""
        command = [
            str(self.program()),
            "config",
            "set",
            "--secret",
            name,
            "--stack",
            self.stack,
            "--config-file",
            str(file),
        ]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment(),
            input=value,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise LocalError(f"pulumi config set {name} failed: {done.stderr.strip()[-600:]}")

    def runtime_config(self, config: dict[str, Any]) -> dict[str, Any]:
        """Settings of this run. A plan gets placeholders for the secrets it lacks."""
        if not self.local:
            names = [f"cdc-streaming:{name}" for name in PLANNED_SECRETS]
            return {name: PLAN_SECRET for name in names if name not in config}
        found: dict[str, Any] = {
            "confluentcloud:endpoint": self.instance.url("cloud"),
            "confluentcloud:cloudApiKey": self.instance.secrets["cloud_api_key"],
        }
        backend = config["cdc-streaming:backend"]
        if backend["kind"] == "postgres":
            found["cdc-streaming:backend"] = {**backend, "port": self.instance.port("postgres")}
        return found

    def secret_config(self) -> dict[str, str]:
        """Secret settings of this run."""
        if not self.local:
            return {}
        own = self.instance.secrets
        return {
            "confluentcloud:cloudApiSecret": own["cloud_api_secret"],
            "cdc-streaming:databasePassword": own["cdc"],
            "cdc-streaming:eventsApiPassword": own["events_api"],
            **({} if self.stack == "local" else {"cdc-streaming:notificationUrl": NOWHERE}),
        }

    def command(self, arguments: list[str]) -> list[str]:
        """The command line: our stack and configuration file, the user's arguments."""
        verb = next((a for a in arguments if not a.startswith("-")), "")
        extra: list[str] = []
        if not any(a in ("-s", "--stack") or a.startswith(("-s=", "--stack=")) for a in arguments):
            extra += ["--stack", self.stack] if verb not in ("version", "about", "plugin", "") else []
        if verb in CONFIGURED:
            extra += ["--config-file", str(self.config_file())]
        return [str(self.program()), *arguments, *extra]

    def run(self, arguments: list[str]) -> int:
        """Run the CLI in the user's terminal; its exit code."""
        return interrupts.run(self.command(arguments), cwd=ROOT, env=self.environment()).returncode

    def output(self, arguments: list[str]) -> str:
        """Run quietly; standard output. Raises LocalError with what the CLI said."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        done = interrupts.run(self.command(arguments), cwd=ROOT, env=self.environment(), **pipes)
        if done.returncode:
            raise LocalError(f"pulumi {arguments[0]} failed: {(done.stderr or done.stdout).strip()[-1500:]}")
        return done.stdout

    def ensure_stack(self) -> None:
        """Make the stack in its backend when it is not there yet."""
        environment = self.environment()
        pulumi = str(self.program())
        if state.file_of(self.backend, self.stack).exists():
            return
        # `stack init` would write its salt into the committed settings: it gets a copy of the project's folder.
        folder = self.instance.folder("pulumi", "init")
        shutil.copy(ROOT / "Pulumi.yaml", folder)
        shutil.copy(self.plain_config_file(), folder / f"Pulumi.{self.stack}.yaml")
        command = [pulumi, "stack", "init", self.stack, "--non-interactive"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LocalError(f"pulumi stack init failed: {done.stderr.strip()[-800:]}")
        shutil.copy(folder / f"Pulumi.{self.stack}.yaml", self.instance.folder("pulumi", "config"))


def forget_encrypted(data: dict[str, Any]) -> None:
    """Take out what a committed file has encrypted for an account: the local cloud has secrets of its own, and a key of its own."""
    for name in ("secretsprovider", "encryptedkey", "encryptionsalt"):
        data.pop(name, None)
    secrets = [name for name, value in data["config"].items() if isinstance(value, dict) and set(value) == {"secure"}]
    for name in secrets:
        del data["config"][name]


def written_before(file: Path) -> dict[str, Any]:
    """The settings of the last run with their salt; nothing when the file is not there, or broke off before its end."""
    try:
        found = yaml.safe_load(file.read_text())
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) and found.get("encryptionsalt") and found.get("config") else {}


def refuse_missing_stock(plugin: Plugin) -> None:
    """Say how to get the stock plugin when it is not installed."""
    folder = stock_plugin()
    if plugin == "stock" and not (folder / "pulumi-resource-confluentcloud").exists():
        raise LocalError(
            f"the stock plugin confluentcloud {PROVIDER_VERSION} is not installed in {folder.parents[1]}",
            f"pulumi plugin install resource confluentcloud {PROVIDER_VERSION}, or use --plugin bundled",
        )


def open_workspace(
    instance: Instance, stack: str, plugin: Plugin, progress: Callable[[str], None] = lambda _: None
) -> Workspace:
    """A workspace with its CLI installed."""
    if not (ROOT / f"Pulumi.{stack}.yaml").exists():
        known = sorted(f.name.split(".")[1] for f in ROOT.glob("Pulumi.*.yaml"))
        raise LocalError(
            f"there is no stack {stack!r}: Pulumi.{stack}.yaml does not exist", f"known: {', '.join(known)}"
        )
    workspace = Workspace(instance, stack, plugin, pulumi_cli.install(progress))
    refuse_missing_stock(workspace.plugin)
    return workspace


def refuse_in_plan(workspace: Workspace, arguments: list[str]) -> None:
    """A plan has no account: say how to do the real thing."""
    verb = next((a for a in arguments if not a.startswith("-")), "")
    if not workspace.local and verb and verb not in PLANNED:
        raise LocalError(
            f"`cdc pulumi {verb} -s {workspace.stack}` would change a real environment, and this is a plan without an account",
            f"run `pulumi {verb} -s {workspace.stack}` yourself, with your backend and CONFLUENT_CLOUD_API_KEY and _SECRET",
        )
