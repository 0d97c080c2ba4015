"""Schema Registry: schemas and subject settings, with the key and address that each resource carries."""

import json
from typing import Any

from plugins.confluentcloud import waits
from plugins.confluentcloud.config import Config
from plugins.engine.errors import Gone, RestError
from plugins.engine.rest import Rest, escaped
from plugins.engine.values import Properties, known


def plane(state: Properties) -> Rest:
    """The registry's REST API."""
    try:
        keys, address = state["credentials"], state["restEndpoint"]
    except KeyError as error:
        raise RestError(
            f"the resource needs {error.args[0]} (provider-wide registry settings are not supported here)"
        ) from error
    return Rest(address, keys["key"], keys["secret"])


def schema_body(inputs: Properties) -> dict[str, Any]:
    """The body of registration and of the compatibility check."""
    references = [
        {"name": r["name"], "subject": r["subjectName"], "version": int(r["version"])}
        for r in inputs.get("schemaReferences") or []
    ]
    return {"schemaType": inputs["format"], "schema": inputs["schema"], "references": references}


def check_compatible(inputs: Properties) -> None:
    """Ask the registry; raises RestError with its reasons. Previews ask, too, once the address is known."""
    path = f"/compatibility/subjects/{escaped(inputs['subjectName'])}/versions"
    answer = plane(inputs).call("POST", path, schema_body(inputs), {"verbose": "true"})
    if not answer.get("is_compatible"):
        reasons = "; ".join(map(str, answer.get("messages") or ["no reason given"]))
        raise RestError(
            f'schema of subject "{inputs["subjectName"]}" is incompatible with its latest version: {reasons}'
        )


def registered_id(inputs: Properties) -> int | None:
    """The id under which the registry already knows this schema for the subject, formatting aside."""
    try:
        found = plane(inputs).call(
            "POST", f"/subjects/{escaped(inputs['subjectName'])}", schema_body(inputs), {"normalize": "true"}
        )
    except Gone:
        return None
    return found.get("id")


def same_schema(old: Any, new: Any) -> bool:
    """Equal as JSON: formatting is no change."""
    try:
        return json.loads(old) == json.loads(new)
    except (TypeError, ValueError):
        return bool(old == new)


def can_ask(inputs: Properties) -> bool:
    """Are the address and the key known?"""
    return all(known(inputs.get(key)) and inputs.get(key) for key in ("restEndpoint", "credentials", "schema"))


class Schema:
    """Id: `<registry>/<subject>/latest`."""

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]:
        check_compatible(inputs)
        plane(inputs).call("POST", f"/subjects/{escaped(inputs['subjectName'])}/versions", schema_body(inputs))
        waits.slept(waits.SCHEMA)
        identity = f"{inputs['schemaRegistryCluster']['id']}/{inputs['subjectName']}/latest"
        return identity, self.read(config, identity, inputs)

    def read(self, config: Config, identity: str, state: Properties) -> Properties:
        subject = identity.split("/", 1)[1].rpartition("/")[0]
        latest = plane(state).call("GET", f"/subjects/{escaped(subject)}/versions/latest")
        text = state["schema"] if same_schema(state.get("schema"), latest["schema"]) else latest["schema"]
        kind = latest.get("schemaType") or "AVRO"
        return {
            **state,
            "subjectName": subject,
            "format": kind,
            "schema": text,
            "schemaIdentifier": latest["id"],
            "version": latest["version"],
        }

    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties:
        if not same_schema(old.get("schema"), new.get("schema")):
            self.create(config, new)
        return self.read(config, identity, {**old, **new})

    def delete(self, config: Config, identity: str, state: Properties) -> None:
        rest = plane(state)
        path = f"/subjects/{escaped(state['subjectName'])}/versions/{state['version']}"
        rest.call("DELETE", path, params={"permanent": "false"})
        if state.get("hardDelete"):
            rest.call("DELETE", path, params={"permanent": "true"})


class SubjectConfig:
    """Id: `<registry>/<subject>`."""

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]:
        identity = f"{inputs['schemaRegistryCluster']['id']}/{inputs['subjectName']}"
        return identity, self.update(config, identity, {}, inputs)

    def read(self, config: Config, identity: str, state: Properties) -> Properties:
        subject = identity.split("/", 1)[1]
        found = plane(state).call("GET", f"/config/{escaped(subject)}", params={"defaultToGlobal": "false"})
        settings = {
            "compatibilityLevel": found["compatibilityLevel"],
            "compatibilityGroup": found.get("compatibilityGroup", ""),
            "normalize": bool(found.get("normalize")),
            "alias": found.get("alias", ""),
        }
        return {**state, "subjectName": subject, **settings}

    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties:
        body = {
            "compatibility": new.get("compatibilityLevel"),
            "compatibilityGroup": new.get("compatibilityGroup", ""),
        }
        extra = {key: new[key] for key in ("normalize", "alias") if new.get(key)}
        wanted = {**{k: v for k, v in body.items() if v is not None}, **extra}
        plane(new).call("PUT", f"/config/{escaped(new['subjectName'])}", wanted)
        return self.read(config, identity, {**old, **new})

    def delete(self, config: Config, identity: str, state: Properties) -> None:
        try:
            plane(state).call("DELETE", f"/config/{escaped(state['subjectName'])}")
        except Gone:
            return
