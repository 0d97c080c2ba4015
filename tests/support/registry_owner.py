"""A client of the running registry that owns some subjects."""

import uuid

import httpx2

from cli.client.stack import Stack


def client(api: httpx2.Client, running: Stack, subjects: str) -> httpx2.Client:
    """Of a new service account, ResourceOwner of `subjects` (a trailing `*` is a prefix). `api`: the cloud's administrator."""
    identity = running.contract.registry.id
    named = {"display_name": f"t-{uuid.uuid4().hex[:8]}", "description": "d"}
    account = api.post("/iam/v2/service-accounts", json=named).raise_for_status().json()["id"]
    environment = api.get(f"/org/v2/environments/{running.contract.environment_id}").json()
    crn = f"{environment['metadata']['resource_name']}/schema-registry={identity}/subject={subjects}"
    binding = {"principal": f"User:{account}", "role_name": "ResourceOwner", "crn_pattern": crn}
    api.post("/iam/v2/role-bindings", json=binding).raise_for_status()
    spec = {"owner": {"id": account, "kind": "ServiceAccount"}, "resource": {"id": identity, "kind": "Cluster"}}
    key = api.post("/iam/v2/api-keys", json={"spec": spec}).raise_for_status().json()
    auth = (key["id"], key["spec"]["secret"])
    return httpx2.Client(base_url=running.contract.registry.url, auth=auth, trust_env=False, timeout=60)
