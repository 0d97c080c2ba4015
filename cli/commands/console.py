"""`cdc console`: the stack on one page."""

from cli.client import stack as stacks
from cli.web.live import Live
from cli.web.server import serve
from local.environment import ROOT
from stacks import load as loading


def run(stack: str, port: int, database: str | None) -> int:
    """Until it is stopped."""
    live = Live(stacks.load(stack), loading.from_files(ROOT, stack), database)
    serve(live, port)
    return 0
