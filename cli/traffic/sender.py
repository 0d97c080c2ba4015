"""How events get into a stack."""

from cli.client.stack import Stack, local_aws, local_dsn
from cli.traffic.api import ApiSender, Signer
from cli.traffic.writer import Sender, Writer


def sender(stack: Stack, sessions: int = 4) -> Sender:
    """How events get into the local stack: through its events API when it has one, else straight into the database."""
    if stack.contract.events_api is None:
        return Writer(local_dsn(stack, "events_api"), sessions)
    own = local_aws()
    signer = Signer(own["accessKeyId"], own["secretAccessKey"])
    return ApiSender(stack.contract.events_api.url, signer, sessions, local=stack.local)
