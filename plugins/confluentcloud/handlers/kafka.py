"""Kafka REST: topics and ACLs, with the key and address that each resource carries."""

from plugins.confluentcloud import waits
from plugins.confluentcloud.config import Config
from plugins.engine.errors import Gone, RestError, Taken
from plugins.engine.rest import Rest, escaped, until
from plugins.engine.values import Properties

FIELDS = {
    "resource_type": "resourceType",
    "resource_name": "resourceName",
    "pattern_type": "patternType",
    "principal": "principal",
    "host": "host",
    "operation": "operation",
    "permission": "permission",
}


def plane(state: Properties) -> tuple[Rest, str]:
    """The cluster's REST API and the path all its calls start with."""
    try:
        keys, address, cluster = state["credentials"], state["restEndpoint"], state["kafkaCluster"]["id"]
    except KeyError as error:
        raise RestError(
            f"the resource needs {error.args[0]} (provider-wide Kafka settings are not supported here)"
        ) from error
    return Rest(address, keys["key"], keys["secret"]), f"/kafka/v3/clusters/{cluster}"


class Topic:
    """Id: `<cluster>/<topic>`."""

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]:
        rest, base = plane(inputs)
        name = inputs["topicName"]
        configs = [{"name": key, "value": value} for key, value in (inputs.get("config") or {}).items()]
        body = {"topic_name": name, "partitions_count": int(inputs["partitionsCount"]), "configs": configs}
        identity = f"{inputs['kafkaCluster']['id']}/{name}"
        try:
            rest.call("POST", f"{base}/topics", body)
        except Taken:  # ours, from an update that was killed before the state knew it: as it is wanted, or refused
            there = self.read(config, identity, inputs)
            if there["partitionsCount"] != inputs["partitionsCount"]:
                raise
            return identity, self.update(config, identity, there, inputs)
        waits.slept(waits.KAFKA)
        return identity, self.read(config, identity, inputs)

    def read(self, config: Config, identity: str, state: Properties) -> Properties:
        rest, base = plane(state)
        name = identity.split("/", 1)[1]
        topic = rest.call("GET", f"{base}/topics/{escaped(name)}")
        entries = rest.call("GET", f"{base}/topics/{escaped(name)}/configs")["data"]
        kept = {e["name"]: e["value"] for e in entries if e["source"] == "DYNAMIC_TOPIC_CONFIG"}
        return {**state, "topicName": name, "partitionsCount": topic["partitions_count"], "config": kept}

    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties:
        rest, base = plane(new)
        path = f"{base}/topics/{escaped(new['topicName'])}"
        if new["partitionsCount"] != old["partitionsCount"]:
            rest.call("PATCH", path, {"partitions_count": int(new["partitionsCount"])})
        before, after = old.get("config") or {}, new.get("config")
        if after is not None and before != after:
            data = [{"name": k, "value": v} for k, v in after.items() if before.get(k) != v]
            data += [{"name": k, "operation": "DELETE"} for k in before if k not in after]
            rest.call("POST", f"{path}/configs:alter", {"data": data})
        return self.read(config, identity, {**old, **new})

    def delete(self, config: Config, identity: str, state: Properties) -> None:
        rest, base = plane(state)
        path = f"{base}/topics/{escaped(state['topicName'])}"
        rest.call("DELETE", path)
        until(lambda: missing(rest, path), bool, identity)


def missing(rest: Rest, path: str) -> bool:
    """Is the object gone?"""
    try:
        rest.call("GET", path)
    except Gone:
        return True
    return False


class Acl:
    """Id: the cluster and the seven fields, joined by `#`."""

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]:
        rest, base = plane(inputs)
        rest.call("POST", f"{base}/acls", {api: inputs[key] for api, key in FIELDS.items()})
        waits.slept(waits.KAFKA)
        identity = f"{inputs['kafkaCluster']['id']}/" + "#".join(inputs[key] for key in FIELDS.values())
        return identity, self.read(config, identity, inputs)

    def read(self, config: Config, identity: str, state: Properties) -> Properties:
        rest, base = plane(state)
        values = dict(zip(FIELDS, identity.split("/", 1)[1].split("#"), strict=True))
        found = rest.call("GET", f"{base}/acls", params=values)["data"]
        if not found:
            raise Gone(identity)
        return {**state, **{key: values[api] for api, key in FIELDS.items()}}

    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties:
        return self.read(config, identity, {**old, **new})

    def delete(self, config: Config, identity: str, state: Properties) -> None:
        rest, base = plane(state)
        rest.call("DELETE", f"{base}/acls", params={api: state[key] for api, key in FIELDS.items()})
