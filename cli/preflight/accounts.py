"""The accounts that a stack's settings speak of, and answers that several checks want."""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import httpx2
import yaml

from cli.client import stack as stacks
from cli.client.rest import every_page, patiently
from cli.doctor.once import once
from stacks import load, naming
from stacks.errors import CdcError
from stacks.settings.model import PROJECT, Settings
from stacks.settings.source_database import AuroraBackend

SECONDS = 20
KEY = ("CONFLUENT_CLOUD_API_KEY", "CONFLUENT_CLOUD_API_SECRET")


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """`name`: of the stack. `root`: the checkout. `confluent`: another endpoint than the vendor's, with `key`, a pair for it.

    `served_here`: the local cloud stands for the accounts, and `cdc up` for whoever sets them up.
    """

    name: str
    root: Path
    confluent: str | None = None
    key: tuple[str, str] | None = None
    served_here: bool = False
    answers: dict[str, Any] = field(default_factory=dict[str, Any])

    @once
    def settings(self) -> Settings:
        """The stack's, as committed. InvalidFiles."""
        return load.from_files(self.root, self.name)[0]

    @once
    def config(self) -> dict[str, Any]:
        """The settings file's own keys: what is encrypted there, and by whom."""
        return yaml.safe_load((self.root / f"Pulumi.{self.name}.yaml").read_text()) or {}

    @property
    def values(self) -> dict[str, Any]:
        """What the settings file configures."""
        return self.config.get("config", {})

    @property
    def aurora(self) -> AuroraBackend | None:
        """The backend on AWS, where there is one."""
        backend = self.settings.backend
        return backend if isinstance(backend, AuroraBackend) else None

    def physical(self, role: str, limit: int = 64) -> str:
        """The name that something of this stack would have on AWS."""
        return naming.physical(self.settings.environment.name, role, limit)

    def ask_confluent(self, path: str, **parameters: str) -> httpx2.Response:
        """An answer of Confluent Cloud's API, whatever it is. CdcError without a key."""
        base = self.confluent or self.values.get("confluentcloud:endpoint") or naming.CONFLUENT_ENDPOINT
        with httpx2.Client(base_url=base, auth=self.pair(), timeout=SECONDS, trust_env=not self.served_here) as http:
            return patiently(http, "GET", path, params=parameters)

    def pair(self) -> tuple[str, str]:
        """The Cloud API key and its secret. CdcError without one."""
        missing = [name for name in KEY if not os.environ.get(name)]
        if missing and not self.key:
            raise CdcError(f"{' and '.join(missing)} not set", "a Cloud API key: docs/deploy.md")
        return self.key or (os.environ[KEY[0]], os.environ[KEY[1]])

    def listed(self, path: str, **parameters: str) -> list[dict[str, Any]]:
        """Every object of a list of Confluent's. CdcError for an answer that is none."""

        def page(more: dict[str, str]) -> dict[str, Any]:
            answer = self.ask_confluent(path, **more)
            if answer.status_code != 200:
                raise CdcError(f"{path} answered {answer.status_code}")
            return answer.json()

        return every_page(page, parameters)

    @once
    def greeting(self) -> httpx2.Response:
        """Confluent's answer to the smallest question. CdcError without a key."""
        return self.ask_confluent("/org/v2/environments", page_size="1")

    @once
    def organization(self) -> str:
        """Its resource name: `crn://confluent.cloud/organization=…`. CdcError when Confluent shows none."""
        listed = self.listed("/org/v2/organizations", page_size="1")
        if not listed:
            raise CdcError("Confluent shows no organization to this key")
        return str(listed[0]["metadata"]["resource_name"])

    @once
    def applied(self) -> stacks.Stack:
        """The stack as it was applied. CdcError when its outputs cannot be read."""
        return stacks.load(self.name)

    @property
    def stands(self) -> bool:
        """Has the stack been applied? (No, when its outputs cannot be read.)"""
        with suppress(CdcError):
            _ = self.applied
            return True
        return False

    @once
    def session(self) -> boto3.Session:
        """The shell's AWS credentials, in the stack's region."""
        return boto3.Session(region_name=self.settings.kafka.region)

    def ask_aws(self, service: str) -> Any:
        """A client of one of AWS's services."""
        return self.session.client(service)  # type: ignore[call-overload]

    @once
    def zones(self) -> list[dict[str, Any]]:
        """Availability zones of the region."""
        return self.ask_aws("ec2").describe_availability_zones()["AvailabilityZones"]

    @once
    def vpcs(self) -> list[dict[str, Any]]:
        """VPCs of the region."""
        return self.ask_aws("ec2").describe_vpcs()["Vpcs"]

    def needs(self, secret: str) -> bool:
        """Do the settings ask for this secret?"""
        if secret == "notificationUrl":  # noqa: S105 - its name
            return bool(self.aurora and self.aurora.alarms.confluent)
        return secret == "databasePassword" or self.aurora is not None  # noqa: S105 - its name

    def has(self, secret: str) -> bool:
        """Is it in the settings file?"""
        return f"{PROJECT}:{secret}" in self.values
