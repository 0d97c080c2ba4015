"""Managed connectors."""

from typing import Any

from plugins.confluentcloud import waits
from plugins.confluentcloud.config import Config
from plugins.engine.errors import Gone, RestError, Taken
from plugins.engine.rest import escaped, until
from plugins.engine.values import Properties

# What the service adds to a connector's configuration and the real plugin leaves out of the state.
SERVICE_KEYS = frozenset(
    [
        "cloud.environment",
        "cloud.provider",
        "connector.crn",
        "kafka.endpoint",
        "kafka.max.partition.validation.disable",
        "kafka.region",
        "kafka.dedicated",
        "schema.registry.url",
        "valid.kafka.api.key",
        "confluent.custom.plugin.type",
        "confluent.resource.connector.tier",
    ]
)


def base(state: Properties) -> str:
    """The path all calls start with."""
    return f"/connect/v1/environments/{state['environment']['id']}/clusters/{state['kafkaCluster']['id']}"


def merged(inputs: Properties) -> dict[str, str]:
    """The whole configuration."""
    return {**inputs["configNonsensitive"], **(inputs.get("configSensitive") or {})}


def find(config: Config, state: Properties, name: str) -> dict[str, Any]:
    """The connector's entry in the expanded list. Raises Gone."""
    found = config.cloud.call("GET", f"{base(state)}/connectors", params={"expand": "info,status,id"})
    if name not in found or not found[name]["id"]["id"]:
        raise Gone(f"connector {name}")
    return found[name]


def kept(entry: dict[str, Any]) -> dict[str, str]:
    """What of the server's configuration belongs into configNonsensitive."""
    values = entry["info"]["config"].items()
    return {
        k: v
        for k, v in values
        if k not in SERVICE_KEYS and not k.startswith("config.internal.") and not v.startswith("**")
    }


class Connector:
    """Id: `lcc-…`; the API finds a connector by its name."""

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]:
        wanted = merged(inputs)
        plugin, name = wanted.get("connector.class", ""), wanted.get("name", "")
        answer = config.cloud.call("PUT", f"{base(inputs)}/connector-plugins/{escaped(plugin)}/config/validate", wanted)
        if answer["error_count"]:
            texts = [
                f'"{c["value"]["name"]}": {c["value"]["errors"]}' for c in answer["configs"] if c["value"]["errors"]
            ]
            raise RestError(f'connector "{name}" has an invalid configuration: ' + "; ".join(texts))
        try:
            config.cloud.call("POST", f"{base(inputs)}/connectors", {"name": name, "config": wanted})
        except Taken:  # ours, from an update that was killed before the state knew it
            config.cloud.call("PUT", f"{base(inputs)}/connectors/{escaped(name)}/config", wanted)
        waits.slept(waits.CONNECTOR)
        self.wait(config, inputs, name, "RUNNING", ("PROVISIONING", "DEGRADED"))
        return find(config, inputs, name)["id"]["id"], self.read(config, "", inputs)

    def wait(self, config: Config, state: Properties, name: str, target: str, pending: tuple[str, ...]) -> None:
        """Wait for a state; any that is neither pending nor the target is an error with the connector's trace."""

        def done(found: dict[str, Any]) -> bool:
            connector = found["connector"]
            if connector["state"] not in (*pending, target):
                raise RestError(f'connector "{name}" is {connector["state"]}: {connector.get("trace", "")[:1500]}')
            return connector["state"] == target

        path = f"{base(state)}/connectors/{escaped(name)}/status"
        until(lambda: config.cloud.call("GET", path), done, f"connector {name}")

    def read(self, config: Config, identity: str, state: Properties) -> Properties:
        entry = find(config, state, state["configNonsensitive"]["name"])
        status = entry["status"]["connector"]["state"]
        return {**state, "configNonsensitive": kept(entry), "status": status}

    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties:
        name = old["configNonsensitive"]["name"]
        if new["configNonsensitive"].get("name") != name:
            raise RestError(f'error updating Connector "{identity}": the name of a connector cannot be updated')
        path = f"{base(new)}/connectors/{escaped(name)}"
        wanted = new.get("status")
        if wanted and wanted != old.get("status"):
            verb = {"PAUSED": "pause", "RUNNING": "resume"}[wanted]
            config.cloud.call("PUT", f"{path}/{verb}")
            self.wait(config, new, name, wanted, ("RUNNING", "PAUSED"))
        if merged(new) != merged(old):
            config.cloud.call("PUT", f"{path}/config", merged(new))
        return self.read(config, identity, {**old, **new})

    def delete(self, config: Config, identity: str, state: Properties) -> None:
        name = state["configNonsensitive"]["name"]
        config.cloud.call("DELETE", f"{base(state)}/connectors/{escaped(name)}")
