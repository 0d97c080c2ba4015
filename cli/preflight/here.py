"""Checks of this machine and this checkout."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from importlib.metadata import version

from cli.doctor.facts import Skipped
from cli.preflight.accounts import Accounts
from cli.preflight.check import Check, Finding
from stacks.settings.model import PROJECT, SECRETS

SLOW, WRONG = 30, 240  # seconds; AWS refuses signatures that are five minutes off


def elsewhere(accounts: Accounts) -> None:
    """Skipped for the stack of this machine's own environment."""
    if accounts.served_here:
        raise Skipped("./cdc up brings it")


class SecretsAreSet(Check):
    """Every secret that the settings ask for is in the settings file."""

    area = "here"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        elsewhere(accounts)
        if accounts.config.get("environment"):
            raise Skipped("an environment of Pulumi ESC may bring them")
        for name, what in SECRETS.items():
            if accounts.needs(name) and not accounts.has(name):
                yield Finding(
                    f"{PROJECT}:{name} is not set ({what})",
                    "the program would end before its first resource",
                    f"pulumi config set --secret {PROJECT}:{name} -s {accounts.name}",
                )


class SecretsAreSecret(Check):
    """A secret in the settings file is encrypted: whoever may read the repository would know it else."""

    area = "here"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        for name in SECRETS:
            if accounts.has(name) and not isinstance(accounts.values[f"{PROJECT}:{name}"], dict):
                yield Finding(
                    f"{PROJECT}:{name} stands in Pulumi.{accounts.name}.yaml as it is",
                    "the program would end: it takes no password in plain text",
                    f"pulumi config set --secret {PROJECT}:{name} -s {accounts.name}",
                )


class SecretsHaveAKey(Check):
    """A protected stack's secrets are encrypted by a key management service, not by a passphrase that people pass around."""

    area = "here"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        if not accounts.settings.protect:
            raise Skipped("the stack is not protected")
        if "encryptedkey" not in accounts.config:
            yield Finding(
                f"Pulumi.{accounts.name}.yaml names no encrypted key of a key management service",
                "the `up` would go on; whoever has the passphrase has every password",
                f"pulumi stack change-secrets-provider 'awskms://alias/pulumi?region={accounts.settings.kafka.region}' -s {accounts.name}",
                "warning",
            )


class PulumiIsThere(Check):
    """The Pulumi CLI is on the PATH, and no older than the program's SDK."""

    area = "here"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        elsewhere(accounts)
        wanted, program = version("pulumi"), shutil.which("pulumi")
        again = f"install Pulumi {wanted} or newer"
        if program is None:
            yield Finding("pulumi is not on the PATH", "nothing could be applied", again)
            return
        told = subprocess.run([program, "version"], capture_output=True, text=True, check=False, timeout=30).stdout
        found = tuple(int(part) for part in re.findall(r"\d+", told)[:3])
        if found < tuple(int(part) for part in wanted.split(".")[:3]):
            yield Finding(
                f"pulumi is {told.strip()}, the program's SDK {wanted}",
                "the engine may not know what the SDK asks",
                again,
            )


class ClockIsRight(Check):
    """This machine's clock agrees with Confluent's: AWS refuses what was signed five minutes ago."""

    area = "here"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        before = time.time()
        told = accounts.greeting.headers.get("date")
        if told is None:
            raise Skipped("Confluent's answer has no date")
        skew = (before + time.time()) / 2 - parsedate_to_datetime(told).timestamp()
        if abs(skew) > SLOW:
            yield Finding(
                f"this machine's clock is {abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}",
                "AWS would refuse every request (RequestExpired) from five minutes on",
                "timedatectl set-ntp true",
                "failed" if abs(skew) > WRONG else "warning",
            )
