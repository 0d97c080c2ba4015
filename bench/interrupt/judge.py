"""What is wrong after a command that was interrupted has run again."""

# confluent_kafka.admin takes None in filters and returns futures; its own types say neither.
# pyright: reportAttributeAccessIssue=false

import asyncio
import json
import time
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any

import httpx2
from confluent_kafka import KafkaException

from bench.ledger.checkout import Checkout
from cli.client import kafka, stack
from local.confluent.context import Cloud
from local.confluent.kafka import admin
from local.confluent.store import Store
from local.environment import Instance

LISTED = (
    "/org/v2/environments",
    "/iam/v2/service-accounts",
    "/iam/v2/api-keys",
    "/iam/v2/role-bindings",
    "/cmk/v2/clusters",
    "/srcm/v3/clusters",
    "/fcpm/v2/compute-pools",
)
OURS_ANYWAY = (
    "env-default",
    "lsrc-",
)  # an environment that is always there; a registry comes and goes with its environment
BUSY = "works on"  # the beginning of "… works on this environment" and "… works on the stack local"
PATIENCE = 240  # seconds for a command that was left alone to end
TAIL = 400


@dataclass(frozen=True, slots=True)
class OnTheBroker:
    """Topics, users and ACL principals that are not the platform's own."""

    topics: list[str]
    users: list[str]
    principals: list[str]


def on_the_broker(instance: Instance) -> OnTheBroker:
    """What the broker holds, as its super user sees it."""
    cloud = Cloud(instance, Store(instance.home / "data" / "cloud" / "cloud.sqlite"), httpx2.AsyncClient(timeout=60))
    client = admin.platform(cloud)
    topics = [t for t in client.list_topics(timeout=10).topics if not t.startswith("_")]
    users = list(client.describe_user_scram_credentials().result())
    anyone = admin.everything_of("User:*")
    anyone.principal = None
    return OnTheBroker(topics, users, asyncio.run(described(client, anyone)))


async def described(client: admin.AdminClient, wanted: admin.AclBindingFilter) -> list[str]:
    """Principals with an ACL."""
    found = await asyncio.wrap_future(client.describe_acls(wanted))
    return sorted({acl.principal for acl in found})


def orphans(checkout: Checkout) -> list[str]:
    """Objects of the local cloud that the stack's state does not name."""
    done = checkout.cdc("pulumi", "stack", "export", "-s", "local")
    if done.returncode:
        return [f"the stack's state cannot be read: {done.stderr.strip()[-TAIL:]}"]
    known = {resource.get("id") for resource in json.loads(done.stdout)["deployment"].get("resources", [])}
    instance = Instance.here()
    own = instance.secrets
    found: list[str] = []
    with httpx2.Client(
        base_url=instance.url("cloud"),
        auth=(own["cloud_api_key"], own["cloud_api_secret"]),
        trust_env=False,
        timeout=60,
    ) as api:
        for path in LISTED:
            answer: dict[str, Any] = api.get(path).json()
            found += [f"{path}/{one['id']}" for one in answer["data"] if one["id"] not in known]
    return [one for one in found if not one.rpartition("/")[2].startswith(OURS_ANYWAY)]


def refused_keys(running: stack.Stack) -> list[str]:
    """Identities of the stack that cannot sign in to Kafka."""
    found: list[str] = []
    for who in (name for name, kinds in running.keys.items() if "kafka" in kinds):
        client = kafka.consumer(running, who, "cdc-tools-interrupt")
        try:
            client.list_topics(timeout=10)
        except KafkaException as error:
            found.append(f"{who} cannot sign in: {error}")
        finally:
            client.close()
    return found


def again(checkout: Checkout, *command: str) -> CompletedProcess[str]:
    """The same command, as a person repeats it: while an earlier one works, it is refused and nothing else."""
    deadline = time.monotonic() + PATIENCE
    while True:
        done = checkout.cdc(*command)
        if not done.returncode or BUSY not in done.stdout + done.stderr or time.monotonic() > deadline:
            return done
        time.sleep(1)


def said(done: CompletedProcess[str]) -> list[str]:
    """A command that failed, or that ended in a traceback."""
    text = done.stderr + done.stdout
    if "Traceback" in text:
        return [f"a traceback: {text.strip()[-TAIL:]}"]
    return [f"exit {done.returncode}: {text.strip()[-TAIL:]}"] if done.returncode else []


def after_up(checkout: Checkout) -> list[str]:
    """Run `cdc up` once more, and look at the whole environment."""
    if wrong := said(again(checkout, "up")):
        return wrong
    preview = checkout.cdc("pulumi", "preview", "-s", "local", "--expect-no-changes", "--non-interactive")
    changes = [f"preview: {preview.stdout.strip()[-TAIL:]}"] if preview.returncode else []
    return orphans(checkout) + changes + refused_keys(stack.load("local"))


def after_destroy(checkout: Checkout, *command: str) -> list[str]:
    """Run the destroy once more: nothing is left, in the cloud and on the broker."""
    if wrong := said(again(checkout, *command)):
        return wrong
    left = on_the_broker(Instance.here())
    kept = {"topics": left.topics, "users": left.users, "principals": left.principals}
    return orphans(checkout) + [f"{name} left on the broker: {some}" for name, some in kept.items() if some]


def after_down(checkout: Checkout) -> list[str]:
    """Run the down once more; what it stopped starts again as it was."""
    if wrong := said(again(checkout, "down")):
        return wrong
    return after_up(checkout)
