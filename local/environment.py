"""Where one local environment lives: its folder, its ports, its secrets. Two checkouts can run side by side."""

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from local import mode
from local.certificates import Certificates
from local.errors import LocalError
from local.mode import Mode

ROOT = Path(__file__).resolve().parents[1]
PORTS = (
    "cloud",
    "supervisor",
    "postgres",
    "kafka",
    "kafka_internal",
    "kafka_controller",
    "connect",
    "registry",
    "registry_management",
    "flink_rest",
    "flink_rpc",
    "flink_gateway",
    "aws",
    "pgbouncer",
    "console",
    "private",
)
# Engines without accounts of their own: they speak with who has a certificate of this environment.
MUTUAL_TLS = ("supervisor", "connect", "flink_rest", "flink_gateway")
# Made at the first start; what a later version needs is added.
SECRETS = (
    "cloud_api_key",
    "cloud_api_secret",
    "postgres",
    "cdc",
    "events_api",
    "kafka",
    "passphrase",
    "keystore",
    "aws_access_key_id",
    "aws_secret_access_key",
)


@dataclass(frozen=True)
class Instance:
    """`home` holds everything that `cdc down --purge` forgets; ports are consecutive from `port_base`."""

    home: Path
    port_base: int

    @classmethod
    def here(cls) -> "Instance":
        """The environment of this checkout. `CDC_HOME` and `CDC_PORT_BASE` choose another."""
        home = Path(os.environ.get("CDC_HOME") or ROOT / ".cdc")
        return cls(home.absolute(), port_base(os.environ.get("CDC_PORT_BASE") or "18400"))

    def port(self, name: str) -> int:
        """The loopback port of one listener (names in PORTS)."""
        return self.port_base + PORTS.index(name)

    def url(self, name: str) -> str:
        """`http://127.0.0.1:PORT` of one listener; `https` where it asks for a certificate."""
        return f"http{'s' * (name in MUTUAL_TLS)}://127.0.0.1:{self.port(name)}"

    @cached_property
    def certificates(self) -> Certificates:
        """What engines and their clients know each other by."""
        return Certificates(self.home / "tls", self.secrets["keystore"])

    def folder(self, *parts: str) -> Path:
        """A folder of the environment, made if needed."""
        folder = self.home.joinpath(*parts)
        if not self.home.exists():
            self.home.mkdir(parents=True)
            self.home.chmod(0o700)  # logs and configurations of engines hold secrets
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @cached_property
    def secrets(self) -> dict[str, str]:
        """The environment's own secrets, made at the first start, readable by this user only."""
        file = self.folder() / "secrets.json"
        known = written(file) if file.exists() else {}
        if missing := [name for name in SECRETS if name not in known]:
            known |= {name: made(name) for name in missing}
            scratch = file.with_suffix(".new")
            scratch.touch(mode=0o600)
            scratch.write_text(json.dumps(known))
            scratch.rename(file)
        return known

    @property
    def mode(self) -> Mode:
        """What this environment stands for."""
        return mode.of(self.home)

    @property
    def pgbouncer(self) -> str | None:
        """The program that stands in for RDS Proxy, if it is installed."""
        return shutil.which("pgbouncer")


def port_base(text: str) -> int:
    """The first of the environment's ports. LocalError for what leaves no room for them."""
    highest = 65536 - len(PORTS)
    if not (text.isascii() and text.isdecimal() and 1024 <= int(text) <= highest):
        hint = "the environment takes ports from there on: CDC_PORT_BASE=19400 ./cdc up"
        raise LocalError(f"CDC_PORT_BASE must be a number from 1024 to {highest}, got {text[:40]!r}", hint)
    return int(text)


def written(file: Path) -> dict[str, str]:
    """The secrets in a file. LocalError when it broke off: what they opened cannot be opened by others."""
    try:
        return json.loads(file.read_text())
    except ValueError as error:
        hint = "put the file back, or forget the environment and its data: ./cdc down --purge"
        raise LocalError(f"the environment's secrets cannot be read: {file} ({error})", hint) from error


def made(name: str) -> str:
    """A new secret. Keys look like the cloud's own."""
    if name == "cloud_api_key":
        return "LOCAL" + secrets.token_hex(6).upper()[:11]
    if name == "aws_access_key_id":
        return "AKIALOCAL" + secrets.token_hex(6).upper()[:11]
    return secrets.token_urlsafe(24)
