"""The control plane: resources that differ only in their path and in how they are spelled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from plugins.confluentcloud.config import Config
from plugins.engine.errors import RestError, Taken
from plugins.engine.rest import until
from plugins.engine.values import Properties

Json = dict[str, Any]
CLUSTER_KINDS = {
    "basic": "Basic",
    "standard": "Standard",
    "enterprises": "Enterprise",
    "freights": "Freight",
    "dedicated": "Dedicated",
}


@dataclass(frozen=True, slots=True)
class Control:
    """A resource of the control plane.

    `send` makes the body of a POST, `receive` the state of an answer, `patch` the body of a PATCH (empty: nothing to
    send). `scoped`: reads and deletes name the environment. `keeps`: inputs that the answer does not repeat.
    `named`: properties that no two objects share. An object of ours may be there that no state knows: an update was killed
    between the service's answer and the state. It is taken over instead of refused or made twice.
    """

    path: str
    send: Callable[[Properties], Json]
    receive: Callable[[Json], Properties]
    patch: Callable[[Properties, Properties], Json]
    scoped: bool = False
    keeps: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def params(self, state: Properties) -> dict[str, str] | None:
        return {"environment": state["environment"]["id"]} if self.scoped else None

    def state(self, answer: Json, inputs: Properties) -> Properties:
        return {**{key: inputs[key] for key in self.keeps if key in inputs}, **self.receive(answer)}

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]:
        made = self.known(config, inputs) if self.scoped else None
        if made is None:
            try:
                made = config.cloud.call("POST", self.path, self.send(inputs))
            except Taken:
                made = self.known(config, inputs)
                if made is None:
                    raise
        identity = made["id"]
        answer = self.ready(config, identity, inputs)
        once = {"secret": made["spec"]["secret"]} if self.path.endswith("api-keys") else {}
        return identity, {**self.state(answer, inputs), **once}

    def known(self, config: Config, inputs: Properties) -> Json | None:
        """The object that is there as it is wanted, with all that cannot be changed; None when there is none."""
        found = config.cloud.call("GET", self.path, params={**(self.params(inputs) or {}), "page_size": "100"})["data"]
        return next((one for one in found if self.same(self.receive(one), inputs)), None)

    def same(self, state: Properties, inputs: Properties) -> bool:
        """Do all properties that name an object agree?"""
        return bool(self.named) and all(state.get(key) == inputs.get(key) for key in self.named)

    def ready(self, config: Config, identity: str, inputs: Properties) -> Json:
        """Wait until the object is provisioned."""

        def phase(answer: Json) -> bool:
            found = (answer.get("status") or {}).get("phase", "PROVISIONED")
            if found not in ("PROVISIONING", "PROVISIONED"):
                raise RestError(f"{self.path}/{identity} is {found}")
            return found == "PROVISIONED"

        return until(
            lambda: config.cloud.call("GET", f"{self.path}/{identity}", params=self.params(inputs)),
            phase,
            identity,
        )

    def read(self, config: Config, identity: str, state: Properties) -> Properties:
        params = self.params(state) if not self.scoped or "environment" in state else None
        answer = config.cloud.call("GET", f"{self.path}/{identity}", params=params)
        return {**{key: state[key] for key in ("secret",) if key in state}, **self.state(answer, state)}

    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties:
        if body := self.patch(old, new):
            config.cloud.call("PATCH", f"{self.path}/{identity}", body)
        return self.read(config, identity, {**old, **new})

    def delete(self, config: Config, identity: str, state: Properties) -> None:
        config.cloud.call("DELETE", f"{self.path}/{identity}", params=self.params(state))


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
)
API_KEY = Control("/iam/v2/api-keys", key_body, key_state, key_patch, keeps=("managedResource", "disableWaitForReady"))
FLINK_COMPUTE_POOL = Control("/fcpm/v2/compute-pools", pool_body, pool_state, pool_patch, scoped=True, named=PLACED)
