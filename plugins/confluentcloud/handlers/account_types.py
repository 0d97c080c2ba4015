"""What an account has besides a pipeline: identity providers and pools, integrations of notifications, client quotas."""

from plugins.confluentcloud.handlers.control import Control, Json
from plugins.confluentcloud.handlers.control_types import changed
from plugins.engine.values import Properties

PROVIDER_FIELDS = (
    ("display_name", "displayName"),
    ("description", "description"),
    ("issuer", "issuer"),
    ("jwks_uri", "jwksUri"),
)
POOL_FIELDS = (("display_name", "displayName"), ("description", "description"), ("identity_claim", "identityClaim"), ("filter", "filter"))  # fmt: skip
NAMES = (("display_name", "displayName"), ("description", "description"))
TARGETS = {  # property → kind of target, field of the address, its name in the property
    "slackTarget": ("Slack", "webhook_url", "webhookUrl"),
    "msTeamsTarget": ("MsTeams", "webhook_url", "webhookUrl"),
    "webhookTarget": ("Webhook", "url", "url"),
}


def provider_state(answer: Json) -> Properties:
    claim = {"identityClaim": answer.get("identity_claim", "")}
    return {**{key: answer.get(api, "") for api, key in PROVIDER_FIELDS}, **claim}


def pool_state(answer: Json) -> Properties:
    provider = answer["metadata"]["self"].rpartition("/identity-pools")[0].rpartition("/")[2]
    return {**{key: answer.get(api, "") for api, key in POOL_FIELDS}, "identityProvider": {"id": provider}}


def integration_body(inputs: Properties) -> Json:
    name = next(name for name in TARGETS if inputs.get(name) is not None)
    kind, api, key = TARGETS[name]
    target = {"kind": kind, api: inputs[name][key]}
    return {"display_name": inputs["displayName"], "description": inputs.get("description") or "", "target": target}


def integration_state(answer: Json) -> Properties:
    target = answer["target"]
    name = next(name for name, (kind, _, _) in TARGETS.items() if kind == target["kind"])
    _, api, key = TARGETS[name]
    named = {"displayName": answer["display_name"], "description": answer.get("description", "")}
    return {**named, name: {key: target[api]}}


def integration_patch(old: Properties, new: Properties) -> Json:
    return integration_body(new) if integration_body(old) != integration_body(new) else {}


def quota_body(inputs: Properties) -> Json:
    throughput = inputs["throughput"]
    spec = {
        "display_name": inputs["displayName"],
        "description": inputs.get("description") or "",
        "throughput": {
            "ingress_byte_rate": throughput["ingressByteRate"],
            "egress_byte_rate": throughput["egressByteRate"],
        },
        "cluster": {"id": inputs["kafkaCluster"]["id"]},
        "environment": {"id": inputs["environment"]["id"]},
        "principals": [{"id": one} for one in inputs["principals"]],
    }
    return {"spec": spec}


def quota_state(answer: Json) -> Properties:
    spec = answer["spec"]
    rates = spec["throughput"]
    return {
        "displayName": spec["display_name"],
        "description": spec["description"],
        "principals": [one["id"] for one in spec["principals"]],
        "throughput": {"ingressByteRate": rates["ingress_byte_rate"], "egressByteRate": rates["egress_byte_rate"]},
        "kafkaCluster": {"id": spec["cluster"]["id"]},
        "environment": {"id": spec["environment"]["id"]},
    }


def quota_patch(old: Properties, new: Properties) -> Json:
    before, after = quota_body(old)["spec"], quota_body(new)["spec"]
    spec = {name: value for name, value in after.items() if before[name] != value}
    return {"spec": spec} if spec else {}


IDENTITY_PROVIDER = Control(
    "/iam/v2/identity-providers",
    lambda inputs: {api: inputs.get(key) for api, key in PROVIDER_FIELDS if inputs.get(key) is not None},
    provider_state,
    lambda old, new: changed(old, new, *NAMES),
    named=("displayName", "issuer"),
    doubles=True,
)
IDENTITY_POOL = Control(
    "/iam/v2/identity-providers/{}/identity-pools",
    lambda inputs: {api: inputs[key] for api, key in POOL_FIELDS},
    pool_state,
    lambda old, new: changed(old, new, *POOL_FIELDS),
    named=("displayName", "filter"),
    doubles=True,
    inside="identityProvider",
)
NOTIFICATIONS_INTEGRATION = Control(
    "/notifications/v1/integrations",
    integration_body,
    integration_state,
    integration_patch,
    named=("displayName",),
    doubles=True,
)
KAFKA_CLIENT_QUOTA = Control(
    "/kafka-quotas/v1/client-quotas",
    quota_body,
    quota_state,
    quota_patch,
    named=("displayName", "principals"),
    doubles=True,
)
