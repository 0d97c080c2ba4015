"""The real plugin's waits, a thirtieth as long, where the local cloud knows things as late as the service (its realistic mode).

Sources: resource_role_binding.go, resource_api_key.go, resource_kafka_topic.go, resource_kafka_acl.go, resource_schema.go,
resource_tag.go, resource_tag_binding.go, utils_wait.go of Confluent's provider. Everywhere else nothing is late, and nothing waits.
"""

import os
import time
from typing import Any

from plugins.confluentcloud.config import Config
from plugins.engine.errors import RestError
from plugins.engine.rest import Rest, until
from plugins.engine.values import Properties

SPEED = 30  # as local/confluent/lateness.py
BINDING, KEY, KAFKA, SCHEMA, TAG, TAG_BINDING, CONNECTOR = 90, 60, 10, 10, 10, 60, 10
SYNCED = 20 * 60  # seconds at most for a Kafka key


def realistic() -> bool:
    """Does the local cloud behave so?"""
    return os.environ.get("CDC_REALISTIC") == "1"


def slept(seconds: float) -> None:
    """One of the fixed waits."""
    if realistic():
        time.sleep(seconds / SPEED)


def binding(config: Config, inputs: Properties, made: dict[str, Any]) -> None:
    """Until a role binding can be expected to work."""
    if not inputs.get("disableWaitForReady"):
        slept(BINDING)


def key(config: Config, inputs: Properties, made: dict[str, Any]) -> None:
    """Until an API key works: a Kafka one is tried, others are only waited for."""
    if inputs.get("disableWaitForReady") or not realistic():
        return
    resource = inputs.get("managedResource")
    if not resource or not str(resource["id"]).startswith("lkc-"):
        slept(KEY)
        return
    where = {"environment": resource["environment"]["id"]}
    cluster = config.cloud.call("GET", f"/cmk/v2/clusters/{resource['id']}", params=where)
    rest = Rest(cluster["spec"]["http_endpoint"], made["id"], made["spec"]["secret"])
    path = f"/kafka/v3/clusters/{resource['id']}/topics"

    def known(status: int) -> bool:
        if status not in (200, 401, 403):
            raise RestError(f"error waiting for Kafka API Key {made['id']!r} to sync: it was answered {status}")
        return status == 200

    until(lambda: rest.send("GET", path, None, None).status_code, known, f"API key {made['id']}", SYNCED / SPEED)
