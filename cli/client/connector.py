"""A stack's connector over Confluent's API: state, pause and resume, stored positions. Needs a Cloud API key."""

from typing import Any

from cli.client import wait
from cli.client.rest import Rest, account_key
from cli.client.stack import Stack
from stacks.errors import CdcError

PATIENCE = 120  # seconds until positions are altered


class ConnectorClient:
    """The connector of a stack. The key: of the environment on this machine, else CONFLUENT_CLOUD_API_KEY and _SECRET."""

    def __init__(self, stack: Stack) -> None:
        contract = stack.contract
        self.name = contract.connector.name
        self.rest = Rest(contract.confluent_endpoint, *account_key(stack.name), stack.local)
        cluster = f"/connect/v1/environments/{contract.environment_id}/clusters/{contract.kafka.cluster_id}"
        self.path = f"{cluster}/connectors/{self.name}"

    def status(self) -> dict[str, Any]:
        """State and trace."""
        return self.rest.get(f"{self.path}/status")

    def act(self, verb: str) -> None:
        """`pause` or `resume`."""
        self.rest.ask("PUT", f"{self.path}/{verb}")

    def offsets(self) -> list[dict[str, Any]]:
        """Stored positions: partition and offset of each."""
        return self.rest.get(f"{self.path}/offsets")["offsets"]

    def alter_offsets(self, wanted: list[dict[str, Any]]) -> None:
        """Have other positions stored; returns when they are."""
        self.rest.ask("POST", f"{self.path}/offsets/request", {"type": "PATCH", "offsets": wanted})

        def applied() -> bool:
            found = self.rest.get(f"{self.path}/offsets/request/status")["status"]
            if found["phase"] == "FAILED":
                raise CdcError(f"the positions of {self.name} cannot be altered: {found.get('message')}")
            return found["phase"] == "APPLIED"

        wait.wait_for(applied, PATIENCE, "the change of positions")
