"""Types of the control plane: resources that differ only in their path and in how they are spelled."""

from plugins.confluentcloud import waits
from plugins.confluentcloud.handlers.control import Control, Json
from plugins.engine.values import Properties

CLUSTER_KINDS = {
    "basic": "Basic",
    "standard": "Standard",
    "enterprises": "Enterprise",
    "freights": "Freight",
    "dedicated": "Dedicated",
}


def changed(old: Properties, new: Properties, *names: tuple[str, str]) -> Json:
    """The fields (API name, property) that differ."""
    return {api: new.get(key) for api, key in names if key in new and old.get(key) != new.get(key)}


def environment_body(inputs: Properties) -> Json:
    governance = inputs.get("streamGovernance")
    config = {"stream_governance_config": {"package": governance["package"]}} if governance else {}
    return {"display_name": inputs["displayName"], **config}


def environment_state(answer: Json) -> Properties:
    package = (answer.get("stream_governance_config") or {}).get("package", "")
    return {
        "displayName": answer["display_name"],
        "streamGovernance": {"package": package},
        "resourceName": answer["metadata"]["resource_name"],
    }


def environment_patch(old: Properties, new: Properties) -> Json:
    body = changed(old, new, ("display_name", "displayName"))
    if new.get("streamGovernance") not in (None, old.get("streamGovernance")):
        body["stream_governance_config"] = {"package": new["streamGovernance"]["package"]}
    return body


def cluster_config(inputs: Properties) -> Json:
    kind = next(name for name in CLUSTER_KINDS if inputs.get(name) is not None)
    block = inputs[kind][0] if isinstance(inputs[kind], list) else inputs[kind]
    if kind == "dedicated":
        return {"kind": "Dedicated", "cku": block["cku"], "release_priority": "REGULAR"}
    return {
        "kind": CLUSTER_KINDS[kind],
        **({"max_ecku": block["maxEcku"]} if (block or {}).get("maxEcku") else {}),
    }


def cluster_body(inputs: Properties) -> Json:
    spec = {
        "display_name": inputs["displayName"],
        "availability": inputs["availability"],
        "cloud": inputs["cloud"],
        "region": inputs["region"],
        "config": cluster_config(inputs),
        "environment": {"id": inputs["environment"]["id"], "related": "", "resource_name": ""},
    }
    if inputs.get("deletionProtection"):
        spec["deletion_protection"] = True
    return {"spec": spec}


def cluster_state(answer: Json) -> Properties:
    spec, crn = answer["spec"], answer["metadata"]["resource_name"]
    config = spec["config"]
    kind = next(name for name, value in CLUSTER_KINDS.items() if value == config["kind"])
    block = {"cku": answer["status"]["cku"]} if kind == "dedicated" else {"maxEcku": config.get("max_ecku", 0)}
    state = {
        "displayName": spec["display_name"],
        "availability": spec["availability"],
        "cloud": spec["cloud"],
        "region": spec["region"],
        "environment": {"id": spec["environment"]["id"]},
        kind: [block] if kind in ("enterprises", "freights") else block,
        "apiVersion": answer["api_version"],
        "kind": answer["kind"],
        "bootstrapEndpoint": spec["kafka_bootstrap_endpoint"],
        "restEndpoint": spec["http_endpoint"],
        "rbacCrn": crn.rpartition("/kafka=")[0],
        "endpoints": [
            {
                "accessPointId": name,
                "bootstrapEndpoint": e["kafka_bootstrap_endpoint"],
                "restEndpoint": e["http_endpoint"],
                "connectionType": e["connection_type"],
            }
            for name, e in sorted(spec.get("endpoints", {}).items())
        ],
    }
    return {**state, "deletionProtection": bool(spec.get("deletion_protection"))}


def cluster_patch(old: Properties, new: Properties) -> Json:
    spec = changed(old, new, ("display_name", "displayName"), ("deletion_protection", "deletionProtection"))
    if old.get("deletionProtection") and not new.get("deletionProtection"):
        spec["deletion_protection"] = False
    if cluster_config(new) != cluster_config(old):
        spec["config"] = cluster_config(new)
    return {"spec": {**spec, "environment": {"id": new["environment"]["id"]}}} if spec else {}


def account_state(answer: Json) -> Properties:
    named = {"displayName": answer["display_name"], "description": answer.get("description", "")}
    return {**named, "apiVersion": answer["api_version"], "kind": answer["kind"]}


def binding_body(inputs: Properties) -> Json:
    return {
        "principal": inputs["principal"],
        "role_name": inputs["roleName"],
        "crn_pattern": inputs["crnPattern"],
    }


def binding_state(answer: Json) -> Properties:
    return {
        "principal": answer["principal"],
        "roleName": answer["role_name"],
        "crnPattern": answer["crn_pattern"],
    }


def key_body(inputs: Properties) -> Json:
    owner, resource = inputs["owner"], inputs.get("managedResource")
    spec: Json = {
        "display_name": inputs.get("displayName", ""),
        "description": inputs.get("description", ""),
        "owner": {"id": owner["id"], "kind": owner["kind"]},
    }
    if resource:
        spec["resource"] = {"id": resource["id"], "kind": resource["kind"]}
        if resource["kind"] == "Region":
            spec["resource"] |= {"api_version": "fcpm/v2", "environment": resource["environment"]["id"]}
    return {"spec": spec}


def key_state(answer: Json) -> Properties:
    spec = answer["spec"]
    owner = {
        "id": spec["owner"]["id"],
        "apiVersion": spec["owner"]["api_version"],
        "kind": spec["owner"]["kind"],
    }
    return {"displayName": spec["display_name"], "description": spec["description"], "owner": owner}


def pool_body(inputs: Properties) -> Json:
    spec = {
        "display_name": inputs["displayName"],
        "cloud": inputs["cloud"],
        "region": inputs["region"],
        "max_cfu": inputs.get("maxCfu", 0),
        "default_pool": bool(inputs.get("defaultPool")),
        "environment": {"id": inputs["environment"]["id"]},
    }
    return {"spec": spec}


def pool_state(answer: Json) -> Properties:
    spec = answer["spec"]
    return {
        "displayName": spec["display_name"],
        "cloud": spec["cloud"],
        "region": spec["region"],
        "maxCfu": spec["max_cfu"],
        "defaultPool": spec.get("default_pool", False),
        "environment": {"id": spec["environment"]["id"]},
        "apiVersion": answer["api_version"],
        "kind": answer["kind"],
        "resourceName": answer["metadata"]["resource_name"],
    }


def pool_patch(old: Properties, new: Properties) -> Json:
    spec = changed(old, new, ("display_name", "displayName"), ("max_cfu", "maxCfu"), ("default_pool", "defaultPool"))
    return {"spec": {**spec, "environment": {"id": new["environment"]["id"]}}} if spec else {}


def account_fields(old: Properties, new: Properties) -> Json:
    return changed(old, new, ("display_name", "displayName"), ("description", "description"))


def key_patch(old: Properties, new: Properties) -> Json:
    body = account_fields(old, new)
    return {"spec": body} if body else {}


def account_body(inputs: Properties) -> Json:
    return {"display_name": inputs["displayName"], "description": inputs.get("description") or ""}


PLACED = ("displayName", "cloud", "region", "environment")
ENVIRONMENT = Control(
    "/org/v2/environments", environment_body, environment_state, environment_patch, named=("displayName",)
)
KAFKA_CLUSTER = Control(
    "/cmk/v2/clusters", cluster_body, cluster_state, cluster_patch, scoped=True, named=(*PLACED, "availability")
)
SERVICE_ACCOUNT = Control(
    "/iam/v2/service-accounts", account_body, account_state, account_fields, named=("displayName",)
)
ROLE_BINDING = Control(
    "/iam/v2/role-bindings",
    binding_body,
    binding_state,
    lambda _old, _new: {},
    keeps=("disableWaitForReady",),
    named=("principal", "roleName", "crnPattern"),
    settle=waits.binding,
)
API_KEY = Control(
    "/iam/v2/api-keys",
    key_body,
    key_state,
    key_patch,
    keeps=("managedResource", "disableWaitForReady"),
    alike=("displayName", "owner"),
    settle=waits.key,
)
FLINK_COMPUTE_POOL = Control("/fcpm/v2/compute-pools", pool_body, pool_state, pool_patch, scoped=True, named=PLACED)
