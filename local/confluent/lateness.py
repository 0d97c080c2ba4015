"""What Confluent Cloud knows late, and refuses now and then: here, too, in the realistic mode, a thirtieth as late.

Sources: the fixed waits of Confluent's provider (utils_wait.go, resource_tag_binding.go), which are there because the service
needs them; its answer to too many requests is 429.
"""

from datetime import UTC, datetime
from itertools import count

from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.store import Document

SPEED = 30  # the plugin's waits are as much shorter (plugins/confluentcloud/waits.py)
KEY = 45 / SPEED  # seconds until an API key is known
BINDING = 75 / SPEED  # until a role binding means something
CATALOG = 50 / SPEED  # until the catalog has heard of a topic
PROVISIONING = 90 / SPEED  # until what is asked for is there
LISTED = 120 / SPEED  # until the addresses of an access point are listed
TOO_MANY = 11  # each so-many-th request

asked = count(1)


def late(cloud: Cloud, document: Document, seconds: float) -> bool:
    """Is what this document describes younger than that? Never outside of the realistic mode."""
    if not cloud.realistic:
        return False
    age = datetime.now(UTC) - datetime.fromisoformat(document["created"])
    return age.total_seconds() < seconds


def phase(cloud: Cloud, document: Document, ready: str = "PROVISIONED") -> str:
    """PROVISIONING, then `ready`."""
    return "PROVISIONING" if late(cloud, document, PROVISIONING) else ready


def refuse_too_many(cloud: Cloud) -> None:
    """429 to some requests: a client is to send them again."""
    if cloud.realistic and next(asked) % TOO_MANY == 0:
        raise ApiError(429, "too many requests: send it again in a moment")
