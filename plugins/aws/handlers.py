"""How AWS resources are made here: most are recorded with computed outputs; the local server serves those with data."""

import os
from dataclasses import dataclass
from typing import Any

from plugins.aws.outputs import outputs as computed_outputs
from plugins.engine.errors import Gone, RestError
from plugins.engine.rest import Rest
from plugins.engine.values import Properties

SERVED = (
    "rds/cluster:Cluster",
    "rds/proxy:Proxy",
    "lambda/function:Function",
    "lambda/invocation:Invocation",
    "secretsmanager/secret:Secret",
    "secretsmanager/secretVersion:SecretVersion",
    "apigatewayv2/api:Api",
    "apigatewayv2/integration:Integration",
    "apigatewayv2/route:Route",
    "apigatewayv2/stage:Stage",
)


@dataclass(frozen=True, slots=True)
class Config:
    """A provider instance."""

    region: str

    def server(self) -> Rest:
        """The local server of AWS resources, named as AWS's own tools are told of an emulator."""
        names = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        if missing := [name for name in names if not os.environ.get(name)]:
            raise RestError(f"the bundled aws plugin makes nothing on AWS itself, and {', '.join(missing)} is not set")
        return Rest(*(os.environ[name] for name in names))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A resource that exists in the stack's state only."""

    token: str

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]:
        return computed_outputs(self.token, unique(), inputs, config.region)

    def read(self, config: Config, identity: str, state: Properties) -> Properties:
        return state

    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties:
        return {}

    def delete(self, config: Config, identity: str, state: Properties) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Served:
    """A resource with something real behind it."""

    token: str

    def path(self, identity: str) -> str:
        return f"/resources/{self.token.replace('/', '.')}/{identity}"

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]:
        identity, outputs = computed_outputs(self.token, unique(), inputs, config.region)
        return identity, self.put(config, identity, inputs, outputs)

    def put(self, config: Config, identity: str, inputs: Properties, outputs: Properties) -> Properties:
        return outputs | config.server().call("PUT", self.path(identity), {"inputs": inputs, "outputs": outputs})

    def read(self, config: Config, identity: str, state: Properties) -> Properties:
        found = config.server().call("GET", self.path(identity))
        return state | found["outputs"]

    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties:
        _, outputs = computed_outputs(self.token, identity, new, config.region)
        return self.put(config, identity, new, {**outputs, "arn": old["arn"]} if "arn" in old else outputs)

    def delete(self, config: Config, identity: str, state: Properties) -> None:
        try:
            config.server().call("DELETE", self.path(identity))
        except Gone:
            return


def unique() -> str:
    """What makes the id of one resource another one's, even with the same inputs."""
    return os.urandom(8).hex()


def local_names() -> dict[str, Any]:
    """The served types."""
    return {token: Served(token) for token in SERVED}
