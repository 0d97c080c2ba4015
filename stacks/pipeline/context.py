"""What every stage needs: built once, passed on."""

from dataclasses import dataclass

import pulumi

from stacks.pipeline.source_database import Secrets
from stacks.rollout.previous_outputs import Memory
from stacks.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Inputs:
    """What comes from outside of settings and routes: secrets, and the address of Confluent's API."""

    secrets: Secrets
    cloud_api_key: pulumi.Output[str] | None
    cloud_api_secret: pulumi.Output[str] | None
    endpoint: str | None
    memory: Memory

    @classmethod
    def load(cls, settings: Settings, memory: Memory) -> "Inputs":
        """From Pulumi's configuration. Without a key there, the provider takes CONFLUENT_CLOUD_API_KEY and _SECRET."""
        confluent, own = pulumi.Config("confluentcloud"), pulumi.Config()
        return cls(
            Secrets(values={name: own.require_secret(name) for name in settings.secrets}),
            confluent.get_secret("cloudApiKey"),
            confluent.get_secret("cloudApiSecret"),
            confluent.get("endpoint"),
            memory,
        )
