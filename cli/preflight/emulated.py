"""The accounts of a stack; of the one that is served on this machine, the local cloud and an AWS that moto makes up."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from cli.client import stack as stacks
from cli.client.rest import account_key
from cli.preflight.accounts import Accounts
from local.environment import Instance


@contextmanager
def accounts(stack: str, root: Path) -> Generator[Accounts]:
    """Whom the checks ask. NotRunning when the local cloud does not run."""
    if not stacks.served_here(stack):
        yield Accounts(name=stack, root=root)
        return
    stacks.load(stack)
    from moto import mock_aws  # of the development packages: ./cdc brings them for `preflight local`

    address, key = Instance.here().url("cloud"), account_key(stack)
    with mock_aws():
        yield Accounts(name=stack, root=root, confluent=address, key=key, served_here=True)
