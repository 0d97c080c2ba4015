"""What every part of the local cloud shares: its environment, its documents, its engines' clients."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx2

from local.confluent.store import Store
from local.environment import Instance

ORGANIZATION = "8a5d2c1e-0000-4000-8000-6c6f63616c00"  # one organization, the same on every machine
ORGANIZATION_CRN = f"crn://confluent.cloud/organization={ORGANIZATION}"
REGION_ZONES = ("us-east-1", "us-east-2", "us-west-2", "eu-central-1", "eu-west-1", "ap-southeast-1")


@dataclass
class Cloud:
    """The running local cloud. `http` talks to engines on loopback, without proxies."""

    instance: Instance
    store: Store
    http: httpx2.AsyncClient
    realistic: bool = False
    acl_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def base(self) -> str:
        """Our own address: `http://127.0.0.1:PORT`."""
        return self.instance.url("cloud")

    @property
    def private_base(self) -> str:
        """What answers inside of a private network only: here, while somebody forwards it (cli/rehearsal/network.py)."""
        return self.instance.url("private")

    def metadata(self, path: str, crn: str, created: str, updated: str | None = None) -> dict[str, Any]:
        """The `metadata` object of a control-plane answer."""
        stamps = {"created_at": created, "updated_at": updated or created}
        return {"self": self.base + path, "resource_name": crn, **stamps}


def reference(identity: str, crn: str = "") -> dict[str, str]:
    """How control-plane answers refer to another object."""
    return {"id": identity, "related": "", "resource_name": crn}


def listing(kind: str, api_version: str, data: list[Any]) -> dict[str, Any]:
    """A one-page list. `next` is an empty string: null makes the stock plugin panic."""
    metadata = {"first": "", "next": "", "total_size": len(data)}
    return {"api_version": api_version, "kind": f"{kind}List", "metadata": metadata, "data": data}
