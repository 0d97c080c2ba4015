"""The catalog of a Schema Registry: tags, what they are bound to, attributes of entities."""

from typing import Any

from plugins.confluentcloud import waits
from plugins.confluentcloud.config import Config
from plugins.confluentcloud.handlers.registry import plane
from plugins.engine.errors import Gone, RestError
from plugins.engine.rest import escaped
from plugins.engine.values import Properties

BASE = "/catalog/v1"
EXISTS = 409


def one(answers: list[dict[str, Any]], what: str) -> dict[str, Any]:
    """The only answer; RestError where it tells of an error."""
    if not answers or answers[0].get("error"):
        raise RestError(f"{what}: {answers[0]['error'].get('message') if answers else 'empty response'}")
    return answers[0]


def entity(state: Properties) -> str:
    """The path of an entity."""
    return f"{BASE}/entity/type/{escaped(state['entityType'])}/name/{escaped(state['entityName'])}"


class Tag:
    """Id: `<registry>/<tag>`."""

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]:
        wanted = {"name": inputs["name"], "description": inputs.get("description") or "", "entityTypes": ["cf_entity"]}
        answers = plane(inputs).call("POST", f"{BASE}/types/tagdefs", [wanted])
        if (
            answers and (answers[0].get("error") or {}).get("error_code") == EXISTS
        ):  # ours, from an update that was killed
            answers = plane(inputs).call("PUT", f"{BASE}/types/tagdefs", [wanted])
        one(answers, f"error creating Tag {inputs['name']!r}")
        waits.slept(waits.TAG)
        identity = f"{inputs['schemaRegistryCluster']['id']}/{inputs['name']}"
        return identity, self.read(config, identity, inputs)

    def read(self, config: Config, identity: str, state: Properties) -> Properties:
        found = plane(state).call("GET", f"{BASE}/types/tagdefs/{escaped(identity.partition('/')[2])}")
        told = {"entityTypes": found["entityTypes"], "version": found["version"]}
        return {**state, "name": found["name"], "description": found["description"], **told}

    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties:
        if new.get("description") != old.get("description"):
            wanted = {"name": new["name"], "description": new.get("description") or ""}
            answers = plane(new).call("PUT", f"{BASE}/types/tagdefs", [wanted])
            one(answers, f"error updating Tag {new['name']!r}")
        return self.read(config, identity, {**old, **new})

    def delete(self, config: Config, identity: str, state: Properties) -> None:
        plane(state).call("DELETE", f"{BASE}/types/tagdefs/{escaped(state['name'])}")


class TagBinding:
    """Id: `<registry>/<tag>/<entity>/<type>`."""

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]:
        if not inputs.get("disableWaitForReady"):
            waits.slept(waits.TAG_BINDING)
        fields = {"typeName": "tagName", "entityName": "entityName", "entityType": "entityType"}
        wanted = {api: inputs[key] for api, key in fields.items()}
        answers = plane(inputs).call("POST", f"{BASE}/entity/tags", [wanted])
        one(answers, f"error creating Tag Binding of {inputs['tagName']!r}")
        parts = (inputs["schemaRegistryCluster"]["id"], inputs["tagName"], inputs["entityName"], inputs["entityType"])
        identity = "/".join(parts)
        return identity, self.read(config, identity, inputs)

    def read(self, config: Config, identity: str, state: Properties) -> Properties:
        found = plane(state).call("GET", f"{entity(state)}/tags")
        if state["tagName"] not in [binding["typeName"] for binding in found]:
            raise Gone(identity)
        return state

    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties:
        return self.read(config, identity, {**old, **new})

    def delete(self, config: Config, identity: str, state: Properties) -> None:
        plane(state).call("DELETE", f"{entity(state)}/tags/{escaped(state['tagName'])}")


class EntityAttributes:
    """Id: `<type>/<entity>`. The resource knows of those attributes alone that it sets."""

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]:
        identity = f"{inputs['entityType']}/{inputs['entityName']}"
        self.send(inputs, inputs.get("attributes") or {})
        return identity, self.read(config, identity, inputs)

    def send(self, state: Properties, attributes: Properties) -> None:
        own = {**attributes, "qualifiedName": state["entityName"]}
        wanted = {"entity": {"typeName": state["entityType"], "attributes": own}}
        plane(state).call("PUT", f"{BASE}/entity", wanted)

    def read(self, config: Config, identity: str, state: Properties) -> Properties:
        found = plane(state).call("GET", entity(state))["entity"]["attributes"]
        known = {name: found[name] for name in state.get("attributes") or {} if found.get(name) is not None}
        if state.get("attributes") and not known:  # the topic is there, and nothing of ours is said about it
            raise Gone(identity)
        return {**state, "attributes": known}

    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties:
        if new.get("attributes") != old.get("attributes"):
            self.send(new, new.get("attributes") or {})
        return self.read(config, identity, {**old, **new})

    def delete(self, config: Config, identity: str, state: Properties) -> None:
        self.send(state, dict.fromkeys(state.get("attributes") or {}))
