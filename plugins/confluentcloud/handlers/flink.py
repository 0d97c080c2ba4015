"""Flink statements, through the provider's own Flink settings."""

import uuid
from typing import Any

from plugins.confluentcloud.config import Config
from plugins.engine.errors import Failed, Gone, RestError, Taken
from plugins.engine.rest import Rest, escaped, until
from plugins.engine.values import Properties

CARRY = "sql.tables.initial-offset-from"


def plane(config: Config, state: Properties) -> tuple[Rest, str]:
    """The Flink API and the path of the environment's statements."""
    if not config.flink:
        raise RestError(
            "Flink statements need a provider with the seven flink settings (docs/adr/0004-bundled-plugin.md)"
        )
    organization, environment = config.flink["organizationId"], config.flink["environmentId"]
    return config.flink_rest(), f"/sql/v1/organizations/{organization}/environments/{environment}/statements"


class Statement:
    """Id: `<environment>/<pool>/<name>`."""

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]:
        rest, path = plane(config, inputs)
        name = inputs.get("statementName") or f"tf-{uuid.uuid4()}"
        properties = {**(inputs.get("properties") or {}), **(inputs.get("propertiesSensitive") or {})}
        pool = config.flink["flinkComputePoolId"]
        spec = {"statement": inputs["statement"], "properties": properties, "compute_pool_id": pool}
        try:
            rest.call("POST", path, {"name": name, "spec": {**spec, "principal": config.flink["flinkPrincipalId"]}})
        except Taken:  # ours, from an update that was killed before the state knew it: a name stands for one text
            if rest.call("GET", f"{path}/{escaped(name)}")["spec"]["statement"] != inputs["statement"]:
                raise
        identity = f"{config.flink['environmentId']}/{pool}/{name}"
        self.wait(rest, f"{path}/{name}", identity, {**inputs, "statementName": name}, CARRY in properties)
        return identity, self.read(config, identity, inputs)

    def wait(self, rest: Rest, path: str, identity: str, state: Properties, carries: bool) -> None:
        """RUNNING or COMPLETED; a statement that carries offsets over may stay PENDING until the other one stops."""

        def done(found: dict[str, Any]) -> bool:
            phase, detail = found["status"]["phase"], found["status"].get("detail", "")
            if phase not in ("PENDING", "RUNNING", "COMPLETED"):
                text = f'Flink Statement "{state["statementName"]}" provisioning status is "{phase}": {detail}'
                raise Failed(f"error waiting for {text}", identity, {**state, "stopped": False})
            return phase != "PENDING" or carries

        until(lambda: rest.call("GET", path), done, identity)

    def read(self, config: Config, identity: str, state: Properties) -> Properties:
        rest, path = plane(config, state)
        found = rest.call("GET", f"{path}/{escaped(identity.rsplit('/', 1)[1])}")
        spec, status = found["spec"], found["status"]
        return {
            **state,
            "statement": spec["statement"],
            "statementName": found["name"],
            "properties": {k: v for k, v in spec["properties"].items() if not k.startswith("sql.secrets")},
            "stopped": spec["stopped"],
            "latestOffsets": status.get("latest_offsets") or {},
            "latestOffsetsTimestamp": status.get("latest_offsets_timestamp") or "0001-01-01T00:00:00Z",
        }

    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties:
        changed = {k for k in ("stopped", "properties", "statementName") if k in new and new[k] != old.get(k)}
        if changed and changed != {"stopped"}:
            raise RestError(
                f'error updating Flink Statement "{identity}": "stopped" or "properties_sensitive" attribute must be updated for Flink '
                'Statement, "true" -> "false" to trigger resuming, "false" -> "true" to trigger stopping'
            )
        if changed:
            self.switch(config, identity, new)
        state = self.read(config, identity, {**old, **new})
        rest, path = plane(config, state)
        self.wait_running(rest, f"{path}/{state['statementName']}", identity, state)
        return state

    def wait_running(self, rest: Rest, path: str, identity: str, state: Properties) -> None:
        """An `up` over a failed statement says again why it failed."""
        status = rest.call("GET", path)["status"]
        if status["phase"] in ("FAILED", "FAILING"):
            raise Failed(
                f'Flink Statement "{state["statementName"]}" is "{status["phase"]}": {status.get("detail", "")}',
                identity,
                state,
            )

    def switch(self, config: Config, identity: str, new: Properties) -> None:
        """Stop or resume, and wait for it."""
        rest, path = plane(config, new)
        path = f"{path}/{escaped(identity.rsplit('/', 1)[1])}"
        found = rest.call("GET", path)
        found["spec"]["stopped"] = new["stopped"]
        rest.call("PUT", path, found)
        targets = ("STOPPED",) if new["stopped"] else ("RUNNING", "COMPLETED")

        def done(answer: dict[str, Any]) -> bool:
            phase = answer["status"]["phase"]
            if phase in ("FAILED", "FAILING"):
                raise RestError(f'Flink Statement "{found["name"]}" is "{phase}": {answer["status"].get("detail", "")}')
            return phase in targets

        until(lambda: rest.call("GET", path), done, identity)

    def delete(self, config: Config, identity: str, state: Properties) -> None:
        rest, path = plane(config, state)
        path = f"{path}/{escaped(identity.rsplit('/', 1)[1])}"
        rest.call("DELETE", path)

        def gone() -> bool:
            try:
                rest.call("GET", path)
            except Gone:
                return True
            return False

        until(gone, bool, identity)
