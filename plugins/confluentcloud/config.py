"""A provider instance's configuration, with the environment defaults of the real plugin."""

import os
from dataclasses import dataclass

from plugins.engine.rest import Rest
from plugins.engine.values import Properties

ENDPOINT = "https://api.confluent.cloud"
FLINK = {
    "flinkApiKey": "FLINK_API_KEY",
    "flinkApiSecret": "FLINK_API_SECRET",
    "flinkRestEndpoint": "FLINK_REST_ENDPOINT",
    "organizationId": "CONFLUENT_ORGANIZATION_ID",
    "environmentId": "CONFLUENT_ENVIRONMENT_ID",
    "flinkComputePoolId": "FLINK_COMPUTE_POOL_ID",
    "flinkPrincipalId": "FLINK_PRINCIPAL_ID",
}
KNOWN = {
    *FLINK,
    "cloudApiKey",
    "cloudApiSecret",
    "endpoint",
    "maxRetries",
    "version",
    "userAgentSuffix",
}


@dataclass(frozen=True, slots=True)
class Config:
    """What calls are made with. `flink` is empty or has all seven values."""

    cloud: Rest
    flink: dict[str, str]

    @classmethod
    def of(cls, properties: Properties) -> "Config":
        """From the provider's inputs, then from the environment."""
        key = properties.get("cloudApiKey") or os.environ.get("CONFLUENT_CLOUD_API_KEY", "")
        secret = properties.get("cloudApiSecret") or os.environ.get("CONFLUENT_CLOUD_API_SECRET", "")
        flink = {name: properties.get(name) or os.environ.get(variable, "") for name, variable in FLINK.items()}
        return cls(Rest(properties.get("endpoint") or ENDPOINT, key, secret), {k: v for k, v in flink.items() if v})

    def flink_rest(self) -> Rest:
        """The Flink API with the provider's Flink key."""
        return Rest(self.flink["flinkRestEndpoint"], self.flink["flinkApiKey"], self.flink["flinkApiSecret"])


def failures(properties: Properties) -> list[str]:
    """What the real plugin refuses about a provider's own inputs."""
    found = [f"Invalid or unknown key. Examine values at '{key}'." for key in properties if key not in KNOWN]
    retries = properties.get("maxRetries")
    if isinstance(retries, int) and retries < 4:
        found.append(f"expected max_retries to be at least (4), got {retries}. Examine values at 'maxRetries'.")
    return found


def incomplete_flink(config: Config) -> str:
    """The message for a part of the seven Flink values; empty when all or none are set."""
    if not config.flink or len(config.flink) == len(FLINK):
        return ""
    names = "flink_api_key, flink_api_secret, flink_rest_endpoint, organization_id, environment_id, flink_compute_pool_id, flink_principal_id"
    return f"All 7 {names} attributes should be set or not set in the provider block at the same time"
